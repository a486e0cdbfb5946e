"""The first form: facts, intents, attempts, commands, settings and boots."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "fact",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("trade_date", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("fact_by_day", "fact", ["trade_date"])
    op.create_table(
        "lasting",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("trade_date", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
    )
    _create_claims()
    op.create_table(
        "command",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.Text, primary_key=True, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "boot",
        sa.Column("boot_id", sa.Text, primary_key=True, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
    )


def _create_claims() -> None:
    """Make the two tables whose keys stop a copy from being planned, or an attempt started, twice."""
    op.create_table(
        "intent",
        sa.Column("tag", sa.Text, primary_key=True, nullable=False),
        sa.Column("trade_date", sa.Text, nullable=False),
        sa.Column("primary_order_id", sa.Text, nullable=False),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("leg", sa.Integer, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.UniqueConstraint(
            "trade_date", "primary_order_id", "account_id", "leg", "generation", name="one_intent"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "attempt",
        sa.Column("tag", sa.Text, sa.ForeignKey("intent.tag"), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("tag", "attempt"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Refuse: a journal is never taken back to an older form."""
    raise NotImplementedError("A journal is never taken back to an older form; restore a backup.")
