"""The journal's tables. A change here needs a migration; a test compares the two."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

APPLICATION_ID = 0x54414E44
"""Marks the file as ours (SQLite's application_id): the letters TAND."""

metadata = MetaData()

fact = Table(
    "fact",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("trade_date", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("chain", Text, nullable=False, server_default=""),
    Index("fact_by_day", "trade_date"),
)
"""Append-only. `at` is when it was written (UTC), `trade_date` the Indian day it belongs to.

The writer numbers the rows, so SQLite need not keep a count of its own. `chain` links each to the one
before (chain.py). Old days may be taken out from the beginning, never from the middle.
"""

lasting = Table(
    "lasting",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("trade_date", Text, nullable=False),
    Column("kind", Text, nullable=False),
)
"""Which facts hold beyond their day. A partial index on `fact` would do, but made each insert dearer."""

intent = Table(
    "intent",
    metadata,
    Column("tag", Text, primary_key=True, nullable=False),
    Column("trade_date", Text, nullable=False),
    Column("primary_order_id", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("leg", Integer, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    UniqueConstraint("trade_date", "primary_order_id", "account_id", "leg", "generation", name="one_intent"),
    sqlite_with_rowid=False,
)
"""One row per leg ever planned: the database itself refuses a second one of the same meaning."""

attempt = Table(
    "attempt",
    metadata,
    Column("tag", Text, ForeignKey("intent.tag"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    PrimaryKeyConstraint("tag", "attempt"),
    sqlite_with_rowid=False,
)
"""One row per time a leg was about to leave."""

command = Table(
    "command",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("answer", Text, nullable=False),
)
"""What each command was answered."""

setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True, nullable=False),
    Column("value", Text, nullable=False),
)
"""Single values that are overwritten, such as the moment of the last good look."""

boot = Table(
    "boot",
    metadata,
    Column("boot_id", Text, primary_key=True, nullable=False),
    Column("at", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("revision", Text, nullable=False),
)
"""One row per start of the engine."""
