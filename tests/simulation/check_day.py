"""The day change: nothing of yesterday is acted upon, and what it left open is closed honestly and told."""

from collections import defaultdict
from collections.abc import Iterator

from app.domain import events as e
from app.domain.copies import ALIVE, CopyState, Leg
from app.domain.reasons import ReasonCode
from app.engine.state import EngineState
from app.exchange.ledger import Outcome
from tests.simulation.record import closes_a_day
from tests.simulation.truth import Truth
from tests.simulation.virtual_loop import MONDAY_MORNING
from tests.simulation.world import Violation

_NOTICED_S = 5.0
"""The broker tells its time in whole seconds, and an answer may take two more."""
_RESTARTED_S = 12.0
"""The same, and the three seconds for which another day has to be shown."""
_NAMED = 10


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong; nothing in a world that has no day before."""
    if truth.world.yesterday is None:
        return
    yield from _kept_on(truth)
    yield from _acted_upon(truth)
    yield from _decided_anew(truth)
    yield from _counted(truth)
    if not _was_lost(truth):
        before = _before(truth)
        yield from _left_open(truth, before)
        yield from _untrue(truth, before)
        yield from _not_told(truth, before)


def _kept_on(truth: Truth) -> Iterator[Violation]:
    """No engine goes on with yesterday; one whose host is wrong may take today for it."""
    assert truth.world.yesterday is not None
    if "clock jumps" in truth.happened:
        return
    for at_s, _, fact in truth.world.yesterday.record.facts:
        if at_s > truth.world.record.began_s + _RESTARTED_S and not closes_a_day([fact]):
            text = f"{at_s:.3f} s: {type(fact).__name__} was noted under yesterday's date."
            yield Violation("day", text)
            return


def _acted_upon(truth: Truth) -> Iterator[Violation]:
    """No request is for a copy of yesterday, or changes its order."""
    for sent in truth.world.record.sent:
        if sent.at_s < truth.world.record.began_s + _NOTICED_S:
            continue
        if sent.tag in truth.yesterdays_tags or sent.order_id in truth.yesterdays_orders:
            name = str(sent.tag or sent.order_id)
            text = f"{sent.at_s:.3f} s: a request to {sent.action} left for {name} of yesterday."
            yield Violation("day", text, (name, sent.account_id))


def _decided_anew(truth: Truth) -> Iterator[Violation]:
    """Nothing is noted of yesterday's orders and copies under today's date, but an after-market order."""
    for at_s, _, fact in truth.world.record.facts:
        tags = {getattr(fact, "tag", None), *(leg.tag for leg in getattr(fact, "legs", ()))}
        order = getattr(fact, "order", None)
        order_id = getattr(order, "order_id", None) or getattr(fact, "primary_order_id", None)
        is_kept = isinstance(fact, e.UnexpectedOrderSeen) and str(order_id) in _kept_orders(truth)
        if not is_kept and (tags & truth.yesterdays_tags or order_id in truth.yesterdays_orders):
            text = f"{at_s:.3f} s: {type(fact).__name__} is about {order_id} of yesterday."
            yield Violation("day", text, (str(order_id), *map(str, tags - {None})))


def _kept_orders(truth: Truth) -> set[str]:
    """Return the orders under tags of yesterday that the broker kept for today: after-market ones."""
    return {order_id for rows in truth.secondary.values() for order_id in rows}


def _counted(truth: Truth) -> Iterator[Violation]:
    """The orders that an account is said to have sent today are those of today."""
    snapshot = truth.world.snapshot
    if snapshot is None or truth.world.record.losses:
        return
    sends: dict[str, int] = defaultdict(int)
    for _, _, fact in truth.world.record.facts:
        if isinstance(fact, e.AttemptStarted):
            sends[str(fact.account_id)] += 1
    for account_id, row in snapshot["accounts"].items():
        if account_id in truth.secondary and row["orders_today"] > sends[account_id] + _changes(
            truth, account_id
        ):
            text = (
                f"{account_id} is said to have sent {row['orders_today']} orders today: {sends[account_id]}."
            )
            yield Violation("day", text, (account_id,))


def _changes(truth: Truth, account_id: str) -> int:
    facts = (fact for _, _, fact in truth.world.record.facts)
    return sum(isinstance(fact, e.AmendmentStarted) and fact.account_id == account_id for fact in facts)


def _was_lost(truth: Truth) -> bool:
    events = (*truth.world.history.earlier, *truth.world.history.events)
    return any(event.what == "journal lost" for event in events)


def _before(truth: Truth) -> EngineState:
    """Fold everything that the journal has of yesterday."""
    assert truth.world.yesterday is not None
    state = EngineState()
    for _, _, fact in truth.world.yesterday.record.facts:
        state.apply(fact, MONDAY_MORNING)
    return state


def _left_open(truth: Truth, before: EngineState) -> Iterator[Violation]:
    """No copy of yesterday still waits, rests or is in doubt once the day after has begun."""
    for copy in before.copies.values():
        for state in {copy.state, *(leg.state for leg in copy.legs)} & (ALIVE | {CopyState.HELD}):
            yield Violation("day", f"{copy.copy_id} of yesterday is {state} for good.", (str(copy.copy_id),))
    for square_off in before.square_offs.values():
        text = f"The square-off {square_off.origin} of yesterday is undecided for good."
        yield Violation("day", text, (str(square_off.origin), str(square_off.account_id)))


def _untrue(truth: Truth, before: EngineState) -> Iterator[Violation]:
    """What yesterday is said never to have sent has no order; whose end nobody saw is called neither way."""
    taken = {
        str(entry.tag)
        for entry in truth.world.exchange.service.ledger.entries(action="place")
        if entry.outcome is Outcome.ACCEPTED
    }
    for leg in _legs(before):
        if _is_closed(leg) and leg.state is not CopyState.NEEDS_OPERATOR and leg.tag in taken:
            text = f"{leg.tag} of yesterday is said to be {leg.state}, and has an order."
            yield Violation("day", text, (str(leg.tag),))


def _not_told(truth: Truth, before: EngineState) -> Iterator[Violation]:
    """Whoever has to look something up in the morning is told what, by the primary's order."""
    alerts = [fact for _, _, fact in truth.world.record.facts if isinstance(fact, e.AlertRaised)]
    by_account: dict[str, list[str]] = defaultdict(list)
    for alert in alerts:
        by_account[str(alert.account_id)].append(alert.text)
    for account_id, instrument in _unsent_square_offs(truth):
        if not any(instrument in text and "square-off" in text for text in by_account[account_id]):
            text = f"{account_id}: nobody was told that the square-off of {instrument} sent nothing."
            yield Violation("day", text, (account_id,))
    for account_id, order_ids in _to_tell(before).items():
        told = " ".join(by_account[account_id])
        missing = [order_id for order_id in order_ids if order_id not in told]
        if missing and " more" not in told:
            text = f"{account_id}: nobody was told what became of {missing[:_NAMED]} of yesterday."
            yield Violation("day", text, (account_id, *missing[:_NAMED]))


def _unsent_square_offs(truth: Truth) -> list[tuple[str, str]]:
    """Return which accounts' positions were to be squared off when the day ended."""
    assert truth.world.yesterday is not None
    facts = [fact for _, _, fact in truth.world.yesterday.record.facts]
    over = {fact.origin for fact in facts if isinstance(fact, e.SquareOffDecided) and closes_a_day([fact])}
    asked = [fact for fact in facts if isinstance(fact, e.SquareOffAsked) and fact.origin in over]
    return [(str(fact.account_id), fact.instrument) for fact in asked]


def _to_tell(before: EngineState) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for copy in before.copies.values():
        if any(_is_worth_telling(leg) for leg in copy.current_legs):
            found[str(copy.account_id)].append(str(copy.primary_order_id))
    return found


def _is_worth_telling(leg: Leg) -> bool:
    return leg.state is CopyState.NEEDS_OPERATOR or _is_closed(leg)


def _is_closed(leg: Leg) -> bool:
    """Tell whether a leg ended because its day did."""
    return leg.reason is not None and leg.reason.code is ReasonCode.DAY_OVER


def _legs(before: EngineState) -> list[Leg]:
    return [leg for copy in before.copies.values() for leg in copy.legs]
