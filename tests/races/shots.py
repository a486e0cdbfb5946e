"""Requests that arrive together: all but the last byte of each goes ahead, then the last bytes at once."""

import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPResponse
from random import Random
from typing import Any
from uuid import uuid4

import requests

from app.web import sign_in
from tests.builders.tandem import Tandem

ANSWER_TIMEOUT_S = 60.0
UNKNOWN = 504
"""The web process does not know what became of a command: it neither says yes nor no."""


class Operator:
    """Somebody signed in, in a session of their own; any number of tabs."""

    def __init__(self, run: Tandem) -> None:
        self._run = run
        with requests.Session() as browser:
            browser.trust_env = False
            token = sign_in.issue(run.data / "paper" / "sign-in")
            answer = browser.post(f"{run.url}/sign-in", data={"token": token}, timeout=ANSWER_TIMEOUT_S)
            assert answer.status_code == 204, answer.text
            self._cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())

    def shot(self, path: str, body: dict[str, Any], command_id: str | None = None) -> "Shot":
        """Load a command; another shot with the same id is the second click of a double click."""
        return Shot(self._run.web_port, self._cookie, path, {"command_id": command_id or uuid4().hex, **body})

    def give(self, path: str, body: dict[str, Any]) -> "Shot":
        """Give a command by itself and return it answered."""
        shot = self.shot(path, body)
        fire([shot], Random(0))  # noqa: S311 - one shot has one order
        return shot


@dataclass(slots=True)
class Shot:
    """One command on a connection of its own, and what it was answered."""

    port: int
    cookie: str
    path: str
    body: dict[str, Any]
    status: int = 0
    answer: dict[str, Any] = field(default_factory=dict)
    was_unknown: bool = False
    _socket: socket.socket | None = None
    _last: bytes = b""

    @property
    def results(self) -> dict[str, tuple[bool, str]]:
        """What it was told of each order or copy: accepted or not, and the sentence."""
        return {r["key"]: (r["accepted"], r["message"]) for r in self.answer.get("results", ())}

    def load(self) -> None:
        """Connect, and send everything but the last byte."""
        body = json.dumps(self.body).encode()
        head = (
            f"POST /api/v1{self.path} HTTP/1.1\r\nHost: localhost:{self.port}\r\nCookie: {self.cookie}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=ANSWER_TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(head.encode() + body[:-1])
        self._last = body[-1:]

    def release(self) -> None:
        """Send the last byte: from now on the command is given."""
        assert self._socket is not None
        self._socket.sendall(self._last)

    def hear(self) -> None:
        """Wait for the answer. One of unknown outcome is repeated under its id, as docs/api.md says."""
        assert self._socket is not None
        with self._socket:
            response = HTTPResponse(self._socket)
            response.begin()
            self.status, self.answer = response.status, json.loads(response.read())
        if self.status == UNKNOWN:
            self.was_unknown = True
            self.load()
            self.release()
            self.hear()


def fire(shots: Sequence[Shot], chance: Random) -> None:
    """Give all commands at the same moment, in an order of chance, and hear all answers.

    By chance twice: the web process may turn first to whoever came first, or to whoever was done first.
    """
    for shot in chance.sample(shots, len(shots)):
        shot.load()
    for shot in chance.sample(shots, len(shots)):
        shot.release()
    for shot in shots:
        shot.hear()
