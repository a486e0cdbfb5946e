"""The web process's end of the link against an engine that says what it should not, or nothing."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from app.engine.link_codec import BeatLine, DeltaLine, LineUp, SnapshotLine, encode
from app.web.link_client import LinkClient
from app.web.options import LinkAddress
from tests.builders import shown_rows as rows
from tests.builders.eventually import eventually

SECRET = "the-secret-of-this-start"


def now() -> datetime:
    return datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


Script = Callable[[int], list[LineUp | bytes]]


@contextmanager
def scripted(script: Script, *, silence_s: float = 60.0) -> Iterator[tuple[LinkClient, list[int]]]:
    """Serve lines by connection number, and a client of them; the open sockets are held until the end."""
    listener = socket.create_server(("127.0.0.1", 0))
    greeted: list[int] = []
    held: list[socket.socket] = []
    is_over: list[bool] = []

    def serve() -> None:
        while True:
            sock, _ = listener.accept()
            held.append(sock)
            if is_over:
                return
            sock.recv(1 << 16)
            greeted.append(len(held))
            for line in script(len(held)):
                sock.sendall(line if isinstance(line, bytes) else encode(line))

    thread = threading.Thread(target=serve)
    thread.start()
    client = LinkClient(LinkAddress(port=listener.getsockname()[1], secret=SECRET), now, silence_s=silence_s)
    client.start()
    try:
        yield client, greeted
    finally:
        client.close()
        is_over.append(True)
        socket.create_connection(listener.getsockname()).close()
        thread.join()
        for sock in (listener, *held):
            sock.close()


@pytest.mark.parametrize(
    "wrong",
    [
        DeltaLine(delta=rows.delta(6)),  # 5 is missing
        DeltaLine(delta=rows.delta(4)),  # was there before
        DeltaLine(delta=rows.delta(5, boot_id="another")),
        b"nonsense\n",
        b'{"type":"surprise"}\n',
    ],
    ids=["gap", "again", "other boot", "nonsense", "unknown line"],
)
def test_what_does_not_follow_brings_a_new_snapshot(wrong: LineUp | bytes) -> None:
    def script(connection: int) -> list[LineUp | bytes]:
        if connection == 1:
            return [SnapshotLine(snapshot=rows.snapshot(4)), wrong]
        return [SnapshotLine(snapshot=rows.snapshot(9)), DeltaLine(delta=rows.delta(10))]

    with scripted(script) as (client, greeted):
        eventually(lambda: (state := client.snapshot()) is not None and state["seq"] == 10)
        assert greeted == [1, 2]


def test_a_delta_before_any_snapshot_brings_a_new_connection() -> None:
    def script(connection: int) -> list[LineUp | bytes]:
        return (
            [DeltaLine(delta=rows.delta(1))] if connection == 1 else [SnapshotLine(snapshot=rows.snapshot(9))]
        )

    with scripted(script) as (client, _):
        eventually(lambda: client.link().is_up)


def test_an_engine_that_falls_silent_counts_as_lost() -> None:
    def script(connection: int) -> list[LineUp | bytes]:
        return [SnapshotLine(snapshot=rows.snapshot(4)), BeatLine()] if connection == 1 else []

    with scripted(script, silence_s=0.1) as (client, _):
        eventually(client.snapshot)
        eventually(lambda: not client.link().is_up)
