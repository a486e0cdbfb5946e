"""Why there is no connection: each reason is proof that nothing of a request left."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from app.adapters.kite.answers import Answer, NotSent, NotSentReason, WireResult
from app.adapters.kite.dialing import Target, shared_tls, target_of
from app.adapters.kite.egress import Egress
from app.adapters.kite.wire import Lane, Wire
from tests.builders.raw_server import Peer, RawServer, answer, raw_server
from tests.builders.tls import server_and_client
from tests.unit.kite.conftest import HASTY, PATIENT

REQUEST = b"GET /orders HTTP/1.1\r\nHost: x\r\n\r\n"


async def ask(wire: Wire) -> WireResult:
    result = await wire.ask(Lane.ORDERS, lambda: REQUEST)
    wire.close()
    return result


async def reason_of(wire: Wire) -> NotSentReason:
    result = await ask(wire)
    assert isinstance(result, NotSent), result
    assert result.message.endswith(".")
    return result.reason


async def test_a_refused_connection() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses for sure
        assert await reason_of(Wire(f"http://127.0.0.1:{taken.getsockname()[1]}")) is NotSentReason.REFUSED


async def test_a_name_that_does_not_resolve(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unresolved(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unresolved)
    assert await reason_of(Wire("https://kite.invalid")) is NotSentReason.NO_SUCH_HOST


async def test_a_connection_that_takes_too_long(server: RawServer) -> None:
    """A server that never answers the TLS greeting; the timeout covers the handshake too."""
    wire = Wire(f"https://127.0.0.1:{server.port}", timeouts=HASTY)
    assert await reason_of(wire) is NotSentReason.CONNECT_TIMEOUT


async def test_an_address_that_cannot_be_left_from(server: RawServer) -> None:
    wire = Wire(server.root, egress=Egress(source_address="192.0.2.1"))
    assert await reason_of(wire) is NotSentReason.UNREACHABLE


async def test_a_certificate_nobody_vouches_for(tmp_path: Path) -> None:
    server_tls, _ = server_and_client(tmp_path)
    async with raw_server(server_tls) as server:
        wire = Wire(f"https://127.0.0.1:{server.port}", timeouts=PATIENT)
        assert await reason_of(wire) is NotSentReason.CERTIFICATE
        assert server.requests == []


async def test_a_certificate_for_another_name(tmp_path: Path) -> None:
    server_tls, client_tls = server_and_client(tmp_path)
    async with raw_server(server_tls) as server:
        wire = Wire(f"https://localhost:{server.port}", timeouts=PATIENT, tls=client_tls)
        assert await reason_of(wire) is NotSentReason.CERTIFICATE


async def test_a_peer_that_speaks_no_tls(server: RawServer) -> None:
    async def talk(peer: Peer) -> None:
        await peer.say(b"220 this is a mail server\r\n")

    server.on_accept = talk
    wire = Wire(f"https://127.0.0.1:{server.port}", timeouts=PATIENT)
    assert await reason_of(wire) is NotSentReason.HANDSHAKE


async def test_tls_carries_requests_on_one_kept_connection(tmp_path: Path) -> None:
    server_tls, client_tls = server_and_client(tmp_path)
    async with raw_server(server_tls) as server:
        wire = Wire(f"https://127.0.0.1:{server.port}", timeouts=PATIENT, tls=client_tls)
        for body in (b"1", b"2", b"3"):
            server.script(answer(body))
            got = await wire.ask(Lane.ORDERS, lambda: REQUEST)
            assert isinstance(got, Answer)
            assert got.body == body
        assert len(server.peers) == 1
        wire.close()


def test_the_trust_store_is_loaded_once() -> None:
    assert shared_tls() is shared_tls()
    assert shared_tls().verify_mode.name == "CERT_REQUIRED"
    assert shared_tls().check_hostname


async def test_an_account_leaves_from_its_own_address(server: RawServer) -> None:
    server.script(answer(b"1"))
    await ask(Wire(server.root, egress=Egress(source_address="127.0.0.2")))
    assert server.peers[0].address == "127.0.0.2"


@pytest.mark.parametrize(
    ("root", "target", "header"),
    [
        ("https://api.kite.trade", Target("api.kite.trade", 443, is_tls=True), "api.kite.trade"),
        ("http://127.0.0.1:5010", Target("127.0.0.1", 5010, is_tls=False), "127.0.0.1:5010"),
        ("http://[::1]:80", Target("::1", 80, is_tls=False), "[::1]"),
    ],
)
def test_a_root_names_its_target(root: str, target: Target, header: str) -> None:
    assert target_of(root) == target
    assert target.header == header


class TestProxy:
    """The scripted server is the proxy, and the far side too once it has given its tunnel."""

    PASSWORD = "se:cret"
    TUNNEL = b"HTTP/1.1 200 Connection established\r\n\r\n"

    def wire(self, server: RawServer, **options: Any) -> Wire:
        url = f"http://user:se%3Acret@127.0.0.1:{server.port}"
        return Wire("http://kite.invalid:8080", egress=Egress(proxy_url=url), timeouts=PATIENT, **options)

    async def test_a_request_goes_through_its_tunnel(self, server: RawServer) -> None:
        server.script(self.TUNNEL, answer(b"1"))
        assert isinstance(await ask(self.wire(server)), Answer)
        connect, request = server.requests
        assert connect.startswith(b"CONNECT kite.invalid:8080 HTTP/1.1\r\nHost: kite.invalid:8080\r\n")
        assert b"Proxy-Authorization: Basic dXNlcjpzZTpjcmV0\r\n" in connect
        assert request == REQUEST
        assert len(server.peers) == 1

    @pytest.mark.parametrize(
        "said",
        [b"HTTP/1.1 407 Who are you\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"a" * 9000, b"nonsense\r\n\r\n"],
    )
    async def test_a_proxy_without_a_tunnel_means_not_sent(self, server: RawServer, said: bytes) -> None:
        server.script(said)
        result = await ask(self.wire(server))
        assert isinstance(result, NotSent)
        assert result.reason is NotSentReason.PROXY
        assert self.PASSWORD not in result.message
        assert len(server.requests) == 1

    def test_its_password_shows_in_no_repr(self) -> None:
        egress = Egress(proxy_url="http://user:se%3Acret@proxy:3128")
        assert "cret" not in repr(egress)
        assert "cret" not in repr(egress.proxy)

    @pytest.mark.parametrize(
        "url", ["socks5://a:1", "http://proxy", "http://u:hunter2@proxy:port", "proxy:1"]
    )
    def test_what_is_no_proxy_is_refused_without_quoting_it(self, url: str) -> None:
        with pytest.raises(ValueError, match="http://host:port") as refused:
            Egress(proxy_url=url)
        assert "hunter2" not in str(refused.value)

    def test_a_source_address_has_to_be_one(self) -> None:
        with pytest.raises(ValueError, match="eth0"):
            Egress(source_address="eth0")
