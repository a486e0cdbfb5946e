"""gspread's way to Google, with time limits; in paper trading to the stand-in on this machine instead."""

from typing import Any

import gspread
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials
from requests.adapters import HTTPAdapter

from app.ports.trade_log import TradeLogRefusedError

SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)
"""No Drive: a spreadsheet is opened by its key and nothing else of the operator's is seen."""
TIMEOUT_S = (3.05, 10.0)
"""gspread has none by itself, and would wait for ever on a dead connection."""


class _Elsewhere(HTTPAdapter):
    """Sends requests for any of Google's hosts to one address on this machine."""

    def __init__(self, root: str) -> None:
        super().__init__()
        self._root = root

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request to the other address; method, path and body stay."""
        path = (request.url or "").split("/", 3)[3:]
        request.url = "/".join((self._root, *path))
        return super().send(request, *args, **kwargs)


def open_client(key: dict[str, Any], api_root: str | None) -> gspread.Client:
    """Return a gspread client for a service account. `api_root` replaces Google's own address.

    TradeLogRefusedError for a key that holds no usable private key.
    """
    try:
        credentials = Credentials.from_service_account_info(  # type: ignore[no-untyped-call]  # google-auth
            key, scopes=SCOPES
        )
    except ValueError as e:
        text = f"The trade log is not written: the key file's private key cannot be used ({e})."
        raise TradeLogRefusedError(text) from e
    asking = requests.Session()
    session = AuthorizedSession(  # type: ignore[no-untyped-call]  # google-auth is not typed
        credentials, auth_request=Request(asking)
    )
    for one in (asking, session):
        one.max_redirects = 0
        if api_root is not None:
            one.trust_env = False
            one.mount("https://", _Elsewhere(api_root))
    client = gspread.Client(credentials, session=session)
    client.set_timeout(TIMEOUT_S)
    return client
