"""The engine as the web process sees it: blocking commands, the last known state, and what changes it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.engine.preview_rows import PreviewRow
from app.engine.rows import Delta, Snapshot
from app.engine.service import Answer, AnyCommand, AnyQuery


class EngineUnreachableError(Exception):
    """The engine could not be asked: nothing was sent to it, so nothing was done."""


class OutcomeUnknownError(Exception):
    """A command left for the engine and no answer came. Repeating the same command id is safe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """Whether the engine talks to us, and since when that is so."""

    is_up: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class SnapshotArrived:
    """The state starts anew; what was heard before does not lead up to it."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class DeltaArrived:
    """The next change."""

    delta: Delta


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The link came up or was lost."""

    link: LinkState


News = SnapshotArrived | DeltaArrived | LinkChanged


class EngineService(Protocol):
    """The engine over the link. Safe to call from any thread."""

    def link(self) -> LinkState:
        """Return whether the engine talks to us."""
        ...

    def snapshot(self) -> Snapshot | None:
        """Return the last known state, frozen while the link is down; None before there ever was one."""
        ...

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]:
        """Call `listener` with all news from now on, in order and one at a time; return how to end it."""
        ...

    def execute(self, command: AnyCommand, *, timeout_s: float) -> Answer:
        """Have a command carried out and wait for its answer; repeats nothing by itself.

        EngineUnreachableError: not sent. OutcomeUnknownError: sent, and the link or the time ran out.
        """
        ...

    def preview(self, query: AnyQuery, *, timeout_s: float) -> PreviewRow:
        """Ask what a command would send now. EngineUnreachableError where no answer came."""
        ...
