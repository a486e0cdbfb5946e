"""A browser's view kept as docs/api.md says, with every message compared to what the engine said."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.drops.history import OF_ACCOUNTS, TABLES, History


@dataclass
class Tally:
    """What all views together went through, and everything that was wrong."""

    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class View:
    """One browser's view: nothing before a snapshot, then every number in turn; a gap asks for a new one."""

    def __init__(self, history: History, tally: Tally, *, is_ordered: bool) -> None:
        """`is_ordered` is for a transport that loses everything after what it lost: there a gap is wrong."""
        self._history = history
        self._tally = tally
        self._is_ordered = is_ordered
        self.state: dict[str, Any] | None = None
        self.wants_resync = False

    @property
    def seq(self) -> int:
        """The number that the view has come to; -1 while it has no snapshot."""
        return -1 if self.state is None else int(self.state["seq"])

    def take_snapshot(self, body: dict[str, Any]) -> None:
        """Take the whole state: it is exactly what the engine had at that number."""
        self._tally.seen["snapshots"] += 1
        self.wants_resync = False
        self.state = body
        true = self._history.state_at(body["seq"])
        if body != true:
            self._wrong(f"snapshot {body['seq']} is not the engine's state: {_difference(body, true)}")

    def take_deltas(self, body: dict[str, Any]) -> None:
        """Take a batch: it holds every row that changed in its numbers, and follows on the view."""
        self._tally.seen["batches"] += 1
        first, last = body["from_seq"], body["to_seq"]
        self._compare(body)
        if self.state is None or first > self.seq + 1:
            self._miss(first)
        elif last > self.seq:
            self._tally.seen["batches that overlap a snapshot"] += first <= self.seq
            self._apply(body)

    def is_true(self) -> bool:
        """Tell whether the view is the engine's state at its number, to the last field."""
        return self.state is not None and self.state == self._history.state_at(self.seq)

    def _miss(self, first: int) -> None:
        if self._is_ordered:
            self._wrong(f"batch {first} does not follow on {self.seq}")
        if not self.wants_resync:
            self._tally.seen["gaps that asked for a snapshot"] += 1
        self.wants_resync = True
        self.state = None

    def _apply(self, body: dict[str, Any]) -> None:
        assert self.state is not None
        for table in OF_ACCOUNTS:
            for account_id in body["gone_accounts"]:
                self.state[table].pop(account_id, None)
        for table in TABLES:
            self.state[table].update(body[table])
        self.state["status"] = body["status"] or self.state["status"]
        newest = self.state["alerts"][-1]["seq"] if self.state["alerts"] else 0
        self.state["alerts"] += [alert for alert in body["alerts"] if alert["seq"] > newest]
        self.state["seq"] = body["to_seq"]

    def _compare(self, body: dict[str, Any]) -> None:
        first, last = body["from_seq"], body["to_seq"]
        true = self._history.rows_between(first - 1, last)
        told = {name: body[name] for name in true}
        if told != true or body["alerts"] != self._history.alerts_between(first - 1, last):
            self._wrong(f"batch {first}-{last} is not what changed")

    def _wrong(self, what: str) -> None:
        self._tally.wrong.append(what)


def _difference(told: dict[str, Any], true: dict[str, Any]) -> str:
    for table in TABLES:
        for key in told[table].keys() | true[table].keys():
            if told[table].get(key) != true[table].get(key):
                return f"{told[table].get(key)} was {true[table].get(key)}"
    return f"{told['status']} was {true['status']}"
