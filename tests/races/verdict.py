"""What must hold after a race: one order at the exchange, and two answers that told the truth."""

import re
from collections import Counter
from dataclasses import dataclass, field

from tests.races.house import House
from tests.races.shots import UNKNOWN, Shot

_TRUE_REFUSAL = re.compile(
    r"is [A-Z_]+ already|is [A-Z_]+ now|has nothing to retry|was found at the broker"
    r"|is being squared off already|It holds nothing of this intraday|its orders of today add up to"
    r"|cancellation is under way already|is CANCELLED: nothing of it is open"
)
_STOPPED = "Copying is stopped: nothing was sent. Resume first."


@dataclass
class Tally:
    """The races so far, by kind, and everything that was wrong."""

    races: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many pairs of a primary order and a secondary were raced for."""
        return sum(self.races.values())

    def judge_winners(self, kind: str, key: str, shots: list[Shot]) -> None:
        """Judge commands of different ids for one copy: one was accepted, the other truly refused."""
        told = [shot.results.get(key) for shot in shots]
        self._count(kind, shots)
        if sum(result is not None and result[0] for result in told) != 1:
            self.wrong.append(f"{kind} {key}: not exactly one was accepted: {told}")
        for result in told:
            if result is not None and not result[0] and not _TRUE_REFUSAL.search(result[1]):
                self.wrong.append(f"{kind} {key}: refused with words that are not so: {result[1]}")

    def judge_same(self, kind: str, key: str, shots: list[Shot]) -> None:
        """Judge the two clicks of a double click: both got the one answer, and it says yes."""
        self._count(kind, shots)
        told = {(shot.status, shot.results.get(key)) for shot in shots}
        if len(told) != 1 or not next(iter(told))[1] or not shots[0].results[key][0]:
            self.wrong.append(f"{kind} {key}: a double click got different answers or none: {told}")

    def judge_at_most_one(self, kind: str, key: str, shots: list[Shot]) -> bool:
        """Judge commands that may all have come too late; return whether one was accepted."""
        told = [shot.results.get(key) for shot in shots]
        self._count(kind, shots)
        for result in told:
            if result is None or (not result[0] and not _TRUE_REFUSAL.search(result[1])):
                self.wrong.append(f"{kind} {key}: refused with words that are not so: {result}")
        won = sum(result is not None and result[0] for result in told)
        if won > 1:
            self.wrong.append(f"{kind} {key}: {won} were accepted: {told}")
        return won == 1

    def judge_stopped(self, keys: list[str], shot: Shot) -> None:
        """Judge a tick that raced a stop: it was carried out whole, or refused whole for the stop."""
        self._count("copy_stop", [shot])
        is_copied = all(shot.results.get(key, (False, ""))[0] for key in keys)
        if not is_copied and (shot.results or shot.answer.get("message") != _STOPPED):
            self.wrong.append(f"copy_stop {keys}: neither copied nor stopped: {shot.answer}")
        self.answers["copied before the stop" if is_copied else "stopped first"] += 1

    def judge_ledger(self, house: House, order_id: str, *, refused: int = 0) -> None:
        """Judge what reached the exchange for an order: one accepted order for each secondary.

        `refused` is how many requests for each were turned down before, by a fault that was planned.
        """
        copies = house.copies(order_id)
        owners = {leg["tag"]: copy["account_id"] for copy in copies.values() for leg in copy["legs"]}
        rows = house.placed(set(owners))
        accepted = Counter(owners[row["tag"]] for row in rows if row["outcome"] == "accepted")
        asked = Counter(owners[row["tag"]] for row in rows)
        for account, copy in copies.items():
            if accepted[account] != 1 or asked[account] != 1 + refused:
                self.wrong.append(
                    f"{copy['copy_id']} ({copy['state']}): {accepted[account]} orders accepted, "
                    f"{asked[account]} asked for: {[leg['state'] for leg in copy['legs']]}"
                )

    def judge_strangers(self, house: House) -> None:
        """Judge the whole ledger: every order at the exchange belongs to a copy that the page shows."""
        known = {leg["tag"] for copy in house.run.snapshot()["copies"].values() for leg in copy["legs"]}
        for row in house.run.ledger(action="place"):
            if row["tag"] not in known:
                self.wrong.append(f"An order that no copy accounts for: {row}")

    def _count(self, kind: str, shots: list[Shot]) -> None:
        self.races[kind] += 1
        for shot in shots:
            self.answers[str(shot.status)] += 1
            if shot.was_unknown:
                self.answers[f"{UNKNOWN} first"] += 1
            if shot.status not in {200, 409}:
                self.wrong.append(f"{kind}: HTTP {shot.status}: {shot.answer}")
