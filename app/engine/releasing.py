"""Which planned legs leave now: the last gate before an order is sent, and the only one that opens."""

from operator import is_

from app.domain import events as e
from app.domain.copies import UNRESOLVED, Copy, CopyState, Leg, LegOrder
from app.domain.ids import CopyId
from app.domain.orders import Order
from app.domain.planning import as_it_rests, clamp_exit, leg_order
from app.domain.reasons import Reason, ReasonCode
from app.domain.rules import age_limit_s, why_account_skips
from app.engine.deciding import effective_quantity
from app.engine.exposure import entry_at_rest, free_units
from app.engine.lane import Lane
from app.engine.matching import adopt_if_fits
from app.engine.messages import Send, budget_key
from app.engine.parking import Waits, look_again, note_closable, units_refused_before, wait_for_entry
from app.engine.turn import Turn
from app.engine.unreadable import why_hidden
from app.engine.wanting import wanted_quantity

_NOTHING = (None,) * 3


def release(turn: Turn, lane: Lane) -> None:
    """Let every leg of an account leave that may, oldest first.

    A copy waits while an older one of its account and instrument is unsent or in doubt (order protocol,
    rule 7), unless that is an exit parked behind an entry which rests (docs/adr/0012). The slices of one
    copy do not wait for each other.
    """
    lane.due_at_s = float("inf")
    first_unresolved: dict[str, CopyId] = {}
    for tag in list(turn.state.unresolved.get(lane.account_id, ())):
        leg = turn.state.leg_of(tag)
        copy = turn.state.copy_of(leg)
        is_next = first_unresolved.get(copy.instrument, copy.copy_id) == copy.copy_id
        is_parked = False
        if leg.state is CopyState.PENDING:
            if _is_over(turn, copy, leg):
                pass
            elif is_next:
                is_parked = _try(turn, lane, copy, leg) is Waits.ENTRY
            elif leg.is_parked and _is_known(lane, copy):
                allowed = _closable(turn, lane, copy, leg, wanted_quantity(turn, copy, leg))
                note_closable(turn, lane, leg, allowed)
            leg = turn.state.leg_of(tag)
        if leg.state in UNRESOLVED and not is_parked:
            first_unresolved.setdefault(copy.instrument, copy.copy_id)


def _is_over(turn: Turn, copy: Copy, leg: Leg) -> bool:
    """End a leg that must not leave any more: its order gone, its account off, or too long in the queue."""
    order = turn.primary_order_of(copy.copy_id)
    why = _why_over(turn, copy, leg, order)
    if why is None and _is_too_old(turn, copy, leg, order):
        limit_s = age_limit_s(order, turn.rulebook.rules)
        text = f"It waited longer than {limit_s:g} s before it could be sent. Retry it if you still want it."
        why = CopyState.EXPIRED, Reason(ReasonCode.TOO_OLD, text)
    if why is None:
        return False
    _end(turn, leg, *why)
    return True


def _why_over(turn: Turn, copy: Copy, leg: Leg, order: Order) -> tuple[CopyState, Reason] | None:
    """Return how a leg ends, whatever its age; weighed again only where something of it is another."""
    weighed = turn.lanes[copy.account_id].weighed
    seen = (copy, order, turn.rulebook)
    if all(map(is_, seen, weighed.get(leg.tag, _NOTHING))):
        return None
    account = turn.rulebook.account(copy.account_id)
    if order.is_terminal and effective_quantity(order) == 0:
        text = "The primary order ended before this copy was sent."
        return CopyState.NOT_SENT, Reason(ReasonCode.PRIMARY_CANCELLED, text)
    if _earlier_generation_lives(copy, leg):
        text = "An earlier attempt of this copy was found at the broker, so it is not sent again."
        return CopyState.NOT_SENT, Reason(ReasonCode.ABSENT_FROM_ORDER_LIST, text)
    if account is None:
        text = "The account is no longer in accounts_config.json."
        return CopyState.NOT_SENT, Reason(ReasonCode.ACCOUNT_OFF, text)
    skipped = why_account_skips(order, account, is_exit=copy.closing_units > 0)
    if skipped is not None:
        return CopyState.DENIED, skipped
    weighed[leg.tag] = seen
    return None


def _earlier_generation_lives(copy: Copy, leg: Leg) -> bool:
    if leg.generation == 0:
        return False
    gone = {CopyState.REJECTED, CopyState.FAILED, CopyState.EXPIRED, CopyState.NEEDS_OPERATOR}
    return any(
        other.number == leg.number and other.generation < leg.generation and other.state not in gone
        for other in copy.legs
    )


def _is_too_old(turn: Turn, copy: Copy, leg: Leg, order: Order) -> bool:
    """Entries grow stale in the queue; exits never do (order protocol, rule 14)."""
    if copy.closing_units > 0 or leg.planned_at is None:
        return False
    waited_s = (turn.now - leg.planned_at).total_seconds()
    return waited_s > age_limit_s(order, turn.rulebook.rules)


