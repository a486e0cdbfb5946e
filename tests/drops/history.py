"""What the engine said, change by change: the truth that a browser's view is compared with at any number."""

import json
from bisect import bisect_right
from typing import Any

import msgspec

from app.engine.rows import Delta, Snapshot
from app.web.mirror import MOST_ALERTS

TABLES = ("accounts", "orders", "copies", "portfolios")
OF_ACCOUNTS = ("accounts", "portfolios")
"""What goes with an account that is no longer configured."""
Key = tuple[str, str]
_STATUS: Key = ("status", "")


class History:
    """Every version of every row of one boot, by the number of the delta that brought it."""

    def __init__(self, first: Snapshot) -> None:
        state = plain(first)
        self.boot_id: str = state["boot_id"]
        self.seq: int = state["seq"]
        self._versions: dict[Key, list[tuple[int, Any]]] = {}
        self._changes: dict[int, list[Key]] = {}
        self._alerts: list[tuple[int, Any]] = [(self.seq, alert) for alert in state["alerts"]]
        for table in TABLES:
            for key, row in state[table].items():
                self._versions[table, key] = [(self.seq, row)]
        self._versions[_STATUS] = [(self.seq, state["status"])]

    def take(self, delta: Delta) -> None:
        """Note the next delta, as the engine published it."""
        change = plain(delta)
        assert change["seq"] == self.seq + 1, "the engine itself left a number out"
        self.seq = change["seq"]
        gone = {(table, key): None for table in OF_ACCOUNTS for key in change["gone_accounts"]}
        rows = gone | {(table, key): row for table in TABLES for key, row in change[table].items()}
        if change["status"] is not None:
            rows[_STATUS] = change["status"]
        for key, row in rows.items():
            self._versions.setdefault(key, []).append((self.seq, row))
        self._changes[self.seq] = list(rows)
        self._alerts += [(self.seq, alert) for alert in change["alerts"]]

    def state_at(self, seq: int) -> dict[str, Any]:
        """Return the whole state as it was after a delta."""
        state: dict[str, Any] = {"boot_id": self.boot_id, "seq": seq, "status": self._row(_STATUS, seq)}
        for table in TABLES:
            state[table] = {}
        for key in self._versions:
            if key is not _STATUS and (row := self._row(key, seq)) is not None:
                state[key[0]][key[1]] = row
        state["alerts"] = self.alerts_between(-1, seq)[-MOST_ALERTS:]
        return state

    def rows_between(self, after: int, seq: int) -> dict[str, Any]:
        """Return what changed in the deltas after one up to another: each row once, as it was last."""
        keys = {key for number in range(after + 1, seq + 1) for key in self._changes.get(number, ())}
        rows: dict[str, Any] = {table: {} for table in TABLES}
        for table, key in keys - {_STATUS}:
            if (row := self._row((table, key), seq)) is not None:
                rows[table][key] = row
        return rows | {"status": self._row(_STATUS, seq) if _STATUS in keys else None}

    def alerts_between(self, after: int, seq: int) -> list[Any]:
        """Return the alerts of the deltas after one up to another."""
        return [alert for number, alert in self._alerts if after < number <= seq]

    def _row(self, key: Key, seq: int) -> Any:
        versions = self._versions[key]
        place = bisect_right(versions, seq, key=lambda version: version[0])
        return versions[place - 1][1] if place else None


def plain(rows: object) -> Any:
    """Return rows as they are once they went over a wire."""
    return json.loads(msgspec.json.encode(rows))
