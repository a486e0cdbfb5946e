"""Where Kite is, and the fence between paper (loopback only) and live (never loopback)."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

KITE_API = "https://api.kite.trade"
KITE_LOGIN = "https://kite.zerodha.com/connect/login"
KITE_FEED = "wss://ws.kite.trade"
"""The three addresses of Kite Connect v3 (kiteconnect 5.2.2; Kite docs, introduction)."""

_ENCRYPTED = {"https", "wss"}
_PLAIN = {"http", "ws"}


class WrongRootError(ValueError):
    """A broker address that this run must not use. Nothing was sent there."""


def check_root(root: str, is_paper: bool) -> None:
    """Raise WrongRootError unless `root` fits the run.

    Paper: loopback only, so that no invented order can reach a real account. Live: never loopback, and
    encrypted, for the access token travels with each request. A path is refused: the official client
    would drop it.
    """
    parts = urlsplit(root)
    if parts.scheme not in _ENCRYPTED | _PLAIN or not parts.hostname:
        raise WrongRootError(f"{root!r} is no broker address. Right would be: {KITE_API}")
    if parts.username is not None or parts.query or parts.fragment or _port(parts) == 0:
        raise WrongRootError(f"A broker address is scheme, host and port only. Right would be: {KITE_API}")
    is_here = _is_loopback(parts.hostname)
    if is_paper and not is_here:
        raise WrongRootError(
            f"Paper trading refuses {parts.hostname}: it only talks to the exchange on this machine. "
            "Nothing was sent. Start live mode with --live where you mean the real broker."
        )
    if not is_paper and is_here:
        raise WrongRootError(
            f"Live trading refuses {parts.hostname}: that is this machine, not Zerodha. Nothing was sent."
        )
    if not is_paper and parts.scheme not in _ENCRYPTED:
        raise WrongRootError(f"Live trading refuses {root}: the access token would travel unencrypted.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """The addresses of one venue; cannot be made for the wrong kind of run (WrongRootError)."""

    api: str = KITE_API
    login: str = KITE_LOGIN
    feed: str = KITE_FEED
    is_paper: bool = False

    def __post_init__(self) -> None:
        for root in (self.api, self.login, self.feed):
            check_root(root, self.is_paper)
        if urlsplit(self.api).path not in {"", "/"}:
            raise WrongRootError(f"{self.api} has a path, which the official client would drop.")


def paper_roots(origin: str) -> Roots:
    """Return the addresses of the embedded exchange at `http://127.0.0.1:PORT`."""
    parts = urlsplit(origin)
    return Roots(
        api=origin.rstrip("/"),
        login=f"{origin.rstrip('/')}/connect/login",
        feed=f"ws://{parts.netloc}",
        is_paper=True,
    )


def _is_loopback(host: str) -> bool:
    """Tell whether a host is this machine. `0.0.0.0` and `::` connect to it as well."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return 0
