"""Which way an account leaves this machine: Kite takes orders only from addresses registered for the app."""

from base64 import b64encode
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """An HTTP proxy that takes CONNECT. Its password appears in no text."""

    host: str
    port: int
    authorization: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Egress:
    """One account's way out. ValueError where an address or a proxy makes no sense.

    `source_address` is a local IP to leave from. `is_ipv4_only` keeps a machine with both families from
    leaving by IPv6, which Kite refuses unless that address is registered too (SEBI's static IP rule).
    """

    source_address: str | None = None
    proxy_url: str | None = field(default=None, repr=False)
    is_ipv4_only: bool = True

    def __post_init__(self) -> None:
        if self.source_address is not None:
            ip_address(self.source_address)
        if self.proxy_url is not None:
            read_proxy(self.proxy_url)

    @property
    def proxy(self) -> Proxy | None:
        """The proxy to go through, or None for the direct way."""
        return None if self.proxy_url is None else read_proxy(self.proxy_url)


def read_proxy(url: str) -> Proxy:
    """Read `http://[user:password@]host:port`; ValueError, without quoting the password, on anything else."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme != "http" or not parts.hostname or port is None:
        raise ValueError("A proxy has to look like http://host:port or http://user:password@host:port.")
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + b64encode(pair.encode()).decode()
    return Proxy(host=parts.hostname, port=port, authorization=authorization)
