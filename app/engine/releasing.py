"""Which planned legs leave now: the last gate before an order is sent, and the only one that opens."""

from app.domain import events as e
from app.domain.copies import RESTING, UNRESOLVED, Copy, CopyState, Leg, LegOrder
from app.domain.ids import CopyId
from app.domain.orders import Order
from app.domain.planning import clamp_exit, leg_order
from app.domain.positions import units_closed_by
from app.domain.reasons import Reason, ReasonCode
from app.domain.rules import age_limit_s, why_account_skips
from app.domain.sizing import sized_quantity, slices
from app.engine.deciding import effective_quantity
from app.engine.lane import Lane
from app.engine.matching import adopt_if_fits
from app.engine.messages import Send
from app.engine.turn import Turn
from app.engine.unreadable import hidden_units, why_hidden

LOOK_SOON_S = 0.15
"""How soon the account is looked at again for an exit that waits; the longer it waits, the less soon."""


def release(turn: Turn, lane: Lane) -> None:
    """Let every leg of an account leave that may, oldest first.

    A copy waits while an older one of its account and instrument is unsent or in doubt (order protocol,
    rule 7); the slices of one copy do not wait for each other.
    """
    lane.due_at_s = float("inf")
    first_unresolved: dict[str, CopyId] = {}
    for tag in list(turn.state.unresolved.get(lane.account_id, ())):
        leg = turn.state.leg_of(tag)
        copy = turn.state.copy_of(leg)
        is_next = first_unresolved.get(copy.instrument, copy.copy_id) == copy.copy_id
        if leg.state is CopyState.PENDING:
            if not _is_over(turn, copy, leg) and is_next:
                _try(turn, lane, copy, leg)
            leg = turn.state.leg_of(tag)
        if leg.state in UNRESOLVED:
            first_unresolved.setdefault(copy.instrument, copy.copy_id)


def _is_over(turn: Turn, copy: Copy, leg: Leg) -> bool:
    """End a leg that must not leave any more: its order gone, its account off, or too long in the queue."""
    order = turn.primary_order_of(copy.copy_id)
    reason: Reason | None = None
    state = CopyState.NOT_SENT
    account = turn.rulebook.account(copy.account_id)
    if order.is_terminal and effective_quantity(order) == 0:
        reason = Reason(ReasonCode.PRIMARY_CANCELLED, "The primary order ended before this copy was sent.")
    elif _earlier_generation_lives(copy, leg):
        text = "An earlier attempt of this copy was found at the broker, so it is not sent again."
        reason = Reason(ReasonCode.ABSENT_FROM_ORDER_LIST, text)
    elif account is None:
        reason = Reason(ReasonCode.ACCOUNT_OFF, "The account is no longer in accounts_config.json.")
    else:
        state = CopyState.DENIED
        reason = why_account_skips(order, account, is_exit=copy.closing_units > 0)
        if reason is None and _is_too_old(turn, copy, leg, order):
            state = CopyState.EXPIRED
            limit_s = age_limit_s(order, turn.rulebook.rules)
            text = (
                f"It waited longer than {limit_s:g} s before it could be sent. Retry it if you still want it."
            )
            reason = Reason(ReasonCode.TOO_OLD, text)
    if reason is None:
        return False
    _end(turn, leg, state, reason)
    return True


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


def _try(turn: Turn, lane: Lane, copy: Copy, leg: Leg) -> None:
    if turn.state.is_stopped or lane.account_id in turn.state.blocked or lane.looked_at_s is None:
        return
    if leg.tag in lane.strangers:
        # The journal was lost, the order was not: the broker has it already under this very tag.
        adopt_if_fits(turn, lane, leg, lane.strangers.pop(leg.tag).order)
        return
    if why_hidden(lane, copy, leg) is not None:
        return
    waiting = lane.waits(leg.tag)
    if not waiting.since_s:
        waiting.since_s = turn.now_s
    if turn.now_s < waiting.not_before_s:
        lane.come_again(waiting.not_before_s)
        return
    if not lane.has_looked_since(waiting.needs_look_after_s):
        lane.want_look(turn.now_s)
        return
    order = _order_to_send(turn, lane, copy, leg)
    if order is None:
        return
    is_urgent = copy.closing_units > 0
    wait_s = lane.budget.wait_s(turn.now_s, is_urgent=is_urgent)
    if wait_s > 0:
        lane.come_again(turn.now_s + wait_s)
        return
    lane.budget.let_go(leg.tag)
    attempt = leg.attempts + 1
    turn.record(e.AttemptStarted(account_id=lane.account_id, tag=leg.tag, attempt=attempt, order=order))
    turn.effects.append(Send(lane.account_id, leg.tag, attempt, order))


