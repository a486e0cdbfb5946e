"""Stages that make rare things frequent, so that a bug in them shows within a few seeds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from fractions import Fraction
from functools import partial

from app.exchange.faults import FaultKind as K
from app.exchange.faults import FaultRule
from tests.simulation.chances import Chances
from tests.simulation.planted.actors import (
    Absent,
    Bursts,
    Canceller,
    DoubleClicks,
    Enlarger,
    Entries,
    Fiddler,
    FuturesTrader,
    Hasty,
    Investor,
    MarketOrders,
    Nervous,
    NoHands,
    Patient,
    Scalper,
    Tagging,
    Whale,
)
from tests.simulation.setting import RICH, Setting
from tests.simulation.stage import WHOLE_DAY, Stage

_VERY_LATE_S = 50.0
_OLD_S = 3.0


def _rich(setting: Setting) -> Setting:
    """Give everybody money, and let every quantity through."""
    return replace(setting, cash=dict.fromkeys(setting.cash, RICH))


def _limited(setting: Setting) -> Setting:
    """Give every account a limit that its positions outgrow."""
    book = setting.rulebook
    limited = tuple(replace(account, max_quantity=150) for account in book.secondaries)
    return replace(_rich(setting), rulebook=replace(book, secondaries=limited))


def _multiplied(setting: Setting) -> Setting:
    """Let every copy be larger than its original."""
    book = setting.rulebook
    larger = tuple(
        replace(account, multiplier=Fraction(5, 2), max_quantity=None) for account in book.secondaries
    )
    return replace(_rich(setting), rulebook=replace(book, secondaries=larger))


def _faults(*kinds: K, route: str, each: float, **details: object) -> list[FaultRule]:
    rules = [{"kind": kind, "route": route, "count": None, "probability": each} | details for kind in kinds]
    return [FaultRule(**rule) for rule in rules]  # type: ignore[arg-type]  # msgspec checks the names


def _only(**chances: object) -> Callable[[Chances], Chances]:
    """Let nothing go wrong but what is named."""
    return lambda _drawn: Chances(**chances)  # type: ignore[arg-type]  # the dataclass checks the names


_aimed = partial(Stage, setting=_rich, chances=_only(), day_s=(10.0, 30.0), orders=(8, 20))
"""A short day with money for everybody, in which nothing goes wrong but what is named."""

STEADY = _aimed(name="steady")
"""Nothing goes wrong by itself."""

MARKET_ONLY = _aimed(name="market only", trader=MarketOrders)
"""Every order fills at once, so nothing rests and nothing has to follow."""

FAILING_DISK = _aimed(name="failing disk", chances=_only(journal_fails=0.01))

BURSTS_AND_KILLS = _aimed(
    name="bursts and kills",
    day_s=(30.0, 60.0),
    orders=(30, 50),
    chances=_only(crash={"answer before": 0.03}, slow_factors={f"PA{n:04d}": 0.1 for n in range(1, 6)}),
    trader=Bursts,
    operators=Absent,
)
"""Connections open at once, so that what was sent just before a kill and just after comes close together."""

KILLED_WHILE_SENDING = _aimed(
    name="killed while sending",
    chances=_only(
        crash={"request after": 0.1, "answer before": 0.1},
        rules=_faults(K.SLOW, route="orders.place", each=0.3, delay_s=4.0),
    ),
)
"""Kills come between a request and its answer, and some orders are taken late."""

OLD_LISTS = _aimed(
    name="old lists",
    chances=_only(
        rules=_faults(K.STALE_ORDERS, route="orders.list", each=0.5, delay_s=_OLD_S), kill_per_s=0.3
    ),
)

LOST_ANSWERS = _aimed(
    name="lost answers",
    chances=_only(
        rules=_faults(K.REPLY_LOST, K.RESET_AFTER, K.SERVER_ERROR_AFTER, route="orders.place", each=0.08)
        + _faults(
            K.LATE_TIMED_OUT, K.LATE_RESET, K.LATE_SERVER_ERROR, route="orders.place", each=0.06, delay_s=15.0
        )
    ),
)

ANSWERS_LOST = _aimed(
    name="answers lost",
    chances=_only(
        rules=_faults(K.REPLY_LOST, K.RESET_AFTER, K.SERVER_ERROR_AFTER, route="orders.place", each=0.08)
    ),
    operators=NoHands,
)
"""Every order is taken at once, some without an answer, and nobody retries."""

NEVER_TAKEN = _aimed(
    name="never taken",
    chances=_only(rules=_faults(K.RESET_BEFORE, K.TIMED_OUT_BEFORE, route="orders.place", each=0.1)),
    operators=NoHands,
)

VERY_LATE = _aimed(
    name="very late",
    chances=_only(
        rules=_faults(K.LATE_TIMED_OUT, K.LATE_RESET, route="orders.place", each=0.2, delay_s=_VERY_LATE_S)
    ),
    operators=NoHands,
)
"""Orders are taken after their absence was established, and nobody retries them meanwhile."""

RETRIED_LATE = _aimed(
    name="retried late",
    chances=_only(
        rules=_faults(K.LATE_TIMED_OUT, K.LATE_RESET, route="orders.place", each=0.3, delay_s=34.0)
    ),
    trader=MarketOrders,
    operators=Patient,
    day_s=(80.0, 100.0),
    orders=(6, 9),
)
"""Orders are taken shortly after their absence was established, and retried later than that."""

GATEWAY = _aimed(
    name="gateway",
    chances=_only(
        rules=_faults(
            K.LATE_SERVER_ERROR, route="orders.place", each=0.15, http_status=429, is_html=True, delay_s=4.0
        )
    ),
)
"""A gateway before the broker answers 429 with a page of its own, for orders that are then taken."""

OFTEN_TOO_MANY = _aimed(
    name="often too many",
    chances=_only(rules=_faults(K.TOO_MANY, route="orders.place", each=0.3)),
    trader=Entries,
    operators=NoHands,
)

REDIRECTED = _aimed(name="redirected", chances=_only(redirected=0.1))
"""A gateway answers with a redirect to where the request came from, after the broker took it."""

SHAKY_WIRES = _aimed(
    name="shaky wires",
    chances=_only(disconnect_per_s=3.0, slow_factors={f"PA{n:04d}": 20.0 for n in range(2, 6)}),
    operators=Nervous,
)
"""Connections break, opening one takes long, and the operators stop everything again and again."""

TIDIED_ON_SLOW_WIRES = _aimed(
    name="tidied on slow wires",
    chances=_only(
        tidies_per_s=1.5, disconnect_per_s=3.0, slow_factors={f"PA{n:04d}": 20.0 for n in range(2, 6)}
    ),
    operators=NoHands,
)
"""Connections break, opening one takes long, and what waits for one is cancelled by the operator."""

TIDIED_IN_VAIN = _aimed(
    name="tidied in vain",
    chances=_only(
        tidies_per_s=1.0,
        rules=_faults(K.SERVER_ERROR_BEFORE, K.RESET_BEFORE, route="orders.cancel", each=0.4),
    ),
    trader=Entries,
    operators=NoHands,
)
"""The operator cancels again and again, and most of their cancellations are lost."""

STOPS_AND_KILLS = _aimed(
    name="stops and kills", chances=_only(kill_per_s=0.3), trader=Bursts, operators=Nervous
)

DEAD_TOKENS = _aimed(
    name="dead tokens",
    day_s=(15.0, 60.0),
    orders=(8, 30),
    chances=_only(token_outage_per_s=0.3, slow_factors={f"PA{n:04d}": 3.0 for n in range(2, 6)}),
    trader=Bursts,
)

DEAD_AND_SHAKY = _aimed(
    name="dead and shaky",
    day_s=(40.0, 60.0),
    orders=(40, 60),
    chances=_only(
        token_outage_per_s=0.5, disconnect_per_s=3.0, slow_factors={f"PA{n:04d}": 20.0 for n in range(2, 6)}
    ),
    trader=Bursts,
    operators=Absent,
)
"""Tokens die while others of the account's orders wait for a connection."""

