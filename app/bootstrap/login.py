"""The daily login of one account, from the page at the broker to the stored access token."""

import asyncio
from urllib.parse import parse_qs, urlsplit

from app.adapters.files.config_store import JsonConfigStore
from app.adapters.files.credentials import Credentials
from app.adapters.files.editing import with_access_token
from app.adapters.files.json_reader import JsonError, read_json
from app.adapters.kite.egress import Egress
from app.adapters.kite.login import KiteSession, exchange_request_token
from app.adapters.kite.login import login_url as kite_login_url
from app.adapters.vault.vault import VaultClosedError
from app.bootstrap.configuration import config_store, open_vault, roots_of
from app.domain.ids import AccountId
from app.ports.broker_login import LoginRefusedError
from app.ports.config_editor import ConfigChangedError, ConfigNotFoundError
from app.ports.config_store import ConfigRefusedError
from app.settings import Settings, Venue

_ACCOUNTS_FILE = "accounts_config.json"
_VAULT = "vault:"
_ENV = "env:"
_NOT_STORED = (
    ConfigRefusedError,
    ConfigChangedError,
    ConfigNotFoundError,
    JsonError,
    VaultClosedError,
    OSError,
)
_SAVES = 5


def login_url(settings: Settings, venue: Venue, account_id: str, **handed_back: str) -> str:
    """Return where the owner of an account signs in; LoginRefusedError where the account cannot."""
    credentials = _credentials(_loaded(settings, venue), account_id)
    return kite_login_url(roots_of(settings, venue), credentials.api_key, **handed_back)


def why_no_logins(settings: Settings, venue: Venue) -> dict[AccountId, str | None]:
    """Return for each account why no login of it could be completed, None where one could.

    LoginRefusedError where the configuration cannot be read.
    """
    store = _loaded(settings, venue)
    rulebook = store.load()
    accounts = (rulebook.primary, *rulebook.secondaries)
    return {account.account_id: _why_not(store, account.account_id) for account in accounts}


def complete_login(settings: Settings, venue: Venue, account_id: str, answer: str) -> str:
    """Turn a request token, or the whole address it came back in, into a stored access token.

    Returns a sentence that says where it is stored; LoginRefusedError otherwise, with the old token kept.
    """
    store = _loaded(settings, venue)
    credentials = _credentials(store, account_id)
    if (why_not := _why_not(store, account_id)) is not None:
        raise LoginRefusedError(why_not)
    session = asyncio.run(_session(settings, venue, credentials, answer))
    if session.user_id != account_id:
        raise LoginRefusedError(
            f"That was the login of {session.user_id}, not of {account_id}. Nothing was stored. Sign out at "
            "Kite, then log in as the right account."
        )
    return _keep(settings, store, account_id, session.access_token)


async def _session(settings: Settings, venue: Venue, credentials: Credentials, answer: str) -> KiteSession:
    egress = credentials.egress
    return await exchange_request_token(
        roots_of(settings, venue),
        api_key=credentials.api_key,
        api_secret=credentials.api_secret or "",
        request_token=_request_token(answer),
        egress=Egress(source_address=egress.source_address, proxy_url=egress.proxy),
    )


def _loaded(settings: Settings, venue: Venue) -> JsonConfigStore:
    store = config_store(settings, venue)
    try:
        store.load()
    except ConfigRefusedError as e:
        raise LoginRefusedError(f"The configuration has problems; mend them first:\n{e}") from None
    return store


def _credentials(store: JsonConfigStore, account_id: str) -> Credentials:
    try:
        return store.credentials(AccountId(account_id))
    except KeyError:
        raise LoginRefusedError(f"There is no account {account_id} in {_ACCOUNTS_FILE}.") from None


def _why_not(store: JsonConfigStore, account_id: str) -> str | None:
    if not _credentials(store, account_id).api_secret:
        return (
            f"{account_id} has no api_secret in {_ACCOUNTS_FILE}; a login needs it. Add it, or write the "
            "day's access token into cred2 yourself."
        )
    reference = _reference(store, account_id)
    if reference.startswith(_ENV):
        return (
            f"cred2 of {account_id} is the environment variable {reference.removeprefix(_ENV)}, which Tandem "
            "cannot change. Nothing was stored. Use a literal value or vault:NAME there."
        )
    return None


def _reference(store: JsonConfigStore, account_id: str) -> str:
    accounts = read_json(store.text(_ACCOUNTS_FILE).text).value
    return next(str(entry["cred2"]) for entry in accounts if entry["account_id"] == account_id)


def _request_token(answer: str) -> str:
    query = parse_qs(urlsplit(answer).query)
    return query["request_token"][0] if "request_token" in query else answer


def _keep(settings: Settings, store: JsonConfigStore, account_id: str, access_token: str) -> str:
    """Store a token where `cred2` says that it lives: in the file, or in the vault."""
    name = _reference(store, account_id)
    try:
        if name.startswith(_VAULT):
            open_vault(settings).set(name.removeprefix(_VAULT), access_token)
            return f"Stored in the vault as {name.removeprefix(_VAULT)}."
        _write(store, account_id, access_token)
    except _NOT_STORED as e:
        raise LoginRefusedError(f"The token could not be stored: {e}") from None
    return f"Stored in {store.folder / _ACCOUNTS_FILE}; a running Tandem has it within a second or two."


def _write(store: JsonConfigStore, account_id: str, access_token: str) -> None:
    """Write a token in its place, again where somebody else saved the file meanwhile: it is good for one try.

    All else in the file stays as its owner laid it out.
    """
    for tries_left in reversed(range(_SAVES)):
        before = store.text(_ACCOUNTS_FILE)
        text = with_access_token(read_json(before.text), account_id, access_token)
        try:
            store.save(_ACCOUNTS_FILE, text, before.revision)
        except ConfigChangedError:
            if not tries_left:
                raise
        else:
            return
