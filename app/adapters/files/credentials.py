"""What an account signs its requests with, kept apart from the rules and never shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Egress:
    """From where an account's orders leave: at most one of the two is set."""

    source_address: str | None = None
    proxy: str | None = None

    def __repr__(self) -> str:
        return "Egress(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """One account's secrets, resolved."""

    api_key: str
    access_token: str
    api_secret: str | None = None
    egress: Egress = Egress()

    def __repr__(self) -> str:
        return "Credentials(…)"
