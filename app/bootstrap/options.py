"""What the supervised processes are told at their start."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.settings import Settings, Venue


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where engine and web meet, and the secret of this start that proves each to the other."""

    port: int
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """What the engine process is told; it calls `beat` about once a second while it works."""

    settings: Settings
    venue: Venue
    link: Link
    beat: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsOptions:
    """What the records process is told; it calls `beat` about once a second while it works."""

    settings: Settings
    venue: Venue
    beat: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """What the web process is told; it calls `beat` about once a second while it works."""

    settings: Settings
    venue: Venue
    link: Link
    beat: Callable[[], None] = lambda: None
