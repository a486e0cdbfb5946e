"""What no document describes: rows without fields, with odd words, in any order; and doubled orders."""

from collections import Counter
from operator import is_
from random import Random
from typing import Any

import msgspec

from app.exchange.errors import KiteError
from app.exchange.venue import Venue
from tests.simulation.chances import Chances
from tests.simulation.history import History
from tests.simulation.virtual_loop import repeatable

Row = dict[str, Any]
_read, _write = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode
_LONGEST_S = (4.0, 4.0, 45.0)
_BROKEN = ("no quantity", "no status", "no side", "quantity is a word", "odd status", "id is null")
_HARMLESS = ("more fields", "numbers as text", "tag only in tags", "id is a number", "no timestamps")
_TAGLESS_S = 5.0
"""An order of ours whose tag stays away for longer than a doubt lasts cannot be told from somebody else's."""
GHOST_ID = 9_007_199_254_740_993_101
"""Nineteen digits, and no double holds it exactly."""


class Oddities:
    """Makes some rows odd for some seconds after their first sight; `met` counts what was done."""

    def __init__(self, seed: int, chances: Chances, random: Random, history: History) -> None:
        self._seed = seed
        self._chances = chances
        self._random = random
        self._history = history
        self._odd: dict[str, tuple[str, float]] = {}
        self._ghosts: dict[str, list[Row]] = {}
        self._hidden: list[tuple[str, str, float, float]] = []
        self._answers: dict[str, tuple[bytes, Row]] = {}
        self.met: Counter[str] = Counter()

    def hid_something(self, account_id: str, from_s: float, to_s: float) -> bool:
        """Tell whether an order of an account could not be read at some moment of a span of time."""
        return bool(self.hidden(account_id, from_s, to_s))

    def hidden(self, account_id: str, from_s: float, to_s: float) -> set[str]:
        """Return which orders of an account could not be read at some moment of a span of time."""
        return {
            order_id for one, order_id, a, b in self._hidden if one == account_id and a < to_s and from_s < b
        }

    def change(self, account_id: str, body: bytes) -> bytes:
        """Return an answer to GET /orders as this broker words it."""
        if not self._chances.odd_row and not self._chances.shuffled:
            return body
        answer = self._answer(account_id, body)
        rows = [self._row(account_id, row) for row in answer["data"]]
        is_plain = all(map(is_, rows, answer["data"]))
        ghosts = self._ghosts_of(account_id, answer["data"])
        rows += ghosts
        is_shuffled = self._chances.shuffled and self._random.random() < self._chances.shuffled
        if is_shuffled:
            self.met["shuffled"] += 1
            self._random.shuffle(rows)
        return body if is_plain and not ghosts and not is_shuffled else _write({**answer, "data": rows})

    def _answer(self, account_id: str, body: bytes) -> Row:
        """Read an answer, once for as long as the exchange gives the same."""
        known = self._answers.get(account_id)
        if known is None or known[0] is not body:
            known = self._answers[account_id] = body, _read(body)
        return known[1]

    def _row(self, account_id: str, row: Row) -> Row:
        order_id = row["order_id"]
        if order_id not in self._odd:
            self._odd[order_id] = self._drawn(order_id)
            how, until_s = self._odd[order_id]
            if how in _BROKEN:
                self._hidden.append((account_id, order_id, self._history.now_s, until_s))
        how, until_s = self._odd[order_id]
        return row if self._history.now_s >= until_s else _spoiled(row, how)

    def _drawn(self, order_id: str) -> tuple[str, float]:
        random = repeatable(f"odd {self._seed} {order_id}")
        if random.random() >= self._chances.odd_row:
            return "", 0.0
        how = random.choice((*_BROKEN, *_HARMLESS, "null tag"))
        for_s = random.uniform(0.5, random.choice(_LONGEST_S))
        for_s = min(for_s, _TAGLESS_S) if how == "null tag" else for_s
        self.met[f"row with {how}"] += 1
        self._history.note("odd row", order_id, detail=f"{how} for {for_s:.1f} s")
        return how, self._history.now_s + for_s

    def _ghosts_of(self, account_id: str, rows: list[Row]) -> list[Row]:
        """Return orders of another product, which nobody of ours placed and which look strange for good."""
        if account_id not in self._ghosts and rows:
            ghosts = []
            if self._random.random() < self._chances.odd_row * 5:
                self.met["ghost"] += 1
                number = GHOST_ID + len(self._ghosts)
                ghosts.append(
                    {
                        **rows[0],
                        "order_id": number,
                        "product": "NRML",
                        "tag": None,
                        "tags": [],
                        "status": "LIMBO",
                    }
                )
            self._ghosts[account_id] = ghosts
        return self._ghosts.get(account_id, [])


def _spoiled(row: Row, how: str) -> Row:
    """Return a row as this broker writes it."""
    numbers = ("quantity", "filled_quantity", "price", "average_price")
    stamps = ("order_timestamp", "exchange_timestamp", "exchange_update_timestamp")
    changes: dict[str, Row] = {
        "no quantity": {"quantity": None},
        "no status": {"status": None},
        "no side": {"transaction_type": None},
        "quantity is a word": {"quantity": "many"},
        "odd status": {"status": "RECONCILIATION AWAITED"},
        "id is null": {"order_id": None},
        "more fields": {"novelty": {"of": ["Kite"]}, "algo_id": 7},
        "numbers as text": {name: str(row[name]) for name in numbers},
        "tag only in tags": {"tags": [t for t in (row["tag"], *(row.get("tags") or [])) if t], "tag": None},
        "id is a number": {"order_id": int(row["order_id"])},
        "no timestamps": dict.fromkeys(stamps),
        "null tag": {"tag": None, "tags": [t for t in (row.get("tags") or []) if t != row["tag"]]},
    }
    return {**row, **changes[how]}


class Doubler:
    """A broker that now and then makes two orders of one request; `of_tag` has the second ones' ids."""

    def __init__(self, venue: Venue, chances: Chances, random: Random, history: History) -> None:
        self._venue = venue
        self._chances = chances
        self._random = random
        self._history = history
        self.of_tag: dict[str, str] = {}

    def placed(self, account_id: str, form: dict[str, str]) -> None:
        """Hear of an order that was taken, and perhaps take it again."""
        tag = form.get("tag")
        if not self._chances.doubled or tag is None or self._random.random() >= self._chances.doubled:
            return
        account = self._venue.accounts.get(account_id)
        try:
            order_id = str(self._venue.place(account, "regular", form)["order_id"])
        except KiteError:
            return
        self.of_tag[tag] = order_id
        self._history.note("doubled", account_id, tag, order_id)
