"""What can be traded: one instrument's facts and the day's list of all of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from app.exchange.clock import HoursGroup

SEGMENT_CODES = {"NSE": 1, "NFO": 2, "BSE": 4, "BFO": 5, "INDICES": 9}
CSV_HEADER = (
    "instrument_token,exchange_token,tradingsymbol,name,last_price,expiry,strike,"
    "tick_size,lot_size,instrument_type,segment,exchange"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One row of the instrument dump plus what the exchange knows beyond it. Prices are paise."""

    exchange: str
    tradingsymbol: str
    name: str
    exchange_token: int
    segment: str
    instrument_type: str
    base_price: int
    tick_size: int
    lot_size: int = 1
    freeze_quantity: int = 100_000
    expiry: date | None = None
    strike: int = 0
    underlying: str = ""
    isin: str = ""
    hours: HoursGroup = HoursGroup.STOCK
    is_mis_blocked: bool = False
    # The name quotes go by, such as NSE:INFY.
    key: str = field(init=False)
    # The number ticks go by: exchange_token << 8 | segment code.
    instrument_token: int = field(init=False)

    def __post_init__(self) -> None:
        code = SEGMENT_CODES["INDICES" if self.is_index else self.exchange]
        object.__setattr__(self, "key", f"{self.exchange}:{self.tradingsymbol}")
        object.__setattr__(self, "instrument_token", self.exchange_token << 8 | code)

    @property
    def is_index(self) -> bool:
        """Say whether this is an index value: quoted, never traded."""
        return self.segment == "INDICES"

    @property
    def is_option(self) -> bool:
        """Say whether this is a call or a put."""
        return self.instrument_type in ("CE", "PE")

    @property
    def is_derivative(self) -> bool:
        """Say whether this is a future or an option."""
        return self.instrument_type in ("FUT", "CE", "PE")

    def csv_row(self) -> str:
        """Return this instrument's line of the dump; the strike is never empty (the client reads a float)."""
        expiry = self.expiry.isoformat() if self.expiry else ""
        return (
            f"{self.instrument_token},{self.exchange_token},{self.tradingsymbol},{self.name},0.0,{expiry},"
            f"{self.strike / 100},{self.tick_size / 100},{self.lot_size},{self.instrument_type},"
            f"{self.segment},{self.exchange}"
        )


class Catalogue:
    """All instruments of one session, found by key or by token, in a fixed order."""

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        self.all: tuple[Instrument, ...] = tuple(instruments)
        self.by_key = {one.key: one for one in self.all}
        self.by_token = {one.instrument_token: one for one in self.all}

    def csv(self, exchange: str | None = None) -> str:
        """Return the dump, of one exchange or of all, each line ending in a newline."""
        rows = [one.csv_row() for one in self.all if exchange is None or one.exchange == exchange]
        return "\n".join([CSV_HEADER, *rows, ""])
