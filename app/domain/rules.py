"""Which primary orders are copied at all, and which account takes them."""

from app.domain.accounts import Account, AccountMode, CopyRules
from app.domain.orders import Order, OrderType
from app.domain.reasons import Reason, ReasonCode

_COPIED_VARIETY = "regular"


def why_not_copied(order: Order, rules: CopyRules) -> Reason | None:
    """Return why a primary order is copied to nobody, or None where it is copied."""
    if order.our_tags:
        return Reason(ReasonCode.OWN_ORDER, "This order is itself a copy made by Tandem.")
    if _is_square_off(order):
        text = f"Zerodha's risk desk placed this order ({order.placed_by}); each account gets its own."
        return Reason(ReasonCode.RMS_SQUARE_OFF, text)
    if order.product not in rules.products:
        text = f"Product {order.product} is not copied; copied: {_listed(rules.products)}."
        return Reason(ReasonCode.PRODUCT_NOT_COPIED, text)
    if order.variety != _COPIED_VARIETY:
        text = f"Orders of variety {order.variety} are not copied; only regular ones are."
        return Reason(ReasonCode.VARIETY_NOT_COPIED, text)
    if order.intended_type not in rules.order_types:
        allowed = _listed(rules.order_types)
        text = f"Order type {order.intended_type} is not allowed; allowed_order_types.json has {allowed}."
        return Reason(ReasonCode.ORDER_TYPE_NOT_ALLOWED, text)
    return None


def why_account_skips(order: Order, account: Account, *, is_exit: bool) -> Reason | None:
    """Return why one secondary does not take an order, or None where it does.

    An exit passes every guard but `off`: what an account holds it must be able to leave.
    """
    if account.mode is AccountMode.OFF:
        return Reason(ReasonCode.ACCOUNT_OFF, f"{account.name} is switched off.")
    if is_exit:
        return None
    if account.mode is AccountMode.CLOSE_ONLY:
        return Reason(ReasonCode.ACCOUNT_CLOSE_ONLY, f"{account.name} takes exits only.")
    if not account.allows(order.tradingsymbol):
        text = f"{account.name} does not take {order.tradingsymbol}."
        return Reason(ReasonCode.SYMBOL_NOT_ALLOWED, text)
    return None


def age_limit_s(order: Order, rules: CopyRules) -> float:
    """Return how old a primary order may be when its copy leaves: market prices age faster than limits."""
    is_market = order.intended_type in {OrderType.MARKET, OrderType.SL_M}
    return rules.market_age_limit_s if is_market else rules.resting_age_limit_s


def _is_square_off(order: Order) -> bool:
    """Tell the risk desk's orders from those of a client whose own id begins with RMS."""
    placed_by = order.placed_by.casefold()
    if placed_by == order.account_id.casefold():
        return False
    return placed_by == "adminsqf" or placed_by.startswith("rms")


def _listed(words: frozenset[str] | frozenset[OrderType]) -> str:
    return ", ".join(sorted(str(word) for word in words)) or "nothing"
