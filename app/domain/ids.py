"""Names of things: accounts, orders, copies, and the client order id that makes copies exactly-once."""

import re
from base64 import b32encode
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import NewType

AccountId = NewType("AccountId", str)
OrderId = NewType("OrderId", str)
"""A broker's order number. Always a string: since 2025 Kite issues 19 digits, more than a JS number holds."""
CopyId = NewType("CopyId", str)
ClientOrderId = NewType("ClientOrderId", str)
"""Our name for one attempt, sent as Kite's `tag` (at most 20 characters; Kite forum 52970)."""

TAG_PREFIX = "TC"
_OUR_TAG = re.compile(rf"{TAG_PREFIX}[A-Z2-7]{{18}}")
_DIGITS_WITH_MOMENT = 19
_BITS_BELOW_MOMENT = 22
_MOMENTS_BEGIN_MS = 1_288_834_974_657
_ALONE = re.compile(rf"(?<![0-9A-Za-z]){_OUR_TAG.pattern}(?![0-9A-Za-z])")


def moment_told_by(order_id: OrderId) -> float | None:
    """Return when an order was placed, in seconds since 1970, by its number; None where that tells nothing.

    In Kite's numbers of 19 digits all but the lowest 22 bits are milliseconds since 4 November 2010: in the
    examples of its documentation they agree with the stamps. Nowhere promised, so compare it with a stamp.
    """
    if len(order_id) != _DIGITS_WITH_MOMENT or not order_id.isdecimal():
        return None
    return ((int(order_id) >> _BITS_BELOW_MOMENT) + _MOMENTS_BEGIN_MS) / 1000


def copy_id(primary_order_id: OrderId, account_id: AccountId) -> CopyId:
    """Name the copy of one primary order into one secondary account."""
    return CopyId(f"{primary_order_id}:{account_id}")


def client_order_id(  # noqa: PLR0913 - each part is what makes two attempts different
    install_key: bytes,
    *,
    trade_date: date,
    primary: AccountId,
    primary_order_id: OrderId,
    secondary: AccountId,
    leg: int,
    generation: int,
) -> ClientOrderId:
    """Derive the tag of an attempt from what it stands for, so that a lost journal can be recomputed.

    20 characters `[A-Z2-7]`, 90 bits of hash behind the prefix. The same intent always gives the same
    tag; only an operator's retry (`generation` + 1) or another slice (`leg`) gives a new one. Each part
    goes in with its length, so that no two intents spell the same text.
    """
    parts = (trade_date.isoformat(), primary, primary_order_id, secondary, str(leg), str(generation))
    spelt = "".join(f"{len(part)}:{part}" for part in parts)
    digest = blake2b(spelt.encode(), key=install_key, digest_size=12).digest()
    return ClientOrderId(TAG_PREFIX + b32encode(digest).decode()[:18])


@lru_cache(maxsize=16_384)
def is_our_tag(tag: str) -> bool:
    """Tell whether a tag has the form of one of ours."""
    return tag.startswith(TAG_PREFIX) and _OUR_TAG.fullmatch(tag) is not None


def our_tags_in(text: str) -> tuple[ClientOrderId, ...]:
    """Return what stands alone in a text and has the form of one of ours: the trace of an order of ours."""
    return tuple(ClientOrderId(tag) for tag in dict.fromkeys(_ALONE.findall(text)))
