"""Somebody between Tandem and the exchange, who may change or lose the answers of chosen accounts."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.builders.raw_server import Peer, Step, answer, says, serving

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meddling:
    """What becomes of one kind of request: `says` replaces the true answer, `rewrites` changes its rows.

    `is_passed_on` False keeps the request from the exchange.
    """

    says: Step | bytes | None = None
    rewrites: Callable[[Rows], object] | None = None
    is_passed_on: bool = True


class Meddler:
    """A loopback server in front of an exchange; without a rule it passes everything on."""

    def __init__(self, exchange_root: str) -> None:
        self._host, self._port = urlsplit(exchange_root).hostname, urlsplit(exchange_root).port
        self._rules: dict[tuple[str, str], Meddling] = {}
        self.met: Counter[tuple[str, str]] = Counter()
        self.root = ""

    def meddle(self, account: str, route: str, meddling: Meddling) -> None:
        """Meddle with an account's `place`, `modify`, `cancel` or `list` from now on."""
        self._rules[account, route] = meddling

    def leave_alone(self, account: str | None = None) -> None:
        """Be honest to an account again, or to all."""
        self._rules = {key: rule for key, rule in self._rules.items() if account not in {None, key[0]}}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it ends."""
        peer = Peer(reader, writer)
        try:
            while request := await peer.read_request():
                await self._answer(peer, request)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, peer: Peer, request: bytes) -> None:
        key = (_account_of(request), _route_of(request))
        rule, true = self._rules.get(key), b""
        if rule is None or rule.is_passed_on:
            true = await self._ask(request)
            rule = self._rules.get(key)  # one made meanwhile counts: the answer may be as young as it
        if rule is None:
            await peer.say(true)
            return
        self.met[key] += 1
        if rule.rewrites is not None:
            said = rule.rewrites(json.loads(true.partition(b"\r\n\r\n")[2])["data"])
            await peer.say(answer(json.dumps({"status": "success", "data": said}).encode()))
        elif rule.says is not None:
            await (says(rule.says) if isinstance(rule.says, bytes) else rule.says)(peer)

    async def _ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            return head + await reader.readexactly(int(lengths[0].split(b":")[1]))
        finally:
            writer.close()


@asynccontextmanager
async def meddler(exchange_root: str) -> AsyncIterator[Meddler]:
    """Stand in front of an exchange while the block lasts."""
    made = Meddler(exchange_root)
    async with serving(made.serve) as port:
        made.root = f"http://127.0.0.1:{port}"
        yield made


def _account_of(request: bytes) -> str:
    _, _, rest = request.partition(b"Authorization: token paperkey")
    return rest.partition(b":")[0].decode().upper()


def _route_of(request: bytes) -> str:
    method, path = request.split(b" ", 2)[:2]
    if path == b"/orders" and method == b"GET":
        return "list"
    return {b"POST": "place", b"PUT": "modify", b"DELETE": "cancel"}.get(method, path.decode())
