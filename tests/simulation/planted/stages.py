"""Stages that make rare things frequent, so that a bug in them shows within a few seeds."""

from collections.abc import Callable
from dataclasses import replace

from app.exchange.faults import FaultKind as K
from app.exchange.faults import FaultRule
from tests.simulation.chances import Chances
from tests.simulation.planted.actors import (
    Absent,
    Bursts,
    Canceller,
    DoubleClicks,
    Entries,
    Fiddler,
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


def _faults(*kinds: K, route: str, each: float, **details: object) -> list[FaultRule]:
    rules = [{"kind": kind, "route": route, "count": None, "probability": each} | details for kind in kinds]
    return [FaultRule(**rule) for rule in rules]  # type: ignore[arg-type]  # msgspec checks the names


def _only(**chances: object) -> Callable[[Chances], Chances]:
    """Let nothing go wrong but what is named."""
    return lambda _drawn: Chances(**chances)  # type: ignore[arg-type]  # the dataclass checks the names


STEADY = Stage(name="steady", setting=_rich, chances=_only())
"""Nothing goes wrong by itself."""

MARKET_ONLY = Stage(name="market only", setting=_rich, chances=_only(), trader=MarketOrders)
"""Every order fills at once, so nothing rests and nothing has to follow."""

FAILING_DISK = Stage(name="failing disk", setting=_rich, chances=_only(journal_fails=0.01))

BURSTS_AND_KILLS = Stage(
    name="bursts and kills",
    setting=_rich,
    chances=_only(crash={"answer before": 0.03}, slow_factors={f"PA{n:04d}": 0.1 for n in range(1, 6)}),
    trader=Bursts,
    operators=Absent,
)
"""Connections open at once, so that what was sent just before a kill and just after comes close together."""

KILLED_WHILE_SENDING = Stage(
    name="killed while sending",
    setting=_rich,
    chances=_only(
        crash={"request after": 0.1, "answer before": 0.1},
        rules=_faults(K.SLOW, route="orders.place", each=0.3, delay_s=4.0),
    ),
)
"""Kills come between a request and its answer, and some orders are taken late."""

OLD_LISTS = Stage(
    name="old lists",
    setting=_rich,
    chances=_only(
        rules=_faults(K.STALE_ORDERS, route="orders.list", each=0.5, delay_s=_OLD_S), kill_per_s=0.3
    ),
)

LOST_ANSWERS = Stage(
    name="lost answers",
    setting=_rich,
    chances=_only(
        rules=_faults(K.REPLY_LOST, K.RESET_AFTER, K.SERVER_ERROR_AFTER, route="orders.place", each=0.08)
        + _faults(
            K.LATE_TIMED_OUT, K.LATE_RESET, K.LATE_SERVER_ERROR, route="orders.place", each=0.06, delay_s=15.0
        )
    ),
)

ANSWERS_LOST = Stage(
    name="answers lost",
    setting=_rich,
    chances=_only(
        rules=_faults(K.REPLY_LOST, K.RESET_AFTER, K.SERVER_ERROR_AFTER, route="orders.place", each=0.08)
    ),
    operators=NoHands,
)
"""Every order is taken at once, some without an answer, and nobody retries."""

NEVER_TAKEN = Stage(
    name="never taken",
    setting=_rich,
    chances=_only(rules=_faults(K.RESET_BEFORE, K.TIMED_OUT_BEFORE, route="orders.place", each=0.1)),
    operators=NoHands,
)

VERY_LATE = Stage(
    name="very late",
    setting=_rich,
    chances=_only(
        rules=_faults(K.LATE_TIMED_OUT, K.LATE_RESET, route="orders.place", each=0.2, delay_s=_VERY_LATE_S)
    ),
    operators=NoHands,
)
"""Orders are taken after their absence was established, and nobody retries them meanwhile."""

RETRIED_LATE = Stage(
    name="retried late",
    setting=_rich,
    chances=_only(
        rules=_faults(K.LATE_TIMED_OUT, K.LATE_RESET, route="orders.place", each=0.3, delay_s=34.0)
    ),
    trader=MarketOrders,
    operators=Patient,
    day_s=(80.0, 100.0),
    orders=(6, 9),
)
"""Orders are taken shortly after their absence was established, and retried later than that."""

GATEWAY = Stage(
    name="gateway",
    setting=_rich,
    chances=_only(
        rules=_faults(
            K.LATE_SERVER_ERROR, route="orders.place", each=0.15, http_status=429, is_html=True, delay_s=4.0
        )
    ),
)
"""A gateway before the broker answers 429 with a page of its own, for orders that are then taken."""

OFTEN_TOO_MANY = Stage(
    name="often too many",
    setting=_rich,
    chances=_only(rules=_faults(K.TOO_MANY, route="orders.place", each=0.3)),
    trader=Entries,
    operators=NoHands,
)

REDIRECTED = Stage(name="redirected", setting=_rich, chances=_only(redirected=0.1))
"""A gateway answers with a redirect to where the request came from, after the broker took it."""

SHAKY_WIRES = Stage(
    name="shaky wires",
    setting=_rich,
    chances=_only(disconnect_per_s=1.5, slow_factors={f"PA{n:04d}": 10.0 for n in range(2, 6)}),
    operators=Nervous,
)
"""Connections break, opening one takes long, and the operators stop everything again and again."""

STOPS_AND_KILLS = Stage(
    name="stops and kills", setting=_rich, chances=_only(kill_per_s=0.3), trader=Bursts, operators=Nervous
)

DEAD_TOKENS = Stage(
    name="dead tokens",
    setting=_rich,
    chances=_only(token_outage_per_s=0.3, slow_factors={f"PA{n:04d}": 3.0 for n in range(2, 6)}),
    trader=Bursts,
)

FIDDLING = Stage(name="fiddling", setting=_rich, chances=_only(), trader=Fiddler, day_s=(30.0, 40.0))
"""The trader changes one resting order again and again."""

CANCELLING = Stage(
    name="cancelling",
    setting=_rich,
    chances=_only(slow_factors={f"PA{n:04d}": 20.0 for n in range(2, 6)}),
    trader=Canceller,
)
"""Orders are cancelled while their copies wait for each other in slow accounts."""

SLOW_FINGERS = Stage(
    name="slow fingers",
    setting=_rich,
    chances=_only(
        rules=_faults(K.TOO_MANY, route="orders.place", each=0.7)
        + _faults(K.REFUSE, route="orders.place", each=0.8)
    ),
    operators=Hasty,
)
"""Much fails one way or the other, and each retry is clicked again a while later."""

LARGE = Stage(name="large", setting=_rich, chances=_only(), trader=Whale)
"""Orders are larger than what stands in the book, so that they fill in parts."""

LOST_CHANGES = Stage(
    name="lost changes",
    setting=_rich,
    chances=_only(rules=_faults(K.SERVER_ERROR_BEFORE, K.RESET_BEFORE, route="orders.modify", each=0.3)),
    trader=Fiddler,
    day_s=(8.0, 16.0),
)

DOUBLE_CLICKS = Stage(name="double clicks", setting=_rich, chances=_only(), operators=DoubleClicks)

BURSTS = Stage(name="bursts", setting=_rich, chances=_only(), trader=Bursts)

ENTRIES_ONLY = Stage(name="entries only", setting=_rich, chances=_only(), trader=Entries)

ONE_HANGS = Stage(
    name="one hangs",
    setting=_rich,
    chances=_only(rules=_faults(K.HANG, route="orders.place", each=0.5, account="PA0002")),
)
"""One account leaves every other request without an answer."""


OLD_AND_LARGE = replace(
    LARGE,
    name="old and large",
    chances=_only(rules=_faults(K.STALE_ORDERS, route="orders.list", each=0.5, delay_s=0.8)),
)
"""Fills come in parts, and lists are some of a second old."""

HALF_REFUSED = Stage(
    name="half refused",
    setting=_rich,
    chances=_only(rules=_faults(K.REFUSE, route="orders.place", each=0.4)),
    trader=Scalper,
    operators=NoHands,
)
"""Accounts hold less than their share, and are left in several steps."""

LIMITED = Stage(name="limited", setting=_limited, chances=_only())
"""Every account has a limit on its quantity; positions grow beyond it."""

PAUSED = Stage(name="paused", setting=_rich, chances=_only(edits_per_s=0.5))
"""The operator edits the rules again and again, the accounts' modes among them."""

SQUARED_OFF = Stage(name="squared off", setting=_rich, chances=_only(square_offs_per_s=0.2))

OWN_ORDERS = Stage(name="own orders", setting=_rich, chances=_only(), trader=Tagging)
"""Some of the primary's orders carry tags like ours, as if it were another Tandem's secondary."""

DELIVERIES = Stage(name="deliveries", setting=_rich, chances=_only(), trader=Investor)

AWAY = Stage(name="away", setting=_rich, chances=_only(outage_per_s=0.1), day_s=(60.0, 90.0))
"""Nobody looks for long whiles."""

DOUBLED = Stage(name="doubled", setting=_rich, chances=_only(doubled=0.1))

STAGES = {stage.name: stage for stage in (WHOLE_DAY, *globals().values()) if isinstance(stage, Stage)}
