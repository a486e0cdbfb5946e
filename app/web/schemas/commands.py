"""The operator's commands and their answers."""

from typing import Annotated

import msgspec

from app.domain.accounts import CopyMode
from app.domain.copies import CopyState
from app.web.schemas.body import MOST, Body, CommandId, Name

CopyName = Annotated[str, msgspec.Meta(min_length=1, max_length=129)]


class CopiesRequest(Body, frozen=True):
    """Copy these primary orders now, to all secondaries or to those named."""

    command_id: CommandId
    orders: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=MOST)]
    accounts: Annotated[tuple[Name, ...], msgspec.Meta(max_length=MOST)] = ()


class TickedCopy(Body, frozen=True):
    """A copy and the state the operator saw when ticking it."""

    copy_id: CopyName
    seen_state: CopyState


class RetriesRequest(Body, frozen=True):
    """Send these copies once more."""

    command_id: CommandId
    copies: Annotated[tuple[TickedCopy, ...], msgspec.Meta(min_length=1, max_length=MOST)]


class SkipsRequest(Body, frozen=True):
    """Skip the held copies of these primary orders, in all secondaries or in those named."""

    command_id: CommandId
    orders: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=MOST)]
    accounts: Annotated[tuple[Name, ...], msgspec.Meta(max_length=MOST)] = ()


class CancellationsRequest(Body, frozen=True):
    """Cancel every open copy, or those named; `count` is how many of them the operator saw open."""

    command_id: CommandId
    count: Annotated[int, msgspec.Meta(ge=1)]
    copies: Annotated[tuple[CopyName, ...], msgspec.Meta(max_length=MOST)] = ()


class SquareOffsRequest(Body, frozen=True):
    """Close intraday positions of these accounts, all or those named; `count` is how many were seen."""

    command_id: CommandId
    accounts: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=MOST)]
    count: Annotated[int, msgspec.Meta(ge=1)]
    instruments: Annotated[tuple[Name, ...], msgspec.Meta(max_length=MOST)] = ()


class ModeRequest(Body, frozen=True):
    """Copy new orders at once (auto) or hold them for a tick (manual)."""

    command_id: CommandId
    mode: CopyMode


class BareRequest(Body, frozen=True):
    """Stop or resume. Without a command id (no body, or a form) the server makes one."""

    command_id: CommandId | None = None


class LookRequest(Body, frozen=True):
    """Read the order lists of all accounts now, or of those named."""

    command_id: CommandId
    accounts: Annotated[tuple[Name, ...], msgspec.Meta(max_length=MOST)] = ()


class ItemResult(Body, frozen=True):
    """What became of one order or copy that a command named."""

    key: str
    accepted: bool
    message: str


class CommandResponse(Body, frozen=True):
    """A command that was carried out; each item may still have been refused on its own."""

    command_id: str
    accepted: bool
    message: str
    results: tuple[ItemResult, ...]
