"""Rows as the engine shows them, with every field filled and any of them replaceable."""

from typing import Any, cast

from app.domain.reasons import ReasonCode
from app.engine.preview_rows import PreviewRow
from app.engine.rows import (
    AccountRow,
    AlertRow,
    CopyRow,
    Delta,
    LegRow,
    OrderRow,
    PortfolioRow,
    PositionRow,
    ReasonRow,
    Snapshot,
    StatusRow,
)

BOOT = "boot-1"
AT = "2026-11-20T04:00:00+00:00"


def reason(code: str = "BROKER_REJECTED", text: str = "The broker rejected it.") -> ReasonRow:
    """Build a reason."""
    return {"code": ReasonCode(code), "text": text, "raw": None}


def status(**changes: object) -> StatusRow:
    """Build the engine's status: copying at once, not stopped, looked at the primary just now."""
    row: dict[str, object] = {
        "venue": "paper",
        "copy_mode": "auto",
        "is_stopped": False,
        "stopped_by": None,
        "started_at": AT,
        "trade_date": "2026-11-20",
        "looked_at": AT,
        "looking_fails": None,
        "revision": "r1",
        "config_refused": None,
        "journal_fails": None,
        "feed": {"is_on": True, "is_up": True, "connections": 1},
        "market": {"phase": "open", "until": "2026-11-20T15:40:00+05:30"},
    }
    return cast("StatusRow", row | changes)


def account(account_id: str = "AB1234", **changes: object) -> AccountRow:
    """Build a ready secondary."""
    row: dict[str, object] = {
        "account_id": account_id,
        "name": account_id,
        "role": "secondary",
        "multiplier": "1",
        "mode": "on",
        "state": "ready",
        "reason": None,
        "orders_today": 0,
        "orders_limit": 4800,
        "looked_at": AT,
        "looking_fails": None,
        "looking_fails_since": None,
        "strangers": [],
    }
    return cast("AccountRow", row | changes)


def order(order_id: str = "100", **changes: object) -> OrderRow:
    """Build a completed primary order."""
    row: dict[str, object] = {
        "order_id": order_id,
        "exchange": "NSE",
        "tradingsymbol": "INFY",
        "side": "BUY",
        "order_type": "LIMIT",
        "product": "MIS",
        "variety": "regular",
        "quantity": 10,
        "filled_quantity": 10,
        "price": "1500.00",
        "trigger_price": "0",
        "average_price": "1499.95",
        "status": "COMPLETE",
        "status_message": None,
        "placed_at": AT,
        "late": None,
        "skipped": None,
    }
    return cast("OrderRow", row | changes)


def leg(**changes: object) -> LegRow:
    """Build the one filled leg of a copy."""
    row: dict[str, object] = {
        "tag": "TCABCDEFGHIJKLMNOPQR",
        "number": 0,
        "generation": 0,
        "state": "FILLED",
        "reason": None,
        "is_changed_by_hand": False,
        "quantity": 10,
        "filled_quantity": 10,
        "average_price": "1500.00",
        "order_id": "2511200000000001",
        "attempts": 1,
        "amendments": 0,
        "planned_at": AT,
        "sent_at": AT,
        "answered_at": AT,
    }
    return cast("LegRow", row | changes)


def copy(primary_order_id: str = "100", account_id: str = "AB1234", **changes: object) -> CopyRow:
    """Build a filled copy of one leg."""
    row: dict[str, object] = {
        "copy_id": f"{primary_order_id}:{account_id}",
        "primary_order_id": primary_order_id,
        "account_id": account_id,
        "instrument": "NSE:INFY",
        "side": "BUY",
        "state": "FILLED",
        "reason": None,
        "quantity": 10,
        "filled_quantity": 10,
        "closing_units": 0,
        "generation": 0,
        "may_retry": False,
        "may_cancel": False,
        "is_changed_by_hand": False,
        "requested_by": "engine",
        "legs": [leg()],
    }
    return cast("CopyRow", row | changes)


def position(instrument: str = "NSE:INFY", **changes: object) -> PositionRow:
    """Build a position of 10 that is as it should be."""
    exchange, _, tradingsymbol = instrument.partition(":")
    row: dict[str, object] = {
        "instrument": instrument,
        "exchange": exchange,
        "tradingsymbol": tradingsymbol,
        "product": "MIS",
        "lot_size": 1,
        "quantity": 10,
        "average_price": "1500.00",
        "last_price": "1501.00",
        "pnl": "10.00",
        "expected": 10,
    }
    return cast("PositionRow", row | changes)


def portfolio(account_id: str = "AB1234", **changes: object) -> PortfolioRow:
    """Build what an account with one position shows."""
    row: dict[str, object] = {
        "account_id": account_id,
        "as_of": AT,
        "fails": None,
        "fails_since": None,
        "pnl": "10.00",
        "funds_free": "97000.00",
        "funds_used": "3000.00",
        "positions": [position()],
    }
    return cast("PortfolioRow", row | changes)


def alert(seq: int = 1, **changes: object) -> AlertRow:
    """Build an alert."""
    row: dict[str, object] = {
        "seq": seq,
        "at": AT,
        "text": "Look here.",
        "account_id": None,
        "order_id": None,
    }
    return cast("AlertRow", row | changes)


def snapshot(seq: int = 0, **changes: Any) -> Snapshot:
    """Build a snapshot with one primary, one secondary and no orders."""
    row: dict[str, Any] = {
        "boot_id": BOOT,
        "seq": seq,
        "status": status(),
        "accounts": {"PR0001": account("PR0001", role="primary"), "AB1234": account()},
        "orders": {},
        "copies": {},
        "portfolios": {},
        "alerts": [],
    }
    return cast("Snapshot", row | changes)


def delta(seq: int, **changes: Any) -> Delta:
    """Build a delta that changes nothing unless told."""
    row: dict[str, Any] = {
        "boot_id": BOOT,
        "seq": seq,
        "status": None,
        "gone_accounts": [],
        "accounts": {},
        "orders": {},
        "copies": {},
        "portfolios": {},
        "alerts": [],
    }
    return cast("Delta", row | changes)


def a_preview(**changes: Any) -> PreviewRow:
    """Build a preview of one order and one copy of one slice."""
    row: dict[str, Any] = {
        "at": AT,
        "order_count": 1,
        "orders": [
            {
                "order_id": "100",
                "age_s": 12.5,
                "last_price": "1501.00",
                "moved_percent": "+0.07",
                "is_exit": False,
            }
        ],
        "copies": [
            {
                "copy_id": "100:AB1234",
                "order_id": "100",
                "account_id": "AB1234",
                "quantity": 10,
                "slices": [10],
                "refusal": None,
                "warnings": [],
            }
        ],
        "accounts": [
            {"account_id": "AB1234", "funds_free": "98211.40", "funds_needed": "3002.00", "warnings": []}
        ],
        "warnings": [],
    }
    return cast("PreviewRow", row | changes)
