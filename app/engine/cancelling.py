"""Copies that the operator cancels: taken back at the broker, and held back where they have not left."""

from app.domain import events as e
from app.domain.cancelling import MAY_BE_AT_BROKER, units_kept, why_no_cancel
from app.domain.copies import RESTING, Copy, CopyState, Leg
from app.domain.ids import AccountId, CopyId, OrderId, copy_id
from app.domain.reasons import Reason, ReasonCode
from app.engine import service as s
from app.engine.following import follow_account
from app.engine.lane import Lane
from app.engine.replies import refused, summed_up
from app.engine.turn import Turn
from app.engine.wanting import wanted_quantity

TELL_AFTER_S = 10.0
"""Long enough for a refused or lost cancellation to be repeated some times."""


def cancel_copies(turn: Turn, command: s.CancelCopies) -> s.Answer:
    """Cancel open copies for good, if as many are open as the operator saw (docs/adr/0019).

    Decided once and durable; the cancellations leave even while copying is stopped, and again for as long as
    the broker shows the copies at rest.
    """
    copies = dict.fromkeys(command.copies or _all_open(turn))
    whys = {id_: _why_not(turn, id_) for id_ in copies}
    count = sum(why is None for why in whys.values())
    if count != command.count:
        text = (
            f"{count} of these copies are open now, {command.count} were when you confirmed. Nothing was "
            "cancelled: look again."
        )
        ended = [s.Result(key=id_, accepted=False, message=why) for id_, why in whys.items() if why]
        return refused(command, text, ended)
    results = [
        s.Result(key=id_, accepted=False, message=why)
        if why is not None
        else _cancel(turn, turn.state.copies[id_], command.by)
        for id_, why in whys.items()
    ]
    accounts = {turn.state.copies[id_].account_id for id_, why in whys.items() if why is None}
    for account_id in sorted(accounts & turn.lanes.keys()):
        follow_account(turn, account_id)
    return summed_up(command, results, "are being cancelled")


def give_up(turn: Turn, copy: Copy, units: int, reason: Reason, by: str) -> None:
    """Record that no more than so many units of a copy are wanted, and end what above that has not left."""
    turn.record(
        e.CopyWithdrawn(
            copy_id=copy.copy_id, account_id=copy.account_id, units=units, reason=reason, requested_by=by
        )
    )
    copy = turn.state.copies[copy.copy_id]
    for leg in copy.legs:
        if leg.state is CopyState.PENDING and wanted_quantity(turn, copy, leg) == 0:
            turn.record(e.LegMoved(tag=leg.tag, state=CopyState.NOT_SENT, reason=reason))


def tell_of_stubborn(turn: Turn, lane: Lane, leg: Leg) -> None:
    """Tell once of a copy that rests on although the operator cancelled it."""
    copy = turn.state.copy_of(leg)
    since_s = (turn.now - copy.withdrawn_at).total_seconds() if copy.withdrawn_at else 0.0
    if since_s < TELL_AFTER_S or not lane.report_once(f"stubborn {leg.tag}"):
        return
    said = f" ({leg.reason.text})" if leg.reason is not None else ""
    text = (
        f"Order {leg.order_id} for {copy.instrument} still rests {since_s:.0f} s after you cancelled "
        f"it{said}. Tandem goes on trying; cancel it in Kite if you cannot wait."
    )
    turn.alert(text, account_id=lane.account_id, order_id=leg.order_id)


def tell_of_missing_exits(turn: Turn, order_id: OrderId) -> None:
    """Tell where an exit has filled at the primary and its copy was cancelled by the operator."""
    primary = turn.state.primary_orders[order_id].order
    if not primary.filled_quantity:
        return
    for account in turn.rulebook.secondaries:
        copy = turn.state.copies.get(copy_id(order_id, account.account_id))
        if copy is None or not (copy.is_ended_by_operator and copy.closing_units):
            continue
        lane = turn.lanes[account.account_id]
        held = lane.held(copy.instrument, primary.product)
        if held * copy.side.sign < 0 and lane.report_once(f"missing exit {copy.copy_id}"):
            text = (
                f"The primary has left {copy.instrument} by its order {order_id}. You cancelled the copy of "
                f"it in {account.name}, which still holds {held}: close it there if you do not want it."
            )
            turn.alert(text, account_id=account.account_id, order_id=order_id)


def _all_open(turn: Turn) -> list[CopyId]:
    """Return the copies of which something is open, account by account, oldest plan first."""
    alive = (leg.copy_id for account_id in turn.state.alive for leg in turn.state.alive_legs(account_id))
    return [id_ for id_ in dict.fromkeys(alive) if why_no_cancel(turn.state.copies[id_]) is None]


def _why_not(turn: Turn, id_: CopyId) -> str | None:
    copy = turn.state.copies.get(id_)
    return "There is no such copy today." if copy is None else why_no_cancel(copy)


def _cancel(turn: Turn, copy: Copy, by: str) -> s.Result:
    text = "You cancelled it. It does not follow its primary order any more."
    give_up(turn, copy, units_kept(copy), Reason(ReasonCode.CANCELLED_BY_OPERATOR, text), by)
    return s.Result(key=copy.copy_id, accepted=True, message=_told(turn, turn.state.copies[copy.copy_id]))


def _told(turn: Turn, copy: Copy) -> str:
    """Say what happens to a cancelled copy, and what the operator should know about it."""
    states = {leg.state for leg in copy.legs}
    if states & RESTING:
        said = "Its order is being cancelled at the broker."
        if copy.closing_units:
            said += " It is an exit: what the account holds is not closed by it any more."
    elif states & {CopyState.SENDING, CopyState.IN_DOUBT}:
        said = "It is cancelled as soon as it is seen at the broker; what it fills until then stays."
    elif CopyState.PENDING in states:
        said = "What it would open is not sent; what it closes still leaves."
    else:
        said = "It had not left and is not sent."
    why = _why_out_of_reach(turn, copy.account_id)
    if why is not None and states & MAY_BE_AT_BROKER:
        said += f" But nothing reaches this account now: {why} Cancel it in Kite if it must end at once."
    return said


def _why_out_of_reach(turn: Turn, account_id: AccountId) -> str | None:
    if account_id not in turn.lanes:
        return "it is no longer in accounts_config.json."
    blocked = turn.state.blocked.get(account_id)
    return blocked.text if blocked is not None else None
