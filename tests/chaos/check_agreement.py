"""Agreement: the page, the journal, the order lists and the positions say the same."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from tests.chaos.check_orders import quantity_of
from tests.chaos.evidence import MULTIPLIERS, Evidence, Row, Violation
from tests.chaos.house import SECONDARIES

_STATES = {
    "OPEN": "OPEN",
    "TRIGGER PENDING": "TRIGGER_PENDING",
    "COMPLETE": "FILLED",
    "CANCELLED": "CANCELLED",
    "REJECTED": "REJECTED",
}
_RESTING = {"OPEN", "TRIGGER PENDING"}
_MOST_AMENDMENTS = 20


def check(seen: Evidence) -> Iterator[Violation]:
    """Yield what is wrong."""
    rows = {tag: found[0] for tag, found in seen.tagged().items()}
    told = {leg["tag"] for copy in seen.copies for leg in copy["legs"]}
    for tag in rows.keys() - told:
        yield Violation("wrong", f"Order {rows[tag]['order_id']} is not shown.", (tag,))
    for copy in seen.copies:
        for leg in copy["legs"]:
            keys = (leg["tag"], copy["copy_id"])
            yield from _leg(leg, rows.get(leg["tag"]), keys)
            yield from _journalled(seen, leg, keys)
            if leg["tag"] in rows:
                yield from _follows(seen, copy, leg, rows[leg["tag"]], keys)
    yield from _positions(seen)
    for account_id, instrument in exact_positions(seen):
        yield from _exact(seen, account_id, instrument)


def exact_positions(seen: Evidence) -> list[tuple[str, str]]:
    """Return the (account, instrument) pairs whose position has to be the primary's times the multiplier.

    Those in which every order of the primary filled and so did its whole copy. An exit that left while its
    entry needed the operator was cut to what was held (order protocol, rule 7): there the two differ.
    """
    orders: dict[str, list[Row]] = defaultdict(list)
    for row in seen.primary.values():
        orders[f"{row['exchange']}:{row['tradingsymbol']}"].append(row)
    found = []
    for account_id in SECONDARIES:
        for instrument, rows in orders.items():
            traded = [row for row in rows if row["filled_quantity"]]
            if traded and all(_is_exact(seen, row, account_id) for row in traded):
                found.append((account_id, instrument))
    return found


def _is_exact(seen: Evidence, row: Row, account_id: str) -> bool:
    copy = seen.shown["copies"].get(f"{row['order_id']}:{account_id}")
    whole = MULTIPLIERS[account_id] * row["filled_quantity"]
    return row["status"] == "COMPLETE" and copy is not None and copy["filled_quantity"] == whole


def _exact(seen: Evidence, account_id: str, instrument: str) -> Iterator[Violation]:
    net = sum(
        (1 if row["transaction_type"] == "BUY" else -1) * row["filled_quantity"]
        for row in seen.primary.values()
        if f"{row['exchange']}:{row['tradingsymbol']}" == instrument
    )
    held = seen.nets.get((account_id, instrument), 0)
    if held != MULTIPLIERS[account_id] * net:
        text = f"{account_id} holds {held} of {instrument}; the primary holds {net}, and every copy filled."
        yield Violation("wrong", text, (instrument,))


def _leg(leg: Row, row: Row | None, keys: tuple[str, ...]) -> Iterator[Violation]:
    if row is None:
        if leg["order_id"] is not None or leg["filled_quantity"]:
            yield Violation("wrong", f"{leg['tag']} shows order {leg['order_id']}, which is not there.", keys)
        return
    state = _STATES.get(row["status"], row["status"])
    if state == "OPEN" and row["filled_quantity"]:
        state = "PARTIAL"
    told = (leg["state"], leg["order_id"], leg["filled_quantity"], leg["quantity"])
    true = (state, row["order_id"], row["filled_quantity"], row["quantity"])
    if told != true:
        yield Violation("wrong", f"{leg['tag']} is shown as {told}; the broker has {true}.", keys)
    if Decimal(leg["average_price"]) != Decimal(str(row["average_price"])):
        text = f"{leg['tag']} is shown at {leg['average_price']}; the broker has {row['average_price']}."
        yield Violation("wrong", text, keys)


def _journalled(seen: Evidence, leg: Row, keys: tuple[str, ...]) -> Iterator[Violation]:
    kept = seen.state.leg(leg["tag"])
    told = (leg["state"], leg["order_id"], leg["filled_quantity"])
    if kept is None or told != (kept.state, kept.order_id, kept.filled_quantity):
        yield Violation("wrong", f"{leg['tag']} is shown as {told}; the journal says {kept}.", keys)


def _follows(seen: Evidence, copy: Row, leg: Row, row: Row, keys: tuple[str, ...]) -> Iterator[Violation]:
    """A copy that rests is cancelled and changed as its primary order is."""
    primary = seen.primary[copy["primary_order_id"]]
    if row["status"] not in _RESTING or leg["amendments"] >= _MOST_AMENDMENTS:
        return
    if primary["status"] in {"CANCELLED", "REJECTED"} and not primary["filled_quantity"]:
        yield Violation("wrong", f"{leg['tag']} still rests; its primary order is {primary['status']}.", keys)
    if primary["status"] not in _RESTING:
        return
    if primary["order_type"] in {"LIMIT", "SL"} and primary["price"] != row["price"]:
        text = f"{leg['tag']} rests at {row['price']}; its primary order is at {primary['price']}."
        yield Violation("wrong", text, keys)
    planned = seen.planned[leg["tag"]].fact
    wanted = quantity_of(primary["quantity"], copy["account_id"], seen.lots[copy["instrument"]])
    wanted -= sum(one["filled_quantity"] for one in copy["legs"] if one["tag"] != leg["tag"])
    if planned.closing_units == 0 and leg["generation"] == 0 and row["quantity"] != wanted:
        yield Violation("wrong", f"{leg['tag']} rests with {row['quantity']} units, not {wanted}.", keys)


def _positions(seen: Evidence) -> Iterator[Violation]:
    fills: dict[tuple[str, str], int] = defaultdict(int)
    for copy in seen.copies:
        sign = 1 if copy["side"] == "BUY" else -1
        fills[copy["account_id"], copy["instrument"]] += sign * copy["filled_quantity"]
    for key in fills.keys() | seen.nets.keys():
        if fills.get(key, 0) != seen.nets.get(key, 0):
            told, held = fills.get(key, 0), seen.nets.get(key, 0)
            text = f"{key[0]} holds {held} of {key[1]}; the fills of its copies come to {told}."
            yield Violation("wrong", text, (key[1],))
