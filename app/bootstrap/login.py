"""The daily login of one account, from the page at the broker to the stored access token."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

from app.adapters.files.config_store import JsonConfigStore
from app.adapters.files.credentials import Credentials
from app.adapters.kite.egress import Egress
from app.adapters.kite.login import KiteSession, LoginRefusedError, exchange_request_token
from app.adapters.kite.login import login_url as kite_login_url
from app.adapters.vault.vault import VaultClosedError
from app.bootstrap.configuration import config_store, open_vault, roots_of
from app.domain.ids import AccountId
from app.ports.config_editor import ConfigChangedError
from app.ports.config_store import ConfigRefusedError
from app.settings import Settings, Venue

_ACCOUNTS_FILE = "accounts_config.json"
_VAULT = "vault:"
_ENV = "env:"


def login_url(settings: Settings, venue: Venue, account_id: str) -> str:
    """Return where the owner of an account signs in; LoginRefusedError where the account cannot."""
    credentials = _credentials(_loaded(settings, venue), account_id)
    return kite_login_url(roots_of(settings, venue), credentials.api_key)


def complete_login(settings: Settings, venue: Venue, account_id: str, answer: str) -> str:
    """Turn a request token, or the whole address it came back in, into a stored access token.

    Returns a sentence that says where it is stored; LoginRefusedError otherwise, with the old token kept.
    """
    store = _loaded(settings, venue)
    credentials = _credentials(store, account_id)
    if not credentials.api_secret:
        raise LoginRefusedError(
            f"{account_id} has no api_secret in {_ACCOUNTS_FILE}; a login needs it. Add it, or write the "
            "day's access token into cred2 yourself."
        )
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


def _request_token(answer: str) -> str:
    query = parse_qs(urlsplit(answer).query)
    return query["request_token"][0] if "request_token" in query else answer


def _keep(settings: Settings, store: JsonConfigStore, account_id: str, access_token: str) -> str:
    """Store a token where `cred2` says that it lives: in the file, or in the vault."""
    before = store.text(_ACCOUNTS_FILE)
    # Decimals stay text on their way through, so that no multiplier is rounded by a login.
    rows = json.loads(before.text, parse_float=_Exact)
    row = next(row for row in rows if row["account_id"] == account_id)
    reference = str(row["cred2"])
    try:
        if reference.startswith(_VAULT):
            open_vault(settings).set(reference.removeprefix(_VAULT), access_token)
            return f"Stored in the vault as {reference.removeprefix(_VAULT)}."
        if reference.startswith(_ENV):
            name = reference.removeprefix(_ENV)
            raise LoginRefusedError(
                f"cred2 of {account_id} is the environment variable {name}, which Tandem cannot change. "
                "Nothing was stored. Use a literal value or vault:NAME there."
            )
        row["cred2"] = access_token
        store.save(_ACCOUNTS_FILE, json.dumps(rows, indent=2) + "\n", before.revision)
    except (ConfigRefusedError, ConfigChangedError, VaultClosedError, OSError) as e:
        raise LoginRefusedError(f"The token could not be stored: {e}") from None
    return f"Stored in {store.folder / _ACCOUNTS_FILE}; a running Tandem has it within a second or two."


class _Exact(float):
    """A number that is written back the way it was read."""

    def __new__(cls, text: str) -> "_Exact":
        """Keep the text beside the value."""
        made = super().__new__(cls, text)
        made.text = text
        return made

    text: str

    def __repr__(self) -> str:
        return self.text
