"""The kinds of races, each as a volley: one primary order, all secondaries at the same moment."""

import time
from collections.abc import Callable
from itertools import cycle
from random import Random
from typing import Any
from uuid import uuid4

from tests.builders.eventually import eventually
from tests.races.giving_up import GivingUp
from tests.races.house import PATIENCE_S, SECONDARIES, House
from tests.races.shots import Shot, fire
from tests.races.verdict import Tally

_SYMBOLS = ("YESBANK", "CENTRALBK", "WIPRO", "ITC")
_STOPPED_ORDERS = 8
"""Six may leave an account in a second, so some are still queued when the stop comes."""
LATE_SYMBOL = "TATASTEEL"
LATE_S = 40.0
"""Later than the 30 s after which a lost answer becomes the operator's question."""
_BE_THERE_S = 26.0
"""By then the race for the late finds is waited for: a volley may take long on a busy machine."""


class Volleys:
    """Fires volleys of races at one run of the program and judges each."""

    def __init__(self, house: House, tally: Tally, chance: Random) -> None:
        self._house = house
        self._tally = tally
        self._chance = chance
        self._symbols = cycle(_SYMBOLS)
        self._late: str | None = None
        self._late_at_s = 0.0

    def run(self, races: int, *, with_late_finds: bool) -> None:
        """Run volleys of all kinds until so many races are run."""
        giving_up = GivingUp(self._house, self._tally, self._chance)
        kinds: tuple[Callable[[], None], ...] = (
            self.copy_copy,
            self.double_click,
            giving_up.cancel_cancel,
            self.retry_retry,
            giving_up.skip_copy,
            giving_up.square_square,
            self.two_tabs,
            self.copy_stop,
            self.copy_retry,
            self.all_and_one,
            self.double_retry,
        )
        if with_late_finds:
            self.lose_answers()
        last = self._tally.total + races
        for volley in cycle(kinds):
            to_come = len(SECONDARIES) if self._late is not None else 0
            if self._late is not None and time.monotonic() >= self._late_at_s:
                self.retry_late_find()
            if self._tally.total + to_come >= last:
                break
            volley()
        if self._late is not None:
            self.retry_late_find()
        self._tally.judge_strangers(self._house)

    def copy_copy(self) -> None:
        """Two operators tick the same held order for the same secondary."""
        self._race_for_held(lambda body: [self._anna("/copies", body), self._bela("/copies", body)])

    def two_tabs(self) -> None:
        """One operator ticks it in two tabs of one session."""
        self._race_for_held(lambda body: [self._anna("/copies", body), self._anna("/copies", body)])

    def all_and_one(self) -> None:
        """One operator ticks the order for every secondary at once, the other for each of them."""
        order_id = self._held()
        everyone = self._anna("/copies", {"orders": [order_id]})
        each = {one: self._bela("/copies", _tick(order_id, account=one)) for one in SECONDARIES}
        fire([everyone, *each.values()], self._chance)
        for account, shot in each.items():
            self._tally.judge_winners("all_and_one", f"{order_id}:{account}", [everyone, shot])
        self._filled(order_id)

    def double_click(self) -> None:
        """One command arrives twice under its id."""
        order_id = self._held()
        shots = {one: self._twice("/copies", _tick(order_id, account=one)) for one in SECONDARIES}
        fire([shot for pair in shots.values() for shot in pair], self._chance)
        for account, pair in shots.items():
            self._tally.judge_same("double_click", f"{order_id}:{account}", pair)
        self._filled(order_id)

    def copy_stop(self) -> None:
        """One ticks more than may leave at once, the other stops: nothing leaves after the answer."""
        order_ids = [self._house.place(next(self._symbols)) for _ in range(_STOPPED_ORDERS)]
        for order_id in order_ids:
            self._house.wait(order_id, "HELD")
        ticks = {one: self._anna("/copies", _tick(*order_ids, account=one)) for one in SECONDARIES}
        stop = self._bela("/stop", {})
        fire([*ticks.values(), stop], self._chance)
        assert stop.status == 200, stop.answer
        for account, shot in ticks.items():
            self._tally.judge_stopped([f"{order_id}:{account}" for order_id in order_ids], shot)
        self._nothing_leaves(order_ids)
        assert self._house.bela.give("/resume", {}).status == 200
        assert self._house.anna.give("/copies", {"orders": order_ids}).status in {200, 409}
        for order_id in order_ids:
            self._filled(order_id)

    def retry_retry(self) -> None:
        """Two operators retry the same rejected copy."""
        self._race_for_rejected(
            "retry_retry", lambda _, retry: [self._anna("/retries", retry), self._bela("/retries", retry)]
        )

    def copy_retry(self) -> None:
        """One operator retries the rejected copy, the other ticks its order anew."""
        self._race_for_rejected(
            "copy_retry", lambda tick, retry: [self._anna("/copies", tick), self._bela("/retries", retry)]
        )

    def double_retry(self) -> None:
        """One retry arrives twice under its id."""
        order_id, copies = self._rejected()
        shots = {one: self._twice("/retries", _retry(copy)) for one, copy in copies.items()}
        fire([shot for pair in shots.values() for shot in pair], self._chance)
        for account, pair in shots.items():
            self._tally.judge_same("double_retry", f"{order_id}:{account}", pair)
        self._filled(order_id, refused=1)

    def lose_answers(self) -> None:
        """Let the exchange answer "timed out" for one order's copies and take them long after."""
        house, rule = self._house, {"tradingsymbol": LATE_SYMBOL, "count": len(SECONDARIES)}
        house.run.fault("late_timed_out", delay_s=LATE_S, **rule)
        self._late = self._held(LATE_SYMBOL)
        self._late_at_s = time.monotonic() + _BE_THERE_S
        assert house.anna.give("/copies", {"orders": [self._late]}).status == 200

    def retry_late_find(self) -> None:
        """Both operators retry what was given up for lost, and look, in the moment it turns up after all."""
        assert self._late is not None
        order_id, self._late = self._late, None
        copies = self._house.wait(order_id, "NEEDS_OPERATOR", what="lost answers that are given up")
        tags = {copy["legs"][0]["tag"] for copy in copies.values()}

        def are_there() -> bool:
            return all(row["outcome"] == "accepted" for row in self._house.placed(tags))

        eventually(are_there, timeout_s=PATIENCE_S, what="the late acceptance")
        pairs = {
            one: [self._anna("/retries", _retry(copy)), self._bela("/retries", _retry(copy))]
            for one, copy in copies.items()
        }
        looks = [self._bela("/look", {"accounts": [one]}) for one in SECONDARIES]
        fire([*(shot for pair in pairs.values() for shot in pair), *looks], self._chance)
        for account, pair in pairs.items():
            self._tally.judge_at_most_one("retry_late_find", f"{order_id}:{account}", pair)
        self._filled(order_id)

    def _race_for_held(self, load: Callable[[dict[str, Any]], list[Shot]]) -> None:
        order_id = self._held()
        shots = {one: load(_tick(order_id, account=one)) for one in SECONDARIES}
        fire([shot for pair in shots.values() for shot in pair], self._chance)
        for account, pair in shots.items():
            is_one = pair[0].cookie == pair[1].cookie
            self._tally.judge_winners("two_tabs" if is_one else "copy_copy", f"{order_id}:{account}", pair)
        self._filled(order_id)

    def _race_for_rejected(
        self, kind: str, load: Callable[[dict[str, Any], dict[str, Any]], list[Shot]]
    ) -> None:
        order_id, copies = self._rejected()
        shots = {one: load(_tick(order_id, account=one), _retry(copy)) for one, copy in copies.items()}
        fire([shot for pair in shots.values() for shot in pair], self._chance)
        for account, pair in shots.items():
            self._tally.judge_winners(kind, f"{order_id}:{account}", pair)
        self._filled(order_id, refused=1)

    def _held(self, symbol: str | None = None) -> str:
        order_id = self._house.place(symbol or next(self._symbols))
        self._house.wait(order_id, "HELD")
        return order_id

    def _rejected(self) -> tuple[str, dict[str, dict[str, Any]]]:
        """Bring about an order whose copies the exchange has all refused, once."""
        symbol = next(self._symbols)
        order_id = self._held(symbol)
        self._house.run.fault("refuse", tradingsymbol=symbol, count=len(SECONDARIES))
        assert self._house.anna.give("/copies", {"orders": [order_id]}).status == 200
        return order_id, self._house.wait(order_id, "REJECTED")

    def _filled(self, order_id: str, *, refused: int = 0) -> None:
        self._house.wait(order_id, "FILLED")
        self._tally.judge_ledger(self._house, order_id, refused=refused)

    def _nothing_leaves(self, order_ids: list[str]) -> None:
        """Compare the ledger before and after the operators go on pressing while copying is stopped.

        What had left before the stop was answered arrives before the first of two reads that came after.
        """
        run = self._house.run
        run.ledger(action="place")
        before = len(run.ledger(action="place"))
        for operator in (self._house.anna, self._house.bela):
            refused = operator.give("/copies", {"orders": order_ids})
            if refused.status != 409:
                self._tally.wrong.append(f"copy_stop {order_ids}: taken while stopped: {refused.answer}")
        run.snapshot()
        after = len(run.ledger(action="place"))
        if after != before:
            self._tally.wrong.append(f"copy_stop {order_ids}: {after - before} orders left after the stop")

    def _anna(self, path: str, body: dict[str, Any]) -> Shot:
        return self._house.anna.shot(path, body)

    def _bela(self, path: str, body: dict[str, Any]) -> Shot:
        return self._house.bela.shot(path, body)

    def _twice(self, path: str, body: dict[str, Any]) -> list[Shot]:
        command_id = uuid4().hex
        return [self._house.anna.shot(path, body, command_id) for _ in range(2)]


def _tick(*order_ids: str, account: str) -> dict[str, Any]:
    return {"orders": order_ids, "accounts": [account]}


def _retry(copy: dict[str, Any]) -> dict[str, Any]:
    return {"copies": [{"copy_id": copy["copy_id"], "seen_state": copy["state"]}]}
