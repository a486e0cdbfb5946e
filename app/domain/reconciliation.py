"""Settling what became of a send whose answer was lost: the schedule of looks, and what absence proves."""

from collections.abc import Iterable

from app.domain.ids import ClientOrderId
from app.domain.orders import Order

LOOKS_AFTER_S = (0.3, 0.7, 1.5, 3.0)
LOOK_EVERY_S = 5.0
SETTLE_S = 30.0
CLEAN_LOOKS = 3
GIVE_UP_S = 60.0
"""So long lists with unreadable rows are waited out before a person is asked."""


def next_look_s(age_s: float) -> float:
    """Return how long after the doubt arose the next look is due, given its age now."""
    for moment in LOOKS_AFTER_S:
        if age_s < moment:
            return moment
    return LOOKS_AFTER_S[-1] + LOOK_EVERY_S * (int((age_s - LOOKS_AFTER_S[-1]) // LOOK_EVERY_S) + 1)


def is_absent(age_s: float, clean_looks: int) -> bool:
    """Tell whether an order counts as absent: 30 s old and missed by at least 3 looks begun since.

    Even then it may turn up: Kite was seen to place an order 90 s late (Kite forum 41029). So absence
    asks the operator; it never resends by itself.
    """
    return age_s >= SETTLE_S and clean_looks >= CLEAN_LOOKS


def is_undecidable(age_s: float, looks: int) -> bool:
    """Tell whether a person has to be asked although no list was clean enough to prove absence."""
    return age_s >= GIVE_UP_S and looks >= CLEAN_LOOKS


def find_by_tag(orders: Iterable[Order]) -> dict[ClientOrderId, list[Order]]:
    """Group an account's orders by those of their tags that are ours. Two under one tag is an incident."""
    found: dict[ClientOrderId, list[Order]] = {}
    for order in orders:
        for tag in order.our_tags:
            found.setdefault(ClientOrderId(tag), []).append(order)
    return found
