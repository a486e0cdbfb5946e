"""Bugs in the tag that an order goes by, and in how it is known again (rule 2)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.adapters.kite import mapping
from app.domain.ids import AccountId, OrderId
from app.domain.orders import Order
from app.engine import matching
from app.engine.turn import Turn
from tests.simulation.planted.registry import plant
from tests.simulation.planted.stages import FUTURES, LOST_ANSWERS, MARKET_ONLY, RETRIES, STEADY


@plant(Turn, "tag", 2, stage=STEADY, alone="I1")
def tag_by_chance(original: Any, turn: Turn, order: Order, account_id: AccountId, **place: int) -> Any:
    """A tag is made anew each time."""
    salted = replace(order, order_id=OrderId(f"{order.order_id}{turn.jitter}"))
    return original(turn, salted, account_id, **place)


@plant(Turn, "tag", 2, stage=STEADY)
def tag_ignores_the_account(original: Any, turn: Turn, order: Order, _account: str, **place: int) -> Any:
    """All accounts' copies of an order have the same tag."""
    return original(turn, order, AccountId("every"), **place)


@plant(Turn, "tag", 2, 11, stage=FUTURES)
def slices_share_one_tag(
    original: Any, turn: Turn, order: Order, account_id: str, *, leg: int, generation: int
) -> Any:
    """All slices of a copy have the same tag."""
    return original(turn, order, account_id, leg=0, generation=generation)


@plant(Turn, "tag", 2, 6, stage=RETRIES)
def tag_ignores_the_generation(
    original: Any, turn: Turn, order: Order, account_id: str, *, leg: int, generation: int
) -> Any:
    """A retry goes by the tag of what it retries."""
    return original(turn, order, account_id, leg=leg, generation=0)


@plant(Turn, "tag", 2, stage=STEADY, alone="I1")
def tag_ignores_the_day(original: Any, turn: Turn, order: Order, account_id: str, **place: int) -> Any:
    """The same order number on another day gives the same tag."""
    return original(turn, replace(order, placed_at=datetime(2000, 1, 1, tzinfo=UTC)), account_id, **place)


@plant(mapping, "_tags", 2, 16, stage=MARKET_ONLY, alone="rule 16")
def tags_are_not_looked_at(original: Any, row: Any) -> Any:
    """Only `tag` is read, not the list `tags` beside it."""
    return (str(row.tag),) if row.tag else ()


@plant(matching, "find_by_tag", 2, 5, stage=LOST_ANSWERS)
def nothing_is_adopted(original: Any, _orders: Any) -> Any:
    """Orders in the list are not known by their tags."""
    return {}
