"""Lot sizes and ticks of what the primary may trade."""

from typing import Protocol

from app.domain.instruments import Instrument


class Instruments(Protocol):
    """The broker's instrument list of the day."""

    @property
    def is_ready(self) -> bool:
        """True once there is a list: until then nothing can be sized, so nothing is decided."""
        ...

    def find(self, key: str) -> Instrument | None:
        """Return the instrument named `EXCHANGE:SYMBOL`, or None where the list does not have it."""
        ...

    async def refresh(self) -> None:
        """Read the list anew; the old one stays in use when that fails (BrokerUnavailableError)."""
        ...
