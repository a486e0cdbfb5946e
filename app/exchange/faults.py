"""The fault plan: which request or push of which account goes wrong, how, and whether the order was taken.

Pure: time and randomness come from the caller, so the HTTP service and a virtual-time simulation share it.
"""

import re
from enum import StrEnum
from fnmatch import fnmatchcase, translate
from random import Random
from typing import Annotated, NamedTuple

import msgspec

TIMED_OUT = "Order request timed out. Please check the order book and confirm before placing again."
ORDER_ROUTES = frozenset({"orders.place", "orders.modify", "orders.cancel"})
MAX_STALE_S = 30.0
"""How far back a stale order list can reach."""


class Acceptance(StrEnum):
    """Whether the exchange acts on the request that the fault befalls."""

    NEVER = "never"
    NOW = "now"
    LATE = "late"


class Reply(StrEnum):
    """What the client gets to see."""

    TRUE = "true"  # the true answer, after `delay_s`
    ERROR = "error"  # an error in Kite's JSON envelope
    HTML = "html"  # the page of a proxy in front of Kite
    SILENCE = "silence"  # nothing; the connection stays open
    RESET = "reset"  # the connection is reset


class FaultKind(StrEnum):
    """Every fault by name; `docs/exchange.md` has the same list in prose."""

    REFUSE = "refuse"
    TOO_MANY = "429"
    TOKEN_DEAD = "token_dead"  # noqa: S105 - the name of a fault, not a password
    MAINTENANCE = "maintenance"
    HANG = "hang"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    REPLY_LOST = "reply_lost"
    SERVER_ERROR_BEFORE = "5xx_before"
    SERVER_ERROR_AFTER = "5xx_after"
    TIMED_OUT_BEFORE = "timed_out_before"
    TIMED_OUT_AFTER = "timed_out_after"
    GARBLED_AFTER = "garbled_after"
    LATE_TIMED_OUT = "late_timed_out"
    LATE_SILENCE = "late_silence"
    LATE_RESET = "late_reset"
    LATE_SERVER_ERROR = "late_5xx"
    SLOW = "slow"
    SLOW_REPLY = "slow_reply"
    STALE_ORDERS = "stale_orders"
    PUSH_DROP = "push_drop"
    PUSH_DUPLICATE = "push_duplicate"
    PUSH_REORDER = "push_reorder"
    PUSH_DELAY = "push_delay"

    @property
    def is_push(self) -> bool:
        return self.value.startswith("push_")


class ErrorReply(NamedTuple):
    http_status: int
    error_type: str
    message: str


class Shape(NamedTuple):
    """What a kind does when its rule says nothing more."""

    acceptance: Acceptance
    reply: Reply
    error: ErrorReply | None = None
    delay_s: float = 0.0


_TIMED_OUT = ErrorReply(400, "OrderException", TIMED_OUT)
_OMS_DOWN = ErrorReply(502, "NetworkException", "Request failed (kitetrade-oms)")
_REFUSED = ErrorReply(400, "OrderException", "The order was refused by the exchange's fault plan.")
_TOO_MANY = ErrorReply(429, "NetworkException", "Too many requests")
_TOKEN = ErrorReply(403, "TokenException", "Incorrect `api_key` or `access_token`.")
_CLOSED = ErrorReply(503, "NetworkException", "Kite is under maintenance. Please try again later.")

