"""The official client, set up safely: for logging in and the instrument list, never for orders.

Importing it brings Twisted and most of a second, so it is imported on first use, in a worker thread.
"""

import time
from typing import Any

import kiteconnect.exceptions as kite_errors
from kiteconnect import KiteConnect
from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter

from app.adapters.kite.egress import Egress

TIMEOUT_S = (3.05, 30.0)
"""Connecting and silence between two pieces of an answer; the instrument list is some 10 MB."""

MAX_ANSWER_BYTES = 64 * 1024 * 1024
MAX_ANSWER_S = 120.0
"""Above one of these an answer is a bomb or a trickle; requests by itself would read either to its end."""

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


class AnswerTooLargeError(RequestException):
    """An answer was larger, unpacked, or took longer than any real one."""


class _Guarded(HTTPAdapter):
    """Leaves from one local address, which also decides between IPv4 and IPv6, and reads only so much."""

    def __init__(self, address: str | None) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Pass the address on to urllib3."""
        source = (self._address, 0) if self._address is not None else None
        super().init_poolmanager(*args, source_address=source, **kwargs)

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:  # type: ignore[override]  # as named
        """Send, and read the whole answer within its bounds; AnswerTooLargeError beyond them."""
        response = super().send(request, **kwargs)
        until_s = time.monotonic() + MAX_ANSWER_S
        content = bytearray()
        for piece in response.iter_content(64 * 1024):
            content += piece
            if len(content) > MAX_ANSWER_BYTES or time.monotonic() > until_s:
                response.close()
                raise AnswerTooLargeError
        response._content = bytes(content)  # noqa: SLF001 - where requests keeps a body that was read
        return response


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
    for scheme in ("https://", "http://"):
        client.reqsession.mount(scheme, _Guarded(source))
    return client


class RawInstruments(KiteConnect):  # type: ignore[misc]  # kiteconnect ships no types
    """Fetches the instrument list as Kite sent it: the client's own parser takes ten seconds for it.

    It reads each expiry with dateutil and fails on an empty strike.
    """

    def _parse_instruments(self, data: bytes) -> bytes:
        return data


def fetch_instruments(root: str, egress: Egress) -> bytes:
    """Return the whole list as CSV. Blocks for seconds; KiteError or a requests exception on failure."""
    content = new_client(root, egress, kind=RawInstruments).instruments()
    if not isinstance(content, bytes):
        raise kite_errors.DataException("The instrument list was no CSV.")
    return content
