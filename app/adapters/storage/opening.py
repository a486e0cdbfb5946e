"""Opening the journal's file: made whole or not at all, checked before use, never repaired."""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from app.adapters.storage.backup import BACKUPS, back_up
from app.adapters.storage.faults import damaged, unreadable, unwritten
from app.adapters.storage.tables import APPLICATION_ID
from app.ports.journal import JournalError

JOURNAL_FILE = "journal.db"
_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_TIMEOUT_S = 1.0
_HEADER = b"SQLite format 3\x00"


def connect(path: Path) -> sqlite3.Connection:
    """Return the one connection to the journal at `path`, made where there is none. JournalError.

    WAL with synchronous=FULL: what was committed survives a crash of the program and a loss of power
    (SQLite docs, pragma synchronous). It begins no transaction by itself. SQLAlchemy makes and migrates the
    tables and writes the statements down (rows.py); to run them it takes longer than SQLite does.
    """
    is_current = True
    if path.exists():
        is_current = check(path)
    else:
        _create(path)
    if not is_current:
        back_up(path, path.parent / BACKUPS, reason="before-migration")
        _bring_up_to_date(path)
    try:
        raw = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, check_same_thread=False)
        try:
            _configure(raw)
        except sqlite3.Error:
            raw.close()
            raise
    except sqlite3.Error as e:
        raise unwritten(path, e) from e
    return raw


def _bring_up_to_date(path: Path) -> None:
    engine = _engine(path)
    try:
        with engine.connect() as connection:
            migrate(connection)
    except DBAPIError as e:
        raise unwritten(path, e.orig) from e
    finally:
        engine.dispose()


def migrate(connection: Connection) -> None:
    """Bring the tables to this version's form, in one transaction. Does nothing where they are."""
    config = migration_config()
    config.attributes["connection"] = connection
    with connection.begin():
        command.upgrade(config, "head")


def migration_config() -> Config:
    """Return alembic's configuration; there is no ini file, because nobody runs it by hand."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _engine(path: Path) -> Engine:
    url = URL.create("sqlite+pysqlite", database=str(path))
    # One connection for good, so that nobody waits for a second one's lock.
    engine = create_engine(url, poolclass=StaticPool, connect_args={"timeout": _BUSY_TIMEOUT_S})

    @event.listens_for(engine, "connect")
    def configure(raw: sqlite3.Connection, _record: object) -> None:
        _configure(raw)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _configure(raw: sqlite3.Connection) -> None:
    raw.isolation_level = None  # the driver must not begin transactions of its own
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        raw.execute(f"PRAGMA {pragma}")


def _create(path: Path) -> None:
    """Make the file under another name first, so that a crash leaves no half-made journal behind."""
    wal = path.with_name(f"{path.name}-wal")
    if wal.exists() and wal.stat().st_size:
        raise damaged(path, f"it is missing, although {wal.name} is there")
    draft = path.with_name(f"{path.name}.new")
    try:
        for suffix in ("", "-wal", "-shm"):
            draft.with_name(f"{draft.name}{suffix}").unlink(missing_ok=True)
        engine = _engine(draft)
        try:
            with engine.connect() as connection:
                connection.connection.cursor().execute(f"PRAGMA application_id = {APPLICATION_ID}")
                migrate(connection)
        finally:
            engine.dispose()
        draft.replace(path)
    except DBAPIError as e:
        raise unwritten(path, e.orig) from e
    except OSError as e:
        raise JournalError(f"The journal {path} could not be made: {e.strerror}. Nothing is sent.") from e


def check(path: Path) -> bool:
    """Look at an existing file through a read-only connection, which cannot change a damaged one.

    Return whether its tables have this version's form.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_HEADER)) != _HEADER:
                raise damaged(path, "it is not an SQLite file")
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as raw:
            (owner,) = raw.execute("PRAGMA application_id").fetchone()
            findings = [str(row[0]) for row in raw.execute("PRAGMA quick_check(3)")]
            revisions = [row[0] for row in raw.execute("SELECT version_num FROM alembic_version")]
    except sqlite3.OperationalError as e:
        if "no such table" in str(e):
            raise damaged(path, "it is an SQLite file, but not a journal of Tandem") from e
        raise unreadable(path, e) from e
    except sqlite3.DatabaseError as e:
        raise unreadable(path, e) from e
    except OSError as e:
        raise JournalError(f"The journal {path} cannot be read: {e.strerror}. Nothing is sent.") from e
    if findings != ["ok"]:
        raise damaged(path, "; ".join(findings))
    if owner != APPLICATION_ID:
        raise damaged(path, "it is an SQLite file, but not a journal of Tandem")
    if not revisions:
        raise damaged(path, "it does not say which version it has")
    _check_revision(path, revisions)
    return revisions == _known_revisions()[:1]


def _check_revision(path: Path, revisions: list[str]) -> None:
    if not set(revisions) <= set(_known_revisions()):
        raise JournalError(
            f"The journal {path} was written by a newer version of Tandem (form {', '.join(revisions)}). It "
            "was left as it is, and nothing is sent. Start that version or a newer one."
        )


@cache
def _known_revisions() -> list[str]:
    """Return the forms that this version knows, its own first; read once, for each is a file to run."""
    return [script.revision for script in ScriptDirectory.from_config(migration_config()).walk_revisions()]
