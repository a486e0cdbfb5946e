"""The second form: each fact carries its place in a chain of hashes."""

import sqlalchemy as sa
from alembic import op

from app.adapters.storage.chain import BEGINNING, link

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CHUNK = 5_000


def upgrade() -> None:
    """Add the column, and link what is there."""
    op.execute("ALTER TABLE fact ADD COLUMN chain TEXT NOT NULL DEFAULT ''")
    connection = op.get_bind()
    before, seen = BEGINNING, 0
    while True:
        page = sa.text(
            "SELECT seq, at, trade_date, kind, body FROM fact WHERE seq > :seen ORDER BY seq LIMIT :n"
        )
        rows = connection.execute(page, {"seen": seen, "n": _CHUNK}).all()
        linked = []
        for row in rows:
            before = link(before, *row)
            linked.append({"seq": row[0], "chain": before})
        if linked:
            connection.execute(sa.text("UPDATE fact SET chain = :chain WHERE seq = :seq"), linked)
            seen = rows[-1][0]
        if len(rows) < _CHUNK:
            return


def downgrade() -> None:
    """Refuse: a journal is never taken back to an older form."""
    raise NotImplementedError("A journal is never taken back to an older form; restore a backup.")
