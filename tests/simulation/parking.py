"""What the rules of parked exits and withdrawn entries allow, worked out from the exchange's own rows."""

from typing import Any

from tests.simulation.truth import Planned, Row, Truth

RESTING = ("OPEN", "TRIGGER PENDING")


def rows_of(truth: Truth, account_id: str, key: str) -> list[tuple[Planned, Row]]:
    """Return the orders of ours that an account has in an instrument, with what they were planned as."""
    return truth.orders_in.get((account_id, key), [])


def younger_fills(truth: Truth, planned: Planned) -> int:
    """Return the most units that copies of younger primary orders can have opened against an exit."""
    fact = planned.fact
    return sum(
        row["filled_quantity"]
        for other, row in rows_of(truth, fact.account_id, fact.instrument)
        if other.fact.side is not fact.side
        and truth.age(other.fact.primary_order_id) > truth.age(fact.primary_order_id)
    )


def spoken_for(truth: Truth, planned: Planned, at_s: float) -> int:
    """Return the most of what an account holds that is not an exit's to close at a moment.

    Younger copies opened it, or other orders of the same copy, or a square-off, are about to close it, or the
    broker refused other parts of it.
    """
    fact = planned.fact
    mine = sum(
        int(row["quantity"])
        for other, row in rows_of(truth, fact.account_id, fact.instrument)
        if other.fact.copy_id == fact.copy_id and other.leg.tag != planned.leg.tag
    )
    refused = sum(units for refused_s, units in truth.refused.get(str(fact.copy_id), ()) if refused_s <= at_s)
    return younger_fills(truth, planned) + mine + refused + squared_off(truth, planned, at_s)


def squared_off(truth: Truth, planned: Planned, at_s: float) -> int:
    """Return the most units that square-offs which had not ended at a moment were closing beside an exit."""
    fact = planned.fact
    return sum(
        other.leg.order.quantity
        for other in truth.closing_in.get((str(fact.account_id), fact.instrument), ())
        if other.fact.copy_id != fact.copy_id
        and other.fact.side is fact.side
        and other.at_s <= at_s <= truth.known_ended_s.get(str(other.leg.tag), at_s)
    )


def closable(truth: Truth, account_id: str, key: str, side: str) -> int:
    """Return how many units of what an account holds at the end an order of a side could close."""
    steps = truth.world.record.positions.get((account_id, key), [])
    net = steps[-1][1] if steps else 0
    return max(-net if side == "BUY" else net, 0)


def waits_for(truth: Truth, planned: Planned) -> list[tuple[Planned, Row]]:
    """Return the orders that an exit may wait for: older, of the other side, filled at the primary."""
    fact = planned.fact
    return [
        (other, row)
        for other, row in rows_of(truth, fact.account_id, fact.instrument)
        if other.fact.side is not fact.side
        and truth.age(other.fact.primary_order_id) < truth.age(fact.primary_order_id)
        and truth.row_behind(other.fact.primary_order_id)["filled_quantity"]
    ]


def is_rightly_parked(truth: Truth, copy: Any) -> bool:
    """Tell whether an exit that has not left by the end has an entry to wait for, and nothing to close."""
    planned = [truth.planned[leg["tag"]] for leg in copy["legs"] if leg["state"] == "PENDING"]
    if not planned or copy["reason"] is None or copy["reason"]["code"] != "WAITS_FOR_ENTRY":
        return False
    lot = truth.instrument(copy["instrument"]).lot_size
    held = closable(truth, copy["account_id"], copy["instrument"], copy["side"])
    return all(
        one.fact.closing_units > 0
        and held - spoken_for(truth, one, truth.world.history.now_s) < lot
        and any(row["status"] in RESTING for _, row in waits_for(truth, one))
        for one in planned
    )


def primary_net(truth: Truth, key: str) -> int:
    """Return what the primary holds of an instrument at the end, by its intraday orders."""
    return sum(
        row["filled_quantity"] * (1 if row["transaction_type"] == "BUY" else -1)
        for row in truth.primary.values()
        if f"{row['exchange']}:{row['tradingsymbol']}" == key and row["product"] == "MIS"
    )
