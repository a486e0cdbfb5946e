"""What is rejected after it was accepted: the risk system's answers, seen only in the order list."""

from app.exchange import risk
from app.exchange.accounts import Account
from app.exchange.errors import insufficient_funds_text, insufficient_holding_text
from app.exchange.money import rupees_text
from app.exchange.orders import OrderRecord


def late_refusal(account: Account, order: OrderRecord) -> tuple[str, str] | None:
    """Return why the risk system rejects an order, as (message, raw message); None when it does not.

    Orders the venue itself places (square-offs) are never rejected.
    """
    if order.placed_by != account.user_id:
        return None
    return _lack_of_shares(account, order) or _lack_of_money(account, order)


def free_shares(account: Account, order: OrderRecord) -> int:
    """Return how many shares may still be sold in delivery: held, bought today, not promised elsewhere."""
    holding = account.holdings.get(order.instrument.key)
    position = account.position(order.instrument, order.product)
    held = 0
    if holding is not None:
        held = holding.mtf_quantity if order.product == "MTF" else holding.total
    return held + position.quantity - position.pending_sell


def _lack_of_shares(account: Account, order: OrderRecord) -> tuple[str, str] | None:
    if order.side > 0 or order.product not in ("CNC", "MTF") or order.auction_number:
        return None
    free = free_shares(account, order)
    if order.quantity <= free:
        return None
    return (
        insufficient_holding_text(order.quantity, free),
        f"RMS:Rule: Check holdings including BTST for {_entity(account)}",
    )


def _lack_of_money(account: Account, order: OrderRecord) -> tuple[str, str] | None:
    if order.reserved:
        return None
    position = account.position(order.instrument, order.product)
    required = risk.required_for(position, order.side, order.quantity, order.margin_price)
    free = risk.available(account)
    if required <= max(free, 0):
        return None
    amounts = f"Required:{rupees_text(required)}, Available:{rupees_text(free)}"
    return (
        insufficient_funds_text(required, free, hint=True),
        f"RMS:Margin Exceeds,{amounts} for {_entity(account)}",
    )


def _entity(account: Account) -> str:
    return f"entity account-{account.user_id} across exchange across segment across product "
