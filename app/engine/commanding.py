"""What the operator's commands do: copy, retry, skip, cancel, square off, mode, stop, resume, look."""

from dataclasses import replace

from app.domain import events as e
from app.domain.accounts import Account
from app.domain.copies import RETRYABLE, Copy, CopyState, Leg
from app.domain.ids import AccountId, OrderId, copy_id
from app.domain.orders import Order
from app.domain.planning import NoCopy
from app.domain.squaring import is_square_off
from app.engine import service as s
from app.engine.answering import unblock
from app.engine.cancelling import cancel_copies
from app.engine.closing import end_square_offs
from app.engine.deciding import closing_of, effective_quantity, plan_for, record_plan, settle
from app.engine.replies import done, refused, summed_up
from app.engine.retrying import why_not_retried
from app.engine.skipping import skip_copies
from app.engine.squaring_off import PositionsSeen, ask_for_square_offs
from app.engine.turn import Turn


def carry_out(turn: Turn, command: s.AnyCommand, positions: PositionsSeen | None = None) -> s.Answer:
    """Do what a command asks, item by item, and say what became of each.

    `positions` are what the broker shows the accounts to hold, read for this command where it needs them.
    """
    match command:
        case s.CopyOrders():
            return _copy(turn, command)
        case s.RetryCopies():
            return _retry(turn, command)
        case s.SkipCopies() | s.CancelCopies() | s.SquareOff():
            return _give_up(turn, command, positions)
        case s.SetMode(mode=mode):
            if mode is not turn.state.copy_mode:
                turn.record(e.CopyModeChanged(mode=mode, by=command.by))
            return done(
                command, f"New orders are {'copied at once' if mode == 'auto' else 'held for your tick'}."
            )
        case s.StopCopying():
            if not turn.state.is_stopped or turn.state.passes_stop or turn.state.square_offs:
                turn.record(e.CopyingStopped(by=command.by))
            end_square_offs(turn)
            return done(command, "Copying is stopped. Nothing leaves until you resume.")
        case s.ResumeCopying():
            return _resume(turn, command)
        case s.LookNow():
            return _look(turn, command)


def _give_up(
    turn: Turn, command: s.SkipCopies | s.CancelCopies | s.SquareOff, positions: PositionsSeen | None
) -> s.Answer:
    match command:
        case s.SkipCopies():
            return skip_copies(turn, command)
        case s.CancelCopies():
            return cancel_copies(turn, command)
        case s.SquareOff():
            return ask_for_square_offs(turn, command, positions)


def _copy(turn: Turn, command: s.CopyOrders) -> s.Answer:
    if turn.state.is_stopped:
        return refused(command, "Copying is stopped: nothing was sent. Resume first.")
    results = [
        _copy_one(turn, order_id, account_id, command.by)
        for order_id in command.orders
        for account_id in command.accounts or [account.account_id for account in turn.rulebook.secondaries]
    ]
    return summed_up(command, results, "copied")


def _copy_one(turn: Turn, order_id: OrderId, account_id: AccountId, by: str) -> s.Result:
    key = copy_id(order_id, account_id)
    known = turn.state.primary_orders.get(order_id)
    account = turn.rulebook.account(account_id)
    if known is None:
        return s.Result(
            key=key, accepted=False, message="This order is not in the primary's order list of today."
        )
    if account is None or account.is_primary:
        return s.Result(key=key, accepted=False, message=f"{account_id} is not a secondary account.")
    if is_square_off(known.order):
        return s.Result(key=key, accepted=False, message="It is a square-off, not an order to be copied.")
    if known.skipped is not None:
        return s.Result(key=key, accepted=False, message=f"It is not copied: {known.skipped.text}")
    if not known.is_decided or (known.order.is_terminal and effective_quantity(known.order) == 0):
        return s.Result(key=key, accepted=False, message=f"The primary order is {known.order.status}.")
    copy = turn.state.copies.get(key)
    if copy is not None and copy.state is not CopyState.HELD:
        return s.Result(key=key, accepted=False, message=f"This copy is {copy.state} already.")
    return _plan_now(turn, known.order, account, by)


