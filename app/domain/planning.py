"""What one primary order means for one secondary: an order of so many units, or a reason why not."""

from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain.accounts import Account, CopyRules
from app.domain.changing import changed
from app.domain.copies import CopyState, LegOrder
from app.domain.instruments import Instrument
from app.domain.orders import ZERO, Order, OrderType, Phase
from app.domain.reasons import Reason, ReasonCode
from app.domain.rules import why_account_skips
from app.domain.sizing import MAX_SLICES, sized_quantity, slices, slices_of_exit

_PLAIN: dict[str, str] = {OrderType.SL: OrderType.LIMIT, OrderType.SL_M: OrderType.MARKET}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Orders to send, one per slice. Of their sum `closing_units` reduce a position, the rest opens one."""

    orders: tuple[LegOrder, ...]
    closing_units: int
    opening_units: int

    @property
    def is_exit(self) -> bool:
        """True where the copy only reduces a position."""
        return self.opening_units == 0


@dataclass(frozen=True, slots=True)
class NoCopy:
    """Nothing is sent to this secondary. `state` is SKIPPED (a filter) or DENIED (a limit)."""

    state: CopyState
    reason: Reason
    is_exit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How much of a primary order reduces the primary's position, and whether nothing is left then."""

    units: int = 0
    is_all: bool = False


def plan_copy(
    order: Order,
    account: Account,
    instrument: Instrument,
    rules: CopyRules,
    *,
    closing: Closing,
    copied_units: int,
) -> Plan | NoCopy:
    """Decide the copy of `order` into `account`.

    `copied_units` are what earlier copies hold in the account on the side that the order closes. An
    order that takes the primary flat closes all of them: floored entries and exits would otherwise leave
    a rest that nobody exits (docs/adr/0010). Of an order that turns a position round, the closing part goes
    even where the account may not open the rest: exits are never blocked by entry guards (rule 14).
    """
    plan = _plan(order, account, instrument, rules, closing=closing, copied_units=copied_units)
    if isinstance(plan, NoCopy) and 0 < closing.units < order.quantity:
        part = replace(order, quantity=closing.units)
        return _plan(part, account, instrument, rules, closing=closing, copied_units=copied_units)
    return plan


def _plan(
    order: Order,
    account: Account,
    instrument: Instrument,
    rules: CopyRules,
    *,
    closing: Closing,
    copied_units: int,
) -> Plan | NoCopy:
    is_exit = closing.units == order.quantity
    reason = why_account_skips(order, account, is_exit=is_exit)
    if reason is not None:
        return NoCopy(CopyState.SKIPPED, reason, is_exit)
    sized_closing = sized_quantity(closing.units, account.multiplier, instrument.lot_size)
    opening_units = sized_quantity(order.quantity, account.multiplier, instrument.lot_size) - sized_closing
    closing_units = max(sized_closing, copied_units if closing.is_all else 0)
    if is_exit:
        opening_units = 0
    total = closing_units + opening_units
    if total == 0:
        return NoCopy(CopyState.SKIPPED, _sub_lot(order, account, instrument), is_exit)
    if not is_exit and account.max_quantity is not None and total > account.max_quantity:
        text = f"{total} units are more than {account.name} may take at once ({account.max_quantity})."
        return NoCopy(CopyState.DENIED, Reason(ReasonCode.QUANTITY_ABOVE_LIMIT, text))
    cut = slices(total, instrument)
    if is_exit:
        cut = slices_of_exit(total, instrument, held_units=copied_units)
        closing_units = sum(cut)
    elif len(cut) > MAX_SLICES:
        text = f"{total} units would take {len(cut)} orders; at most {MAX_SLICES} are sent for one copy."
        return NoCopy(CopyState.DENIED, Reason(ReasonCode.QUANTITY_ABOVE_LIMIT, text))
    orders = tuple(leg_order(order, rules, quantity) for quantity in cut)
    return Plan(orders=orders, closing_units=closing_units, opening_units=opening_units)


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


def as_it_rests(order: Order) -> Order:
    """Return an order as what it has become: a stop that has triggered is a plain order now.

    Placed anew as a stop it would be refused, its trigger being passed (Kite: "Trigger price for stoploss
    buy orders should be higher than the last traded price").
    """
    kind = _PLAIN.get(order.intended_type)
    if kind is None or order.phase not in {Phase.OPEN, Phase.FILLED}:
        return order
    return changed(order, order_type=kind)


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
