"""What is true afterwards, seen from outside: order lists, positions, ledger, page and the journal's file."""

import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from app.adapters.storage.journal import SqlJournal
from app.adapters.storage.opening import JOURNAL_FILE
from app.adapters.system_clock import SystemClock
from app.domain import events as e
from app.engine.state import EngineState
from tests.chaos.house import PRIMARY, SECONDARIES, House

MULTIPLIERS = {"PA0002": Fraction(1), "PA0003": Fraction(5, 2), "PA0004": Fraction(1, 2)}
Row = dict[str, Any]


class Violation(NamedTuple):
    """A promise that was broken: `kind` is doubled, lost, or wrong (what is told is not what is true)."""

    kind: str
    text: str
    keys: tuple[str, ...]


class Planned(NamedTuple):
    """Where the journal names a tag for the first time."""

    fact: e.CopyPlanned
    leg: e.LegPlanned


@dataclass(kw_only=True)
class Evidence:
    """Everything the checks compare. `retried` counts what the operator was granted, per copy.

    `log` is the day's worksheet of the trade log, None where none is kept.
    """

    shown: dict[str, Any]
    lists: dict[str, dict[str, Row]]
    nets: dict[tuple[str, str], int]
    ledger: list[Row]
    facts: list[e.Recorded]
    lots: dict[str, int]
    retried: Counter[str]
    log: list[list[Any]] | None = None
    planned: dict[str, Planned] = field(default_factory=dict)
    attempts: Counter[str] = field(default_factory=Counter)
    state: EngineState = field(default_factory=EngineState)

    def __post_init__(self) -> None:
        plans: dict[str, e.CopyPlanned] = {}
        for recorded in self.facts:
            self.state.apply(recorded.fact, recorded.at)
            match recorded.fact:
                case e.CopyPlanned(legs=legs) as fact:
                    self.planned |= {leg.tag: Planned(fact, leg) for leg in legs}
                    plans[fact.copy_id] = fact
                case e.LegsAdded(copy_id=copy_id, legs=legs):
                    self.planned |= {leg.tag: Planned(plans[copy_id], leg) for leg in legs}
                case e.AttemptStarted(tag=tag):
                    self.attempts[tag] += 1

    @property
    def primary(self) -> dict[str, Row]:
        """The primary's order list."""
        return self.lists[PRIMARY]

    @property
    def copies(self) -> list[Row]:
        """The copies as they are shown."""
        return list(self.shown["copies"].values())

    def tagged(self) -> dict[str, list[Row]]:
        """Return the secondaries' orders by our tags."""
        found: dict[str, list[Row]] = {}
        for account_id in SECONDARIES:
            for row in self.lists[account_id].values():
                tags = {tag for tag in (row["tag"], *(row["tags"] or ())) if tag in self.planned}
                found.setdefault(tags.pop() if tags else str(row["tag"]), []).append(row)
        return found

    def history(self, keys: tuple[str, ...], most: int = 60) -> str:
        """Return what journal, ledger and lists say of some tags, orders or copies, in order, readable."""
        lines = [
            f"journal {one.seq:6} {one.at:%H:%M:%S.%f} {text}"
            for one in self.facts
            if _concerns(text := repr(one.fact), keys)
        ]
        lines += [f"ledger  {row}" for row in self.ledger if _concerns(repr(row), keys)]
        lines += [
            f"list    {row}"
            for rows in self.lists.values()
            for row in rows.values()
            if _concerns(repr(row), keys)
        ]
        left_out = [f"… {len(lines) - most} earlier lines left out"] if len(lines) > most else []
        return "\n".join(line[:600] for line in [*left_out, *lines[-most:]])


def collect(house: House, retried: Counter[str]) -> Evidence | None:
    """Ask everybody; None where the page, or the list of any account, changed while it was being asked."""
    clients = house.clients()
    try:
        before = {account: client.orders() for account, client in clients.items()}
        shown = house.shown()
        nets = {
            (account, f"{row['exchange']}:{row['tradingsymbol']}"): row["quantity"]
            for account in SECONDARIES
            for row in clients[account].positions()["net"]
        }
        facts = journal_facts(house.data, shown["status"]["trade_date"]) if shown else []
        log = house.trade_log(shown["status"]["trade_date"]) if shown else None
        ledger = house.ledger()
        lots = {
            f"{row['exchange']}:{row['tradingsymbol']}": row["lot_size"]
            for row in clients[PRIMARY].instruments()
        }
        after = {account: client.orders() for account, client in clients.items()}
        again = house.shown()
        if shown is None or again is None or before != after or _told(again) != _told(shown):
            return None
    finally:
        for client in clients.values():
            client.reqsession.close()
    lists = {account: {row["order_id"]: row for row in rows} for account, rows in after.items()}
    return Evidence(
        shown=shown, lists=lists, nets=nets, ledger=ledger, facts=facts, lots=lots, retried=retried, log=log
    )


def journal_facts(data: Path, day: str) -> list[e.Recorded]:
    """Read the facts of a day from a copy of the journal, so that the engine is not disturbed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / JOURNAL_FILE
        source = (data / "paper" / JOURNAL_FILE).absolute().as_uri()
        with (
            closing(sqlite3.connect(f"{source}?mode=ro", uri=True)) as live,
            closing(sqlite3.connect(copy)) as to,
        ):
            live.backup(to)
        journal = SqlJournal(copy, SystemClock())
        try:
            return list(journal.recover(date.fromisoformat(day)))
        finally:
            journal.close()


def _told(shown: dict[str, Any]) -> tuple[Any, Any]:
    """Return what a page says of orders; when everybody was looked at last changes all the time."""
    return shown["orders"], shown["copies"]


def _concerns(text: str, keys: tuple[str, ...]) -> bool:
    return any(key in text for key in keys)
