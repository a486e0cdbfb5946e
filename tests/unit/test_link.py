"""The engine's end of the link, spoken to over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from app.engine.link import LinkLimits, LinkServer
from tests.builders import shown_rows as rows
from tests.builders.eventually import eventually_async
from tests.fakes.scripted_engine import ScriptedEngine

SECRET = "the-secret-of-this-start"
STOP = {"command_id": "stop-0001", "by": "operator"}


class Peer:
    """The other end, with its own JSON."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def say(self, **line: object) -> None:
        self.writer.write(json.dumps(line).encode() + b"\n")

    async def hear(self) -> dict[str, Any]:
        """Return the next line that is not a heartbeat."""
        while True:
            line = json.loads(await self.reader.readuntil(b"\n"))
            if line["type"] != "beat":
                assert isinstance(line, dict)
                return line

    async def is_cut(self) -> bool:
        try:
            return await self.reader.read() == b""
        except ConnectionResetError:
            return True


class Linked:
    """A server, its engine, and the way to connect."""

    def __init__(self, engine: ScriptedEngine, limits: LinkLimits | None = None) -> None:
        self.engine = engine
        self.server = LinkServer(engine, SECRET, limits)
        self.port = 0
        self._peers: list[Peer] = []

    async def connect(self, secret: str | None = SECRET) -> Peer:
        peer = Peer(*await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24))
        self._peers.append(peer)
        if secret is not None:
            peer.say(type="hello", secret=secret)
        return peer

    async def close(self) -> None:
        await self.server.close()
        for peer in self._peers:
            peer.writer.transport.abort()
            with suppress(OSError):
                await peer.writer.wait_closed()


@asynccontextmanager
async def linked(limits: LinkLimits | None = None) -> AsyncIterator[Linked]:
    link = Linked(ScriptedEngine(rows.snapshot(4)), limits)
    link.port = await link.server.start()
    try:
        yield link
    finally:
        await link.close()


@pytest.fixture
async def link() -> AsyncIterator[Linked]:
    async with linked() as up:
        yield up


async def test_a_snapshot_comes_first_and_deltas_follow_without_gap(link: Linked) -> None:
    peer = await link.connect()
    assert (await peer.hear())["snapshot"]["seq"] == 4
    for quantity in (1, 2, 3):
        link.engine.show(orders={"100": rows.order(quantity=quantity)})
    deltas = [(await peer.hear())["delta"] for _ in range(3)]
    assert [delta["seq"] for delta in deltas] == [5, 6, 7]
    assert deltas[2]["orders"]["100"]["quantity"] == 3


async def test_what_the_snapshot_has_is_not_told_again(link: Linked) -> None:
    await (await link.connect()).hear()  # someone listens, so that deltas are queued
    link.engine.show()
    late = await link.connect()
    first = await late.hear()
    link.engine.show()
    assert (await late.hear())["delta"]["seq"] == first["snapshot"]["seq"] + 1


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET[:-1], "\ud800"])
async def test_a_wrong_secret_is_told_nothing(link: Linked, secret: str) -> None:
    peer = await link.connect(secret)
    assert await peer.is_cut()


@pytest.mark.parametrize("first", [b"nonsense\n", b"{}\n", b"\n", b"x" * (2 << 20)])
async def test_what_does_not_greet_is_cut(link: Linked, first: bytes) -> None:
    peer = await link.connect(None)
    peer.writer.write(first)
    assert await peer.is_cut()


async def test_a_late_greeting_is_cut() -> None:
    async with linked(LinkLimits(hello_s=0.05)) as link:
        peer = await link.connect(None)
        assert await peer.is_cut()


async def test_a_command_before_the_greeting_does_nothing(link: Linked) -> None:
    peer = await link.connect(None)
    peer.say(type="command", request=1, name="stop_copying", command=STOP)
    assert await peer.is_cut()
    assert link.engine.carried_out == []


async def test_a_command_is_answered_after_the_deltas_it_caused(link: Linked) -> None:
    peer = await link.connect()
    await peer.hear()
    link.engine.effect = lambda: link.engine.show(status=rows.status(is_stopped=True))
    peer.say(type="command", request=9, name="stop_copying", command=STOP)
    assert (await peer.hear())["type"] == "delta"
    answer = await peer.hear()
    assert (answer["request"], answer["answer"]["command_id"]) == (9, "stop-0001")


async def test_the_same_command_id_acts_once_over_two_connections(link: Linked) -> None:
    for _ in range(2):
        peer = await link.connect()
        await peer.hear()
        peer.say(type="command", request=1, name="stop_copying", command=STOP)
        assert (await peer.hear())["answer"]["accepted"]
    assert len(link.engine.carried_out) == 1


async def test_bad_lines_are_refused_and_the_next_good_one_still_works(link: Linked) -> None:
    peer = await link.connect()
    await peer.hear()
    for line in (b"nonsense", b"\xff", b'{"type":"command"}', b""):
        peer.writer.write(line + b"\n")
        answer = (await peer.hear())["answer"]
        assert not answer["accepted"]
        assert "Nothing was done" in answer["message"]
    peer.say(type="command", request=1, name="sell_all", command=STOP)
    answer = (await peer.hear())["answer"]
    assert (answer["accepted"], answer["command_id"]) == (False, "stop-0001")
    peer.say(type="command", request=2, name="stop_copying", command=STOP)
    assert (await peer.hear())["answer"]["accepted"]


