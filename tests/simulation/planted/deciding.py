"""Bugs in which primary orders are copied, and when (rules 10, 16)."""

from dataclasses import replace
from typing import Any

from app.adapters.kite import order_requests
from app.domain import rules
from app.domain.events import PrimaryOrderSeen
from app.domain.orders import Order
from app.engine import deciding, releasing
from app.engine.turn import Turn
from tests.simulation.planted.registry import plant
from tests.simulation.planted.stages import AWAY, DELIVERIES, OWN_ORDERS, SQUARED_OFF, STEADY


@plant(deciding, "_why_late", 10, stage=AWAY, alone="rule 10")
def first_look_copied_silently(original: Any, turn: Turn, order: Order, *, is_snapshot: bool) -> Any:
    """What was placed while nobody watched is copied like anything else."""
    return original(turn, order, is_snapshot=False)


@plant(releasing, "_is_too_old", 10, stage=AWAY, alone="rule 10")
def entry_never_grows_old(original: Any, *_: Any) -> bool:
    """An entry leaves whenever its account can send again."""
    return False


@plant(deciding, "_decide", 16, stage=STEADY, alone="I2")
def ended_at_first_sight_is_past(original: Any, turn: Turn, order: Order) -> None:
    """An order that is filled when it is first seen is taken for one of the past."""
    if order.is_terminal and deciding.effective_quantity(order) > 0:
        reason = deciding._why_nothing_is_left(order)
        turn.record(PrimaryOrderSeen(order=order, is_decided=True, skipped=reason))
    else:
        original(turn, order)


@plant(deciding, "_drop_held_of_ended", 10)
def second_intent_on_a_seen_order(original: Any, turn: Turn) -> None:
    """An order that changes is decided anew."""
    for order_id, known in list(turn.state.primary_orders.items()):
        if known.is_decided and turn.jitter < 0.02:
            turn.state.primary_orders[order_id] = replace(known, is_decided=False)
    original(turn)


@plant(deciding, "why_not_copied", 16, stage=OWN_ORDERS, alone="rule 16")
def own_orders_are_copied(original: Any, order: Order, rules: Any) -> Any:
    """An order of the primary that carries a tag of ours is copied."""
    return original(replace(order, tags=()), rules)


@plant(rules, "_is_square_off", 16, stage=SQUARED_OFF, alone="rule 16")
def square_off_is_copied(original: Any, _order: Order) -> bool:
    """What the risk desk closes is closed by us too."""
    return False


@plant(deciding, "why_not_copied", 16, stage=DELIVERIES)
def every_product_is_copied(original: Any, order: Order, rules: Any) -> Any:
    """Deliveries are copied as if they were intraday."""
    return original(replace(order, product="MIS"), rules)


@plant(order_requests, "place_form", 16, alone="rule 16")
def market_without_protection(original: Any, *order: Any) -> dict[str, str]:
    """MARKET is sent as it was before April 2026."""
    form: dict[str, str] = original(*order)
    form.pop("market_protection", None)
    return form
