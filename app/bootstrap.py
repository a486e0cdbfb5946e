"""The composition root: chooses the parts of each program and puts them together."""

from dataclasses import dataclass, field
from typing import Protocol

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


class VaultClosedError(Exception):
    """The vault cannot be opened or written; the text says why and what to do. Nothing in it was changed."""


class Vault(Protocol):
    """Secrets by name, which configuration files refer to as `vault:NAME`."""

    def names(self) -> tuple[str, ...]:
        """Return every name, sorted; values are never listed."""
        ...

    def set(self, name: str, value: str) -> None:
        """Store a value, over an older one of that name."""
        ...

    def delete(self, name: str) -> None:
        """Forget a name; KeyError where there is none."""
        ...


def check_configuration(settings: Settings, venue: Venue) -> tuple[ConfigProblem, ...]:
    """Return everything wrong with the operator's files of a venue; writes and sends nothing."""
    raise NotImplementedError


def rulebook(settings: Settings, venue: Venue) -> Rulebook:
    """Read the operator's rules; ConfigRefusedError with every problem found."""
    raise NotImplementedError


class LoginRefusedError(Exception):
    """A login at the broker did not come about; the text says why and what to do."""


def login_url(settings: Settings, venue: Venue, account_id: str) -> str:
    """Return where the owner of an account signs in; LoginRefusedError where the account cannot."""
    raise NotImplementedError


def complete_login(settings: Settings, venue: Venue, account_id: str, answer: str) -> str:
    """Turn a request token, or the whole address it came back in, into a stored access token.

    Returns a sentence that says where it is stored; LoginRefusedError otherwise, with the old token kept.
    """
    raise NotImplementedError


def open_vault(settings: Settings) -> Vault:
    """Open the store of secrets, made where there is none; VaultClosedError where it cannot be read."""
    raise NotImplementedError


def issue_sign_in_link(settings: Settings, venue: Venue) -> str:
    """Make a fresh one-time sign-in link for a running web process and return its URL."""
    raise NotImplementedError


def run_engine(options: EngineOptions) -> int:
    """Run the engine until SIGTERM, return its exit code; prints `engine ready …` once it serves its link."""
    raise NotImplementedError


def run_web(options: WebOptions) -> int:
    """Run the web process until SIGTERM and return its exit code; prints `web ready URL` once it answers."""
    raise NotImplementedError