def _plan_now(turn: Turn, order: Order, account: Account, by: str) -> s.Result:
    key = copy_id(order.order_id, account.account_id)
    plan = plan_for(turn, order, account, closing_of(turn, order))
    if isinstance(plan, NoCopy):
        settle(turn, order, account, plan.state, plan.reason, by=by)
        return s.Result(key=key, accepted=False, message=plan.reason.text)
    record_plan(turn, order, account, plan, by=by)
    units = sum(leg.quantity for leg in plan.orders)
    return s.Result(key=key, accepted=True, message=f"{units} units in {len(plan.orders)} order(s) planned.")


def _retry(turn: Turn, command: s.RetryCopies) -> s.Answer:
    if turn.state.is_stopped:
        return refused(command, "Copying is stopped: nothing was sent. Resume first.")
    return summed_up(command, [_retry_one(turn, tick, command.by) for tick in command.copies], "retried")


def _retry_one(turn: Turn, tick: s.Ticked, by: str) -> s.Result:
    copy = turn.state.copies.get(tick.copy_id)
    if copy is None:
        return s.Result(key=tick.copy_id, accepted=False, message="There is no such copy today.")
    order = turn.primary_order_of(copy.copy_id)
    why_not = why_not_retried(turn, copy, tick.seen_state)
    if why_not is not None:
        return s.Result(key=tick.copy_id, accepted=False, message=why_not)
    _record_retry(turn, copy, order, by)
    return s.Result(key=tick.copy_id, accepted=True, message="Planned again; it leaves after one more look.")


def _record_retry(turn: Turn, copy: Copy, order: Order, by: str) -> None:
    """Plan a new generation of each leg that came to nothing, for what it left unfilled.

    It leaves only after an order list that began now has been read: a late find takes its place.
    """
    lane = turn.lanes[copy.account_id]
    again = [leg for leg in copy.current_legs if leg.state in RETRYABLE]
    legs = tuple(
        e.LegPlanned(
            tag=turn.tag(order, copy.account_id, leg=leg.number, generation=leg.generation + 1),
            number=leg.number,
            generation=leg.generation + 1,
            order=replace(leg.order, quantity=_left_of(leg)),
        )
        for leg in again
    )
    turn.record(
        e.CopyPlanned(
            copy_id=copy.copy_id,
            primary_order_id=copy.primary_order_id,
            account_id=copy.account_id,
            instrument=copy.instrument,
            side=copy.side,
            legs=legs,
            closing_units=copy.closing_units,
            opening_units=copy.opening_units,
            lot_size=copy.lot_size,
            basis_quantity=copy.basis_quantity,
            requested_by=by,
        )
    )
    for leg in legs:
        lane.waits(leg.tag).needs_look_after_s = turn.now_s
    lane.want_look(turn.now_s)


def _left_of(leg: Leg) -> int:
    return leg.order.quantity - leg.filled_quantity


def _resume(turn: Turn, command: s.ResumeCopying) -> s.Answer:
    """Lift the stop, and every block that only the operator can judge."""
    if turn.state.is_stopped:
        turn.record(e.CopyingResumed(by=command.by))
    for account_id in list(turn.state.blocked):
        unblock(turn, account_id)
    return done(command, "Copying goes on.")


def _look(turn: Turn, command: s.LookNow) -> s.Answer:
    """Say which order lists are read now; works while copying is stopped, for it sends no order."""
    everyone = (turn.rulebook.primary, *turn.rulebook.secondaries)
    asked = command.accounts or tuple(account.account_id for account in everyone)
    results = [_look_at(turn, account_id) for account_id in dict.fromkeys(asked)]
    return summed_up(command, results, "order lists are being read")


def _look_at(turn: Turn, account_id: AccountId) -> s.Result:
    if turn.rulebook.account(account_id) is None:
        text = f"{account_id} is not in accounts_config.json; nothing was read."
        return s.Result(key=account_id, accepted=False, message=text)
    turn.lanes[account_id].is_look_asked = True
    return s.Result(key=account_id, accepted=True, message="Its order list is being read.")
