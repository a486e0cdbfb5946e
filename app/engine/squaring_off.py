"""Which positions the operator may have closed: what is held, by two witnesses (docs/adr/0020)."""

from collections.abc import Mapping
from itertools import count

from app.domain import events as e
from app.domain.accounts import AccountMode
from app.domain.ids import AccountId, OrderId
from app.domain.squaring import INTRADAY, is_square_off, origin_of
from app.engine import service as s
from app.engine.lane import Lane
from app.engine.replies import refused, summed_up
from app.engine.turn import Turn
from app.ports.account_reader import Position

PositionsSeen = Mapping[AccountId, tuple[Position, ...] | str]
"""What the broker showed as each account's positions just now, or why that could not be read."""


def ask_for_square_offs(turn: Turn, command: s.SquareOff, seen: PositionsSeen | None) -> s.Answer:
    """Note which positions are to be closed, if there are as many as the operator saw.

    `seen` are the positions by the broker's word; where nobody read them (None) the order lists count alone.
    """
    nets: dict[tuple[AccountId, str], int] = {}
    results: list[s.Result] = []
    for account_id in dict.fromkeys(command.accounts):
        why = _why_unknown(turn, account_id, seen)
        if why is not None:
            results.append(s.Result(key=account_id, accepted=False, message=why))
            continue
        held = _nets(turn, account_id, seen)
        for instrument in dict.fromkeys(command.instruments) or sorted(held):
            if held.get(instrument):
                nets[account_id, instrument] = held[instrument]
            else:
                text = "It holds nothing of this intraday."
                results.append(s.Result(key=f"{account_id} {instrument}", accepted=False, message=text))
    if len(nets) != command.count:
        text = (
            f"There are {len(nets)} such positions now, {command.count} were there when you confirmed. "
            "Nothing was closed: look again."
        )
        return refused(command, text, results)
    results += [_ask(turn, command, *key, net) for key, net in nets.items()]
    return summed_up(command, results, "are being closed")


def _why_unknown(turn: Turn, account_id: AccountId, seen: PositionsSeen | None) -> str | None:
    """Return why nothing is closed in a whole account, or None where its positions are known."""
    account = turn.rulebook.account(account_id)
    if account is None or account.is_primary:
        return f"{account_id} is not a secondary account: close its positions in Kite."
    if account.mode is AccountMode.OFF:
        return f"{account.name} is switched off: set it to close-only first."
    if turn.lanes[account_id].looked_at_s is None:
        return "Its order list has not been read yet. Nothing was closed."
    shown = seen.get(account_id) if seen is not None else None
    if isinstance(shown, str):
        return f"Its positions could not be read, so nothing was closed: {shown} Try again, or use Kite."
    return None


def _nets(turn: Turn, account_id: AccountId, seen: PositionsSeen | None) -> dict[str, int]:
    """Return an account's intraday net units by instrument."""
    shown = seen.get(account_id) if seen is not None else None
    if shown is not None and not isinstance(shown, str):
        return {one.instrument: one.quantity for one in shown if one.product == INTRADAY and one.quantity}
    lane = turn.lanes[account_id]
    instruments = {order.instrument for order in lane.orders.values()}
    return {one: net for one in instruments if (net := lane.held(one, INTRADAY))}


def _ask(turn: Turn, command: s.SquareOff, account_id: AccountId, instrument: str, net: int) -> s.Result:
    key, lane = f"{account_id} {instrument}", turn.lanes[account_id]
    why = _why_not(turn, lane, instrument, net)
    if why is not None:
        return s.Result(key=key, accepted=False, message=why)
    turn.record(
        e.SquareOffAsked(
            origin=_new_origin(turn, account_id, instrument),
            account_id=account_id,
            instrument=instrument,
            requested_by=command.by,
        )
    )
    # What is closed goes by a look that begins after this moment, as after an answer.
    lane.touched_at_s[instrument] = turn.now_s
    lane.want_look(turn.now_s)
    what = f"{'SELL' if net > 0 else 'BUY'} {abs(net)} at the market"
    return s.Result(
        key=key,
        accepted=True,
        message=f"{what}, once its open copies are cancelled.{_warning(turn, lane, instrument)}",
    )


def _new_origin(turn: Turn, account_id: AccountId, instrument: str) -> OrderId:
    """Name the next square-off of a position: by the first number that has got no order yet."""
    names = (origin_of(turn.day, account_id, instrument, number) for number in count())
    return next(name for name in names if name not in turn.state.primary_orders)


def _why_not(turn: Turn, lane: Lane, instrument: str, net: int) -> str | None:
    if turn.instruments.find(instrument) is None:
        return "It is not in the broker's instrument list, so its lot size is not known: close it in Kite."
    if lane.may_hide(instrument):
        return "A row of its order list cannot be read, so it is not sure what is held: close it in Kite."
    listed = lane.held(instrument, INTRADAY)
    if listed != net:
        return (
            f"The broker shows a position of {net}, its orders of today add up to {listed}. It is just "
            "changing, or was converted. Try again; if it stays so, close it in Kite."
        )
    if (lane.account_id, instrument) in turn.state.square_offs or _is_under_way(turn, lane, instrument):
        return "It is being squared off already."
    return None


def _is_under_way(turn: Turn, lane: Lane, instrument: str) -> bool:
    return any(
        copy.has_open_question and is_square_off(turn.primary_order_of(copy.copy_id))
        for copy in turn.state.copies_in(lane.account_id, instrument)
    )


def _warning(turn: Turn, lane: Lane, instrument: str) -> str:
    """Name the orders at rest that are none of ours: they are not cancelled, and could open a position."""
    ours = {leg.order_id for leg in turn.state.alive_legs(lane.account_id)}
    others = [
        order.order_id
        for order in lane.orders.values()
        if order.instrument == instrument and not order.is_terminal and order.order_id not in ours
    ]
    if not others:
        return ""
    named = ", ".join(others)
    return f" Not placed by Tandem and left at rest: {named}. Cancel them in Kite, or they trade after it."
