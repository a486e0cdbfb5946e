"""The night between two sessions: cash, holdings and carried positions after a day's trades."""

from datetime import date

from app.exchange import risk
from app.exchange.accounts import Account
from app.exchange.instruments import Catalogue
from app.exchange.orders import AMO_RECEIVED
from app.exchange.positions import Holding, Position
from app.exchange.prices import Prices

_FUNDED_PERCENT = 30


def settle_account(account: Account, prices: Prices, closed: date, listed: Catalogue) -> None:
    """Turn the day of an account into the state it starts the next one with.

    Futures are marked to the close, options paid in full, shares bought move to the holdings, contracts that
    are no longer listed end at their closing value. Intraday positions the square-off could not close go on
    as delivery or overnight ones. Orders and trades of the day are dropped, queued AMO orders stay.
    """
    _mature_holdings(account)
    carried: dict[tuple[str, str], Position] = {}
    # By name, so that today's delivery (CNC) is there when an intraday sale (MIS) has to be delivered.
    for _, position in sorted(account.positions.items()):
        close = prices.at(position.instrument, prices.closing_tick(closed))
        if position.instrument.is_derivative:
            following = _settle_contract(account, position, close, listed)
            if following is not None:
                _merge(carried, following)
        else:
            _settle_shares(account, position, closed)
    account.positions = carried
    account.orders = {
        order_id: order for order_id, order in account.orders.items() if order.status == AMO_RECEIVED
    }
    account.trades = []
    account.blocked = 0
    for position in carried.values():
        risk.reckon(account, position)


def _settle_contract(account: Account, position: Position, close: int, listed: Catalogue) -> Position | None:
    quantity = position.quantity
    is_listed = position.instrument.key in listed.by_key
    if position.instrument.is_option:
        account.cash += position.day_sell_value - position.day_buy_value
        if not is_listed and close > position.instrument.tick_size:
            account.cash += quantity * close
    else:
        _, buys, _, sells = position.totals(position.overnight_quantity * position.close_price)
        account.cash += sells - buys + quantity * close
    if not quantity or not is_listed:
        return None
    bought, buy_value, sold, sell_value = position.totals(position.overnight_value)
    value = buy_value * quantity // bought if quantity > 0 else sell_value * quantity // sold
    return Position(listed.by_key[position.instrument.key], "NRML", quantity, value, close)


def _merge(carried: dict[tuple[str, str], Position], position: Position) -> None:
    """Add to what is carried: an intraday rest becomes part of the overnight position of the contract."""
    key = (position.instrument.key, position.product)
    other = carried.get(key)
    if other is not None:
        position.overnight_quantity += other.overnight_quantity
        position.overnight_value += other.overnight_value
    carried[key] = position


def _settle_shares(account: Account, position: Position, closed: date) -> None:
    quantity = position.quantity
    if position.product == "MTF":
        _settle_funded(account, position, closed)
        return
    account.cash += position.day_sell_value - position.day_buy_value
    if quantity > 0:
        holding = _holding(account, position, closed)
        holding.t1_quantity += quantity
        holding.value += position.day_buy_value * quantity // position.day_buy_quantity
    elif quantity < 0:
        _deliver(account, position, -quantity)


def _settle_funded(account: Account, position: Position, closed: date) -> None:
    """Settle margin trading: the broker lends all but 30 % of the cost and takes it back at the sale."""
    quantity = position.quantity
    account.cash += position.day_sell_value - position.day_buy_value
    if not quantity:
        return
    holding = _holding(account, position, closed)
    if quantity > 0:
        cost = position.day_buy_value * quantity // position.day_buy_quantity
    else:
        cost = holding.mtf_value * quantity // holding.mtf_quantity
    account.cash += cost * (100 - _FUNDED_PERCENT) // 100
    holding.mtf_quantity += quantity
    holding.mtf_value += cost
    if not holding.total and not holding.mtf_quantity:
        del account.holdings[position.instrument.key]


def _deliver(account: Account, position: Position, quantity: int) -> None:
    """Take sold shares out of the holding; what was sold short beyond it is bought in at the sale's value."""
    holding = account.holdings.get(position.instrument.key)
    owned = holding.total if holding else 0
    delivered = min(quantity, owned)
    if holding is not None and delivered:
        holding.value -= holding.value * delivered // owned
        from_t1 = max(0, delivered - holding.quantity)
        holding.quantity -= delivered - from_t1
        holding.t1_quantity -= from_t1
        if not holding.total and not holding.mtf_quantity:
            del account.holdings[position.instrument.key]
    short = quantity - delivered
    account.cash -= position.day_sell_value * short // position.day_sell_quantity


def _mature_holdings(account: Account) -> None:
    for holding in account.holdings.values():
        holding.quantity += holding.t1_quantity
        holding.t1_quantity = 0


def _holding(account: Account, position: Position, closed: date) -> Holding:
    holding = account.holdings.get(position.instrument.key)
    if holding is None:
        holding = Holding(position.instrument, authorised_date=f"{closed.isoformat()} 00:00:00")
        account.holdings[position.instrument.key] = holding
    return holding
