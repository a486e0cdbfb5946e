"""What the day before left open: closed as what is known of it, and told (docs/adr/0023)."""

from collections.abc import Callable
from datetime import date

from app.domain import events as e
from app.domain.copies import RESTING, Copy, CopyState, Leg
from app.domain.ids import AccountId, OrderId
from app.domain.reasons import Reason, ReasonCode
from app.domain.squaring import SquareOff
from app.engine.state import EngineState
from app.engine.turn import Turn
from app.ports.journal import Journal

IDS_NAMED = 10


def close_day_before(turn: Turn, journal: Journal, day: date) -> None:
    """Close, under its own day, what an earlier day left open, and tell of it in this one.

    The day is written before it is told of: a crash in between repeats nothing but the telling.
    """
    before, unsent = EngineState(), _UnsentSquareOffs()
    for recorded in journal.recover(day):
        before.apply(recorded.fact, recorded.at)
        unsent.take(recorded.fact)
    facts = [fact for copy in list(before.copies.values()) for fact in _closing(copy)]
    facts += [_given_up(square_off) for square_off in before.square_offs.values()]
    if facts:
        for recorded in journal.append(facts, day=day):
            before.apply(recorded.fact, recorded.at)
            unsent.take(recorded.fact)
    _tell(turn, before, day)
    _tell_of_square_offs(turn, unsent, day)
    turn.record(e.DayClosed(day=day))


class _UnsentSquareOffs:
    """Which positions were to be squared off until their day ended, by its facts. An id may serve again."""

    def __init__(self) -> None:
        self._asked: dict[OrderId, e.SquareOffAsked] = {}
        self._over: dict[OrderId, e.SquareOffAsked] = {}

    def take(self, fact: e.Fact) -> None:
        """Take the next fact in."""
        match fact:
            case e.SquareOffAsked():
                self._asked[fact.origin] = fact
                self._over.pop(fact.origin, None)
            case e.SquareOffDecided(reason=Reason(code=ReasonCode.DAY_OVER)) if fact.origin in self._asked:
                self._over[fact.origin] = self._asked[fact.origin]

    def by_account(self) -> dict[AccountId, list[str]]:
        """Return the instruments of each account that has such."""
        found: dict[AccountId, list[str]] = {}
        for asked in self._over.values():
            found.setdefault(asked.account_id, []).append(asked.instrument)
        return found


def _given_up(square_off: SquareOff) -> e.SquareOffDecided:
    text = "The trading day ended before it was decided. No order to close it was sent."
    return e.SquareOffDecided(
        origin=square_off.origin,
        account_id=square_off.account_id,
        reason=Reason(ReasonCode.DAY_OVER, text),
    )


def _tell_of_square_offs(turn: Turn, unsent: _UnsentSquareOffs, day: date) -> None:
    for account_id, instruments in unsent.by_account().items():
        text = (
            f"The square-off of {', '.join(instruments)}, asked for on {day}, sent nothing to close it: the "
            "trading day ended before it was decided, and it is not carried out any more. The broker "
            "squares off what is left of an intraday (MIS) position itself on the same day, or may carry it "
            "over: look in Kite at what the account holds."
        )
        turn.alert(text, account_id=account_id)


def _closing(copy: Copy) -> list[e.Fact]:
    """Return what ends a copy: what never left is unsent, whose end nobody saw stays a question for good."""
    if copy.state is CopyState.HELD:
        text = "The trading day ended before anybody ticked it, so it was not copied."
        return [_settled(copy, Reason(ReasonCode.DAY_OVER, text))]
    return [move for leg in copy.legs for move in _moves(leg)]


def _moves(leg: Leg) -> list[e.Fact]:
    match leg.state:
        case CopyState.PENDING:
            text = "The trading day ended before it could be sent. Nothing of it reached the broker."
            return [_moved(leg, CopyState.EXPIRED, text)]
        case CopyState.SENDING:
            text = "Its answer was lost, and the trading day ended before it was found."
            return [_moved(leg, CopyState.IN_DOUBT, text), _unanswered(leg)]
        case CopyState.IN_DOUBT:
            return [_unanswered(leg)]
        case state if state in RESTING:
            text = (
                f"It rested when last looked at, {leg.filled_quantity} of {leg.quantity} filled. "
                "The trading day is over: it filled meanwhile or lapsed. Kite's console has the trades."
            )
            return [_moved(leg, CopyState.NEEDS_OPERATOR, text)]
        case _:
            return []


def _unanswered(leg: Leg) -> e.LegMoved:
    text = (
        "The trading day ended before a clear answer came, and it is not looked for any more. It may have "
        "traded: Kite's console has the trades."
    )
    return _moved(leg, CopyState.NEEDS_OPERATOR, text)


def _moved(leg: Leg, state: CopyState, text: str) -> e.LegMoved:
    return e.LegMoved(tag=leg.tag, state=state, reason=Reason(ReasonCode.DAY_OVER, text))


def _settled(copy: Copy, reason: Reason) -> e.CopySettled:
    return e.CopySettled(
        copy_id=copy.copy_id,
        primary_order_id=copy.primary_order_id,
        account_id=copy.account_id,
        instrument=copy.instrument,
        side=copy.side,
        state=CopyState.EXPIRED,
        reason=reason,
        requested_by=copy.requested_by,
    )


def _tell(turn: Turn, before: EngineState, day: date) -> None:
    """Tell of each account's copies that never got an answer, whose end nobody saw, or that never left."""
    found: dict[AccountId, list[Leg]] = {}
    for copy in before.copies.values():
        found.setdefault(copy.account_id, []).extend(copy.current_legs)
    for account_id, legs in found.items():
        for is_meant, told in _SENTENCES:
            order_ids = _orders(before, [leg for leg in legs if is_meant(leg)])
            if order_ids:
                text = told.format(count=len(order_ids), day=day, named=_named(order_ids))
                turn.alert(text, account_id=account_id)


def _is_unanswered(leg: Leg) -> bool:
    return leg.state is CopyState.NEEDS_OPERATOR and leg.order_id is None


def _is_unseen(leg: Leg) -> bool:
    return leg.state is CopyState.NEEDS_OPERATOR and leg.order_id is not None


def _is_unsent(leg: Leg) -> bool:
    is_over = leg.reason is not None and leg.reason.code is ReasonCode.DAY_OVER
    return leg.state is CopyState.EXPIRED and is_over


_SENTENCES: tuple[tuple[Callable[[Leg], bool], str], ...] = (
    (
        _is_unanswered,
        (
            "{count} of the copies of {day} never got a clear answer and may have traded: those of {named}. "
            "They are not looked for any more: check Kite's console."
        ),
    ),
    (
        _is_unseen,
        (
            "{count} of the copies of {day} still rested when last looked at: those of {named}. "
            "They filled meanwhile or lapsed at the close: check Kite's console."
        ),
    ),
    (
        _is_unsent,
        (
            "{count} of the copies of {day} were planned and never sent: those of {named}. "
            "They are not sent any more: check what the account still holds."
        ),
    ),
)


def _orders(before: EngineState, legs: list[Leg]) -> list[str]:
    return list(dict.fromkeys(before.copy_of(leg).primary_order_id for leg in legs))


def _named(order_ids: list[str]) -> str:
    more = len(order_ids) - IDS_NAMED
    named = ", ".join(order_ids[:IDS_NAMED])
    return f"the primary's orders {named}" + (f" and {more} more" if more > 0 else "")