async def test_an_endless_command_is_refused_and_cut(link: Linked) -> None:
    peer = await link.connect()
    await peer.hear()
    peer.writer.write(b"x" * (3 << 20))
    assert not (await peer.hear())["answer"]["accepted"]
    assert await peer.is_cut()
    await (await link.connect()).hear()


async def test_a_command_that_fails_is_told_as_unknown_and_others_go_on(link: Linked) -> None:
    peer = await link.connect()
    await peer.hear()
    link.engine.fail = RuntimeError("planned")
    peer.say(type="command", request=1, name="stop_copying", command=STOP)
    assert (await peer.hear())["type"] == "fault"
    link.engine.fail = None
    peer.say(type="command", request=2, name="stop_copying", command=STOP)
    assert (await peer.hear())["answer"]["accepted"]


async def test_a_question_is_answered_and_one_that_fails_is_told(link: Linked) -> None:
    peer = await link.connect()
    await peer.hear()
    question = {"copies": ["100:AB1234"]}
    peer.say(type="command", request=1, name="preview_retries", command=question)
    answer = await peer.hear()
    assert (answer["type"], answer["request"], answer["preview"]["order_count"]) == ("preview", 1, 1)
    link.engine.fail = RuntimeError("planned")
    peer.say(type="command", request=2, name="preview_copies", command={"orders": ["100"]})
    assert (await peer.hear())["type"] == "fault"
    assert link.engine.carried_out == []


async def test_a_slow_command_does_not_hold_up_a_stop(link: Linked) -> None:
    peer = await link.connect()
    await peer.hear()
    link.engine.hold.clear()
    copy = {"command_id": "copy-0001", "by": "operator", "orders": ["100"]}
    peer.say(type="command", request=1, name="copy_orders", command=copy)
    peer.say(type="command", request=2, name="stop_copying", command=STOP)
    await eventually_async(lambda: link.engine.asked == 2)
    link.engine.hold.set()


async def test_too_many_commands_at_once_are_refused() -> None:
    async with linked(LinkLimits(commands_under_way=1)) as link:
        peer = await link.connect()
        await peer.hear()
        link.engine.hold.clear()
        peer.say(type="command", request=1, name="stop_copying", command=STOP)
        peer.say(type="command", request=2, name="stop_copying", command=STOP)
        refused = await peer.hear()
        assert (refused["request"], refused["answer"]["accepted"]) == (2, False)
        link.engine.hold.set()
        assert (await peer.hear())["answer"]["accepted"]


async def test_a_reader_too_slow_is_dropped_and_finds_a_snapshot_on_return() -> None:
    async with linked(LinkLimits(backlog=1 << 16)) as link:
        slow = await link.connect()
        await slow.hear()
        big = {str(number): rows.order(str(number)) for number in range(200)}

        def is_dropped() -> bool:
            link.engine.show(orders=big)
            return not link.server._peers

        await eventually_async(is_dropped, what="dropping the slow reader")
        back = await link.connect()
        assert (await back.hear())["snapshot"]["seq"] == link.engine.snapshot()["seq"]


async def test_a_slow_reader_costs_the_others_nothing() -> None:
    async with linked(LinkLimits(backlog=1 << 18)) as link:
        await link.connect()
        quick = await link.connect()
        seq = (await quick.hear())["snapshot"]["seq"]
        big = {str(number): rows.order(str(number)) for number in range(200)}
        for _ in range(40):
            link.engine.show(orders=big)
            seq += 1
            assert (await quick.hear())["delta"]["seq"] == seq


async def test_an_idle_engine_is_heard_to_live() -> None:
    async with linked(LinkLimits(beat_s=0.01)) as link:
        peer = await link.connect()
        await peer.hear()
        assert json.loads(await peer.reader.readuntil(b"\n")) == {"type": "beat"}


async def test_connections_are_counted() -> None:
    async with linked(LinkLimits(connections=1)) as link:
        first = await link.connect()
        await first.hear()
        assert await (await link.connect()).is_cut()
        first.writer.transport.abort()

        await eventually_async(lambda: not link.server._open)
        await (await link.connect()).hear()


async def test_a_delta_that_cannot_be_written_starts_all_links_anew(link: Linked) -> None:
    peer = await link.connect()
    await peer.hear()
    link.engine.publish(rows.delta(5, orders={"100": object()}))
    assert await peer.is_cut()
    await (await link.connect()).hear()


async def test_closing_waits_for_commands_under_way(link: Linked) -> None:
    peer = await link.connect()
    await peer.hear()
    link.engine.hold.clear()
    peer.say(type="command", request=1, name="stop_copying", command=STOP)
    await eventually_async(lambda: link.engine.asked == 1)
    closing = asyncio.create_task(link.server.close())
    link.engine.hold.set()
    await closing
    assert len(link.engine.carried_out) == 1
    assert await asyncio.wait_for(peer.reader.read(), 5) is not None


async def test_it_serves_this_machine_only() -> None:
    with pytest.raises(ValueError, match="this machine"):
        await LinkServer(ScriptedEngine(), SECRET).start("0.0.0.0")


def test_a_secret_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        LinkServer(ScriptedEngine(), "short")
