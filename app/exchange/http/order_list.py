"""Order lists, encoded once per change, and as they stood some seconds ago."""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from operator import is_
from typing import Any, NamedTuple

import msgspec

from app.exchange.accounts import Account
from app.exchange.faults import MAX_STALE_S
from app.exchange.venue import Venue

Row = dict[str, Any]
_encode = msgspec.json.Encoder().encode


class _Change(NamedTuple):
    """An order's row before it changed; None when the order was new."""

    at_s: float
    order_id: str
    before: Row | None


class _OneAccount:
    """The encodings and the recent changes of one account's orders."""

    def __init__(self) -> None:
        self.encoded: dict[str, tuple[Row, bytes]] = {}
        self.last_rows: dict[str, Row] = {}
        self.changes: deque[_Change] = deque()
        self.told: tuple[list[Row], bytes] = ([], _envelope([]))
        """The rows of the last list, and the whole answer that they made."""


class OrderLists:
    """Answer `GET /orders` from rows encoded before: the venue hands out the same dict while nothing changed.

    Remembers `MAX_STALE_S` seconds of changes, so that a stale list can be served; the rows themselves stay
    the venue's.
    """

    def __init__(self, venue: Venue, now_s: Callable[[], float]) -> None:
        self._venue = venue
        self._now_s = now_s
        self._accounts: dict[str, _OneAccount] = {}
        self.reads: Counter[str] = Counter()
        """How often each account's list was asked for."""

    def changed(self, account: Account, row: Row) -> None:
        """Note that an order changed (the venue's `on_order`)."""
        one = self._one(account)
        now_s = self._now_s()
        _note(one, row, now_s)
        while one.changes and one.changes[0].at_s < now_s - MAX_STALE_S:
            one.changes.popleft()

    def prime(self) -> None:
        """Learn the orders that were there before this process was: their first change is not their birth."""
        for account in self._venue.accounts.all():
            rows = self._venue.orders(account)
            self._one(account).last_rows = {row["order_id"]: row for row in rows}

    def body(self, account: Account, *, age_s: float = 0.0) -> bytes:
        """Return the whole answer to `GET /orders`, as it stood `age_s` seconds ago."""
        self.reads[account.user_id] += 1
        one, now_s = self._one(account), self._now_s()
        rows = self._venue.orders(account)
        known, answer = one.told
        if age_s <= 0 and len(rows) == len(known) and all(map(is_, rows, known)):
            return answer
        for row in rows:
            if one.last_rows.get(row["order_id"]) is not row:
                _note(one, row, now_s)  # a state that the venue shows without telling of it
        if age_s > 0:
            return _envelope([_encode(row) for row in self._as_of(one, rows, now_s - age_s)])
        one.told = rows, _envelope(self._encoded(one, rows))
        return one.told[1]

    def _encoded(self, one: _OneAccount, rows: Sequence[Row]) -> list[bytes]:
        """Return each row's encoding, made anew only where the row is a new object."""
        fresh: dict[str, tuple[Row, bytes]] = {}
        for row in rows:
            kept = one.encoded.get(row["order_id"])
            fresh[row["order_id"]] = kept if kept is not None and kept[0] is row else (row, _encode(row))
        one.encoded = fresh  # also forgets the orders of a session that is over
        if len(one.last_rows) > len(fresh):
            one.last_rows = {order_id: row for order_id, (row, _) in fresh.items()}
        return [encoded for _, encoded in fresh.values()]

    def _as_of(self, one: _OneAccount, rows: Sequence[Row], moment_s: float) -> list[Row]:
        """Undo, newest first, every change after `moment_s`."""
        by_id: dict[str, Row | None] = {row["order_id"]: row for row in rows}
        for change in reversed(one.changes):
            if change.at_s <= moment_s:
                break
            if change.order_id in by_id:
                by_id[change.order_id] = change.before
        return [row for row in by_id.values() if row is not None]

    def _one(self, account: Account) -> _OneAccount:
        return self._accounts.setdefault(account.user_id, _OneAccount())


def _envelope(rows: list[bytes]) -> bytes:
    return b'{"status":"success","data":[' + b",".join(rows) + b"]}"


def _note(one: _OneAccount, row: Row, now_s: float) -> None:
    order_id = row["order_id"]
    one.changes.append(_Change(now_s, order_id, one.last_rows.get(order_id)))
    one.last_rows[order_id] = row
