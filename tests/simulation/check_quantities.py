"""I3 and exits: quantities are exact, and an exit leaves with all that is held and no more."""

from collections.abc import Iterator
from itertools import product

from app.domain import events as e
from app.domain.ids import is_our_tag
from app.domain.orders import Order
from tests.simulation.parking import RESTING, rows_of, squared_off, younger_fills
from tests.simulation.truth import Accepted, Planned, Row, Truth, cut, whole_lots
from tests.simulation.world import Violation


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    yield from _too_large(truth)
    for order in truth.accepted:
        planned = truth.planned.get(str(order.entry.tag))
        if planned is None:
            continue
        fact = planned.fact
        quantity = int(order.sent.form["quantity"])
        lot = truth.instrument(fact.instrument).lot_size
        keys = (fact.copy_id, fact.account_id, fact.primary_order_id, str(order.entry.tag))
        if quantity % lot or quantity <= 0:
            yield Violation("I3", f"{quantity} units are no whole lots of {lot}.", keys)
        elif fact.closing_units == 0 and planned.leg.generation == 0:
            allowed = entries(truth, planned)
            if quantity not in allowed and fact.copy_id not in truth.withdrawn:
                text = f"Leg {planned.leg.number} of {fact.copy_id}: {quantity} units, not {sorted(allowed)}."
                yield Violation("I3", text, keys)
        elif (
            fact.opening_units == 0 and len(fact.legs) == 1 and (planned.leg.number == 0 or planned.is_added)
        ):
            yield from _exit(truth, order, planned, quantity)
    yield from _plans(truth)
    if not truth.world.record.losses:
        yield from _together(truth)


def _too_large(truth: Truth) -> Iterator[Violation]:
    """Nothing is sent that the exchange would refuse for its size."""
    for sent in truth.world.record.sent:
        if sent.action != "place":
            continue
        instrument = truth.instrument(f"{sent.form['exchange']}:{sent.form['tradingsymbol']}")
        if len(cut(int(sent.form["quantity"]), instrument)) > 1:
            text = f"{sent.tag} left with {sent.form['quantity']} units, above the freeze quantity."
            yield Violation("I3", text, (str(sent.tag), sent.account_id))


