"""The composition root: chooses the parts of each program and puts them together."""

from dataclasses import dataclass, field

from app.adapters.vault.vault import Vault
from app.domain.accounts import Rulebook
from app.ports.config_store import ConfigProblem
from app.settings import Settings, Venue
from app.web import options as web_options
from app.web import process, sign_in


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
    """Open the store of secrets: one for the whole installation. Using it may raise VaultClosedError."""
    folder = settings.data / "vault"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Vault(folder, settings.vault_key_file)


def issue_sign_in_link(settings: Settings, venue: Venue) -> str:
    """Make a fresh one-time sign-in link for a running web process and return its URL.

    The token stands behind the `#`: browsers keep that part to themselves, so no log has it.
    """
    web = _web_options(settings, venue, Link(port=0, secret=""))
    return f"{web.url}/sign-in#{sign_in.issue(web.sign_in_folder)}"


def run_engine(options: EngineOptions) -> int:
    """Run the engine until SIGTERM, return its exit code; prints `engine ready …` once it serves its link."""
    raise NotImplementedError


def run_web(options: WebOptions) -> int:
    """Run the web process until SIGTERM and return its exit code; prints `web ready URL` once it answers."""
    return process.main(_web_options(options.settings, options.venue, options.link))


def _web_options(settings: Settings, venue: Venue, link: Link) -> web_options.WebOptions:
    return web_options.WebOptions(
        link=web_options.LinkAddress(port=link.port, secret=link.secret),
        data=settings.home(venue) / "web",
        host=settings.host,
        port=settings.port,
        async_mode=settings.socketio,
    )
