"""From a square-off that was asked for to the order that closes the position (docs/adr/0020)."""

from datetime import datetime

from app.domain import events as e
from app.domain.copies import ALIVE, Copy, CopyState
from app.domain.ids import copy_id
from app.domain.instruments import Instrument
from app.domain.orders import Order, Side
from app.domain.planning import leg_order
from app.domain.reasons import Reason, ReasonCode
from app.domain.sizing import MAX_SLICES, slices
from app.domain.squaring import INTRADAY, SquareOff, closing_order, is_square_off, younger_than
from app.engine.cancelling import give_up
from app.engine.following import follow_account
from app.engine.lane import Lane
from app.engine.turn import Turn

TELL_AFTER_S = 10.0
"""Most open copies are cancelled, and their account is looked at again, long before."""


def pursue(turn: Turn, lane: Lane) -> None:
    """Bring an account's square-offs on: take back what is open, and then close what is held."""
    for square_off in [one for one in turn.state.square_offs.values() if one.account_id == lane.account_id]:
        for copy in _open_copies(turn, square_off):
            if not copy.is_ended_by_operator or copy.most_units != 0:
                give_up(turn, copy, 0, _given_up(square_off), square_off.requested_by)
                follow_account(turn, lane.account_id)
        if _is_clear(turn, lane, square_off):
            _close(turn, lane, square_off)
        else:
            _tell_of_waiting(turn, lane, square_off)


def end_square_offs(turn: Turn) -> None:
    """End every square-off that has not left: copying was stopped after it was asked for."""
    reason = Reason(ReasonCode.COPYING_STOPPED, "Copying was stopped before this square-off had left.")
    for square_off in list(turn.state.square_offs.values()):
        _give_it_up(turn, square_off, reason)
    for tags in list(turn.state.unresolved.values()):
        for tag in list(tags):
            leg = turn.state.leg_of(tag)
            if leg.state is CopyState.PENDING and is_square_off(turn.primary_order_of(leg.copy_id)):
                turn.record(e.LegMoved(tag=tag, state=CopyState.NOT_SENT, reason=reason))


def _open_copies(turn: Turn, square_off: SquareOff) -> list[Copy]:
    """Return the copies that may still trade what is to be closed, whether they open or close."""
    return [
        copy
        for copy in turn.state.copies_in(square_off.account_id, square_off.instrument)
        if any(leg.state in ALIVE and leg.order.product == INTRADAY for leg in copy.legs)
    ]


def _is_clear(turn: Turn, lane: Lane, square_off: SquareOff) -> bool:
    """Tell whether it is known what is held, and nothing of ours can change it any more."""
    if lane.account_id in turn.state.blocked or _open_copies(turn, square_off):
        return False
    if not lane.has_looked_since(lane.touched_at_s.get(square_off.instrument, float("-inf"))):
        lane.want_look(turn.now_s)
        return False
    return not lane.may_hide(square_off.instrument)


def _close(turn: Turn, lane: Lane, square_off: SquareOff) -> None:
    """Plan the order that closes what is held now; from here on it is a copy as any other."""
    net = lane.held(square_off.instrument, INTRADAY)
    instrument = turn.instruments.find(square_off.instrument)
    cut = slices(abs(net) // instrument.lot_size * instrument.lot_size, instrument) if instrument else ()
    if instrument is None or not cut:
        text = f"There is nothing left of {square_off.instrument} that could be closed."
        _give_it_up(turn, square_off, Reason(ReasonCode.NOTHING_HELD, text))
        return
    side = Side.SELL if net > 0 else Side.BUY
    units = sum(cut[:MAX_SLICES])
    order = closing_order(square_off, side=side, quantity=units, placed_at=_placed_at(turn, square_off))
    turn.record(e.SquareOffDecided(origin=order.order_id, account_id=lane.account_id, order=order))
    _plan(turn, square_off, order, cut[:MAX_SLICES], instrument)
    if units < abs(net):
        text = (
            f"{units} of the {abs(net)} units of {square_off.instrument} are being closed, for that is "
            f"{MAX_SLICES} orders. Square off again for the rest."
        )
        turn.alert(text, account_id=lane.account_id, order_id=order.order_id)


def _plan(
    turn: Turn, square_off: SquareOff, order: Order, cut: tuple[int, ...], instrument: Instrument
) -> None:
    legs = tuple(
        e.LegPlanned(
            tag=turn.tag(order, square_off.account_id, leg=number, generation=0),
            number=number,
            generation=0,
            order=leg_order(order, turn.rulebook.rules, quantity),
        )
        for number, quantity in enumerate(cut)
    )
    turn.record(
        e.CopyPlanned(
            copy_id=copy_id(order.order_id, square_off.account_id),
            primary_order_id=order.order_id,
            account_id=square_off.account_id,
            instrument=order.instrument,
            side=order.side,
            legs=legs,
            closing_units=order.quantity,
            opening_units=0,
            lot_size=instrument.lot_size,
            basis_quantity=order.quantity,
            requested_by=square_off.requested_by,
        )
    )


def _placed_at(turn: Turn, square_off: SquareOff) -> datetime:
    """Return a moment after every order behind what is held: an exit leaves what younger ones opened."""
    copies = turn.state.copies_in(square_off.account_id, square_off.instrument)
    seniorities = [turn.primary_order_of(copy.copy_id).seniority[0] for copy in copies]
    return younger_than(seniorities, turn.broker_now)


def _given_up(square_off: SquareOff) -> Reason:
    text = f"You squared off {square_off.instrument} in this account, so nothing else is to trade it."
    return Reason(ReasonCode.CANCELLED_BY_OPERATOR, text)


def _give_it_up(turn: Turn, square_off: SquareOff, reason: Reason) -> None:
    turn.record(e.SquareOffDecided(origin=square_off.origin, account_id=square_off.account_id, reason=reason))
    text = f"The square-off of {square_off.instrument} sent nothing. {reason.text}"
    turn.alert(text, account_id=square_off.account_id)


def _tell_of_waiting(turn: Turn, lane: Lane, square_off: SquareOff) -> None:
    waited_s = (turn.now - square_off.asked_at).total_seconds()
    if waited_s < TELL_AFTER_S or not lane.report_once(
        f"square-off {square_off.origin} {square_off.asked_at}"
    ):
        return
    open_ids = [
        leg.order_id or leg.tag
        for copy in _open_copies(turn, square_off)
        for leg in copy.legs
        if leg.state in ALIVE
    ]
    blocked = turn.state.blocked.get(lane.account_id)
    if blocked is not None:
        why = blocked.text
    elif open_ids:
        why = f"these orders may still trade and are being cancelled: {', '.join(open_ids)}."
    else:
        why = "its order list has not been read since, or has rows that cannot be read."
    said = f"{square_off.instrument} has not been squared off for {waited_s:.0f} s"
    text = f"{said}: {why} Use Kite if it cannot wait."
    turn.alert(text, account_id=lane.account_id)