SHAPES: dict[FaultKind, Shape] = {
    FaultKind.REFUSE: Shape(Acceptance.NEVER, Reply.ERROR, _REFUSED),
    FaultKind.TOO_MANY: Shape(Acceptance.NEVER, Reply.ERROR, _TOO_MANY),
    FaultKind.TOKEN_DEAD: Shape(Acceptance.NEVER, Reply.ERROR, _TOKEN),
    FaultKind.MAINTENANCE: Shape(Acceptance.NEVER, Reply.ERROR, _CLOSED),
    FaultKind.HANG: Shape(Acceptance.NEVER, Reply.SILENCE),
    FaultKind.RESET_BEFORE: Shape(Acceptance.NEVER, Reply.RESET),
    FaultKind.RESET_AFTER: Shape(Acceptance.NOW, Reply.RESET),
    FaultKind.REPLY_LOST: Shape(Acceptance.NOW, Reply.SILENCE),
    FaultKind.SERVER_ERROR_BEFORE: Shape(Acceptance.NEVER, Reply.ERROR, _OMS_DOWN),
    FaultKind.SERVER_ERROR_AFTER: Shape(Acceptance.NOW, Reply.ERROR, _OMS_DOWN),
    FaultKind.TIMED_OUT_BEFORE: Shape(Acceptance.NEVER, Reply.ERROR, _TIMED_OUT),
    FaultKind.TIMED_OUT_AFTER: Shape(Acceptance.NOW, Reply.ERROR, _TIMED_OUT),
    FaultKind.GARBLED_AFTER: Shape(Acceptance.NOW, Reply.HTML, ErrorReply(200, "", "")),
    FaultKind.LATE_TIMED_OUT: Shape(Acceptance.LATE, Reply.ERROR, _TIMED_OUT, 8.0),
    FaultKind.LATE_SILENCE: Shape(Acceptance.LATE, Reply.SILENCE, None, 8.0),
    FaultKind.LATE_RESET: Shape(Acceptance.LATE, Reply.RESET, None, 8.0),
    FaultKind.LATE_SERVER_ERROR: Shape(Acceptance.LATE, Reply.ERROR, _OMS_DOWN, 8.0),
    FaultKind.SLOW: Shape(Acceptance.LATE, Reply.TRUE, None, 2.0),
    FaultKind.SLOW_REPLY: Shape(Acceptance.NOW, Reply.TRUE, None, 2.0),
    FaultKind.STALE_ORDERS: Shape(Acceptance.NOW, Reply.TRUE, None, 3.0),
    FaultKind.PUSH_DROP: Shape(Acceptance.NOW, Reply.TRUE),
    FaultKind.PUSH_DUPLICATE: Shape(Acceptance.NOW, Reply.TRUE),
    FaultKind.PUSH_REORDER: Shape(Acceptance.NOW, Reply.TRUE),
    FaultKind.PUSH_DELAY: Shape(Acceptance.NOW, Reply.TRUE, None, 2.0),
}


class FaultRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of the plan, as the control API takes it.

    `account` and `route` are shell patterns; `count` null means until removed; `skip` lets that many matching
    requests pass first; `for_s` ends the rule by time; `probability` is drawn for each match.
    """

    kind: FaultKind
    account: str = "*"
    route: str | None = None
    tag: str = "*"
    tradingsymbol: str = "*"
    count: Annotated[int, msgspec.Meta(ge=1)] | None = 1
    skip: Annotated[int, msgspec.Meta(ge=0)] = 0
    probability: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    for_s: Annotated[float, msgspec.Meta(gt=0)] | None = None
    delay_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] | None = None
    http_status: Annotated[int, msgspec.Meta(ge=400, le=599)] | None = None
    error_type: str | None = None
    message: str | None = None
    is_html: bool = False

    @property
    def route_pattern(self) -> str:
        """Return the routes the rule is for: placing orders unless the rule or its kind says otherwise."""
        if self.route is not None:
            return self.route
        if self.kind is FaultKind.STALE_ORDERS:
            return "orders.list"
        if self.kind in (FaultKind.MAINTENANCE, FaultKind.TOKEN_DEAD) or self.kind.is_push:
            return "*"
        return "orders.place"


class Fault(NamedTuple):
    """What befalls one request or push; `delay_s` is a delay, or a list's age for a stale order list."""

    rule_id: int
    kind: FaultKind
    acceptance: Acceptance
    reply: Reply
    delay_s: float
    error: ErrorReply | None


class _Live:
    """A rule in force and what it has used up."""

    def __init__(self, rule_id: int, rule: FaultRule, now_s: float) -> None:
        self.rule_id = rule_id
        self.rule = rule
        self.seen = 0
        self.applied = 0
        self.until_s = None if rule.for_s is None else now_s + rule.for_s
        self.is_push = rule.kind.is_push
        route = "orders.list" if rule.kind is FaultKind.STALE_ORDERS else rule.route_pattern
        wanted = (rule.account, route, rule.tag, rule.tradingsymbol)
        self.patterns = [
            (place, re.compile(translate(pattern)).match)
            for place, pattern in enumerate(wanted)
            if pattern != "*"
        ]
        """What a request has to look like, by the place among its names; most ask for its route alone."""

    def is_for_route(self, route: str) -> bool:
        return all(fits(route) for place, fits in self.patterns if place == 1)

    def is_for(self, names: tuple[str, ...]) -> bool:
        return all(fits(names[place]) for place, fits in self.patterns if place != 1)

    def is_over(self, now_s: float) -> bool:
        is_used_up = self.rule.count is not None and self.applied >= self.rule.count
        return is_used_up or (self.until_s is not None and now_s >= self.until_s)


