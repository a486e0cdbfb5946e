"""Taking old days out of a journal, from its beginning on."""

from datetime import date
from sqlite3 import Connection

from app.adapters.storage.rows import UPSERT_SETTING
from app.adapters.storage.verifying import ANCHOR

_STILL_HOLDS = "SELECT max(seq) FROM lasting GROUP BY kind"
_LEFT_OVER = """
    SELECT min(seq) FROM fact WHERE trade_date IN
    (SELECT DISTINCT trade_date FROM fact WHERE trade_date < :before AND seq > :first)
"""
"""Where the days begin that are to go and have facts after the first one that is kept."""
_GONE = (
    "DELETE FROM attempt WHERE seq <= :cut",
    "DELETE FROM intent WHERE seq <= :cut AND tag NOT IN (SELECT tag FROM attempt)",
    f"DELETE FROM lasting WHERE seq <= :cut AND seq NOT IN ({_STILL_HOLDS})",  # noqa: S608 - our own words
)


def forget(connection: Connection, before: date) -> int:
    """Delete the facts of days before one, within the caller's transaction; return how many.

    The newest word of each lasting fact stays, for it holds still, and so does the newest fact of all,
    from which the next one is numbered. The chain goes on from the last fact that was taken out.
    """
    cut = _last_to_go(connection, before)
    if not cut:
        return 0
    (chain,) = connection.execute("SELECT chain FROM fact WHERE seq = ?", (cut,)).fetchone()
    for statement in _GONE:
        connection.execute(statement, {"cut": cut})
    facts = f"DELETE FROM fact WHERE seq <= ? AND seq NOT IN ({_STILL_HOLDS})"  # noqa: S608 - our own words
    gone = connection.execute(facts, (cut,)).rowcount
    connection.execute(UPSERT_SETTING, (ANCHOR, f"{cut} {chain}"))
    return gone


def _last_to_go(connection: Connection, before: date) -> int:
    """Return the number of the last fact that may go: only a beginning is taken out, never a middle.

    Nor half a day: one that goes on after a fact that is kept stays whole, or nobody could read it.
    """
    oldest_kept = "SELECT min(seq) FROM fact WHERE trade_date >= ?"
    (first_kept,) = connection.execute(oldest_kept, (before.isoformat(),)).fetchone()
    while first_kept:
        days = {"before": before.isoformat(), "first": first_kept}
        (begins,) = connection.execute(_LEFT_OVER, days).fetchone()
        if begins is None or begins >= first_kept:
            break
        first_kept = begins
    (newest,) = connection.execute("SELECT coalesce(max(seq), 0) FROM fact").fetchone()
    cut = min((first_kept or newest) - 1, newest - 1)
    (found,) = connection.execute("SELECT coalesce(max(seq), 0) FROM fact WHERE seq <= ?", (cut,)).fetchone()
    return int(found)
