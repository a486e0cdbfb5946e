"""The composition root: chooses the parts of each program and puts them together."""

from dataclasses import dataclass, field

from app.domain.accounts import Rulebook
from app.ports.config_store import ConfigProblem
from app.settings import Settings, Venue


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where engine and web meet, and the secret of this start that proves each to the other."""

    port: int
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """What the engine process is told."""

    settings: Settings
    venue: Venue
    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """What the web process is told."""

    settings: Settings
    venue: Venue
    link: Link


def check_configuration(settings: Settings, venue: Venue) -> tuple[ConfigProblem, ...]:
    """Return everything wrong with the operator's files of a venue; writes and sends nothing."""
    raise NotImplementedError


def rulebook(settings: Settings, venue: Venue) -> Rulebook:
    """Read the operator's rules; ConfigRefusedError with every problem found."""
    raise NotImplementedError


def issue_sign_in_link(settings: Settings, venue: Venue) -> str:
    """Make a fresh one-time sign-in link for a running web process and return its URL."""
    raise NotImplementedError


def run_engine(options: EngineOptions) -> int:
    """Run the engine until SIGTERM and return its exit code; prints `engine ready …` once it serves its link."""
    raise NotImplementedError


def run_web(options: WebOptions) -> int:
    """Run the web process until SIGTERM and return its exit code; prints `web ready URL` once it answers."""
    raise NotImplementedError
