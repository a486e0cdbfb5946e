"""What one primary order means for one secondary: an order of so many units, or a reason why not."""

from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain.accounts import Account, CopyRules
from app.domain.copies import CopyState, LegOrder
from app.domain.instruments import Instrument
from app.domain.orders import ZERO, Order, OrderType
from app.domain.reasons import Reason, ReasonCode
from app.domain.rules import why_account_skips
from app.domain.sizing import MAX_SLICES, sized_quantity, slices


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Orders to send, one per slice. `closing_units` of their sum reduce the primary's position."""

    orders: tuple[LegOrder, ...]
    closing_units: int

    @property
    def is_exit(self) -> bool:
        """True where the copy only reduces a position."""
        return self.closing_units == sum(order.quantity for order in self.orders)


@dataclass(frozen=True, slots=True)
class NoCopy:
    """Nothing is sent to this secondary. `state` is SKIPPED (a filter) or DENIED (a limit)."""

    state: CopyState
    reason: Reason
    is_exit: bool = False


def plan_copy(
    order: Order, account: Account, instrument: Instrument, rules: CopyRules, *, closing: int
) -> Plan | NoCopy:
    """Decide the copy of `order` into `account`; `closing` of its units reduce the primary's position.

    Of an order that turns a position round, the closing part goes even where the account may not open
    the rest: exits are never blocked by entry guards (order protocol, rule 14).
    """
    plan = _plan(order, account, instrument, rules, closing)
    if isinstance(plan, NoCopy) and 0 < closing < order.quantity:
        return _plan(replace(order, quantity=closing), account, instrument, rules, closing)
    return plan


def _plan(
    order: Order, account: Account, instrument: Instrument, rules: CopyRules, closing: int
) -> Plan | NoCopy:
    is_exit = closing == order.quantity
    reason = why_account_skips(order, account, is_exit=is_exit)
    if reason is not None:
        return NoCopy(CopyState.SKIPPED, reason, is_exit)
    total = sized_quantity(order.quantity, account.multiplier, instrument.lot_size)
    if total == 0:
        return NoCopy(CopyState.SKIPPED, _sub_lot(order, account, instrument), is_exit)
    if not is_exit and account.max_quantity is not None and total > account.max_quantity:
        text = f"{total} units are more than {account.name} may take at once ({account.max_quantity})."
        return NoCopy(CopyState.DENIED, Reason(ReasonCode.QUANTITY_ABOVE_LIMIT, text))
    cut = slices(total, instrument)
    if len(cut) > MAX_SLICES:
        text = f"{total} units would take {len(cut)} orders; at most {MAX_SLICES} are sent for one copy."
        return NoCopy(CopyState.DENIED, Reason(ReasonCode.QUANTITY_ABOVE_LIMIT, text), is_exit)
    closing_units = sized_quantity(closing, account.multiplier, instrument.lot_size)
    orders = tuple(leg_order(order, rules, quantity) for quantity in cut)
    return Plan(orders=orders, closing_units=total if is_exit else closing_units)


def leg_order(order: Order, rules: CopyRules, quantity: int) -> LegOrder:
    """Write the order that mirrors `order` with another quantity.

    MARKET and SL-M carry market protection, which Kite demands since 1 April 2026 (Kite forum 52316).
    """
    kind = order.intended_type
    is_limit = kind in {OrderType.LIMIT, OrderType.SL}
    has_trigger = kind in {OrderType.SL, OrderType.SL_M}
    return LegOrder(
        exchange=order.exchange,
        tradingsymbol=order.tradingsymbol,
        side=order.side,
        order_type=kind,
        product=order.product,
        validity=order.validity,
        validity_ttl=order.validity_ttl,
        quantity=quantity,
        price=order.price if is_limit else ZERO,
        trigger_price=order.trigger_price if has_trigger else ZERO,
        market_protection=Decimal(0) if is_limit else rules.market_protection,
    )


def clamp_exit(wanted: int, closing_units: int, held_units: int, lot_size: int) -> int:
    """Return how much of a copy may leave: its opening part in full, its closing part at most what is held.

    `held_units` counts the units on the side being closed, so never negative; whole lots only.
    """
    opening = wanted - closing_units
    return opening + min(closing_units, held_units // lot_size * lot_size)


def _sub_lot(order: Order, account: Account, instrument: Instrument) -> Reason:
    exact = account.multiplier * order.quantity
    shown = f"{float(exact):g}"
    sum_text = f"{order.quantity} × {float(account.multiplier):g} = {shown}"
    text = f"{sum_text}, less than one lot of {instrument.lot_size}."
    return Reason(ReasonCode.QUANTITY_SUB_LOT, text)
