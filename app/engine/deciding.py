"""From the primary's order list to copies: what is new, what is too late, who gets how much."""

from dataclasses import replace

from app.domain import events as e
from app.domain.accounts import Account, CopyMode
from app.domain.copies import CopyState
from app.domain.ids import copy_id
from app.domain.orders import Order, Phase, merge
from app.domain.planning import Closing, NoCopy, Plan, plan_copy
from app.domain.positions import closing_quantity
from app.domain.reasons import Reason, ReasonCode
from app.domain.rules import age_limit_s, why_not_copied
from app.engine.exposure import units_copied_against
from app.engine.lane import Lane
from app.engine.messages import PrimaryListRead
from app.engine.turn import Turn
from app.engine.unreadable import tell_of_status, tell_of_unreadable
from app.ports.broker import UnreadableRow

_GREW_UNSEEN = Reason(
    ReasonCode.SEEN_LATE,
    "The primary order was enlarged while Tandem was not watching. Retry it to send what was added.",
)


def take_primary_list(turn: Turn, message: PrimaryListRead) -> None:
    """Note each new or changed primary order, and decide the copies of those that are ready for it."""
    lane = turn.lanes[turn.rulebook.primary.account_id]
    lane.take_unreadable(tuple(row for row in message.order_list.unreadable if not _has_ended(turn, row)))
    is_snapshot = message.gap_s is None or message.gap_s > turn.rulebook.rules.restart_gap_s
    fresh = [seen for seen in message.order_list.orders if _is_fresh(turn, lane, seen)]
    for seen in sorted(fresh, key=lambda order: _placed(turn, order).seniority):
        lane.note(seen)
        known = turn.state.primary_orders.get(seen.order_id)
        if known is None:
            late = _why_late(turn, seen, is_snapshot=is_snapshot)
            turn.record(e.PrimaryOrderSeen(order=_placed(turn, seen), late=late))
            tell_of_status(turn, lane, seen)
        else:
            merged = merge(known.order, seen, is_poll=True)
            if merged != known.order:
                has_grown = known.is_decided and merged.quantity > known.order.quantity
                late = _GREW_UNSEEN if has_grown and is_snapshot else None
                turn.record(e.PrimaryOrderSeen(order=merged, late=late))
                tell_of_status(turn, lane, merged)
        if not turn.state.primary_orders[seen.order_id].is_decided:
            _decide(turn, turn.state.primary_orders[seen.order_id].order)
        _drop_held_of_ended(turn, turn.state.primary_orders[seen.order_id].order)
    tell_of_unreadable(turn, lane, " It is an order of the primary account.")


def _is_fresh(turn: Turn, lane: Lane, seen: Order) -> bool:
    """Tell whether an order has to be looked at: most of a long list is as it was, and decided."""
    known = turn.state.primary_orders.get(seen.order_id)
    return known is None or not known.is_decided or lane.orders.get(seen.order_id) is not seen


def _placed(turn: Turn, order: Order) -> Order:
    """Take an order without a stamp as placed when it was first seen, or it would pass for the oldest.

    What an order closes is judged by the older ones: an exit would be taken for an entry.
    """
    is_new = order.order_id not in turn.state.primary_orders
    return replace(order, placed_at=turn.broker_now) if is_new and order.placed_at is None else order


def plan_for(turn: Turn, order: Order, account: Account, closing: Closing) -> Plan | NoCopy:
    """Work out what the copy of a primary order into one secondary would be at this moment.

    `closing` is how much of the order reduces the primary's position; see `closing_of`.
    """
    instrument = turn.instruments.find(order.instrument)
    if instrument is None:
        text = f"{order.instrument} is not in the broker's instrument list, so its lot size is not known."
        return NoCopy(CopyState.DENIED, Reason(ReasonCode.INSTRUMENT_UNKNOWN, text))
    mine = _as_far_as_it_goes(order)
    copied_units = units_copied_against(turn.state, account.account_id, order)
    return plan_copy(
        mine, account, instrument, turn.rulebook.rules, closing=closing, copied_units=copied_units
    )


def closing_of(turn: Turn, order: Order) -> Closing:
    """Return how much of a primary order reduces the position that its older orders made."""
    before = turn.state.held_before(order)
    units = closing_quantity(_as_far_as_it_goes(order), before)
    return Closing(units=units, is_all=0 < units == abs(before))


def effective_quantity(order: Order) -> int:
    """Return how much of a primary order there is to mirror: once it was cut short, what it filled."""
    is_cut_short = order.phase in {Phase.CANCELLED, Phase.REJECTED}
    return order.filled_quantity if is_cut_short else order.quantity


def _as_far_as_it_goes(order: Order) -> Order:
    quantity = effective_quantity(order)
    return order if quantity == order.quantity else replace(order, quantity=quantity)


def record_plan(turn: Turn, order: Order, account: Account, plan: Plan, *, by: str) -> None:
    """Write the intent to copy down, one leg per slice."""
    instrument = turn.instruments.find(order.instrument)
    legs = tuple(
        e.LegPlanned(
            tag=turn.tag(order, account.account_id, leg=number, generation=0),
            number=number,
            generation=0,
            order=leg,
        )
        for number, leg in enumerate(plan.orders)
    )
    turn.record(
        e.CopyPlanned(
            copy_id=copy_id(order.order_id, account.account_id),
            primary_order_id=order.order_id,
            account_id=account.account_id,
            instrument=order.instrument,
            side=order.side,
            legs=legs,
            closing_units=plan.closing_units,
            opening_units=plan.opening_units,
            lot_size=instrument.lot_size if instrument else 1,
            basis_quantity=order.quantity,
            requested_by=by,
        )
    )


