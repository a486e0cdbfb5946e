"""The JSON that browsers and programs exchange with us: requests, answers, problems and live messages."""

from typing import Annotated, TypedDict

import msgspec

from app.domain.accounts import CopyMode
from app.domain.copies import CopyState
from app.engine.rows import AccountRow, AlertRow, CopyRow, OrderRow, Snapshot, StatusRow
from app.records.status import LogStatus

CommandId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{8,64}\Z", description="Made by the client.")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]

_MOST = 1000


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class CopiesRequest(_Body, frozen=True):
    """Copy these primary orders now, to all secondaries or to those named."""

    command_id: CommandId
    orders: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=_MOST)]
    accounts: Annotated[tuple[Name, ...], msgspec.Meta(max_length=_MOST)] = ()


class TickedCopy(_Body, frozen=True):
    """A copy and the state the operator saw when ticking it."""

    copy_id: Annotated[str, msgspec.Meta(min_length=1, max_length=129)]
    seen_state: CopyState


class RetriesRequest(_Body, frozen=True):
    """Send these copies once more."""

    command_id: CommandId
    copies: Annotated[tuple[TickedCopy, ...], msgspec.Meta(min_length=1, max_length=_MOST)]


class ModeRequest(_Body, frozen=True):
    """Copy new orders at once (auto) or hold them for a tick (manual)."""

    command_id: CommandId
    mode: CopyMode


class BareRequest(_Body, frozen=True):
    """Stop or resume. Without a command id (no body, or a form) the server makes one."""

    command_id: CommandId | None = None


class LookRequest(_Body, frozen=True):
    """Read the order lists of all accounts now, or of those named."""

    command_id: CommandId
    accounts: Annotated[tuple[Name, ...], msgspec.Meta(max_length=_MOST)] = ()


class ItemResult(_Body, frozen=True):
    """What became of one order or copy that a command named."""

    key: str
    accepted: bool
    message: str


class CommandResponse(_Body, frozen=True):
    """A command that was carried out; each item may still have been refused on its own."""

    command_id: str
    accepted: bool
    message: str
    results: tuple[ItemResult, ...]


class Problem(_Body, frozen=True):
    """Why a request did not do what it asked. `not_done` says what has not happened, or is not known."""

    error: str
    message: str
    not_done: str
    request_id: str
    command_id: str | None = None
    results: tuple[ItemResult, ...] = ()


class LinkRow(TypedDict):
    """Whether the engine talks to the web process, and since when (ISO 8601)."""

    is_up: bool
    since: str


class SnapshotResponse(Snapshot):
    """The whole state; it is frozen at the last known one while the link is down."""

    link: LinkRow


class Deltas(TypedDict):
    """The rows that changed in deltas `from_seq` to `to_seq`, each once and as it was last."""

    boot_id: str
    from_seq: int
    to_seq: int
    status: StatusRow | None
    accounts: dict[str, AccountRow]
    orders: dict[str, OrderRow]
    copies: dict[str, CopyRow]
    alerts: list[AlertRow]


class Check(_Body, frozen=True):
    """One thing that must be so for copying to work."""

    is_ok: bool
    message: str


class Readiness(_Body, frozen=True):
    """Whether orders are being copied right now. `checks` only for whoever is signed in."""

    status: str
    checks: dict[str, Check] = {}


class RecordsOverview(msgspec.Struct, frozen=True):
    """What may be downloaded, and how the trade log fares; None where none was ever kept here."""

    days: list[str]
    kinds: list[str]
    trade_log: LogStatus | None