def _try(turn: Turn, lane: Lane, copy: Copy, leg: Leg) -> Waits | None:
    """Send a leg, or return what it waits for; None where it has left or ended."""
    is_stopped = turn.state.is_stopped and copy.copy_id not in turn.state.passes_stop
    if is_stopped or lane.account_id in turn.state.blocked or lane.looked_at_s is None:
        return Waits.LEAVE
    if leg.tag in lane.strangers:
        # The journal was lost, the order was not: the broker has it already under this very tag.
        adopt_if_fits(turn, lane, leg, lane.strangers.pop(leg.tag).order)
        return None
    if why_hidden(lane, copy, leg) is not None:
        return Waits.LEAVE
    waiting = lane.waits(leg.tag)
    if not waiting.since_s:
        waiting.since_s = turn.now_s
    if turn.now_s < waiting.not_before_s:
        lane.come_again(waiting.not_before_s)
        return Waits.LEAVE
    if not lane.has_looked_since(waiting.needs_look_after_s):
        lane.want_look(turn.now_s)
        return Waits.LOOK
    is_urgent = copy.closing_units > 0
    wait_s = lane.budget.wait_s(turn.now_s, is_urgent=is_urgent)
    if wait_s > 0:
        lane.come_again(turn.now_s + wait_s)
        return Waits.LEAVE
    order = _order_to_send(turn, lane, copy, leg)
    if not isinstance(order, LegOrder):
        return order
    attempt = leg.attempts + 1
    effect = Send(lane.account_id, leg.tag, attempt, order)
    lane.budget.let_go(budget_key(effect))
    turn.record(e.AttemptStarted(account_id=lane.account_id, tag=leg.tag, attempt=attempt, order=order))
    turn.effects.append(effect)
    return None


def _order_to_send(turn: Turn, lane: Lane, copy: Copy, leg: Leg) -> LegOrder | Waits | None:
    """Return the order as it is wanted now, or what an exit waits for; None where the leg has ended.

    The primary order may have been modified since the plan, and an exit is clamped to what is held.
    """
    wanted = wanted_quantity(turn, copy, leg)
    if wanted == 0:
        text = "The primary order was reduced to less than one lot of this copy."
        _end(turn, leg, CopyState.NOT_SENT, copy.withdrawn or Reason(ReasonCode.QUANTITY_SUB_LOT, text))
        return None
    allowed = _allowed_by_holdings(turn, lane, copy, leg, wanted) if copy.closing_units else wanted
    if isinstance(allowed, Waits):
        return allowed
    if allowed == 0:
        _end_without_holdings(turn, copy, leg)
        return None
    primary = turn.primary_order_of(copy.copy_id)
    return leg_order(as_it_rests(primary) if leg.is_added else primary, turn.rulebook.rules, allowed)


def _allowed_by_holdings(turn: Turn, lane: Lane, copy: Copy, leg: Leg, wanted: int) -> int | Waits:
    """Clamp an exit to what the account holds, by a look that began after the last answer for it.

    It waits for that look, a bounded time for what an unreadable row may be, and for an entry that rests
    as the rules of parking have it.
    """
    if not _is_known(lane, copy):
        lane.want_look(turn.now_s)
        return Waits.LOOK
    allowed = _closable(turn, lane, copy, leg, wanted)
    if allowed == wanted:
        return allowed
    entry = entry_at_rest(turn, copy)
    if entry is not None:
        allowed -= min(allowed, units_refused_before(copy, leg))
        return wait_for_entry(turn, lane, leg, entry, allowed=allowed, wanted=wanted) or allowed
    if lane.may_hide(copy.instrument):
        since_s = lane.waits(leg.tag).since_s
        if allowed == 0 or turn.now_s - since_s < turn.rulebook.rules.exit_wait_s:
            look_again(turn, lane, since_s, is_bounded=allowed > 0)
            return Waits.LOOK
    return allowed


def _is_known(lane: Lane, copy: Copy) -> bool:
    """Tell whether what an account holds was looked at since the last answer about that instrument."""
    return lane.has_looked_since(lane.touched_at_s.get(copy.instrument, float("-inf")))


def _closable(turn: Turn, lane: Lane, copy: Copy, leg: Leg, wanted: int) -> int:
    """Return how much of a leg of an exit may leave by what is held."""
    closing = _closing_part(turn, copy, leg, wanted)
    return clamp_exit(wanted, closing, free_units(turn, lane, copy, leg), copy.lot_size)


def _closing_part(turn: Turn, copy: Copy, leg: Leg, wanted: int) -> int:
    """Return how many of a leg's units close; the first slices of a copy close, the last ones open, once.

    The rest of a divided exit only closes, and so does what is left of a withdrawn copy.
    """
    if leg.is_remainder or copy.withdrawn is not None:
        return wanted
    older = [other for other in copy.current_legs if other.number < leg.number]
    before = sum(wanted_quantity(turn, copy, other) for other in older)
    total = sum(wanted_quantity(turn, copy, other) for other in copy.current_legs)
    has_opened = sum(other.filled_quantity for other in older if other.state is CopyState.FILLED)
    opening_units = max(copy.opening_units - max(has_opened - copy.closing_units, 0), 0)
    return min(wanted, max(total - opening_units - before, 0))


def _end_without_holdings(turn: Turn, copy: Copy, leg: Leg) -> None:
    """An exit whose entry came to nothing was not refused: there was nothing for it to do."""
    if leg.is_remainder or leg.is_parked:
        text = f"The entry it waited for ended, and the account holds nothing of {copy.instrument} to close."
        _end(turn, leg, CopyState.NOT_SENT, Reason(ReasonCode.NOTHING_HELD, text))
    elif leg.is_added:
        text = f"The account holds nothing more of {copy.instrument} that this exit could close."
        _end(turn, leg, CopyState.NOT_SENT, Reason(ReasonCode.NOTHING_HELD, text))
    else:
        text = f"The account holds nothing of {copy.instrument} that this exit could close."
        _end(turn, leg, CopyState.DENIED, Reason(ReasonCode.NOTHING_HELD, text))


def _end(turn: Turn, leg: Leg, state: CopyState, reason: Reason) -> None:
    turn.record(e.LegMoved(tag=leg.tag, state=state, reason=reason))