FIDDLING = _aimed(name="fiddling", trader=Fiddler, day_s=(30.0, 40.0))
"""The trader changes one resting order again and again."""

ENLARGING = _aimed(name="enlarging", trader=Enlarger, day_s=(20.0, 40.0), orders=(20, 40))
"""The trader enlarges small orders while their copies are filling."""

CANCELLING = _aimed(
    name="cancelling",
    chances=_only(slow_factors={f"PA{n:04d}": 20.0 for n in range(2, 6)}),
    trader=Canceller,
)
"""Orders are cancelled while their copies wait for each other in slow accounts."""

SLOW_FINGERS = _aimed(
    name="slow fingers",
    chances=_only(
        rules=_faults(K.TOO_MANY, route="orders.place", each=0.7)
        + _faults(K.REFUSE, route="orders.place", each=0.8)
    ),
    operators=Hasty,
)
"""Much fails one way or the other, and each retry is clicked again a while later."""

RETRIES = _aimed(
    name="retries", chances=_only(rules=_faults(K.REFUSE, route="orders.place", each=0.4)), operators=Hasty
)

LARGE = _aimed(name="large", trader=Whale)
"""Orders are larger than what stands in the book, so that they fill in parts."""

LOST_CHANGES = _aimed(
    name="lost changes",
    chances=_only(rules=_faults(K.SERVER_ERROR_BEFORE, K.RESET_BEFORE, route="orders.modify", each=0.3)),
    trader=Fiddler,
    day_s=(8.0, 16.0),
)

