"""The whole state and the live stream's messages."""

from typing import TypedDict

from app.engine.rows import AccountRow, AlertRow, CopyRow, OrderRow, PortfolioRow, Snapshot, StatusRow


class LinkRow(TypedDict):
    """Whether the engine talks to the web process, and since when (ISO 8601)."""

    is_up: bool
    since: str


class SnapshotResponse(Snapshot):
    """The whole state; it is frozen at the last known one while the link is down."""

    link: LinkRow


class Deltas(TypedDict):
    """The rows that changed in deltas `from_seq` to `to_seq`, each once and as it was last.

    The account and portfolio rows of `gone_accounts` end first: one that came back is among the others.
    """

    boot_id: str
    from_seq: int
    to_seq: int
    status: StatusRow | None
    gone_accounts: list[str]
    accounts: dict[str, AccountRow]
    orders: dict[str, OrderRow]
    copies: dict[str, CopyRow]
    portfolios: dict[str, PortfolioRow]
    alerts: list[AlertRow]
