"""The engine's state as rows, with a number on every change of them."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from app.domain.accounts import Account, Rulebook
from app.domain.cancelling import why_no_cancel
from app.domain.copies import Copy, Leg
from app.domain.events import UnexpectedOrderSeen
from app.domain.ids import AccountId, CopyId
from app.domain.orders import Order
from app.domain.reasons import Reason
from app.engine.lane import Lane
from app.engine.looking import Looks
from app.engine.rows import (
    AccountRow,
    AlertRow,
    CopyRow,
    Delta,
    LegRow,
    OrderRow,
    PortfolioRow,
    ReasonRow,
    Snapshot,
    StatusRow,
    StrangerRow,
)
from app.engine.state import Alert, EngineState, PrimaryOrder
from app.engine.touched import Changed

Listener = Callable[[Delta], None]


class View:
    """Draws the rows that changed and hands them to its listeners as numbered deltas.

    It decides nothing and keeps nothing back: what it shows is in the journal already.
    """

    def __init__(self, state: EngineState, lanes: dict[AccountId, Lane], status: StatusRow) -> None:
        self._state = state
        self._lanes = lanes
        self._listeners: list[Listener] = []
        self._alerts_shown = 0
        self._account_rows: dict[str, AccountRow] = {}
        self._portfolios: dict[str, PortfolioRow] = {}
        self._copy_rows: dict[CopyId, tuple[Copy, CopyRow]] = {}
        self.offered: set[CopyId] = set()
        """Copies of which a retry would be taken now."""
        self.status = status
        self.rulebook: Rulebook | None = None
        self._swept_for: Rulebook | None = None
        self.looks = Looks()
        self.seq = 0

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each delta from now on; return the way to end that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def snapshot(self) -> Snapshot:
        """Return every row as the deltas have shown it: they add up to this, to the last field."""
        return {
            "boot_id": self._state.boot_id,
            "seq": self.seq,
            "status": {**self.status},
            "accounts": {account.account_id: self._shown(account) for account in self._accounts()},
            "orders": {order_id: order_row(known) for order_id, known in self._state.primary_orders.items()},
            "copies": {copy_id: self.copy(copy) for copy_id, copy in self._state.copies.items()},
            "portfolios": {**self._portfolios},
            "alerts": [_alert_row(alert) for alert in self._state.alerts],
        }

    def show_portfolio(self, row: PortfolioRow) -> None:
        """Send an account's portfolio to all listeners; one that is not configured is not shown."""
        if any(account.account_id == row["account_id"] for account in self._accounts()):
            self._portfolios[row["account_id"]] = row
            self._publish(Changed(), None, {row["account_id"]: row})

    def publish(self, changed: Changed, *, is_status_new: bool) -> None:
        """Send the rows that changed to all listeners; does nothing where none did."""
        self._publish(changed, {**self.status} if changed.status or is_status_new else None, {})

    def _publish(
        self, changed: Changed, status: StatusRow | None, portfolios: dict[str, PortfolioRow]
    ) -> None:
        gone = self._gone_accounts()
        accounts: dict[str, AccountRow] = {}
        if changed.accounts:
            configured = (one for one in self._accounts() if one.account_id in changed.accounts)
            accounts = {account.account_id: self._account(account) for account in configured}
            self._account_rows.update(accounts)
        alerts = self._state.alerts
        unshown = alerts[-1].number - self._alerts_shown if alerts else 0  # they are numbered without gaps
        new_alerts = alerts[-unshown:] if unshown > 0 else []
        if not (gone or accounts or changed.orders or changed.copies or status or portfolios or new_alerts):
            return
        self.seq += 1
        self._alerts_shown = new_alerts[-1].number if new_alerts else self._alerts_shown
        delta: Delta = {
            "boot_id": self._state.boot_id,
            "seq": self.seq,
            "status": status,
            "gone_accounts": gone,
            "accounts": accounts,
            "orders": {id_: order_row(self._state.primary_orders[id_]) for id_ in changed.orders},
            "copies": {id_: self.copy(self._state.copies[id_]) for id_ in changed.copies},
            "portfolios": portfolios,
            "alerts": [_alert_row(alert) for alert in new_alerts],
        }
        for listener in list(self._listeners):
            listener(delta)

    def _gone_accounts(self) -> list[str]:
        """Forget the rows of accounts that are no longer configured; return those that had been shown."""
        if self.rulebook is self._swept_for:
            return []
        self._swept_for = self.rulebook
        configured = {account.account_id for account in self._accounts()}
        gone = [account_id for account_id in self._account_rows if account_id not in configured]
        for account_id in gone:
            del self._account_rows[account_id]
            self._portfolios.pop(account_id, None)
        return gone

    def _accounts(self) -> tuple[Account, ...]:
        return (self.rulebook.primary, *self.rulebook.secondaries) if self.rulebook else ()

    def _shown(self, account: Account) -> AccountRow:
        """Return an account's row as it was shown last: a look without news is not shown at once."""
        return self._account_rows.setdefault(account.account_id, self._account(account))

    def _account(self, account: Account) -> AccountRow:
        blocked = self._state.blocked.get(account.account_id)
        lane = self._lanes.get(account.account_id)
        looking = self.looks.of(account.account_id)
        return {
            "account_id": account.account_id,
            "name": account.name,
            "role": "primary" if account.is_primary else "secondary",
            "multiplier": _number(account.multiplier.numerator, account.multiplier.denominator),
            "mode": account.mode,
            "state": "blocked" if blocked else ("ready" if looking.looked_at else "reading"),
            "reason": reason_row(blocked),
            "orders_today": lane.budget.spent_today if lane else 0,
            "orders_limit": lane.budget.limits.per_day if lane else 0,
            "looked_at": _time(looking.looked_at),
            "looking_fails": looking.fails,
            "looking_fails_since": _time(looking.fails_since),
            "strangers": self._strangers(account.account_id),
        }

    def copy(self, copy: Copy) -> CopyRow:
        """Return a copy's row, drawn once for as long as nothing of it changes: nobody may write into it."""
        drawn, may_retry = self._copy_rows.get(copy.copy_id), copy.copy_id in self.offered
        if drawn is None or drawn[0] is not copy or drawn[1]["may_retry"] != may_retry:
            drawn = self._copy_rows[copy.copy_id] = (copy, copy_row(copy, may_retry=may_retry))
        return drawn[1]

    def _strangers(self, account_id: AccountId) -> list[StrangerRow]:
        lane = self._lanes.get(account_id)
        shown = lane.orders if lane else {}
        return [
            _stranger_row(shown.get(order_id, fact.order), fact)
            for order_id, fact in self._state.unexpected.get(account_id, {}).items()
        ]