DOUBLE_CLICKS = _aimed(name="double clicks", operators=DoubleClicks)

BURSTS = _aimed(name="bursts", trader=Bursts)

ENTRIES_ONLY = _aimed(name="entries only", trader=Entries)

ONE_HANGS = _aimed(
    name="one hangs",
    chances=_only(rules=_faults(K.HANG, route="orders.place", each=0.5, account="PA0002")),
)
"""One account leaves every other request without an answer."""


FUTURES = _aimed(name="futures", setting=_multiplied, trader=FuturesTrader)
"""Contracts only, and copies several times as large as their original: mostly above the freeze quantity."""

OLD_AND_LARGE = replace(
    LARGE,
    name="old and large",
    chances=_only(rules=_faults(K.STALE_ORDERS, route="orders.list", each=0.5, delay_s=0.8)),
)
"""Fills come in parts, and lists are some of a second old."""

HALF_REFUSED = _aimed(
    name="half refused",
    chances=_only(rules=_faults(K.REFUSE, route="orders.place", each=0.4)),
    trader=Scalper,
    operators=NoHands,
)
"""Accounts hold less than their share, and are left in several steps."""

LIMITED = _aimed(name="limited", setting=_limited)
"""Every account has a limit on its quantity; positions grow beyond it."""

PAUSED = _aimed(name="paused", chances=_only(edits_per_s=0.5))
"""The operator edits the rules again and again, the accounts' modes among them."""

TYPOS = _aimed(name="typos", chances=_only(edits_per_s=0.1), operators=Absent)
"""Now and then the operator edits the rules; one edit in seven makes no sense."""

SQUARED_OFF = _aimed(name="squared off", chances=_only(square_offs_per_s=0.2))

OWN_ORDERS = _aimed(name="own orders", trader=Tagging)
"""Some of the primary's orders carry tags like ours, as if it were another Tandem's secondary."""

DELIVERIES = _aimed(name="deliveries", trader=Investor)

AWAY = _aimed(name="away", chances=_only(outage_per_s=0.1), day_s=(60.0, 90.0))
"""Nobody looks for long whiles."""

CLOSED = Stage(name="closed by the operator", chances=lambda drawn: replace(drawn, closings_per_s=0.7))
"""A whole day, on which the operator squares positions off again and again."""

FORGOTTEN = replace(
    CLOSED,
    name="forgotten",
    chances=lambda drawn: replace(drawn, closings_per_s=0.7, lost_journal_per_s=0.04),
)
"""As above, and now and then the journal is lost."""

CLOSED_ON_SLOW_WIRES = _aimed(
    name="closed on slow wires",
    chances=_only(closings_per_s=1.0, slow_factors={f"PA{n:04d}": 20.0 for n in range(2, 6)}),
    trader=Bursts,
    operators=NoHands,
)
"""Positions are squared off while orders that may still trade them wait for answers."""

CLOSED_WHILE_STOPPED = _aimed(
    name="closed while stopped",
    chances=_only(closings_per_s=1.5, slow_factors={f"PA{n:04d}": 20.0 for n in range(2, 6)}),
    operators=Nervous,
)
"""Positions are squared off, and everything is stopped, again and again."""

DOUBLED = _aimed(name="doubled", chances=_only(doubled=0.1))

TWO_DAYS = Stage(
    name="two days",
    day_s=(8.0, 25.0),
    orders=(8, 30),
    begins=(time(14, 50), time(14, 55), time(15, 11, 30), time(15, 25, 30)),
)
"""Whatever an afternoon leaves open goes through the night, and another day follows it."""

OVER_NIGHT = replace(
    TWO_DAYS,
    name="over night",
    setting=_rich,
    chances=_only(
        crash={"request after": 0.03},
        rules=_faults(K.REPLY_LOST, K.RESET_BEFORE, route="orders.place", each=0.08),
    ),
    trader=Scalper,
    operators=NoHands,
)
"""Little goes wrong, and each afternoon leaves something behind: orders at rest, some without an answer."""

STAGES = {stage.name: stage for stage in (WHOLE_DAY, *globals().values()) if isinstance(stage, Stage)}
