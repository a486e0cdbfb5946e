"""The values that configuration files hold, each with its limits, strict and exact."""

import re
from decimal import Decimal
from fractions import Fraction
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, PlainValidator, WithJsonSchema

MAX_MULTIPLIER = 1000
_DECIMAL_TEXT = r"\d+(\.\d+)?"
_MAX_PLACES = 12
_SMALLEST = Decimal(1).scaleb(-_MAX_PLACES)
_USER_ID = "[A-Z0-9]{2,20}"
_SYMBOL = "[A-Z0-9&_-]{1,50}"


def _multiplier(value: Any) -> Fraction:
    """Read a multiplier exactly; a decimal may be written as text to keep it from being rounded."""
    if isinstance(value, str):
        if len(value) > 30 or re.fullmatch(_DECIMAL_TEXT, value) is None:
            raise ValueError("A number with a decimal point is expected, nothing else.")
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("A number is expected.")  # noqa: TRY004 - pydantic takes only ValueError
    if value <= 0:
        raise ValueError("It must be more than 0. To copy nothing into the account, set its mode to off.")
    if value > MAX_MULTIPLIER:
        raise ValueError(f"It must be at most {MAX_MULTIPLIER}.")
    # A tiny number is refused by its size first: as a fraction, 1e-999999999 would fill the memory.
    if value < _SMALLEST or Decimal(value).quantize(_SMALLEST) != value:
        raise ValueError(f"It may have at most {_MAX_PLACES} decimal places.")
    return Fraction(value)


def _number(value: Any) -> Any:
    """Let numbers alone through: a strict float takes no Decimal, and true is an int to Python."""
    return float(value) if isinstance(value, Decimal) else value


def _exact(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _protection(value: Decimal) -> Decimal:
    if value == -1 or Decimal("0.01") <= value <= 100:
        return value
    raise ValueError("It must be -1 (Kite chooses the band) or a percentage from 0.01 to 100.")


def _credential(value: str) -> str:
    if not value.strip():
        raise ValueError("The credential is missing.")
    if value != value.strip() or any(character.isspace() for character in value):
        raise ValueError("A credential has no spaces or line breaks.")
    return value


def _user_id(value: str) -> str:
    if re.fullmatch(_USER_ID, value) is None:
        raise ValueError("A user id has 2 to 20 capital letters and digits, as the broker writes it.")
    return value


def _symbol(value: str) -> str:
    if re.fullmatch(_SYMBOL, value) is None:
        raise ValueError("A symbol is written as the broker does: capital letters, digits, &, - and _.")
    return value


def _address(value: str) -> str:
    try:
        return str(ip_address(value))
    except ValueError:
        raise ValueError("An IP address of this machine is expected.") from None


def _proxy(value: str) -> str:
    if value.startswith(("env:", "vault:")):
        return value
    parts = urlsplit(value)
    if parts.scheme != "http" or not parts.hostname or not _has_port(value):
        raise ValueError("An address of the form http://host:port is expected.")
    return value


def _has_port(value: str) -> bool:
    try:
        return urlsplit(value).port is not None
    except ValueError:
        return False


def _unique(values: list[str]) -> list[str]:
    seen = set()
    for value in values:
        if value in seen:
            raise ValueError(f"{value} is named twice.")
        seen.add(value)
    return values


_NUMBER_SCHEMA = {"type": "number", "exclusiveMinimum": 0, "maximum": MAX_MULTIPLIER}

Multiplier = Annotated[
    Fraction,
    PlainValidator(_multiplier),
    PlainSerializer(str),
    WithJsonSchema({"anyOf": [_NUMBER_SCHEMA, {"type": "string", "pattern": f"^{_DECIMAL_TEXT}$"}]}),
]
Protection = Annotated[
    Decimal,
    BeforeValidator(_exact),
    AfterValidator(_protection),
    WithJsonSchema({"anyOf": [{"const": -1}, {"type": "number", "minimum": 0.01, "maximum": 100}]}),
]
Seconds = Annotated[float, BeforeValidator(_number)]
UserId = Annotated[str, AfterValidator(_user_id), Field(json_schema_extra={"pattern": f"^{_USER_ID}$"})]
Credential = Annotated[str, AfterValidator(_credential), Field(json_schema_extra={"minLength": 1})]
Address = Annotated[str, AfterValidator(_address)]
ProxyAddress = Annotated[str, AfterValidator(_proxy)]
Symbol = Annotated[str, AfterValidator(_symbol), Field(json_schema_extra={"pattern": f"^{_SYMBOL}$"})]
Symbols = Annotated[list[Symbol], AfterValidator(_unique)]
Units = Annotated[int, Field(gt=0, le=100_000_000)]
Unique = AfterValidator(_unique)
