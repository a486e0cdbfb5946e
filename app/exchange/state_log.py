"""The venue's memory on disk: one append-only file per session, so that a killed venue can go on."""

import json
from dataclasses import fields
from datetime import date
from io import FileIO
from pathlib import Path
from typing import Any

from app.exchange.accounts import Account
from app.exchange.moment import Moment
from app.exchange.orders import OrderRecord

Line = dict[str, Any]
_ORDER_FIELDS = tuple(
    one.name for one in fields(OrderRecord) if one.name not in ("instrument", "history", "_row")
)


class StateLog:
    """Write what changed, at once and unbuffered: a SIGKILL loses nothing, a power cut may (no fsync).

    The first line of a session's file is the whole state it began with; every further line is one change.
    Without a directory nothing is written.
    """

    def __init__(self, directory: Path | None, moment: Moment) -> None:
        self._directory = directory
        self._moment = moment
        self._file: FileIO | None = None
        self._rows_written: dict[str, int] = {}

    def begin(self, day: date, snapshot: Line) -> None:
        """Start the file of a session with its whole state; the one before stays, older ones go."""
        if self._directory is None:
            return
        self.close()
        self._directory.mkdir(parents=True, exist_ok=True)
        path = self._directory / f"session-{day.isoformat()}.ndjson"
        fresh = path.with_suffix(".new")
        fresh.write_bytes(_encode({"kind": "session"} | snapshot))
        fresh.replace(path)
        for old in session_files(self._directory)[:-2]:
            old.unlink()
        self.append_to(path)

    def append_to(self, path: Path) -> None:
        """Go on writing to a file that was just read."""
        self._file = path.open("ab", buffering=0)

    def order(self, order: OrderRecord) -> None:
        """Write an order as it is now and what was added to its history."""
        if self._file is None:
            return
        written = self._rows_written.get(order.order_id, 0)
        self._rows_written[order.order_id] = len(order.history)
        self._write({"kind": "order", "order": order_line(order), "history": order.history[written:]})

    def trade(self, user_id: str, row: Line) -> None:
        """Write one trade as its row."""
        if self._file is not None:
            self._write({"kind": "trade", "user_id": user_id, "row": row})

    def account(self, account: Account) -> None:
        """Write an account with its credentials, token state and cash."""
        if self._file is not None:
            self._write({"kind": "account", "account": account_line(account)})

    def change(self, kind: str, line: Line) -> None:
        """Write anything else: conversions, prices set by hand, halts."""
        if self._file is not None:
            self._write({"kind": kind} | line)

    def knows(self, order: OrderRecord) -> None:
        """Remember that an order's history so far is in the file already."""
        self._rows_written[order.order_id] = len(order.history)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._rows_written.clear()

    def _write(self, line: Line) -> None:
        line["at"] = self._moment.now.isoformat()
        if self._file is not None:
            self._file.write(_encode(line))


def newest_session(directory: Path | None) -> Path | None:
    """Return the file to go on from; None when the directory holds none."""
    files = session_files(directory) if directory is not None else []
    return files[-1] if files else None


def session_files(directory: Path) -> list[Path]:
    """Return the session files of a directory, the newest last."""
    return sorted(directory.glob("session-*.ndjson"))


def read_lines(path: Path) -> list[Line]:
    """Read a session file; a last line that a kill cut short is cut off the file as well."""
    lines: list[Line] = []
    whole = 0
    data = path.read_bytes()
    for raw in data.splitlines(keepends=True):
        if not raw.endswith(b"\n"):
            break
        lines.append(json.loads(raw))
        whole += len(raw)
    if whole < len(data):
        with path.open("r+b") as file:
            file.truncate(whole)
    return lines


def order_line(order: OrderRecord) -> Line:
    """Return everything of an order but its history."""
    return {"key": order.instrument.key} | {name: getattr(order, name) for name in _ORDER_FIELDS}


def account_line(account: Account) -> Line:
    """Return what an account is, without its orders and positions."""
    return {
        "user_id": account.user_id,
        "name": account.name,
        "api_key": account.api_key,
        "api_secret": account.api_secret,
        "access_token": account.access_token,
        "cash": account.cash,
        "is_logged_in": account.is_logged_in,
        "login_count": account.login_count,
        "login_time": account.login_time,
        "auctions": account.auctions,
        "holdings": {
            key: [
                one.quantity,
                one.t1_quantity,
                one.value,
                one.mtf_quantity,
                one.mtf_value,
                one.authorised_date,
            ]
            for key, one in account.holdings.items()
        },
    }


def _encode(line: Line) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"