def entries(truth: Truth, planned: Planned) -> set[int]:
    """Return the quantities that a leg of an entry may have, by every quantity its primary order was for."""
    fact, found = planned.fact, set[int]()
    if fact.primary_order_id in truth.square_offs:
        return {planned.leg.order.quantity}
    instrument = truth.instrument(fact.instrument)
    for quantity, multiplier in product(truth.quantities(fact.primary_order_id), truth.multipliers(planned)):
        units = whole_lots(quantity, multiplier, instrument.lot_size)
        for most in truth.limits(planned):
            total = min(units, most // instrument.lot_size * instrument.lot_size)
            found.update(cut(total, instrument)[planned.leg.number : planned.leg.number + 1])
            for carried in truth.carried_beside(planned):
                found.update(cut(max(total - carried, 0), instrument))
    return found


def _together(truth: Truth) -> Iterator[Violation]:
    """However often its primary order is changed, the orders of an entry are together for no more than it."""
    copies: dict[str, list[tuple[Planned, Row]]] = {}
    for planned, row in (one for ours in truth.orders_in.values() for one in ours):
        copies.setdefault(planned.fact.copy_id, []).append((planned, row))
    touched = truth.world.hands.changed | set(truth.world.doubler.of_tag.values())
    for copy_id, orders in copies.items():
        planned = orders[0][0]
        is_plain = planned.fact.closing_units == 0 and not any(one.leg.generation for one, _ in orders)
        if not is_plain or any(row["order_id"] in touched for _, row in orders):
            continue
        lot = truth.instrument(planned.fact.instrument).lot_size
        most = max(
            whole_lots(quantity, multiplier, lot)
            for quantity in truth.quantities(planned.fact.primary_order_id)
            for multiplier in truth.multipliers(planned)
        )
        units = sum(row["quantity" if row["status"] in RESTING else "filled_quantity"] for _, row in orders)
        if units > most:
            text = f"The orders of {copy_id} are for {units} units together, not {most}."
            yield Violation("I3", text, (copy_id, planned.fact.account_id))


def _exit(truth: Truth, order: Accepted, planned: Planned, quantity: int) -> Iterator[Violation]:
    """Compare with what the account held between the look that the engine went by and the sending."""
    fact, sent = planned.fact, order.sent
    lot = truth.instrument(fact.instrument).lot_size
    looked_s = truth.world.record.looked_before(fact.account_id, truth.decided_s(sent))
    least, most = truth.held(fact.account_id, fact.instrument, looked_s, sent.at_s)
    sign = -fact.side.sign
    low, high = sorted((max(sign * least, 0) // lot * lot, max(sign * most, 0) // lot * lot))
    if not truth.world.drawn.may_be_stale:
        answered_s = _answered_s(truth, fact, truth.decided_s(sent))
        nets = truth.held(fact.account_id, fact.instrument, max(looked_s, answered_s), sent.at_s)
        high = max(max(sign * net, 0) // lot * lot for net in nets)
    high += _hidden_by_hand(truth, fact, looked_s, sent.at_s)
    keys = (fact.copy_id, fact.account_id, fact.primary_order_id, str(order.entry.tag))
    if quantity > high:
        text = (
            f"Exit {fact.copy_id} left with {quantity} units at {sent.at_s:.3f} s, held were at most {high}."
        )
        yield Violation("exit", text, keys)
    if planned.is_added:
        return
    if truth.world.oddities.hid_something(fact.account_id, looked_s, sent.at_s):
        low = 0  # an entry that could not be read was not counted
    wanted = entries(truth, planned) | {planned.leg.order.quantity}
    if _takes_flat_by_now(truth, planned, truth.decided_s(sent)):
        wanted.add(high)
    is_unsure = fact.copy_id in truth.added or _may_be_hidden(truth, order, planned)
    spoken = younger_fills(truth, planned) + squared_off(truth, planned, truth.decided_s(sent))
    low = 0 if is_unsure else max(low - spoken, 0)
    if not any(min(units, low) <= quantity <= units for units in wanted):
        text = f"Exit {fact.copy_id} left with {quantity} units, of {sorted(wanted)} wanted and {low} held."
        yield Violation("I3", text, keys)


def _takes_flat_by_now(truth: Truth, planned: Planned, at_s: float) -> bool:
    """Tell whether an order that was enlarged since its plan takes the primary flat, by what was known.

    Such an exit is for all that is copied (ADR 0010), as it would be if it were planned now.
    """
    known: dict[str, Order] = {}
    for seen_s, _, fact in truth.world.record.facts:
        if seen_s <= at_s and isinstance(fact, e.PrimaryOrderSeen):
            known[fact.order.order_id] = fact.order
    order = known.get(planned.fact.primary_order_id)
    if order is None or order.quantity <= planned.fact.basis_quantity:
        return False
    before = sum(
        other.signed_fill
        for other in known.values()
        if (other.instrument, other.product) == (order.instrument, order.product)
        and truth.age(other.order_id) < truth.age(order.order_id)
    )
    return 0 < -order.side.sign * before <= order.quantity


def _may_be_hidden(truth: Truth, order: Accepted, planned: Planned) -> bool:
    """Tell whether unreadable rows may have hidden another exit: what that closes is left to it."""
    fact = planned.fact
    return truth.world.drawn.odd_row > 0 and any(
        other.fact.side is fact.side
        and other.fact.copy_id != fact.copy_id
        and truth.taken_s(row) < order.at_s
        for other, row in rows_of(truth, fact.account_id, fact.instrument)
    )


def _hidden_by_hand(truth: Truth, fact: e.CopyPlanned, from_s: float, to_s: float) -> int:
    """Return the units of orders that a person placed and nobody could read: of them nothing tells us."""
    rows = [
        row
        for order_id in truth.world.oddities.hidden(fact.account_id, from_s, to_s)
        if (row := truth.secondary[fact.account_id].get(order_id)) is not None
    ]
    return sum(
        int(row["filled_quantity"])
        for row in rows
        if f"{row['exchange']}:{row['tradingsymbol']}" == fact.instrument and not is_our_tag(str(row["tag"]))
    )


def _answered_s(truth: Truth, fact: e.CopyPlanned, before_s: float) -> float:
    """Return when an answer last said that something of an account and instrument may have changed."""
    return max(
        (
            at_s
            for at_s, _, other in truth.world.record.facts
            if isinstance(other, e.AttemptEnded)
            and at_s < before_s
            and other.account_id == fact.account_id
            and other.tag in truth.planned
            and truth.planned[other.tag].fact.instrument == fact.instrument
        ),
        default=0.0,
    )


def _plans(truth: Truth) -> Iterator[Violation]:
    """A plan is the exact rule; only an exit that takes the primary flat may be for more (ADR 0010)."""
    for planned in truth.planned.values():
        fact = planned.fact
        if planned.leg is not fact.legs[0] or planned.leg.generation:
            continue
        if fact.primary_order_id in truth.square_offs:
            continue
        account = planned.rulebook.account(fact.account_id)
        assert account is not None
        total = sum(leg.order.quantity for leg in fact.legs)
        lot = truth.instrument(fact.instrument).lot_size
        exact = {
            whole_lots(units, account.multiplier, lot) for units in truth.quantities(fact.primary_order_id)
        }
        is_part = total == fact.closing_units and total <= max(exact)
        is_rest = total > min(exact) and fact.closing_units > 0
        if total not in exact and not is_part and not is_rest:
            text = f"{fact.copy_id} was planned with {total} units; exact are {sorted(exact)}."
            yield Violation("I3", text, (fact.copy_id, fact.account_id))
