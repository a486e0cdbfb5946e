"""What the venue says when it refuses: one exception and one named factory per sentence of Kite's."""

from app.exchange.money import rupees_text


class KiteError(Exception):
    """Carry a refusal as Kite words it: HTTP status, ``error_type`` and message.

    It is raised before anything was accepted: no order id exists. ``data`` is what the envelope carries under
    "data", nearly always None. Source: kite.trade/docs/connect/v3/exceptions.
    """

    def __init__(
        self, http_status: int, error_type: str, message: str, data: dict[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.error_type = error_type
        self.message = message
        self.data = data


def input_error(message: str) -> KiteError:
    """Build a 400 InputException: the request itself is wrong."""
    return KiteError(400, "InputException", message)


def order_error(message: str) -> KiteError:
    """Build a 400 OrderException: the order cannot be what was asked."""
    return KiteError(400, "OrderException", message)


def missing_field(name: str) -> KiteError:
    """Refuse a request that lacks a required field."""
    return input_error(f"Missing or empty field `{name}`")


def invalid_field(name: str) -> KiteError:
    """Refuse a field whose value is none of the allowed."""
    return input_error(f"Invalid `{name}`.")


def bad_token() -> KiteError:
    """Refuse an unknown, replaced, logged-out or flushed access token."""
    return KiteError(403, "TokenException", "Incorrect `api_key` or `access_token`.")


def bad_request_token() -> KiteError:
    """Refuse a request token that was used, has gone stale, or never was issued."""
    return KiteError(403, "TokenException", "Token is invalid or has expired.")


def bad_checksum() -> KiteError:
    """Refuse a token exchange whose checksum does not match."""
    return KiteError(403, "TokenException", "Invalid `checksum`.")


def unknown_api_key() -> KiteError:
    """Refuse an api_key that belongs to no app."""
    return input_error("Invalid `api_key`.")


def user_not_enabled() -> KiteError:
    """Refuse a login of a user on somebody else's app."""
    return KiteError(403, "PermissionException", "The user is not enabled on the app.")


def unknown_instrument() -> KiteError:
    """Refuse an order for a name that is not listed (any more)."""
    return input_error("The instrument you are placing an order for has either expired or does not exist.")


def not_tradable(symbol: str) -> KiteError:
    """Refuse an order for an index value."""
    return input_error(f"{symbol} is an index and cannot be traded. Use its futures or options.")


def needs_market_protection() -> KiteError:
    """Refuse MARKET and SL-M without protection (rule of 1 Apr 2026)."""
    return input_error(
        "Market orders without market protection are not allowed via API. "
        "Please set market protection or use a Limit order."
    )


def off_tick(tick_paise: int) -> KiteError:
    """Refuse a price that is not a multiple of the tick."""
    return input_error(
        f"Tick size for this script is {rupees_text(tick_paise)}. "
        "Kindly enter price in the multiple of tick size for this script"
    )


def off_lot(lot_size: int) -> KiteError:
    """Refuse a quantity that is not a whole number of lots."""
    return input_error(f"Invalid quantity. Quantity should be a multiple of the lot size {lot_size}.")


def above_freeze(quantity: int, maximum: int, lot_size: int) -> KiteError:
    """Refuse a quantity above the exchange's freeze quantity."""
    return order_error(
        f"The order quantity {quantity} ({quantity // lot_size} lots) is higher than the maximum quantity of "
        f"{maximum} ({maximum // lot_size} lots) allowed by the exchanges. "
        "Please reduce the order quantity or use iceberg orders."
    )


def outside_circuit() -> KiteError:
    """Refuse a price beyond the day's range."""
    return order_error(
        "Price exceeds circuit limits for the instrument. Place an order within the daily range."
    )


def trigger_not_above_last() -> KiteError:
    """Refuse a buy stop whose trigger is already passed."""
    return order_error(
        "Trigger price for stoploss buy orders should be higher than the last traded price. "
        "Use a limit order to buy at once."
    )


def trigger_not_below_last() -> KiteError:
    """Refuse a sell stop whose trigger is already passed."""
    return order_error(
        "Trigger price for stoploss sell orders should be lower than the last traded price. "
        "Use a limit order to sell at once."
    )


def trigger_below_circuit() -> KiteError:
    """Refuse a sell stop under the day's range."""
    return order_error("Trigger price for stoploss sell orders cannot be below the lower circuit price.")


def mis_blocked(symbol: str) -> KiteError:
    """Refuse intraday trading in a name where it is blocked (T2T, ASM, GSM)."""
    return order_error(f"MIS orders are currently blocked for {symbol}. Place a CNC order instead.")


def markets_closed() -> KiteError:
    """Refuse an order at an hour when neither the market nor the AMO window is open."""
    return order_error(
        "Markets are closed right now. Place an after market order (AMO) in its window instead."
    )


def insufficient_funds(required_paise: int, available_paise: int, *, hint: bool = False) -> KiteError:
    """Refuse an order whose margin exceeds what the account has."""
    return KiteError(
        400, "MarginException", insufficient_funds_text(required_paise, available_paise, hint=hint)
    )


def insufficient_funds_text(required_paise: int, available_paise: int, *, hint: bool = False) -> str:
    """Word the margin refusal; ``hint`` adds the advice that rejected orders carry."""
    text = (
        f"Insufficient funds. Required margin is {rupees_text(required_paise)} "
        f"but available margin is {rupees_text(available_paise)}."
    )
    return text + " Check the orderbook for open orders." if hint else text


def insufficient_holding(required: int, available: int) -> KiteError:
    """Refuse a delivery sale or conversion of more than is held."""
    return KiteError(400, "HoldingException", insufficient_holding_text(required, available))


def insufficient_holding_text(required: int, available: int) -> str:
    """Word the refusal of a sale of more shares than are held."""
    return (
        f"Insufficient stock holding. Required quantity is {required} but available quantity is {available}."
    )


def order_in_process() -> KiteError:
    """Refuse a change of an order that is between two states."""
    return order_error("Order cannot be modified/cancelled as it is being processed. Try later.")


def order_is_final(status: str) -> KiteError:
    """Refuse a change of an order that is complete, cancelled or rejected."""
    return order_error(f"Order cannot be modified/cancelled as it is already {status.lower()}.")


def unknown_order() -> KiteError:
    """Refuse an order id this account has not placed today."""
    return order_error("Couldn't find that `order_id`.")


def too_many_modifications() -> KiteError:
    """Refuse the 26th modification of an order; Kite names this a NetworkException."""
    return KiteError(429, "NetworkException", "Maximum allowed order modifications exceeded.")
