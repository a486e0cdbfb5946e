"""Races about what is not wanted any more: a skip against a tick, and one cancellation against another."""

from collections import Counter
from random import Random
from typing import Any

from tests.races.house import SECONDARIES, House
from tests.races.shots import Shot, fire
from tests.races.verdict import Tally

RESTING_SYMBOL, RESTING_PRICE = "WIPRO", "225"
"""About a tenth below its price of the day: an order to buy rests there."""


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
