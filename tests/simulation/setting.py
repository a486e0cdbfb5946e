"""Who trades what in a simulated day: accounts, multipliers, instruments and rules, drawn from the seed."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from random import Random

from app.domain.accounts import RestPolicy, Rulebook
from app.domain.instruments import Instrument
from app.domain.orders import OrderType
from app.exchange.venue import Venue
from tests.builders.rulebook import PRIMARY, a_rulebook, an_account

MULTIPLIERS = ("1", "0.7", "2.3", "2.5", "0.5", "1/3", "1", "2")
STOCKS = ("NSE:INFY", "NSE:SBIN", "NSE:ITC")
FREEZE = {"NIFTY": 1800, "BANKNIFTY": 600}
INSTALL_KEY = b"simulated install key of 32 byte"
RICH, POOR = "900000000", "60000"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The fixed part of one seed's world; `cash` opens the accounts, the primary's first."""

    rulebook: Rulebook
    cash: dict[str, str]
    poll_interval_s: float


class SimInstruments:
    """The instruments of the simulated market, with the lots of the exchange's own catalogue."""

    def __init__(self, venue: Venue) -> None:
        futures = [one.key for one in venue.catalogue.all if one.instrument_type == "FUT"]
        nifty, bank = (
            next(key for key in futures if key.startswith(f"NFO:{name}2")) for name in ("NIFTY", "BANKNIFTY")
        )
        self._known: dict[str, Instrument] = {}
        for key in (*STOCKS, nifty, bank):
            listed = venue.catalogue.by_key[key]
            self._known[key] = Instrument(
                exchange=listed.exchange,
                tradingsymbol=listed.tradingsymbol,
                name=listed.name,
                lot_size=listed.lot_size,
                tick_size=Decimal(listed.tick_size) / 100,
                freeze_quantity=FREEZE.get(listed.name),
            )

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys that are traded."""
        return tuple(self._known)

    @property
    def is_ready(self) -> bool:
        """Tell that the list is there."""
        return True

    def find(self, key: str) -> Instrument | None:
        """Return the instrument of a key."""
        return self._known.get(key)

    async def refresh(self) -> None:
        """Change nothing."""


def draw_setting(random: Random) -> Setting:
    """Draw two to four secondaries; now and then one of them has little money."""
    ids = [f"PA{number:04d}" for number in range(2, 2 + random.choice((2, 3, 3, 4)))]
    poor = random.choice([*ids, None, None, None])
    accounts = [
        an_account(id_, Fraction(random.choice(MULTIPLIERS)), max_quantity=random.choice((None, None, 4000)))
        for id_ in ids
    ]
    allowed = frozenset({OrderType.LIMIT, OrderType.MARKET, OrderType.SL})
    poll_interval_s = random.choice((0.3, 1.0, 1.0))
    with_policies = [
        replace(
            account,
            when_primary_filled=random.choice(list(RestPolicy)),
            rest_limit_s=random.choice((1.0, 5.0, 5.0, 20.0)),
        )
        for account in accounts
    ]
    return Setting(
        rulebook=a_rulebook(*with_policies, order_types=allowed),
        cash={PRIMARY: RICH, **{id_: POOR if id_ == poor else RICH for id_ in ids}},
        poll_interval_s=poll_interval_s,
    )
