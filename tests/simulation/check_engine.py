"""I15 and health: states only go forward, the journal alone rebuilds the state, and nothing broke inside."""

from collections.abc import Iterator

from app.domain import events as e
from app.domain.orders import Order
from app.domain.reasons import ReasonCode
from app.engine.state import EngineState
from tests.simulation.truth import Truth
from tests.simulation.virtual_loop import MONDAY_MORNING
from tests.simulation.world import Violation

_FINAL = {"COMPLETE", "CANCELLED", "REJECTED"}


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    world = truth.world
    for text in world.host.crashed_by_itself:
        yield Violation("health", f"The engine ended by itself: {text}")
    for text in world.streams.faults:
        yield Violation("I16", text, (text.split()[2],))
    for text in world.operators.broken_answers:
        yield Violation("command", text)
    for text in world.record.unhandled:
        yield Violation("health", f"Unhandled: {text}")
    ended: dict[str, str] = {}
    filled: dict[str, int] = {}
    for at_s, _, fact in world.record.facts:
        if isinstance(fact, e.AccountBlocked) and fact.reason.code is ReasonCode.ILLEGAL_MOVE:
            text = f"{at_s:.3f} s: {fact.account_id} was stopped: {fact.reason.text}"
            yield Violation("I15", text, (fact.account_id,))
        if isinstance(fact, e.OrderMatched):
            name, keys = str(fact.tag), (str(fact.tag), fact.account_id, fact.order.order_id)
            yield from _forward(at_s, fact.order, name, keys, ended, filled)
    yield from _primary_forward(truth)
    yield from _rebuilt(truth)


def _primary_forward(truth: Truth) -> Iterator[Violation]:
    """What is known of a primary order goes forward as well."""
    ended: dict[str, str] = {}
    filled: dict[str, int] = {}
    for at_s, _, fact in truth.world.record.facts[truth.last_loss[1] :]:
        if isinstance(fact, e.PrimaryOrderSeen):
            order_id = fact.order.order_id
            yield from _forward(at_s, fact.order, order_id, (order_id,), ended, filled)


def _forward(
    at_s: float, order: Order, name: str, keys: tuple[str, ...], ended: dict[str, str], filled: dict[str, int]
) -> Iterator[Violation]:
    if ended.get(name, order.status) != order.status:
        yield Violation("I15", f"{at_s:.3f} s: {name} went from {ended[name]} to {order.status}.", keys)
    if order.filled_quantity < filled.get(name, 0):
        text = f"{at_s:.3f} s: {name} had {filled[name]} units filled, now {order.filled_quantity}."
        yield Violation("I15", text, keys)
    filled[name] = order.filled_quantity
    if order.status in _FINAL:
        ended[name] = order.status


def _rebuilt(truth: Truth) -> Iterator[Violation]:
    """Fold the durable facts anew: what comes of it is what the engine showed."""
    snapshot = truth.world.snapshot
    if snapshot is None:
        return
    state = EngineState()
    for _, _, fact in truth.world.record.facts[truth.last_loss[1] :]:
        state.apply(fact, MONDAY_MORNING)
    told = {str(copy_id): str(copy.state) for copy_id, copy in state.copies.items()}
    shown = {copy_id: str(row["state"]) for copy_id, row in snapshot["copies"].items()}
    for copy_id in sorted({*told, *shown}):
        if told.get(copy_id) != shown.get(copy_id):
            text = f"{copy_id} is shown as {shown.get(copy_id)}; its facts say {told.get(copy_id)}."
            yield Violation("I4", text, (copy_id,))
