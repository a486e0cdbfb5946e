"""Each implementation of Broker, with the same handles on what happens to it and on what it really took."""

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Protocol

from app.adapters.kite.broker import KiteBroker
from app.adapters.kite.credentials import Credentials
from app.adapters.kite.roots import paper_roots
from app.adapters.kite.wire import Timeouts
from app.domain.ids import AccountId
from app.ports.broker import Broker
from tests.builders.exchange import ExchangeServer
from tests.fakes.broker import FakeBroker, Twist
from tests.fakes.clock import FakeClock

SYMBOL = "INFY"


class Mishap(StrEnum):
    """What can happen to one call, in the contract's words."""

    REFUSED = "refused"
    NOT_PERMITTED = "not permitted"
    SESSION_DEAD = "session dead"
    TOO_MANY = "too many requests"
    REQUEST_LOST = "request lost"
    ANSWER_LOST = "answer lost"
    TAKEN_LATE = "taken late, answer lost"
    NO_ANSWER = "taken, no answer"
    READ_FAILS = "read fails"
    REFUSED_LATER = "refused later"


class BrokerRig(Protocol):
    """One account at one broker, and the outside truth about it."""

    price: Decimal

    @property
    def broker(self) -> Broker:
        """The account as the engine has it."""
        ...

    def plan(self, mishap: Mishap, call: str = "place") -> None:
        """Let the next call (place, modify, cancel, order_list) meet this."""
        ...

    def taken(self) -> list[str]:
        """Return the tags of the orders that the broker took by our calls, each as often as it took it."""
        ...

    def arrivals(self, call: str) -> int:
        """Return how many writes of that kind reached the broker, taken or not."""
        ...

    def pass_time(self) -> None:
        """Let enough time pass for what is late to have happened; a rig in real time just polls."""
        ...


class FakeRig:
    """The fake broker."""

    TWISTS: ClassVar = {
        Mishap.REFUSED: Twist.REJECT,
        Mishap.NOT_PERMITTED: Twist.NOT_PERMITTED,
        Mishap.SESSION_DEAD: Twist.SESSION_EXPIRED,
        Mishap.TOO_MANY: Twist.NEVER_SENT,
        Mishap.REQUEST_LOST: Twist.LOSE_REQUEST,
        Mishap.ANSWER_LOST: Twist.LOSE_ANSWER,
        Mishap.TAKEN_LATE: Twist.ACCEPT_LATE,
        Mishap.NO_ANSWER: Twist.SLOW,
        Mishap.READ_FAILS: Twist.FAIL,
        Mishap.REFUSED_LATER: Twist.REJECT_LATER,
    }

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.broker = FakeBroker("PA0002", clock=self.clock)
        self.price = Decimal(100)

    def plan(self, mishap: Mishap, call: str = "place") -> None:
        self.broker.script(call, self.TWISTS[mishap])

    def taken(self) -> list[str]:
        return [taken.tag for taken in self.broker.accepted]

    def arrivals(self, call: str) -> int:
        return sum(request.kind == call for request in self.broker.requests)

    def pass_time(self) -> None:
        self.clock.advance(1.0)


class KiteRig:
    """The real adapter, over real sockets, on the embedded exchange."""

    FAULTS: ClassVar[dict[Mishap, dict[str, object]]] = {
        Mishap.REFUSED: {"kind": "refuse"},
        Mishap.NOT_PERMITTED: {
            "kind": "refuse",
            "http_status": 403,
            "error_type": "PermissionException",
            "message": "No IPs configured for this app. Add allowed IPs on the Kite developer console.",
        },
        Mishap.SESSION_DEAD: {"kind": "token_dead"},
        Mishap.TOO_MANY: {"kind": "429"},
        Mishap.REQUEST_LOST: {"kind": "reset_before"},
        Mishap.ANSWER_LOST: {"kind": "reset_after"},
        Mishap.TAKEN_LATE: {"kind": "late_reset", "delay_s": 0.3},
        Mishap.NO_ANSWER: {"kind": "reply_lost"},
        Mishap.READ_FAILS: {"kind": "5xx_before"},
    }
    ROUTES: ClassVar = {call: f"orders.{call}" for call in ("place", "modify", "cancel")} | {
        "order_list": "orders.list"
    }

    def __init__(self, exchange: ExchangeServer, account_id: str, price: Decimal) -> None:
        self.exchange = exchange
        self.account_id = account_id
        self.price = price
        exchange.control("POST", "/accounts", {"user_id": account_id})
        low = account_id.lower()
        self.broker = KiteBroker(
            AccountId(account_id),
            credentials=Credentials(f"paperkey{low}", f"papertoken{low}"),
            roots=paper_roots(exchange.root),
            timeouts=Timeouts(connect_s=10.0, answer_s=60.0),
        )

    def plan(self, mishap: Mishap, call: str = "place") -> None:
        if mishap is Mishap.REFUSED_LATER:
            self.exchange.service.venue.accounts.get(self.account_id).cash = 0
            self.exchange.control("PUT", "/behaviour", {"is_margin_refused_late": True})
        else:
            rule = {**self.FAULTS[mishap], "account": self.account_id, "route": self.ROUTES[call]}
            self.exchange.control("POST", "/faults", rule)

    def taken(self) -> list[str]:
        rows = self.exchange.ledger(account=self.account_id, action="place")
        return [row["tag"] for row in rows if row["outcome"] == "accepted"]

    def arrivals(self, call: str) -> int:
        return len(self.exchange.ledger(account=self.account_id, action=call))

    def pass_time(self) -> None:
        """The exchange lives in real time."""
