"""The official client, set up safely: for logging in and the instrument list, never for orders.

Importing it brings Twisted and most of a second, so it is imported on first use, in a worker thread.
"""

from typing import Any

import kiteconnect.exceptions as kite_errors
from kiteconnect import KiteConnect
from requests.adapters import HTTPAdapter

from app.adapters.kite.egress import Egress

TIMEOUT_S = (3.05, 30.0)
"""Connecting and silence between two pieces of an answer; the instrument list is some 10 MB."""

KiteError = kite_errors.KiteException
TokenError = kite_errors.TokenException


def _register_missing_errors() -> None:
    """Give the client the exception names that Kite documents and kiteconnect 5.2.2 lacks.

    It looks error types up by name in its module and falls back to GeneralException otherwise.
    """
    for name in ("MarginException", "HoldingException", "UserException"):
        if not hasattr(kite_errors, name):
            setattr(kite_errors, name, type(name, (kite_errors.KiteException,), {}))


_register_missing_errors()


class _LocalAddress(HTTPAdapter):
    """Leaves from one local address, which also decides between IPv4 and IPv6."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Pass the address on to urllib3."""
        super().init_poolmanager(*args, source_address=(self._address, 0), **kwargs)


def new_client(
    root: str,
    egress: Egress,
    *,
    api_key: str = "",
    access_token: str | None = None,
    kind: type[KiteConnect] = KiteConnect,
) -> KiteConnect:
    """Return a client that follows no redirect, heeds no proxy of the environment and logs nothing.

    `debug` stays False: it would log the Authorization header.
    """
    proxies = {"http": egress.proxy_url, "https": egress.proxy_url} if egress.proxy_url else None
    client = kind(
        api_key=api_key,
        access_token=access_token,
        root=root,
        debug=False,
        timeout=TIMEOUT_S,
        proxies=proxies,
    )
    client.reqsession.max_redirects = 0
    client.reqsession.trust_env = False
    source = egress.source_address or ("0.0.0.0" if egress.is_ipv4_only else None)
    if source is not None:
        for scheme in ("https://", "http://"):
            client.reqsession.mount(scheme, _LocalAddress(source))
    return client


class RawInstruments(KiteConnect):  # type: ignore[misc]  # kiteconnect ships no types
    """Fetches the instrument list as Kite sent it: the client's own parser takes ten seconds for it.

    It reads each expiry with dateutil and fails on an empty strike.
    """

    def _parse_instruments(self, data: bytes) -> bytes:
        return data


def fetch_instruments(root: str, egress: Egress) -> bytes:
    """Return the whole list as CSV. Blocks for seconds; KiteError or a requests exception on failure."""
    client = new_client(root, egress, kind=RawInstruments)
    return bytes(client.instruments())
