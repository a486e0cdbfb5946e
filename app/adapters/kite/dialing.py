"""Opening a connection to the broker, and saying exactly why there is none."""

import asyncio
import socket
import ssl
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import certifi

from app.adapters.kite.answers import NotSentReason
from app.adapters.kite.connection import Connection
from app.adapters.kite.egress import Egress, Proxy

_MAX_PROXY_ANSWER_BYTES = 8 * 1024
_KEEP_ALIVE_PROBE_S = 15
_DEFAULT_PORTS = {"https": 443, "http": 80}


class NotConnectedError(Exception):
    """There is no connection; nothing of a request was written."""

    def __init__(self, reason: NotSentReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Target:
    """A host to reach, and whether it is spoken to in TLS."""

    host: str
    port: int
    is_tls: bool

    @property
    def header(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        is_default = self.port == _DEFAULT_PORTS["https" if self.is_tls else "http"]
        return host if is_default else f"{host}:{self.port}"


def target_of(root: str) -> Target:
    """Read the target out of `scheme://host[:port]`."""
    parts = urlsplit(root)
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    return Target(host=parts.hostname or "", port=port, is_tls=parts.scheme == "https")


@cache
def shared_tls() -> ssl.SSLContext:
    """Return the one TLS context of the process: loading the trust store takes far longer than a handshake.

    Trusts what the machine trusts and the Mozilla list as well, for Pythons that come without a store.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def dial(
    target: Target, egress: Egress, *, connect_timeout_s: float, tls: ssl.SSLContext | None = None
) -> Connection:
    """Open a connection, the TLS handshake included, within the timeout; NotConnectedError otherwise."""
    try:
        async with asyncio.timeout(connect_timeout_s):
            return await _dial(target, egress, tls)
    except TimeoutError:
        text = f"{target.host} did not take the connection within {connect_timeout_s:g} s."
        raise NotConnectedError(NotSentReason.CONNECT_TIMEOUT, text) from None
    except ssl.SSLCertVerificationError as e:
        text = f"The certificate of {target.host} was refused: {e.verify_message}."
        raise NotConnectedError(NotSentReason.CERTIFICATE, text) from None
    except ssl.SSLError as e:
        text = f"The TLS handshake with {target.host} failed: {e.reason or type(e).__name__}."
        raise NotConnectedError(NotSentReason.HANDSHAKE, text) from None
    except ConnectionRefusedError:
        text = f"{target.host} refused the connection."
        raise NotConnectedError(NotSentReason.REFUSED, text) from None
    except OSError as e:
        text = f"{target.host} cannot be reached: {e.strerror or type(e).__name__}."
        raise NotConnectedError(NotSentReason.UNREACHABLE, text) from None


async def _dial(target: Target, egress: Egress, tls: ssl.SSLContext | None) -> Connection:
    proxy = egress.proxy
    first_host, first_port = (proxy.host, proxy.port) if proxy else (target.host, target.port)
    sock = await _open_socket(first_host, first_port, egress)
    try:
        if proxy:
            await _pass_proxy(sock, proxy, target)
        context = (tls or shared_tls()) if target.is_tls else None
        name = target.host if target.is_tls else None
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, sock=sock, ssl=context, server_hostname=name)
    except BaseException:
        sock.close()
        raise
    return connection


async def _open_socket(host: str, port: int, egress: Egress) -> socket.socket:
    """Try each address of the host in turn and return the first that connects."""
    loop = asyncio.get_running_loop()
    family = socket.AF_INET if egress.is_ipv4_only and ":" not in host else socket.AF_UNSPEC
    try:
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        text = f"The name {host} cannot be resolved. Look at this machine's network and DNS."
        raise NotConnectedError(NotSentReason.NO_SUCH_HOST, text) from None
    last: OSError = ConnectionRefusedError()
    for kind, type_, protocol, _, address in found:
        sock = socket.socket(kind, type_, protocol)
        try:
            sock.setblocking(False)
            _set_options(sock)
            if egress.source_address is not None:
                sock.bind((egress.source_address, 0))
            await loop.sock_connect(sock, address)
        except OSError as e:
            sock.close()
            last = e
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise last


def _set_options(sock: socket.socket) -> None:
    """Send small requests at once, and let the system notice a peer that vanished while we idle."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", _KEEP_ALIVE_PROBE_S), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


async def _pass_proxy(sock: socket.socket, proxy: Proxy, target: Target) -> None:
    """Ask the proxy for a tunnel. Nothing of ours has gone further than the proxy if it says no."""
    loop = asyncio.get_running_loop()
    host = f"[{target.host}]" if ":" in target.host else target.host
    lines = [f"CONNECT {host}:{target.port} HTTP/1.1", f"Host: {host}:{target.port}"]
    if proxy.authorization is not None:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    await loop.sock_sendall(sock, ("\r\n".join(lines) + "\r\n\r\n").encode())
    head = b""
    while b"\r\n\r\n" not in head:
        piece = await loop.sock_recv(sock, 1024)
        head += piece
        if not piece or len(head) > _MAX_PROXY_ANSWER_BYTES:
            break
    words = head.split(b"\r\n", 1)[0].split(b" ")
    if len(words) < 2 or not head.startswith(b"HTTP/1.") or words[1] != b"200" or b"\r\n\r\n" not in head:
        said = words[1].decode("latin-1")[:3] if len(words) > 1 else "nothing"
        text = f"The proxy {proxy.host}:{proxy.port} gave no tunnel to {target.host}; it answered {said}."
        raise NotConnectedError(NotSentReason.PROXY, text)
