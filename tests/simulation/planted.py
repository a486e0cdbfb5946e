"""Bugs to plant into the production code, each by name; the simulation has to catch every one of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from app.adapters.kite import broker
from app.domain import orders, planning
from app.domain.copies import CopyState
from app.domain.ids import OrderId
from app.domain.orders import Order
from app.engine import answering, commanding, copy_engine, deciding, following, matching, releasing, state
from app.engine.dispatcher import Dispatcher
from app.engine.lane import Lane
from app.engine.turn import Turn
from app.ports.broker import NeverSent, Rejected, Unknown
from tests.simulation.journal import SimJournal

PLANTED: dict[str, Callable[[], Any]] = {}


def _plant(target: Any, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function that replaces `target.name`; it gets the original as its first argument."""

    def register(bug: Callable[..., Any]) -> Callable[..., Any]:
        def planting() -> Any:
            original = getattr(target, name)
            return patch.object(target, name, lambda *args, **kwargs: bug(original, *args, **kwargs))

        PLANTED[bug.__name__] = planting
        return bug

    return register


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Plant one bug while the block lasts."""
    with PLANTED[name]():
        yield


@_plant(answering, "_result_of")
def blind_retry_on_unknown(original: Any, outcome: Any) -> Any:
    """A lost answer counts as never sent."""
    return original(NeverSent(outcome.message) if isinstance(outcome, Unknown) else outcome)


@_plant(answering, "_result_of")
def unknown_is_refused(original: Any, outcome: Any) -> Any:
    """A lost answer counts as a refusal."""
    return original(Rejected(outcome.message, "") if isinstance(outcome, Unknown) else outcome)


@_plant(copy_engine.CopyEngine, "_commit")
def journal_after_send(original: Any, engine: Any, turn: Turn, answer: Any) -> None:
    """What is sent is written down one turn later."""
    late = getattr(engine._parts.journal, "late", [])
    engine._parts.journal.late = []
    if turn.effects:
        engine._parts.journal.late = list(turn.facts)
        turn.facts[:] = late
    else:
        turn.facts[:0] = late
    original(engine, turn, answer)


@_plant(copy_engine.CopyEngine, "start")
def no_boot_resolve(original: Any, engine: Any, first_list: Any) -> None:
    """What was on its way at a crash is taken for never sent."""
    original(engine, first_list)
    for account_id in engine.lanes:
        for leg in engine.state.alive_legs(account_id):
            if leg.state is CopyState.IN_DOUBT:
                with patch.object(state, "check_move", lambda *_: None):
                    engine.state._change(leg, state=CopyState.PENDING)


@_plant(matching, "is_absent")
def one_look_as_proof(original: Any, age_s: float, clean_looks: int) -> bool:
    """One look that misses an order is taken for its absence."""
    return clean_looks >= 1


@_plant(copy_engine.CopyEngine, "may_send")
def block_is_not_checked_at_send(original: Any, engine: Any, account_id: Any) -> bool:
    """What was released before an account was blocked leaves after it."""
    return not engine.state.is_stopped


@_plant(planning, "sized_quantity")
def float_sizing(original: Any, quantity: int, multiplier: Any, lot: int) -> int:
    """The multiplier is a binary fraction."""
    return int(quantity * float(multiplier) / lot) * lot


@_plant(planning, "sized_quantity")
def rounded_sizing(original: Any, quantity: int, multiplier: Any, lot: int) -> int:
    """Lots are rounded to the nearest instead of down."""
    return int(round(quantity * multiplier / lot) * lot)


@_plant(copy_engine.CopyEngine, "start")
def refilled_budget(original: Any, engine: Any, first_list: Any) -> None:
    """A restart forgets what was sent in this second."""
    original(engine, first_list)
    for lane in engine.lanes.values():
        lane.budget._sent.clear()


@_plant(following, "_may_amend")
def edge_triggered_amend(original: Any, turn: Turn, lane: Lane, leg: Any, shown: Order) -> bool:
    """A change is sent once; whether it arrived is not looked at."""
    primary = turn.primary_order_of(leg.copy_id)
    key = f"sent {leg.tag} {primary.price} {primary.quantity} {primary.trigger_price} {primary.phase}"
    return bool(original(turn, lane, leg, shown)) and lane.report_once(key)


@_plant(following, "_follow")
def nothing_follows(original: Any, *_: Any) -> None:
    """Copies do not follow their primary orders."""


@_plant(orders, "_is_news")
def terminal_regresses(original: Any, known: Order, seen: Order, *, is_poll: bool) -> bool:
    """The newest report wins, whatever was known."""
    return True


@_plant(Dispatcher, "_call")
async def stop_is_not_checked_at_send(original: Any, dispatcher: Any, effect: Any) -> Any:
    """What was released before a stop leaves after it."""
    dispatcher._may_send = lambda _account: True
    return await original(dispatcher, effect)


@_plant(releasing, "_is_too_old")
def exit_blocked_by_age(original: Any, turn: Turn, copy: Any, leg: Any, order: Order) -> bool:
    """An exit grows stale in the queue as an entry does."""
    return bool(original(turn, replace(copy, closing_units=0), leg, order))


@_plant(commanding, "why_no_retry")
def retry_while_in_doubt(original: Any, copy: Any, seen_state: Any) -> str | None:
    """The operator may retry what may still trade."""
    return None if copy.has_open_question or copy.legs else original(copy, seen_state)


@_plant(Turn, "tag")
def tag_by_chance(
    original: Any, turn: Turn, order: Order, account_id: Any, *, leg: int, generation: int
) -> Any:
    """A tag is made anew each time."""
    salted = replace(order, order_id=OrderId(f"{order.order_id}{turn.jitter}"))
    return original(turn, salted, account_id, leg=leg, generation=generation)


@_plant(releasing, "clamp_exit")
def exit_is_not_clamped(original: Any, wanted: int, closing: int, held: int, lot: int) -> int:
    """An exit leaves in full, whatever is held."""
    return wanted


@_plant(Lane, "has_looked_since")
def no_look_before_resend(original: Any, lane: Lane, moment_s: float) -> bool:
    """Nothing waits for a look."""
    return True


@_plant(matching, "find_by_tag")
def nothing_is_adopted(original: Any, found: Any) -> Any:
    """Orders in the list are not known by their tags."""
    return {}


@_plant(broker, "outcome_of")
def http_400_is_final(original: Any, result: Any) -> Any:
    """HTTP 400 is always a refusal."""
    if getattr(result, "status", None) == 400:
        return Rejected("refused", "OrderException")
    return original(result)


@_plant(SimJournal, "answer_of")
def commands_are_not_remembered(original: Any, journal: Any, command_id: str) -> None:
    """A repeated command is carried out again."""


@_plant(deciding, "_drop_held_of_ended")
def second_intent_on_a_seen_order(original: Any, turn: Turn) -> None:
    """An order that changes is decided anew."""
    for order_id, known in list(turn.state.primary_orders.items()):
        if known.is_decided and turn.jitter < 0.02:
            turn.state.primary_orders[order_id] = replace(known, is_decided=False)
    original(turn)


def _values(target: Any, **values: Any) -> Callable[[], Any]:
    return lambda: patch.multiple(target, **values)


PLANTED |= {
    "no_queue_per_symbol": _values(releasing, UNRESOLVED=frozenset()),
    "dead_token_does_not_block": _values(answering, _block_if_refused=lambda *_: None),
}
