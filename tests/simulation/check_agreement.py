"""I4, I9, I17: what the engine shows is what the broker has, and copies are as their primary orders are."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.domain.accounts import RestPolicy
from app.domain.ids import AccountId
from tests.simulation.check_quantities import entries
from tests.simulation.parking import closable, primary_net, rows_of
from tests.simulation.truth import Row, Truth
from tests.simulation.world import Violation

_STATES = {
    "OPEN": "OPEN",
    "TRIGGER PENDING": "TRIGGER_PENDING",
    "COMPLETE": "FILLED",
    "CANCELLED": "CANCELLED",
    "REJECTED": "REJECTED",
}
_RESTING = {"OPEN", "TRIGGER PENDING"}
_MOST_AMENDMENTS = 20


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    snapshot = truth.world.snapshot
    if snapshot is None:
        return
    shown: dict[str, Any] = {}
    mine: set[str | None] = set()
    nets: dict[tuple[str, str], int] = defaultdict(int)
    for copy in snapshot["copies"].values():
        for leg in copy["legs"]:
            shown[leg["tag"]] = leg
            sign = 1 if copy["side"] == "BUY" else -1
            nets[copy["account_id"], copy["instrument"]] += sign * leg["filled_quantity"]
            rows = [order.order_id for order in truth.of_tag.get(leg["tag"], [])]
            second = truth.world.doubler.of_tag.get(leg["tag"])
            of_leg = second if second is not None and second == leg["order_id"] else (rows[0] if rows else "")
            row = truth.secondary[copy["account_id"]].get(of_leg)
            mine.add(leg["order_id"])
            keys = (copy["copy_id"], copy["account_id"], copy["primary_order_id"], leg["tag"])
            yield from _leg(leg, row, keys)
            if row is not None and row["status"] in _RESTING and of_leg not in truth.world.hands.changed:
                yield from _follows(truth, copy, leg, row, keys)
    for tag, orders in truth.of_tag.items():
        if tag not in shown:
            yield Violation("I4", f"Order {orders[0].order_id} is not shown.", (tag, orders[0].order_id))
    yield from _doubled(truth, snapshot["alerts"])
    _add_foreign(truth, mine, nets)
    yield from _positions(truth, nets)


def _leg(leg: Any, row: Row | None, keys: tuple[str, ...]) -> Iterator[Violation]:
    if row is None:
        if leg["order_id"] is not None or leg["filled_quantity"]:
            yield Violation("I4", f"{leg['tag']} shows order {leg['order_id']}, which is not there.", keys)
        return
    state = _STATES.get(row["status"], row["status"])
    if state == "OPEN" and row["filled_quantity"]:
        state = "PARTIAL"
    told = (leg["state"], leg["order_id"], leg["filled_quantity"], leg["quantity"])
    true = (state, row["order_id"], row["filled_quantity"], row["quantity"])
    if told != true:
        yield Violation("I4", f"{leg['tag']} is shown as {told}; the broker has {true}.", keys)
    if Decimal(leg["average_price"]) != Decimal(str(row["average_price"])):
        text = f"{leg['tag']} is shown at {leg['average_price']}; the broker has {row['average_price']}."
        yield Violation("I4", text, keys)


def _follows(truth: Truth, copy: Any, leg: Any, row: Row, keys: tuple[str, ...]) -> Iterator[Violation]:
    """A resting copy whose primary order was cancelled or changed is cancelled or changed as well."""
    if copy["primary_order_id"] in truth.square_offs:
        return  # a square-off follows nothing
    primary = truth.primary[copy["primary_order_id"]]
    if primary["status"] in {"CANCELLED", "REJECTED"} and not primary["filled_quantity"]:
        yield Violation("I9", f"{leg['tag']} still rests; the primary order is {primary['status']}.", keys)
    if primary["status"] == "COMPLETE":
        yield from _behind_filled(truth, leg, row, keys)
    if primary["status"] not in _RESTING or leg["amendments"] >= _MOST_AMENDMENTS:
        return
    if truth.world.is_poor(copy["account_id"]):
        return  # its broker may refuse a change for want of money
    names = ["price"] if primary["order_type"] in {"LIMIT", "SL"} else []
    if primary["status"] == row["status"] == "TRIGGER PENDING":
        names.append("trigger_price")
    for name in names:
        if primary[name] != row[name]:
            text = f"{leg['tag']} rests at {name} {row[name]}; the primary order is at {primary[name]}."
            yield Violation("I9", text, keys)
    planned = truth.planned.get(leg["tag"])
    if planned is not None and planned.fact.closing_units == 0 and leg["generation"] == 0:
        wanted = entries(truth, planned)
        if row["quantity"] not in wanted:
            yield Violation("I9", f"{leg['tag']} rests with {row['quantity']} units, not {wanted}.", keys)


def _behind_filled(truth: Truth, leg: Any, row: Row, keys: tuple[str, ...]) -> Iterator[Violation]:
    """What rests behind a filled primary order is as its account's policy says, unless it closes something.

    What would open a position that the primary does not have any more does not rest, whatever the policy. Nor
    does what only closes take the market for more than is held: an exit, and what was left of an entry for
    that. After a lost journal an entry may have become one, as what is older has filled meanwhile.
    """
    fact, account = truth.planned[leg["tag"]].fact, truth.rulebooks[-1][1].account(AccountId(keys[1]))
    if account is None or leg["is_changed_by_hand"]:
        return
    side, key, rest = row["transaction_type"], fact.instrument, row["quantity"] - row["filled_quantity"]
    could_close = closable(truth, keys[1], key, side) > 0 or any(
        other["status"] in _RESTING and other["transaction_type"] != side
        for _, other in rows_of(truth, keys[1], key)
    )
    has_left = primary_net(truth, key) * (1 if side == "BUY" else -1) <= 0
    policy = account.when_primary_filled
    if fact.closing_units == 0 and not could_close and (has_left or policy is RestPolicy.CANCEL):
        why = "the primary has left that position" if has_left else "its account cancels such copies"
        yield Violation("I9", f"{leg['tag']} still rests for {rest} units; {why}.", keys)
    is_stuck = leg["amendments"] >= _MOST_AMENDMENTS or truth.world.is_poor(keys[1])
    is_exit = truth.newest_plans[fact.copy_id].closing_units > 0 or fact.copy_id in truth.withdrawn
    is_market = any(str(tag).startswith("mktp") for tag in row.get("tags") or ())
    if policy is RestPolicy.MARKET and not (is_market or is_stuck or is_exit):
        yield Violation(
            "I9", f"{leg['tag']} still rests at {row['price']}; its account takes the market.", keys
        )


def _doubled(truth: Truth, alerts: Any) -> Iterator[Violation]:
    """Two orders that the broker made of one request are told of, by name."""
    texts = " ".join(alert["text"] for alert in alerts)
    for tag, order_id in truth.world.doubler.of_tag.items():
        if order_id not in texts:
            yield Violation("double", f"Nobody was told of {order_id}, a second {tag}.", (tag, order_id))


def _add_foreign(truth: Truth, mine: set[str | None], nets: dict[tuple[str, str], int]) -> None:
    """Add what was traded by hand, and by orders that the broker doubled."""
    doubled = set(truth.world.doubler.of_tag.values())
    for account_id, rows in truth.secondary.items():
        for order_id, row in rows.items():
            is_old = row["tag"] in truth.yesterdays_tags  # sent in the evening, and kept for the morning
            is_foreign = (
                is_old
                or row["tag"] is None
                or order_id in doubled
                or row["tag"] in truth.world.doubler.of_tag
            )
            if is_foreign and order_id not in mine and row["product"] == "MIS":
                sign = 1 if row["transaction_type"] == "BUY" else -1
                key = f"{row['exchange']}:{row['tradingsymbol']}"
                nets[account_id, key] += sign * row["filled_quantity"]


def _positions(truth: Truth, nets: dict[tuple[str, str], int]) -> Iterator[Violation]:
    for account_id in truth.secondary:
        account = truth.world.exchange.venue.accounts.get(account_id)
        for row in truth.world.exchange.venue.positions(account)["net"]:
            if row["product"] != "MIS":
                continue  # left over from the day before
            key = f"{row['exchange']}:{row['tradingsymbol']}"
            if nets.pop((account_id, key), 0) != row["quantity"]:
                text = f"{account_id} holds {row['quantity']} of {key}; the copies' fills say otherwise."
                yield Violation("I17", text, (account_id,))
    for (account_id, key), net in nets.items():
        if net:
            yield Violation(
                "I17", f"{account_id} holds no {key}; the copies' fills say {net}.", (account_id,)
            )
