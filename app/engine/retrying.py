"""Which copies the operator may retry at this moment: one place for the command and for what is shown."""

from collections.abc import Collection

from app.domain.copies import Copy, CopyState
from app.domain.ids import AccountId, CopyId
from app.domain.retrying import why_no_retry
from app.engine.deciding import effective_quantity
from app.engine.turn import Turn
from app.engine.unreadable import why_hidden
from app.engine.withdrawing import is_left_behind


def why_not_retried(turn: Turn, copy: Copy, seen_state: CopyState) -> str | None:
    """Return why a retry of a copy would be refused, or None where it would be planned.

    `seen_state` is what the operator saw. A stop is not looked at: it refuses the whole command and shows as
    a switch of its own.
    """
    why = why_no_retry(copy, seen_state)
    if why is not None:
        return why
    order = turn.primary_order_of(copy.copy_id)
    if turn.rulebook.account(copy.account_id) is None:
        return "Its account is no longer in accounts_config.json."
    if order.is_terminal and effective_quantity(order) == 0:
        return f"The primary order is {order.status}: there is nothing left to mirror."
    if is_left_behind(turn, copy):
        return "The primary has left this position since: what it opened now, nobody would close."
    if not copy.legs:
        return "It has no order to retry; tick the primary order instead."
    lane = turn.lanes[copy.account_id]
    return next((why for leg in copy.legs if (why := why_hidden(lane, copy, leg))), None)


def offer_retries(
    turn: Turn, offered: set[CopyId], whose: Collection[AccountId], *, is_time_for_all: bool
) -> None:
    """Keep `offered` true: which copies a retry would be taken of. A row that changes by it is drawn anew.

    Looked at is what came to nothing: of the accounts that the turn is about, whatever itself or its
    primary order changed, and now and then all. Weighed again is an account only where it may have changed
    something: its copies, a primary order, what the broker shows of the account, or the rules.
    """
    changed = turn.state.changed
    for copy_id in list(offered & changed.copies.keys()):
        _offer(turn, offered, copy_id)
    for account_id, tags in turn.state.retryable.items():
        is_about = is_time_for_all or account_id in whose or changed.status
        if _is_as_weighed(turn, account_id, is_for_all=is_about):
            continue
        for tag in tags:
            copy = turn.state.copy_of(turn.state.leg_of(tag))
            if is_about or copy.copy_id in changed.copies or copy.primary_order_id in changed.orders:
                _offer(turn, offered, copy.copy_id)


def _is_as_weighed(turn: Turn, account_id: AccountId, *, is_for_all: bool) -> bool:
    """Tell whether all retries of an account were weighed and nothing has changed since.

    Where it is time to weigh them all, what they are weighed by is noted.
    """
    lane = turn.lanes.get(account_id)
    if lane is None:  # an account that was gone before this start
        return False
    as_of = (turn.state.edition, lane.edition, turn.rulebook)
    if lane.offered_as_of == as_of:
        return True
    if is_for_all:
        lane.offered_as_of = as_of
    return False


def _offer(turn: Turn, offered: set[CopyId], copy_id: CopyId) -> None:
    copy = turn.state.copies[copy_id]
    is_offered = why_not_retried(turn, copy, copy.state) is None
    if is_offered != (copy_id in offered):
        (offered.add if is_offered else offered.discard)(copy_id)
        turn.state.changed.copies[copy_id] = None
