"""Bugs in how many units a copy has, and in which direction (rule 11)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from app.domain import planning
from app.domain.copies import LegOrder
from app.domain.orders import Order, OrderType, Side
from app.engine import following, growing, releasing, wanting
from tests.simulation.planted.registry import Patch, bug, instead, plant
from tests.simulation.planted.stages import ENTRIES_ONLY, FUTURES, MARKET_ONLY


@plant(planning, "sized_quantity", 11, stage=MARKET_ONLY, alone="I3")
def float_sizing(original: Any, quantity: int, multiplier: Any, lot: int) -> int:
    """The multiplier is a binary fraction."""
    return int(quantity * float(multiplier) / lot) * lot


@plant(planning, "sized_quantity", 11)
def rounded_sizing(original: Any, quantity: int, multiplier: Any, lot: int) -> int:
    """Lots are rounded to the nearest instead of down."""
    return int(round(quantity * multiplier / lot) * lot)


@bug(11, stage=FUTURES, alone="I3")
def not_sliced() -> Iterable[Patch]:
    """A copy above the freeze quantity is one order."""
    return [instead(module, "slices", _one_slice) for module in (planning, wanting, growing)]


def _one_slice(_original: Any, quantity: int, _instrument: Any) -> tuple[int, ...]:
    return (quantity,) if quantity else ()


@bug(11, stage=ENTRIES_ONLY, alone="I17")
def market_orders_buy() -> Iterable[Patch]:
    """A MARKET order is taken for one that buys."""
    return [instead(module, "leg_order", _buys) for module in (planning, releasing, following)]


def _buys(original: Any, order: Order, *more: Any) -> LegOrder:
    mirrored: LegOrder = original(order, *more)
    return replace(mirrored, side=Side.BUY) if mirrored.order_type == OrderType.MARKET else mirrored