def settle(turn: Turn, order: Order, account: Account, state: CopyState, reason: Reason, by: str) -> None:
    """Note that a copy has no orders, and why."""
    turn.record(
        e.CopySettled(
            copy_id=copy_id(order.order_id, account.account_id),
            primary_order_id=order.order_id,
            account_id=account.account_id,
            instrument=order.instrument,
            side=order.side,
            state=state,
            reason=reason,
            requested_by=by,
        )
    )


def _decide(turn: Turn, order: Order) -> None:
    """Decide the copies of an order that the primary's broker has accepted.

    One still being validated waits for the next look: copies of an order that is then rejected would
    be trades the primary never made. So does every order until the instrument list is there. What waited
    too long is late by then.
    """
    skipped = why_not_copied(order, turn.rulebook.rules)
    if skipped is None and (order.phase is Phase.WORKING or not turn.instruments.is_ready):
        return
    if skipped is None and order.is_terminal and effective_quantity(order) == 0:
        skipped = _why_nothing_is_left(order)
    late = turn.state.primary_orders[order.order_id].late or _why_late(turn, order, is_snapshot=False)
    turn.record(e.PrimaryOrderSeen(order=order, is_decided=True, late=late, skipped=skipped))
    if skipped is not None:
        return
    holding, unclear = _why_held(turn, order), _why_unclear(turn, order)
    closing = closing_of(turn, order)
    for account in turn.rulebook.secondaries:
        plan = plan_for(turn, order, account, closing)
        if isinstance(plan, NoCopy):
            settle(turn, order, account, plan.state, plan.reason, by="engine")
        elif why := holding or (unclear if plan.opening_units else None):
            settle(turn, order, account, CopyState.HELD, why, by="engine")
        else:
            record_plan(turn, order, account, plan, by="engine")


def _why_nothing_is_left(order: Order) -> Reason:
    if order.phase is Phase.REJECTED:
        text = f"The broker rejected the primary order: {order.status_message or 'no reason given'}"
        return Reason(ReasonCode.PRIMARY_ENDED, text, order.status_message_raw)
    return Reason(ReasonCode.PRIMARY_ENDED, "The primary order ended before it could be copied.")


def _why_late(turn: Turn, order: Order, *, is_snapshot: bool) -> Reason | None:
    """Return why a first sight comes too late to be copied silently (order protocol, rule 10).

    Ages are measured on the broker's clock. An exit is never too old, only missed by a gap (rule 14).
    """
    if is_snapshot:
        text = "It was placed while Tandem was not watching. Tick it to copy it now."
        return Reason(ReasonCode.SEEN_LATE, text)
    if order.placed_at is None:
        return None
    age_s = (turn.broker_now - order.placed_at).total_seconds()
    limit_s = age_limit_s(order, turn.rulebook.rules)
    if age_s <= limit_s or closing_of(turn, order).units == order.quantity:
        return None
    text = f"It was {age_s:.0f} s old when first seen; the limit is {limit_s:g} s. Tick it to copy it now."
    return Reason(ReasonCode.SEEN_LATE, text)


def _why_held(turn: Turn, order: Order) -> Reason | None:
    late = turn.state.primary_orders[order.order_id].late
    if late is not None:
        return late
    if turn.state.is_stopped:
        text = f"Copying was stopped by {turn.state.stopped_by}. Resume, then tick it to copy it."
        return Reason(ReasonCode.COPYING_STOPPED, text)
    if turn.state.copy_mode is CopyMode.MANUAL:
        return Reason(ReasonCode.MANUAL_MODE, "Manual mode: it waits for your tick.")
    return None


def _why_unclear(turn: Turn, order: Order) -> Reason | None:
    """Return why it is not known what an order does to the primary's position; None where that is clear."""
    if not turn.lanes[turn.rulebook.primary.account_id].may_hide(order.instrument):
        return None
    text = (
        f"An order in the primary's order list cannot be read. If it is one of {order.instrument}, this one "
        "may close it instead of opening a position. Tick it if it is to be copied."
    )
    return Reason(ReasonCode.ORDER_LIST_UNREADABLE, text)


def _has_ended(turn: Turn, row: UnreadableRow) -> bool:
    """Tell whether an order was read in its final state before its row became unreadable."""
    known = turn.state.primary_orders.get(row.order_id) if row.order_id else None
    return known is not None and known.order.is_terminal


def _drop_held_of_ended(turn: Turn, order: Order) -> None:
    """A held copy has nothing left to mirror once its primary order ended without a fill."""
    if not order.is_terminal or effective_quantity(order):
        return
    for account in turn.rulebook.secondaries:
        copy = turn.state.held.get(copy_id(order.order_id, account.account_id))
        if copy is not None:
            reason = Reason(ReasonCode.PRIMARY_CANCELLED, "The primary order ended before it was ticked.")
            settle(turn, order, account, CopyState.NOT_SENT, reason, by=copy.requested_by)
