"""More orders for copies of enlarged primary orders, for what their legs cannot carry (docs/adr/0022)."""

from app.domain import events as e
from app.domain.accounts import Account
from app.domain.copies import ALIVE, Copy, CopyState
from app.domain.ids import copy_id
from app.domain.orders import Order, Phase, Side
from app.domain.planning import as_it_rests, leg_order
from app.domain.positions import units_closed_by
from app.domain.reasons import Reason, ReasonCode
from app.domain.rules import age_limit_s, why_account_skips
from app.domain.sizing import MAX_SLICES, sized_quantity, slices
from app.engine.turn import Turn
from app.engine.wanting import allotment, is_cut_by_us
from app.engine.withdrawing import is_left_behind


def grow(turn: Turn, *, is_time_for_all: bool) -> None:
    """Plan more legs for what copies of enlarged primary orders lack: of those that changed, or of all.

    Looked at again whenever something of them changes, and now and then: an order may fill while it is being
    enlarged. What is planned is planned once, whatever becomes of it.
    """
    enlarged, changed = turn.state.enlarged, turn.state.changed
    touched = [*changed.orders, *(turn.state.copies[id_].primary_order_id for id_ in changed.copies)]
    for order_id in list(enlarged) if is_time_for_all else dict.fromkeys(touched):
        for account in turn.rulebook.secondaries if order_id in enlarged else ():
            copy = turn.state.copies.get(copy_id(order_id, account.account_id))
            if copy is not None and _may_grow(copy):
                _grow(turn, copy, account)


def _may_grow(copy: Copy) -> bool:
    """Tell whether a copy trades or has traded: one that was ended, or came to nothing, stays so."""
    return copy.withdrawn is None and any(
        leg.state in ALIVE or leg.state is CopyState.FILLED or is_cut_by_us(leg) for leg in copy.legs
    )


def _grow(turn: Turn, copy: Copy, account: Account) -> None:
    primary, instrument = turn.primary_order_of(copy.copy_id), turn.instruments.find(copy.instrument)
    if instrument is None or primary.phase is Phase.WORKING:
        return
    allotted = allotment(turn, copy, account, instrument)
    missing = allotted.missing
    if primary.phase in {Phase.CANCELLED, Phase.REJECTED}:
        _tell_of_cut_short(turn, copy, account, missing)
        return
    next_number = max(leg.number for leg in copy.legs) + 1
    cut = slices(missing, instrument)
    if copy.closing_units == 0:
        cut = cut[: max(MAX_SLICES - next_number, 0)]
        _tell_of_limit(turn, copy, account, sum(allotted.units.values()) + sum(cut))
    if cut and not is_left_behind(turn, copy):
        ended = _why_not_now(turn, copy, account, primary)
        _plan(turn, copy, cut, next_number, ended)
        if ended is not None:
            _tell_of_missing(turn, copy, account, sum(cut), ended[1].text)


def _plan(
    turn: Turn,
    copy: Copy,
    cut: tuple[int, ...],
    next_number: int,
    ended: tuple[CopyState, Reason] | None,
) -> None:
    """Write the additional legs down, and how they ended where they are not to leave by themselves."""
    primary = turn.primary_order_of(copy.copy_id)
    legs = tuple(
        e.LegPlanned(
            tag=turn.tag(primary, copy.account_id, leg=number, generation=0),
            number=number,
            generation=0,
            order=leg_order(as_it_rests(primary), turn.rulebook.rules, quantity),
        )
        for number, quantity in enumerate(cut, next_number)
    )
    turn.record(
        e.LegsAdded(
            copy_id=copy.copy_id,
            primary_order_id=copy.primary_order_id,
            account_id=copy.account_id,
            legs=legs,
        )
    )
    for leg in legs if ended is not None else ():
        state, reason = ended or (CopyState.NOT_SENT, None)
        turn.record(e.LegMoved(tag=leg.tag, state=state, reason=reason))


def _why_not_now(turn: Turn, copy: Copy, account: Account, primary: Order) -> tuple[CopyState, Reason] | None:
    """Return how a leg that is added ends at once; None where it may leave.

    An exit is stopped by its account's being off and by nothing else. What opens a position keeps the rules
    of new orders: those of the account, and rule 10 of the order protocol.
    """
    skipped = why_account_skips(primary, account, is_exit=copy.closing_units > 0)
    if skipped is not None:
        return CopyState.NOT_SENT, skipped
    if copy.closing_units:
        return None
    late = turn.state.enlarged.why_late(primary.order_id)
    if late is None and primary.phase is Phase.FILLED and primary.updated_at is not None:
        age_s = (turn.broker_now - primary.updated_at).total_seconds()
        limit_s = age_limit_s(primary, turn.rulebook.rules)
        if age_s > limit_s:
            text = (
                f"The primary order had filled {age_s:.0f} s before it was clear that its copy could not be "
                f"enlarged any more; the limit is {limit_s:g} s. Retry it to send what was added."
            )
            late = Reason(ReasonCode.TOO_OLD, text)
    return None if late is None else (CopyState.EXPIRED, late)


def _tell_of_limit(turn: Turn, copy: Copy, account: Account, followed: int) -> None:
    """Tell once how far an entry cannot follow its enlarged primary order."""
    primary = turn.primary_order_of(copy.copy_id)
    wanted = sized_quantity(primary.quantity, account.multiplier, copy.lot_size)
    is_beyond = primary.quantity > copy.basis_quantity and followed < wanted
    if is_beyond and turn.lanes[account.account_id].report_once(f"grown {copy.copy_id} {wanted}"):
        text = (
            f"The primary order {primary.order_id} was enlarged: its copy would be {wanted} units of "
            f"{copy.instrument}, it is {followed} ({ReasonCode.QUANTITY_ABOVE_LIMIT}: max_quantity, or "
            f"{MAX_SLICES} orders for one copy). Place the rest in Kite if you want it."
        )
        turn.alert(text, account_id=account.account_id, order_id=primary.order_id)


def _tell_of_cut_short(turn: Turn, copy: Copy, account: Account, missing: int) -> None:
    """Tell once what a copy lacks of a primary order that was enlarged, filled in part, and cancelled.

    Nothing is sent for an order that was cancelled. Of an exit, no more is missing than the account holds.
    """
    lane, primary = turn.lanes[account.account_id], turn.primary_order_of(copy.copy_id)
    if any(leg.state in ALIVE or is_cut_by_us(leg) for leg in copy.legs):
        return  # what is cancelled with its primary order is told of by itself
    if copy.closing_units > 0:
        missing = min(missing, units_closed_by(copy.side, lane.held(copy.instrument, primary.product)))
    if missing > 0 and lane.report_once(f"outgrown {copy.copy_id} {missing}"):
        _tell_of_missing(turn, copy, account, missing, "it was cancelled.")


def _tell_of_missing(turn: Turn, copy: Copy, account: Account, missing: int, why: str) -> None:
    verb = "closed" if copy.is_exit else ("bought" if copy.side is Side.BUY else "sold")
    text = (
        f"The primary order {copy.primary_order_id} was enlarged after its copy had filled: {account.name} "
        f"has {verb} {missing} units of {copy.instrument} less than its share. They were not sent: "
        f"{why}"
    )
    turn.alert(text, account_id=account.account_id, order_id=copy.primary_order_id)
