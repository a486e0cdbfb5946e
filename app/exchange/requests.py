"""What an order request says, read from its form fields; nothing here knows the market."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from app.exchange import errors
from app.exchange.money import to_paise

VARIETIES = ("regular", "amo", "co", "iceberg", "auction")
EXCHANGES = ("NSE", "BSE", "NFO", "BFO", "CDS", "BCD", "MCX", "NCO")
PRODUCTS = ("CNC", "NRML", "MIS", "MTF")
ORDER_TYPES = ("MARKET", "LIMIT", "SL", "SL-M")
VALIDITIES = ("DAY", "IOC", "TTL")
_REQUIRED = ("exchange", "tradingsymbol", "transaction_type", "quantity", "product", "order_type")
_LONGEST_TAG = 20

Params = Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class OrderRequest:
    """A well-formed request for one order. Prices are paise, ``market_protection`` is percent x 100."""

    variety: str
    exchange: str
    tradingsymbol: str
    side: int
    quantity: int
    product: str
    order_type: str
    price: int = 0
    trigger_price: int = 0
    validity: str = "DAY"
    validity_ttl: int = 0
    disclosed_quantity: int = 0
    market_protection: int = 0
    iceberg_legs: int = 0
    iceberg_quantity: int = 0
    auction_number: str | None = None
    tag: str | None = None
    is_autosliced: bool = False

    @property
    def key(self) -> str:
        """Return the instrument's key."""
        return f"{self.exchange}:{self.tradingsymbol}"


@dataclass(slots=True, kw_only=True)
class ChangeRequest:
    """A well-formed request to modify an order; None means as it is."""

    order_type: str | None = None
    quantity: int | None = None
    price: int | None = None
    trigger_price: int | None = None
    validity: str | None = None
    disclosed_quantity: int | None = None
    market_protection: int | None = None


def read_order(variety: str, params: Params) -> OrderRequest:
    """Read a placement; raise KiteError 400 InputException at the first field that is missing or wrong."""
    if variety not in VARIETIES:
        raise errors.invalid_field("variety")
    for name in _REQUIRED:
        if not params.get(name, "").strip():
            raise errors.missing_field(name)
    request = OrderRequest(
        variety=variety,
        exchange=_one_of(params, "exchange", EXCHANGES),
        tradingsymbol=params["tradingsymbol"].strip(),
        side=1 if _one_of(params, "transaction_type", ("BUY", "SELL")) == "BUY" else -1,
        quantity=_count(params, "quantity"),
        product=_one_of(params, "product", PRODUCTS),
        order_type=_one_of(params, "order_type", ORDER_TYPES),
        price=_price(params, "price"),
        trigger_price=_price(params, "trigger_price"),
        validity=_one_of(params, "validity", VALIDITIES) if params.get("validity") else "DAY",
        validity_ttl=_optional_count(params, "validity_ttl"),
        disclosed_quantity=_optional_count(params, "disclosed_quantity"),
        market_protection=_protection(params),
        iceberg_legs=_optional_count(params, "iceberg_legs"),
        iceberg_quantity=_optional_count(params, "iceberg_quantity"),
        auction_number=params.get("auction_number") or None,
        tag=params.get("tag") or None,
        is_autosliced=params.get("autoslice", "").lower() == "true",
    )
    if request.tag is not None and len(request.tag) > _LONGEST_TAG:
        raise errors.input_error(f"Invalid `tag`. It can be at most {_LONGEST_TAG} characters long.")
    return request


def read_change(params: Params) -> ChangeRequest:
    """Read a modification; absent fields stay as they are."""
    return ChangeRequest(
        order_type=_one_of(params, "order_type", ORDER_TYPES) if params.get("order_type") else None,
        quantity=_count(params, "quantity") if params.get("quantity") else None,
        price=_price(params, "price") if params.get("price") else None,
        trigger_price=_price(params, "trigger_price") if params.get("trigger_price") else None,
        validity=_one_of(params, "validity", VALIDITIES) if params.get("validity") else None,
        disclosed_quantity=(
            _optional_count(params, "disclosed_quantity") if params.get("disclosed_quantity") else None
        ),
        market_protection=_protection(params) if params.get("market_protection") else None,
    )


def _one_of(params: Params, name: str, allowed: tuple[str, ...]) -> str:
    value = params.get(name, "").strip()
    if value not in allowed:
        raise errors.invalid_field(name)
    return value


def _count(params: Params, name: str) -> int:
    number = _optional_count(params, name)
    if number == 0:
        raise errors.invalid_field(name)
    return number


def _optional_count(params: Params, name: str) -> int:
    text = params.get(name, "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise errors.invalid_field(name)
    return int(text)


def _price(params: Params, name: str) -> int:
    text = params.get(name, "").strip()
    paise = to_paise(text) if text else 0
    if paise is None or paise < 0:
        raise errors.invalid_field(name)
    return paise


def _protection(params: Params) -> int:
    text = params.get("market_protection", "").strip() or "0"
    try:
        percent = Decimal(text)
    except InvalidOperation:
        raise errors.invalid_field("market_protection") from None
    if not percent.is_finite() or percent > 100 or (percent < 0 and percent != -1):
        raise errors.invalid_field("market_protection")
    return int(percent * 100)
