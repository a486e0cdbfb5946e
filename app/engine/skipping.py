"""What becomes of copies that wait for a tick and that the operator does not want."""

from app.domain import events as e
from app.domain.copies import CopyState
from app.domain.ids import AccountId, OrderId, copy_id
from app.domain.reasons import Reason, ReasonCode
from app.engine import service as s
from app.engine.replies import summed_up
from app.engine.turn import Turn


def skip_copies(turn: Turn, command: s.SkipCopies) -> s.Answer:
    """Skip the held copies of these primary orders, for good.

    Works while copying is stopped, for nothing leaves. What is not held is left as it is.
    """
    accounts = command.accounts or tuple(account.account_id for account in turn.rulebook.secondaries)
    results = [
        _skip(turn, order_id, account_id, command.by)
        for order_id in dict.fromkeys(command.orders)
        for account_id in dict.fromkeys(accounts)
    ]
    return summed_up(command, results, "skipped")


def _skip(turn: Turn, order_id: OrderId, account_id: AccountId, by: str) -> s.Result:
    key = copy_id(order_id, account_id)
    copy = turn.state.copies.get(key)
    if copy is None:
        text = "There is no such copy today: nothing was skipped."
        return s.Result(key=key, accepted=False, message=text)
    if copy.state is not CopyState.HELD:
        text = f"This copy is {copy.state} already; only what waits for a tick can be skipped."
        return s.Result(key=key, accepted=False, message=text)
    turn.record(
        e.CopySettled(
            copy_id=key,
            primary_order_id=order_id,
            account_id=account_id,
            instrument=copy.instrument,
            side=copy.side,
            state=CopyState.SKIPPED,
            reason=Reason(
                ReasonCode.SKIPPED_BY_OPERATOR, "You skipped it: it is not copied to this account."
            ),
            requested_by=by,
        )
    )
    return s.Result(key=key, accepted=True, message="Skipped: it is not copied to this account.")
