"""Races about what is not wanted any more: skips, cancellations and square-offs."""

from collections import Counter
from random import Random
from typing import Any

from tests.builders.eventually import eventually
from tests.races.house import PATIENCE_S, SECONDARIES, House
from tests.races.shots import Shot, fire
from tests.races.verdict import Tally

RESTING_SYMBOL, RESTING_PRICE = "WIPRO", "225"
"""About a tenth below its price of the day: an order to buy rests there."""


SQUARED_SYMBOL = "SBIN"


class GivingUp:
    """Fires one volley at a time: each secondary's copy is raced for by both operators."""

    def __init__(self, house: House, tally: Tally, chance: Random) -> None:
        self._house = house
        self._tally = tally
        self._chance = chance

    def skip_copy(self) -> None:
        """One operator ticks the held order for a secondary, the other skips it there."""
        order_id = self._house.place("YESBANK")
        self._house.wait(order_id, "HELD")
        pairs = {one: self._both(("/copies", "/skips"), _named(order_id, one)) for one in SECONDARIES}
        self._fire("skip_copy", order_id, pairs)
        copies = self._house.wait(order_id, "FILLED", "SKIPPED")
        orders = self._accepted("place", copies)
        for account, copy in copies.items():
            is_skipped = pairs[account][1].results.get(copy["copy_id"], (False, ""))[0]
            expected = ("SKIPPED", 0) if is_skipped else ("FILLED", 1)
            if (copy["state"], orders[account]) != expected:
                self._tally.wrong.append(f"skip_copy {copy['copy_id']}: {orders[account]} orders, {copy}")

    def cancel_cancel(self) -> None:
        """Both operators cancel the same resting copy, each with the count that their screen shows."""
        order_id = self._house.place(RESTING_SYMBOL, price=RESTING_PRICE)
        self._house.wait(order_id, "HELD")
        assert self._house.anna.give("/copies", {"orders": [order_id]}).status == 200
        copies = self._house.wait(order_id, "OPEN")
        pairs = {
            one: self._both(("/cancellations",) * 2, {"count": 1, "copies": [copy["copy_id"]]})
            for one, copy in copies.items()
        }
        self._fire("cancel_cancel", order_id, pairs)
        copies = self._house.wait(order_id, "CANCELLED")
        placed, cancelled = self._accepted("place", copies), self._accepted("cancel", copies)
        for account, copy in copies.items():
            if (placed[account], cancelled[account]) != (1, 1):
                text = f"{placed[account]} orders, {cancelled[account]} cancellations accepted"
                self._tally.wrong.append(f"cancel_cancel {copy['copy_id']}: {text}")

    def square_square(self) -> None:
        """Both operators square off the same position: one order closes it, and it stays closed."""
        order_id = self._house.place(SQUARED_SYMBOL)
        self._house.wait(order_id, "HELD")
        assert self._house.anna.give("/copies", {"orders": [order_id]}).status == 200
        self._house.wait(order_id, "FILLED")
        key = f"NSE:{SQUARED_SYMBOL}"
        pairs = {
            one: self._both(("/square-offs",) * 2, {"accounts": [one], "instruments": [key], "count": 1})
            for one in SECONDARIES
        }
        before = set(self._house.run.snapshot()["copies"])
        fire([shot for pair in pairs.values() for shot in pair], self._chance)
        for account, pair in pairs.items():
            self._tally.judge_winners("square_square", f"{account} {key}", pair)
        copies = eventually(lambda: self._closed(before), timeout_s=PATIENCE_S, what="positions closed")
        placed = self._accepted("place", copies or {})
        if any(placed[account] != 1 for account in SECONDARIES):
            self._tally.wrong.append(f"square_square: {placed} orders were accepted")

    def _closed(self, before: set[str]) -> dict[str, dict[str, Any]] | None:
        """Return the copies that closed the positions, one for each secondary, once all are filled."""
        shown = self._house.run.snapshot()
        closing = {id_ for id_, order in shown["orders"].items() if order["variety"] == "square_off"}
        copies = [
            copy
            for id_, copy in shown["copies"].items()
            if id_ not in before and copy["primary_order_id"] in closing
        ]
        new = {copy["account_id"]: copy for copy in copies}
        assert len(copies) == len(new) == len(SECONDARIES), f"{len(copies)} copies"
        assert {copy["state"] for copy in new.values()} == {"FILLED"}
        return new

    def _fire(self, kind: str, order_id: str, pairs: dict[str, list[Shot]]) -> None:
        fire([shot for pair in pairs.values() for shot in pair], self._chance)
        for account, pair in pairs.items():
            self._tally.judge_winners(kind, f"{order_id}:{account}", pair)

    def _both(self, paths: tuple[str, ...], body: dict[str, Any]) -> list[Shot]:
        operators = (self._house.anna, self._house.bela)
        return [operator.shot(path, body) for operator, path in zip(operators, paths, strict=True)]

    def _accepted(self, action: str, copies: dict[str, dict[str, Any]]) -> Counter[str]:
        """Count by account the requests for these copies that the exchange took."""
        legs = {account: copy["legs"] for account, copy in copies.items()}
        owners = {leg["tag"]: account for account, its in legs.items() for leg in its}
        owners |= {leg["order_id"]: account for account, its in legs.items() for leg in its}
        key = "tag" if action == "place" else "order_id"
        rows = self._house.run.ledger(action=action)
        return Counter(
            owners[row[key]] for row in rows if row[key] in owners and row["outcome"] == "accepted"
        )


def _named(order_id: str, account: str) -> dict[str, Any]:
    return {"orders": [order_id], "accounts": [account]}
