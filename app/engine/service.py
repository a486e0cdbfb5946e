"""What the outside may ask of the engine: commands with answers, one snapshot, and numbered deltas."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.accounts import CopyMode
from app.domain.copies import CopyState
from app.domain.ids import AccountId, CopyId, OrderId
from app.engine.preview_rows import PreviewRow
from app.engine.rows import Delta, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Base of all commands. `command_id` is made by the client: repeating it has no second effect."""

    command_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOrders(Command):
    """Copy these primary orders now; `accounts` empty means every secondary."""

    orders: tuple[OrderId, ...]
    accounts: tuple[AccountId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """A copy the operator ticked, and the state their screen showed."""

    copy_id: CopyId
    seen_state: CopyState


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryCopies(Command):
    """Send these copies once more, in a new generation."""

    copies: tuple[Ticked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipCopies(Command):
    """Skip the held copies of these primary orders for good; `accounts` empty means in every secondary."""

    orders: tuple[OrderId, ...]
    accounts: tuple[AccountId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCopies(Command):
    """Cancel these open copies; `copies` empty means every open one.

    `count` is how many of them the operator saw open: where it differs from how many are, nothing is done.
    """

    count: int
    copies: tuple[CopyId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SquareOff(Command):
    """Close these accounts' intraday positions at the market; `instruments` empty means all of them.

    `count` is how many positions the operator saw: where it differs from how many there are, nothing is done.
    """

    accounts: tuple[AccountId, ...]
    count: int
    instruments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMode(Command):
    """Copy new orders at once, or hold them for the operator."""

    mode: CopyMode


@dataclass(frozen=True, slots=True, kw_only=True)
class StopCopying(Command):
    """Let nothing leave any more. When this is answered, nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCopying(Command):
    """Lift a stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookNow(Command):
    """Read the order lists of these accounts now; `accounts` empty means every one, the primary's too."""

    accounts: tuple[AccountId, ...] = ()


AnyCommand = (
    CopyOrders
    | RetryCopies
    | SkipCopies
    | CancelCopies
    | SquareOff
    | SetMode
    | StopCopying
    | ResumeCopying
    | LookNow
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewCopies:
    """Ask what `CopyOrders` of these would send now."""

    orders: tuple[OrderId, ...]
    accounts: tuple[AccountId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRetries:
    """Ask what `RetryCopies` of these would send now."""

    copies: tuple[CopyId, ...]


AnyQuery = PreviewCopies | PreviewRetries
"""Questions: they change nothing, and their answers are kept nowhere."""

Asked = AnyCommand | AnyQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one order or copy that a command named (`key` is its id)."""

    key: str
    accepted: bool
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a command. `accepted` False means that nothing was done at all."""

    command_id: str
    accepted: bool
    message: str
    results: tuple[Result, ...] = field(default=())


class Service(Protocol):
    """The engine as its own process sees it. The web process has the same over the link, blocking."""

    def snapshot(self) -> Snapshot:
        """Return the whole state; deltas with a higher `seq` follow on it."""
        ...

    def subscribe(self, listener: Callable[[Delta], None]) -> Callable[[], None]:
        """Call `listener` with each delta from now on, in order; return the way to end that."""
        ...

    async def execute(self, command: AnyCommand) -> Answer:
        """Carry out a command and return its answer, the same one if it was answered before."""
        ...

    async def preview(self, query: AnyQuery) -> PreviewRow:
        """Say what a command would send now, within some seconds; changes and records nothing."""
        ...
