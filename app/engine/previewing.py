"""What a command would send at this moment, tried out without a trace: slices, refusals, what to expect."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import takewhile

from app.domain import events as e
from app.domain.accounts import Account, AccountMode
from app.domain.copies import Copy, CopyState, Leg, LegOrder
from app.domain.ids import AccountId, CopyId, OrderId, copy_id
from app.domain.orders import ZERO, Order
from app.domain.reasons import Reason, ReasonCode
from app.engine import service as s
from app.engine.commanding import carry_out
from app.engine.deciding import closing_of, effective_quantity
from app.engine.preview_rows import CopyPreviewRow, RefusalRow
from app.engine.releasing import release
from app.engine.scratch import scratch_turn
from app.engine.turn import Turn

_ID = "preview"
_LEAVES = frozenset({CopyState.PENDING, CopyState.SENDING})
"""After the last gate, tried out: a leg that was found at the broker does not leave again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft:
    """A primary order of a preview, without its price; `reference_price` is what that is held to."""

    order_id: OrderId
    instrument: str
    age_s: float | None
    reference_price: Decimal | None
    is_exit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDraft:
    """An account of a preview, without its funds: what it would be sent, and why that may come to nothing."""

    account_id: AccountId
    orders: tuple[LegOrder, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A preview as far as the engine knows by itself."""

    at: datetime
    orders: tuple[OrderDraft, ...]
    copies: tuple[CopyPreviewRow, ...]
    accounts: tuple[AccountDraft, ...]

    @property
    def order_count(self) -> int:
        """How many orders would leave."""
        return sum(len(account.orders) for account in self.accounts)


def preview(turn: Turn, query: s.AnyQuery) -> Draft:
    """Try a command out on copies of what the engine knows, up to the last gate before the wire.

    The very code that carries it out decides. A stop and blocks are looked through, so that the operator
    sees what they hold back; nothing that they hold back counts as leaving.
    """
    named = _named(turn, query)
    accounts = tuple(dict.fromkeys(account_id for _, _, account_id in named))
    tried = scratch_turn(turn, accounts)
    tried.state.stopped_by = None
    tried.state.blocked.clear()
    answer = carry_out(tried, _command(turn, query))
    said = {result.key: result.message for result in answer.results if not result.accepted}
    for account_id in accounts:
        if account_id in tried.lanes:
            release(tried, tried.lanes[account_id])
    planned = _planned_in(tried)
    leaving: dict[AccountId, list[LegOrder]] = {account_id: [] for account_id in accounts}
    copies = []
    for key, order_id, account_id in named:
        legs = [leg for leg in planned.get(key, ()) if leg.state in _LEAVES]
        copies.append(_copy_row(turn, tried, (key, order_id, account_id), legs, planned, said))
        if not turn.state.is_stopped and account_id not in turn.state.blocked:
            leaving[account_id] += [leg.order for leg in legs]
    orders = dict.fromkeys(order_id for _, order_id, _ in named)
    return Draft(
        at=turn.now,
        orders=tuple(_order(turn, order_id) for order_id in orders if order_id in turn.state.primary_orders),
        copies=tuple(copies),
        accounts=tuple(
            AccountDraft(account_id=id_, orders=tuple(legs), warnings=tuple(_account_warnings(turn, id_)))
            for id_, legs in leaving.items()
            if turn.rulebook.account(id_) in turn.rulebook.secondaries
        ),
    )


def _named(turn: Turn, query: s.AnyQuery) -> list[tuple[CopyId, OrderId, AccountId]]:
    """Return each copy that a query names, once, with its order and account."""
    if isinstance(query, s.PreviewRetries):
        known = ((id_, turn.state.copies.get(id_)) for id_ in dict.fromkeys(query.copies))
        return [(id_, *((c.primary_order_id, c.account_id) if c else _parts(id_))) for id_, c in known]
    accounts = query.accounts or tuple(account.account_id for account in turn.rulebook.secondaries)
    return [
        (copy_id(order_id, account_id), order_id, account_id)
        for order_id in dict.fromkeys(query.orders)
        for account_id in dict.fromkeys(accounts)
    ]


def _parts(id_: CopyId) -> tuple[OrderId, AccountId]:
    order_id, _, account_id = id_.partition(":")
    return OrderId(order_id), AccountId(account_id)


def _command(turn: Turn, query: s.AnyQuery) -> s.AnyCommand:
    if isinstance(query, s.PreviewRetries):
        copies = turn.state.copies
        ticked = tuple(
            s.Ticked(copy_id=id_, seen_state=copies[id_].state if id_ in copies else CopyState.REJECTED)
            for id_ in dict.fromkeys(query.copies)
        )
        return s.RetryCopies(command_id=_ID, by=_ID, copies=ticked)
    orders, accounts = tuple(dict.fromkeys(query.orders)), tuple(dict.fromkeys(query.accounts))
    return s.CopyOrders(command_id=_ID, by=_ID, orders=orders, accounts=accounts)


def _planned_in(tried: Turn) -> dict[CopyId, list[Leg]]:
    """Return the legs that were planned, as they stand after the last gate."""
    tags = [
        leg.tag for fact in tried.facts if isinstance(fact, e.CopyPlanned | e.LegsAdded) for leg in fact.legs
    ]
    planned: dict[CopyId, list[Leg]] = {}
    for leg in map(tried.state.leg_of, tags):
        planned.setdefault(leg.copy_id, []).append(leg)
    return planned


def _copy_row(
    turn: Turn,
    tried: Turn,
    named: tuple[CopyId, OrderId, AccountId],
    legs: list[Leg],
    planned: dict[CopyId, list[Leg]],
    said: dict[str, str],
) -> CopyPreviewRow:
    key, order_id, account_id = named
    slices = [leg.order.quantity for leg in legs]
    return {
        "copy_id": key,
        "order_id": order_id,
        "account_id": account_id,
        "quantity": sum(slices),
        "slices": slices,
        "refusal": _refusal(tried, key, order_id, planned.get(key, []), said) if not legs else _stop(turn),
        "warnings": _copy_warnings(tried, legs, planned.get(key, [])),
    }


def _refusal(
    tried: Turn, key: CopyId, order_id: OrderId, planned: list[Leg], said: dict[str, str]
) -> RefusalRow:
    """Say why nothing of a copy would be sent: the rules, now or before, the last gate, or the command."""
    copy, known = tried.state.copies.get(key), tried.state.primary_orders.get(order_id)
    reason = known.skipped if known is not None else None
    if copy is not None and not copy.legs and copy.state is not CopyState.HELD:
        reason = copy.reason
    reason = reason or next((leg.reason for leg in planned if leg.reason is not None), None)
    if reason is not None:
        return _row(reason)
    found = "It is at the broker already, so nothing more of it would leave."
    return {"code": None, "text": said.get(key, found), "raw": None}


def _stop(turn: Turn) -> RefusalRow | None:
    if not turn.state.is_stopped:
        return None
    text = f"Copying was stopped by {turn.state.stopped_by}: nothing is sent. Resume first."
    return _row(Reason(ReasonCode.COPYING_STOPPED, text))


def _row(reason: Reason) -> RefusalRow:
    return {"code": reason.code, "text": reason.text, "raw": reason.raw}


def _copy_warnings(tried: Turn, legs: list[Leg], planned: list[Leg]) -> list[str]:
    warnings = [leg.reason.text for leg in legs if leg.is_parked and leg.reason is not None]
    wanted, leaving = _units_planned(tried, planned), sum(leg.order.quantity for leg in legs)
    if legs and leaving < wanted:
        text = f"{wanted} units are to be closed, but the account holds less: {leaving} would leave."
        warnings.append(text)
    waiting = next((leg for leg in legs if leg.state is CopyState.PENDING and not leg.is_parked), None)
    if waiting is not None and (older := _unsettled_before(tried, waiting)) is not None:
        warnings.append(f"It waits behind order {older.primary_order_id}, whose copy is {older.state} still.")
    return warnings


def _units_planned(tried: Turn, planned: list[Leg]) -> int:
    """Return the units of the plan, before the last gate clamped or divided them."""
    tags = {leg.tag for leg in planned}
    return sum(
        leg.order.quantity
        for fact in tried.facts
        if isinstance(fact, e.CopyPlanned)
        for leg in fact.legs
        if leg.tag in tags
    )


def _unsettled_before(tried: Turn, leg: Leg) -> Copy | None:
    """Return the older copy of the same account and instrument that a leg waits for (rule 7)."""
    mine = tried.state.copy_of(leg)
    legs = (tried.state.leg_of(tag) for tag in tried.state.unresolved[mine.account_id])
    older = takewhile(lambda other: other.copy_id != mine.copy_id, legs)
    copies = (tried.state.copy_of(other) for other in older if not other.is_parked)
    return next((copy for copy in copies if copy.instrument == mine.instrument), None)


def _order(turn: Turn, order_id: OrderId) -> OrderDraft:
    order = turn.state.primary_orders[order_id].order
    units = effective_quantity(order)
    placed_at = order.placed_at
    return OrderDraft(
        order_id=order_id,
        instrument=order.instrument,
        age_s=None if placed_at is None else (turn.broker_now - placed_at).total_seconds(),
        reference_price=_reference_price(order),
        is_exit=0 < units == closing_of(turn, order).units,
    )


def _reference_price(order: Order) -> Decimal | None:
    price = order.average_price if order.filled_quantity else order.price
    return price if price > ZERO else None


def _account_warnings(turn: Turn, account_id: AccountId) -> list[str]:
    account: Account | None = turn.rulebook.account(account_id)
    lane, blocked = turn.lanes.get(account_id), turn.state.blocked.get(account_id)
    warnings = []
    if account is not None and account.mode is AccountMode.OFF:
        warnings.append("switched off")
    if account is not None and account.mode is AccountMode.CLOSE_ONLY:
        warnings.append("takes exits only")
    if blocked is not None and blocked.code is ReasonCode.SESSION_EXPIRED:
        warnings.append("its session has expired: log in first")
    elif blocked is not None:
        warnings.append(f"nothing is sent to it now: {blocked.text}")
    if lane is not None and account is not None and not account.is_primary and lane.looked_at_s is None:
        warnings.append("its order list has not been read since the start: nothing is sent before that")
    if lane is not None and lane.budget.wait_s(turn.now_s, is_urgent=True) == float("inf"):
        warnings.append("its orders of today are spent: Kite takes no more")
    return warnings
