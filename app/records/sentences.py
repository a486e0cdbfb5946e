"""Facts as sentences that an operator reads: what happened, who did it, to which account and order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import singledispatchmethod

from app.domain import events as e
from app.domain.accounts import CopyMode
from app.domain.copies import CopyState, LegOrder
from app.domain.ids import AccountId, ClientOrderId, OrderId
from app.domain.orders import Order, Phase
from app.domain.reasons import ReasonCode
from app.records.wording import changes, orders, standing, stands, took, units, why

_LONGEST = 600
"""Characters of a sentence; a broker's own words may be of any length."""


class Level(StrEnum):
    """How much something matters to the operator."""

    INFO = "info"
    WARNING = "warning"
    PROBLEM = "problem"


class Who(StrEnum):
    """Who did something: Tandem, its operator, the broker, or a person at the broker."""

    ENGINE = "engine"
    OPERATOR = "operator"
    BROKER = "broker"
    HAND = "hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One thing that happened. `order_id` is the copy's own, the primary order's where it has none yet."""

    who: Who
    text: str
    level: Level = Level.INFO
    account_id: AccountId | None = None
    order_id: OrderId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLeg:
    """What the plan of a leg says of it, for later facts name it by its tag alone."""

    account_id: AccountId
    primary_order_id: OrderId
    order: LegOrder
    planned_at: datetime


Plans = Mapping[ClientOrderId, PlannedLeg]
NameOf = Callable[[AccountId], str]

_UNWANTED = {
    CopyState.NEEDS_OPERATOR: Level.PROBLEM,
    CopyState.FAILED: Level.PROBLEM,
    CopyState.IN_DOUBT: Level.PROBLEM,
    CopyState.REJECTED: Level.PROBLEM,
    CopyState.DENIED: Level.WARNING,
    CopyState.EXPIRED: Level.WARNING,
}


def planned_legs(recorded: e.Recorded) -> dict[ClientOrderId, PlannedLeg]:
    """Return the legs that a fact plans; none for a fact that plans nothing."""
    fact = recorded.fact
    if not isinstance(fact, e.CopyPlanned | e.LegsAdded):
        return {}
    return {
        leg.tag: PlannedLeg(
            account_id=fact.account_id,
            primary_order_id=fact.primary_order_id,
            order=leg.order,
            planned_at=recorded.at,
        )
        for leg in fact.legs
    }


def tag_in(fact: e.Fact) -> ClientOrderId | None:
    """Return the tag of the leg that a fact is about, where it names one."""
    tag: ClientOrderId | None = getattr(fact, "tag", None)
    return tag