class FaultPlan:
    """Hold the rules and decide, in the order they were added, which one a request meets.

    Does nothing itself: the caller carries the returned `Fault` out. The same seed and the same sequence of
    calls give the same faults.
    """

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._live: list[_Live] = []
        self._by_route: dict[tuple[str, bool], list[_Live]] = {}
        """Of the rules in force, those for each route or status that was asked for since they changed."""
        self._last_id = 0

    def add(self, rule: FaultRule, *, now_s: float) -> int:
        """Put a rule in force and return its number; raise ValueError for a rule that can never apply."""
        if rule.kind is FaultKind.STALE_ORDERS:
            if rule.delay_s is not None and rule.delay_s > MAX_STALE_S:
                raise ValueError(
                    f"An order list can be at most {MAX_STALE_S:g} s stale; was {rule.delay_s:g}."
                )
            if not fnmatchcase("orders.list", rule.route_pattern):
                raise ValueError("A stale order list is served on the route orders.list only.")
        self._last_id += 1
        self._live = [live for live in self._live if not live.is_over(now_s)]
        self._live.append(_Live(self._last_id, rule, now_s))
        self._by_route.clear()
        return self._last_id

    def remove(self, rule_id: int) -> bool:
        """Take a rule out of force; return whether there was one."""
        kept = [live for live in self._live if live.rule_id != rule_id]
        was_there = len(kept) < len(self._live)
        self._live = kept
        self._by_route.clear()
        return was_there

    def clear(self) -> None:
        self._live = []
        self._by_route.clear()

    def rules(self, *, now_s: float) -> list[dict[str, object]]:
        """Return the rules in force with what they have used up, for the control API."""
        return [
            {"id": live.rule_id, "applied": live.applied, "rule": msgspec.to_builtins(live.rule)}
            for live in self._live
            if not live.is_over(now_s)
        ]

    def pick(
        self, *, account: str, route: str, now_s: float, tag: str = "", tradingsymbol: str = ""
    ) -> Fault | None:
        """Return the fault this request meets, using it up, or None."""
        return self._met((account, route, tag, tradingsymbol), now_s, is_push=False)

    def pick_push(
        self, *, account: str, status: str, now_s: float, tag: str = "", tradingsymbol: str = ""
    ) -> Fault | None:
        """Return the fault this order update meets on its way to the client; `route` matches the status."""
        return self._met((account, status, tag, tradingsymbol), now_s, is_push=True)

    def _met(self, names: tuple[str, ...], now_s: float, *, is_push: bool) -> Fault | None:
        for live in self._of_route(names[1], is_push=is_push):
            if live.is_for(names) and not live.is_over(now_s) and self._fires(live):
                return _fault(live.rule_id, live.rule)
        return None

    def _of_route(self, route: str, *, is_push: bool) -> list[_Live]:
        found = self._by_route.get((route, is_push))
        if found is None:
            found = [live for live in self._live if live.is_push is is_push and live.is_for_route(route)]
            self._by_route[route, is_push] = found
        return found

    def _fires(self, live: _Live) -> bool:
        live.seen += 1
        if live.seen <= live.rule.skip:
            return False
        if live.rule.probability < 1 and self._rng.random() >= live.rule.probability:
            return False
        live.applied += 1
        return True


def _fault(rule_id: int, rule: FaultRule) -> Fault:
    shape = SHAPES[rule.kind]
    error = shape.error
    if error is not None:
        error = ErrorReply(
            rule.http_status or error.http_status,
            rule.error_type or error.error_type,
            rule.message or error.message,
        )
    reply = Reply.HTML if rule.is_html and shape.reply is Reply.ERROR else shape.reply
    delay_s = shape.delay_s if rule.delay_s is None else rule.delay_s
    return Fault(rule_id, rule.kind, shape.acceptance, reply, delay_s, error)