def order_row(known: PrimaryOrder) -> OrderRow:
    """Draw one primary order."""
    order = known.order
    return {
        "order_id": order.order_id,
        "exchange": order.exchange,
        "tradingsymbol": order.tradingsymbol,
        "side": order.side,
        "order_type": order.intended_type,
        "product": order.product,
        "variety": order.variety,
        "quantity": order.quantity,
        "filled_quantity": order.filled_quantity,
        "price": str(order.price),
        "trigger_price": str(order.trigger_price),
        "average_price": str(order.average_price),
        "status": order.status,
        "status_message": order.status_message,
        "placed_at": _time(order.placed_at),
        "late": reason_row(known.late),
        "skipped": reason_row(known.skipped),
    }


def copy_row(copy: Copy, *, may_retry: bool) -> CopyRow:
    """Draw one copy with its legs; whether a retry would be taken, only the engine can say."""
    state, current = copy.state, copy.current_legs
    told = ((_reason_of(leg), leg) for leg in current)
    worst = next((reason for reason, leg in told if leg.state is state and reason), None)
    return {
        "copy_id": copy.copy_id,
        "primary_order_id": copy.primary_order_id,
        "account_id": copy.account_id,
        "instrument": copy.instrument,
        "side": copy.side,
        "state": state,
        "reason": reason_row((worst or copy.withdrawn) if copy.legs else copy.reason),
        "quantity": sum(leg.quantity for leg in current),
        "filled_quantity": copy.filled_quantity,
        "closing_units": copy.closing_units,
        "generation": copy.generation,
        "may_retry": may_retry,
        "may_cancel": why_no_cancel(copy) is None,
        "is_changed_by_hand": any(leg.by_hand is not None for leg in copy.legs),
        "requested_by": copy.requested_by,
        "legs": [_leg_row(leg) for leg in copy.legs],
    }


def reason_row(reason: Reason | None) -> ReasonRow | None:
    """Draw a reason, where there is one."""
    return None if reason is None else {"code": reason.code, "text": reason.text, "raw": reason.raw}


def _leg_row(leg: Leg) -> LegRow:
    return {
        "tag": leg.tag,
        "number": leg.number,
        "generation": leg.generation,
        "state": leg.state,
        "reason": reason_row(_reason_of(leg)),
        "is_changed_by_hand": leg.by_hand is not None,
        "quantity": leg.quantity,
        "filled_quantity": leg.filled_quantity,
        "average_price": str(leg.average_price),
        "order_id": leg.order_id,
        "attempts": leg.attempts,
        "amendments": leg.amendments,
        "planned_at": _time(leg.planned_at),
        "sent_at": _time(leg.sent_at),
        "answered_at": _time(leg.answered_at),
    }


def _reason_of(leg: Leg) -> Reason | None:
    return leg.reason or (leg.by_hand.reason if leg.by_hand is not None else None)


def _stranger_row(order: Order, fact: UnexpectedOrderSeen) -> StrangerRow:
    return {
        "order_id": order.order_id,
        "tag": fact.tag,
        "instrument": order.instrument,
        "side": order.side,
        "quantity": order.quantity,
        "filled_quantity": order.filled_quantity,
        "status": order.status,
        "beside": fact.beside,
    }


def _alert_row(alert: Alert) -> AlertRow:
    return {
        "seq": alert.number,
        "at": alert.at.isoformat(),
        "text": alert.fact.text,
        "account_id": alert.fact.account_id,
        "order_id": alert.fact.order_id,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _number(numerator: int, denominator: int) -> str:
    """Write a multiplier the way the operator does where it is a finite decimal."""
    exact = Decimal(numerator) / Decimal(denominator)
    return str(exact) if exact * denominator == numerator else f"{numerator}/{denominator}"