class Teller:
    """Says what facts mean. `plans` has the legs that their tags name; an unknown one is "an order".

    Tells no secret, for facts hold none.
    """

    def __init__(self, plans: Plans, name_of: NameOf) -> None:
        self._plans = plans
        self._name_of = name_of

    def tell(self, recorded: e.Recorded) -> Sentence | None:
        """Say what a fact means; None for one that another fact beside it tells already."""
        said = self._say(recorded.fact, recorded.at)
        if said is None or len(said.text) <= _LONGEST:
            return said
        return replace(said, text=f"{said.text[: _LONGEST - 1]}…")

    @singledispatchmethod
    def _say(self, fact: e.Fact, _at: datetime) -> Sentence | None:
        raise TypeError(f"Expected a fact, was {type(fact).__name__}")

    @_say.register
    def _(self, fact: e.EngineStarted, _at: datetime) -> Sentence | None:
        return Sentence(who=Who.ENGINE, text=f"The engine started, version {fact.version}.")

    @_say.register
    def _(self, _fact: e.DayClosed, _at: datetime) -> Sentence | None:
        return None  # what it left open is told by alerts

    @_say.register
    def _(self, fact: e.CopyModeChanged, _at: datetime) -> Sentence | None:
        how = "copied at once" if fact.mode is CopyMode.AUTO else "held for a tick"
        return _operator(fact.by, f"chose that new orders are {how}.")

    @_say.register
    def _(self, fact: e.CopyingStopped, _at: datetime) -> Sentence | None:
        return _operator(fact.by, "stopped copying.", Level.WARNING)

    @_say.register
    def _(self, fact: e.CopyingResumed, _at: datetime) -> Sentence | None:
        return _operator(fact.by, "resumed copying.")

    @_say.register
    def _(self, fact: e.RulesChanged, _at: datetime) -> Sentence | None:
        return Sentence(who=Who.OPERATOR, text=f"Config edited: {fact.summary} Revision {fact.revision}.")

    @_say.register
    def _(self, fact: e.AlertRaised, _at: datetime) -> Sentence | None:
        account_id = fact.account_id
        return Sentence(
            who=Who.ENGINE,
            text=f"{self._name_of(account_id)}: {fact.text}" if account_id else fact.text,
            level=Level.PROBLEM,
            account_id=account_id,
            order_id=fact.order_id,
        )

    @_say.register
    def _(self, fact: e.AccountBlocked, _at: datetime) -> Sentence | None:
        text = f"nothing is sent to it. {fact.reason.text}"
        return self._of(fact.account_id, None, Who.BROKER, text, Level.PROBLEM)

    @_say.register
    def _(self, fact: e.AccountUnblocked, _at: datetime) -> Sentence | None:
        return self._of(fact.account_id, None, Who.ENGINE, "orders are sent to it again.")

    @_say.register
    def _(self, fact: e.PrimaryOrderSeen, _at: datetime) -> Sentence | None:
        """Say what the primary's order list showed; a decision to copy is told by the plans beside it."""
        order = fact.order
        what = f"{order.side} {order.quantity} {order.instrument}"
        if fact.skipped is not None:
            text = f"{what} is not copied: {fact.skipped.text}"
            return self._of(order.account_id, order.order_id, Who.ENGINE, text)
        if fact.is_decided:
            return None
        late = f" {fact.late.text}" if fact.late else ""
        level = Level.WARNING if fact.late else Level.INFO
        text = f"{what} {standing(order)}{late}"
        return self._of(order.account_id, order.order_id, Who.BROKER, text, level)

    @_say.register
    def _(self, fact: e.CopySettled, _at: datetime) -> Sentence | None:
        text = f"{fact.side} {fact.instrument} {stands(fact.state)}{why(fact.reason)}"
        level = _UNWANTED.get(fact.state, Level.INFO)
        return self._of(fact.account_id, fact.primary_order_id, _who(fact.requested_by), text, level)

    @_say.register
    def _(self, fact: e.CopyPlanned, _at: datetime) -> Sentence | None:
        verb = "planned again" if fact.legs and fact.legs[0].generation else "planned"
        text = f"{fact.side} {units(fact.legs)} {fact.instrument} {verb} in {orders(len(fact.legs))}."
        return self._of(fact.account_id, fact.primary_order_id, _who(fact.requested_by), text)

    @_say.register
    def _(self, fact: e.LegsAdded, _at: datetime) -> Sentence | None:
        cause = "for what it cannot close yet" if fact.split else "because the primary order grew"
        text = f"{orders(len(fact.legs))} more, {units(fact.legs)} units, {cause}."
        return self._of(fact.account_id, fact.primary_order_id, Who.ENGINE, text)

    @_say.register
    def _(self, fact: e.CopyWithdrawn, _at: datetime) -> Sentence | None:
        order_id = OrderId(fact.copy_id.split(":", 1)[0])
        text = f"no more than {fact.units} units are wanted now. {fact.reason.text}"
        return self._of(fact.account_id, order_id, _who(fact.requested_by), text, Level.WARNING)

    @_say.register
    def _(self, fact: e.SquareOffAsked, _at: datetime) -> Sentence | None:
        text = f"{fact.instrument} is to be squared off."
        return self._of(fact.account_id, fact.origin, _who(fact.requested_by), text, Level.WARNING)

    @_say.register
    def _(self, _fact: e.SquareOffDecided, _at: datetime) -> Sentence | None:
        """Tell of nothing: the plan beside it is told, or the alert that says why there is none."""
        return None

    @_say.register
    def _(self, fact: e.AttemptStarted, _at: datetime) -> Sentence | None:
        """Tell of repetitions only: what became of the first attempt is told by its end."""
        again = f"sent again, attempt {fact.attempt}."
        return self._of_leg(fact, Who.ENGINE, again) if fact.attempt > 1 else None

    @_say.register
    def _(self, fact: e.AttemptEnded, at: datetime) -> Sentence | None:
        match fact.result:
            case e.AttemptResult.ACCEPTED:
                return self._of_leg(fact, Who.BROKER, f"accepted{self._took(fact.tag, at)}.")
            case e.AttemptResult.REJECTED:
                return self._of_leg(fact, Who.BROKER, f"rejected{why(fact.reason)}", Level.PROBLEM)
            case e.AttemptResult.UNKNOWN:
                return self._of_leg(fact, Who.ENGINE, f"is in doubt{why(fact.reason)}", Level.PROBLEM)
            case e.AttemptResult.NEVER_SENT:
                level = Level.WARNING if fact.state is CopyState.PENDING else Level.PROBLEM
                return self._of_leg(fact, Who.ENGINE, f"did not leave{why(fact.reason)}", level)

    @_say.register
    def _(self, fact: e.LegMoved, _at: datetime) -> Sentence | None:
        if fact.reason is not None and fact.reason.code is ReasonCode.CANCELLED_AT_BROKER:
            return None  # an alert beside it says so
        text = f"{stands(fact.state)}{why(fact.reason)}"
        return self._of_leg(fact, Who.ENGINE, text, _UNWANTED.get(fact.state, Level.INFO))

    @_say.register
    def _(self, fact: e.OrderMatched, at: datetime) -> Sentence | None:
        level = Level.PROBLEM if fact.order.phase is Phase.REJECTED else Level.INFO
        text = standing(fact.order, self._took(fact.tag, at))
        return self._of_leg(fact, Who.BROKER, text, level, order=fact.order)

    @_say.register
    def _(self, _fact: e.UnexpectedOrderSeen, _at: datetime) -> Sentence | None:
        return None  # an alert beside it says so

    @_say.register
    def _(self, fact: e.AmendmentStarted, _at: datetime) -> Sentence | None:
        change = fact.modification
        text = "is being cancelled." if change is None else f"is being changed: {changes(change)}."
        return self._of_leg(fact, Who.ENGINE, text)

    @_say.register
    def _(self, fact: e.AmendmentEnded, _at: datetime) -> Sentence | None:
        if fact.reason is None:
            return None  # the next order list tells what became of it
        text = f"was not changed: {fact.reason.raw or fact.reason.text}"
        return self._of_leg(fact, Who.BROKER, text, Level.WARNING)

    @_say.register
    def _(self, fact: e.ChangedByHand, _at: datetime) -> Sentence | None:
        text = f"was changed at the broker: {fact.change.text}."
        return self._of_leg(fact, Who.HAND, text, Level.WARNING)

    @_say.register
    def _(self, fact: e.FollowedAgain, _at: datetime) -> Sentence | None:
        return self._of_leg(fact, Who.ENGINE, "follows the primary order again.")

    def _of(
        self,
        account_id: AccountId,
        order_id: OrderId | None,
        who: Who,
        text: str,
        level: Level = Level.INFO,
    ) -> Sentence:
        whole = f"{self._name_of(account_id)}: {text}"
        return Sentence(who=who, text=whole, level=level, account_id=account_id, order_id=order_id)

    def _of_leg(
        self,
        fact: e.Fact,
        who: Who,
        text: str,
        level: Level = Level.INFO,
        *,
        order: Order | None = None,
    ) -> Sentence:
        """Begin with the order of the leg that the fact names, as far as it is known."""
        tag = tag_in(fact)
        plan = self._plans.get(tag) if tag is not None else None
        order_id: OrderId | None = order.order_id if order else getattr(fact, "order_id", None)
        if plan is None:
            account_id: AccountId | None = getattr(fact, "account_id", None)
            if account_id is not None:
                return self._of(account_id, order_id, who, f"an order {text}", level)
            return Sentence(who=who, text=f"An order {text}", level=level, order_id=order_id)
        quantity = (order or plan.order).quantity
        what = f"{plan.order.side} {quantity} {plan.order.exchange}:{plan.order.tradingsymbol}"
        return self._of(plan.account_id, order_id or plan.primary_order_id, who, f"{what} {text}", level)

    def _took(self, tag: ClientOrderId, at: datetime) -> str:
        plan = self._plans.get(tag)
        return took(plan.planned_at if plan else None, at)


def _operator(by: str, text: str, level: Level = Level.INFO) -> Sentence:
    actor = "The engine" if by == "engine" else by[:1].upper() + by[1:]
    return Sentence(who=_who(by), text=f"{actor} {text}", level=level)


def _who(by: str) -> Who:
    return Who.ENGINE if by == "engine" else Who.OPERATOR