def _order_to_send(turn: Turn, lane: Lane, copy: Copy, leg: Leg) -> LegOrder | None:
    """Return the order as it is wanted now, or None while an exit waits for what it closes.

    The primary order may have been modified since the plan, and an exit is clamped to what is held.
    """
    wanted = wanted_quantity(turn, copy, leg)
    if wanted == 0:
        text = "The primary order was reduced to less than one lot of this copy."
        _end(turn, leg, CopyState.NOT_SENT, Reason(ReasonCode.QUANTITY_SUB_LOT, text))
        return None
    allowed = _allowed_by_holdings(turn, lane, copy, leg, wanted) if copy.closing_units else wanted
    if allowed == 0:
        text = f"The account holds nothing of {copy.instrument} that this exit could close."
        _end(turn, leg, CopyState.DENIED, Reason(ReasonCode.NOTHING_HELD, text))
    return leg_order(turn.primary_order_of(copy.copy_id), turn.rulebook.rules, allowed) if allowed else None


def wanted_quantity(turn: Turn, copy: Copy, leg: Leg) -> int:
    """Return how many units a leg should have, now that the primary order may be for another quantity.

    A retry keeps its own quantity: what is left of the leg it replaces.
    """
    quantity = effective_quantity(turn.primary_order_of(copy.copy_id))
    account = turn.rulebook.account(copy.account_id)
    instrument = turn.instruments.find(copy.instrument)
    if leg.generation or quantity == copy.basis_quantity or account is None or instrument is None:
        return leg.order.quantity
    cut = slices(sized_quantity(quantity, account.multiplier, copy.lot_size), instrument)
    return cut[leg.number] if leg.number < len(cut) else 0


def _allowed_by_holdings(turn: Turn, lane: Lane, copy: Copy, leg: Leg, wanted: int) -> int | None:
    """Clamp an exit to what the account holds, by a look that began after the last answer for it.

    None while it has to wait: for that look, or (bounded) for an entry that still rests unfilled or that
    an unreadable row may be.
    """
    if not lane.has_looked_since(lane.touched_at_s.get(copy.instrument, float("-inf"))):
        lane.want_look(turn.now_s)
        return None
    older_slices = [other for other in copy.current_legs if other.number < leg.number]
    on_its_way = sum(
        other.order.quantity - other.filled_quantity
        for other in older_slices
        if other.state in RESTING | {CopyState.SENDING}
    )
    held_units = units_closed_by(copy.side, lane.held(copy.instrument, leg.order.product))
    total = sum(wanted_quantity(turn, copy, other) for other in copy.current_legs)
    closing = max(total - copy.opening_units - sum(other.order.quantity for other in older_slices), 0)
    free_units = max(held_units - on_its_way - hidden_units(turn, lane, copy), 0)
    allowed = clamp_exit(wanted, min(wanted, closing), free_units, copy.lot_size)
    if allowed < wanted and (_entry_rests(turn, copy) or lane.may_hide(copy.instrument)):
        waited_s = turn.now_s - lane.waits(leg.tag).since_s
        if allowed == 0 or waited_s < turn.rulebook.rules.exit_wait_s:
            lane.want_look(turn.now_s + max(LOOK_SOON_S, waited_s / 10))
            if allowed:
                lane.come_again(turn.now_s + turn.rulebook.rules.exit_wait_s - waited_s)
            return None
    return allowed


def _entry_rests(turn: Turn, copy: Copy) -> bool:
    """Tell whether an opposite copy of the same instrument may still fill and so be exited."""
    return any(
        other.order.side is not copy.side
        and turn.state.copy_of(other).instrument == copy.instrument
        and other.state in RESTING | {CopyState.SENDING}
        for other in turn.state.alive_legs(copy.account_id)
    )


def _end(turn: Turn, leg: Leg, state: CopyState, reason: Reason) -> None:
    turn.record(e.LegMoved(tag=leg.tag, state=state, reason=reason))
