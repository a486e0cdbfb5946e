"""Which rows a batch of facts becomes, and what it means when the database refuses one."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Table
from sqlalchemy.dialects.sqlite import insert, pysqlite

from app.adapters.storage import tables
from app.adapters.storage.chain import BEGINNING, link
from app.adapters.storage.codec import encode, kind_of
from app.domain.events import LASTING, AttemptStarted, CopyPlanned, EngineStarted, Fact, LegsAdded
from app.ports.journal import CommandAnswer, DoubledIntentError, JournalError

Values = tuple[str | int, ...]
Rows = list[tuple[Table, list[Values]]]

INSERTS = {
    table: str(table.insert().compile(dialect=pysqlite.dialect())) for table in tables.metadata.sorted_tables
}
"""Compiled once: with 50 accounts, building parameters per row took longer than the disk did."""
_setting = insert(tables.setting)
UPSERT_SETTING = str(
    _setting.on_conflict_do_update(set_={"value": _setting.excluded.value}).compile(
        dialect=pysqlite.dialect()
    )
)
"""Sets one value, by name and value; compiled once too, because a look is noted every second."""


@dataclass(frozen=True, slots=True)
class Last:
    """The last fact's number and its place in the chain."""

    seq: int = 0
    chain: str = BEGINNING


def rows_of(
    facts: Sequence[Fact], *, after: Last, at: datetime, day: date, answer: CommandAnswer | None
) -> tuple[Rows, Last]:
    """Return the rows to insert, values in the order of the columns, referenced tables first.

    And what is last in the journal once they are in it.
    """
    trade_date, stamp = day.isoformat(), at.isoformat()
    rows: dict[Table, list[Values]] = {
        table: []
        for table in (
            tables.fact,
            tables.lasting,
            tables.intent,
            tables.attempt,
            tables.boot,
            tables.command,
        )
    }
    chain = after.chain
    for seq, fact in enumerate(facts, after.seq + 1):
        kind, body = kind_of(fact), encode(fact)
        chain = link(chain, seq, stamp, trade_date, kind, body)
        rows[tables.fact].append((seq, stamp, trade_date, kind, body, chain))
        match fact:
            case CopyPlanned() | LegsAdded():
                order, account = fact.primary_order_id, fact.account_id
                rows[tables.intent] += [
                    (leg.tag, trade_date, order, account, leg.number, leg.generation, seq)
                    for leg in fact.legs
                ]
            case AttemptStarted():
                rows[tables.attempt].append((fact.tag, fact.attempt, fact.account_id, seq))
            case EngineStarted():
                rows[tables.boot].append((fact.boot_id, stamp, fact.version, fact.revision))
            case _ if isinstance(fact, LASTING):
                rows[tables.lasting].append((seq, trade_date, kind_of(fact)))
            case _:
                pass
    if answer is not None:
        rows[tables.command].append((answer.command_id, answer.fingerprint, answer.answer))
    filled = [(table, values) for table, values in rows.items() if values]
    return filled, Last(after.seq + len(facts), chain)


def refusal(table: Table, values: list[Values], error: sqlite3.IntegrityError) -> JournalError:
    """Say what a violated constraint means."""
    first, rest = values[0], len(values) - 1
    whose = f"{first[0]}" + (f" or one of {rest} more" if rest else "")
    nothing = "Nothing of this was recorded, and nothing may be sent."
    if table is tables.intent:
        named = f"primary order {first[2]} in account {first[3]}, tag {whose}"
        return DoubledIntentError(f"A copy was planned twice: {named}. {nothing}")
    if table is tables.attempt:
        if "FOREIGN KEY" in str(error):
            return JournalError(f"A copy that was never planned was to be sent: tag {whose}. {nothing}")
        return DoubledIntentError(f"A copy was to be sent twice in one attempt: tag {whose}. {nothing}")
    if table is tables.command:
        return JournalError(f"Command {whose} was answered before. {nothing}")
    if table is tables.boot:
        return JournalError(f"The start {whose} is recorded already. {nothing}")
    return JournalError(
        f"The journal holds a fact {whose} that this program did not write: another one writes to it too. "
        f"{nothing} Stop both, then start one."
    )
