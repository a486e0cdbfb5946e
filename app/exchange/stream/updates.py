"""Order updates on their way out: which rows are pushed, as what, and what a fault does to them."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from app.exchange.accounts import Account
from app.exchange.faults import FaultKind
from app.exchange.service import Service

Row = dict[str, Any]
RESTING = ("OPEN", "TRIGGER PENDING")
TERMINAL = ("COMPLETE", "CANCELLED", "REJECTED")
REORDER_PATIENCE_S = 2.0
_LEFT_OUT = ("modified", "validity_ttl", "auction_number", "terminal_id", "account_id")


class Update(NamedTuple):
    """One order update: whose, and the fields that a ticker frame and a postback share."""

    account: Account
    data: Row


class OrderUpdates:
    """Decide which order changes are pushed and hand them to the subscribers, faults applied.

    As Kite does: transient states, AMOs and refused orders push nothing; a resting order that changes again
    pushes UPDATE. Nothing is kept for clients that are not connected.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        # Seeded, so that the first change of an order of an earlier run is an UPDATE, not a placement.
        self._last: dict[tuple[str, str], Row] = {
            (account.user_id, row["order_id"]): row
            for account in service.venue.accounts.all()
            for row in service.venue.orders(account)
            if row["status"] in RESTING
        }
        self._held: dict[str, Update] = {}
        self._timers: set[asyncio.TimerHandle] = set()
        self.subscribers: list[Callable[[Update], None]] = []

    def changed(self, account: Account, row: Row) -> None:
        """Take an order's new row (the venue's `on_order`)."""
        status = self._status(account, row)
        if status is None:
            return
        data = {name: value for name, value in row.items() if name not in _LEFT_OUT}
        data |= {"account_id": account.user_id, "status": status}
        data |= {"unfilled_quantity": row["pending_quantity"], "checksum": ""}
        self._send(Update(account, data))

    def close(self) -> None:
        for timer in self._timers:
            timer.cancel()

    def _status(self, account: Account, row: Row) -> str | None:
        """Return what the update says it is, or None when this change pushes nothing."""
        status: str = row["status"]
        if status not in RESTING and status not in TERMINAL:
            return None
        key = (account.user_id, row["order_id"])
        before = self._last.get(key)
        self._last[key] = row
        if status in TERMINAL:
            del self._last[key]
            return status
        if before is None or before["status"] != status:
            is_placement = before is None and status == "OPEN"
            return None if is_placement and not self._service.behaviour.has_placement_push else status
        return "UPDATE"

    def _send(self, update: Update) -> None:
        user_id = update.account.user_id
        fault = self._service.plan.pick_push(
            account=user_id,
            status=update.data["status"],
            now_s=self._service.now_s(),
            tag=update.data.get("tag") or "",
            tradingsymbol=update.data["tradingsymbol"],
        )
        if fault is not None and fault.kind is FaultKind.PUSH_DROP:
            return
        if fault is not None and fault.kind is FaultKind.PUSH_DELAY:
            self._later(fault.delay_s, lambda: self._deliver(update))
            return
        if fault is not None and fault.kind is FaultKind.PUSH_REORDER and user_id not in self._held:
            self._held[user_id] = update
            self._later(REORDER_PATIENCE_S, lambda: self._release(user_id))
            return
        self._deliver(update)
        if fault is not None and fault.kind is FaultKind.PUSH_DUPLICATE:
            self._deliver(update)
        self._release(user_id)

    def _release(self, user_id: str) -> None:
        """Send what waited to be overtaken."""
        held = self._held.pop(user_id, None)
        if held is not None:
            self._deliver(held)

    def _deliver(self, update: Update) -> None:
        for tell in self.subscribers:
            tell(update)

    def _later(self, delay_s: float, act: Callable[[], None]) -> None:
        def run() -> None:
            self._timers.discard(timer)
            act()

        timer = asyncio.get_running_loop().call_later(delay_s, run)
        self._timers.add(timer)
