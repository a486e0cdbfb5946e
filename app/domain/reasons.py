"""Why something was not copied, refused or left open: a code for programs and a sentence for people."""

from dataclasses import dataclass
from enum import StrEnum


class ReasonCode(StrEnum):
    """Every reason the engine gives. Named CATEGORY_CONDITION; documented in docs/glossary.md."""

    # The primary order is not one we copy.
    OWN_ORDER = "OWN_ORDER"
    RMS_SQUARE_OFF = "RMS_SQUARE_OFF"
    PRODUCT_NOT_COPIED = "PRODUCT_NOT_COPIED"
    ORDER_TYPE_NOT_ALLOWED = "ORDER_TYPE_NOT_ALLOWED"
    VARIETY_NOT_COPIED = "VARIETY_NOT_COPIED"
    PRIMARY_ENDED = "PRIMARY_ENDED"
    INSTRUMENT_UNKNOWN = "INSTRUMENT_UNKNOWN"
    # This account does not take it.
    ACCOUNT_OFF = "ACCOUNT_OFF"
    ACCOUNT_CLOSE_ONLY = "ACCOUNT_CLOSE_ONLY"
    SYMBOL_NOT_ALLOWED = "SYMBOL_NOT_ALLOWED"
    QUANTITY_SUB_LOT = "QUANTITY_SUB_LOT"
    QUANTITY_ABOVE_LIMIT = "QUANTITY_ABOVE_LIMIT"
    NOTHING_HELD = "NOTHING_HELD"
    # It waits, or is no longer wanted, because of what the primary or the entry did.
    WAITS_FOR_ENTRY = "WAITS_FOR_ENTRY"
    PRIMARY_LEFT = "PRIMARY_LEFT"
    RESTED_TOO_LONG = "RESTED_TOO_LONG"
    # It waits for the operator.
    MANUAL_MODE = "MANUAL_MODE"
    SEEN_LATE = "SEEN_LATE"
    # The operator does not want it.
    SKIPPED_BY_OPERATOR = "SKIPPED_BY_OPERATOR"
    CANCELLED_BY_OPERATOR = "CANCELLED_BY_OPERATOR"
    # It was not sent, or its fate needs a person.
    COPYING_STOPPED = "COPYING_STOPPED"
    TOO_OLD = "TOO_OLD"
    PRIMARY_CANCELLED = "PRIMARY_CANCELLED"
    BROKER_REJECTED = "BROKER_REJECTED"
    BROKER_NEVER_TOOK_IT = "BROKER_NEVER_TOOK_IT"
    ANSWER_LOST = "ANSWER_LOST"
    ABSENT_FROM_ORDER_LIST = "ABSENT_FROM_ORDER_LIST"
    ORDER_LIST_UNREADABLE = "ORDER_LIST_UNREADABLE"
    STATUS_UNKNOWN = "STATUS_UNKNOWN"
    SESSION_EXPIRED = "SESSION_EXPIRED"
    ACCOUNT_NOT_PERMITTED = "ACCOUNT_NOT_PERMITTED"
    ILLEGAL_MOVE = "ILLEGAL_MOVE"
    AMENDMENT_LIMIT = "AMENDMENT_LIMIT"
    DAY_OVER = "DAY_OVER"
    # Somebody dealt with the copy at the broker itself.
    CHANGED_BY_HAND = "CHANGED_BY_HAND"
    CANCELLED_AT_BROKER = "CANCELLED_AT_BROKER"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code, the sentence the operator reads, and the broker's own words where there are any."""

    code: ReasonCode
    text: str
    raw: str | None = None
