"""The web process's end of the link: the engine's own server is on the other side."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from app.domain.ids import CopyId
from app.engine.link import LinkLimits, LinkServer
from app.engine.rows import Snapshot
from app.engine.service import PreviewRetries, StopCopying
from app.web.engine_service import (
    DeltaArrived,
    EngineUnreachableError,
    LinkChanged,
    News,
    OutcomeUnknownError,
    SnapshotArrived,
)
from app.web.link_client import LinkClient
from app.web.options import LinkAddress
from tests.builders import shown_rows as rows
from tests.builders.eventually import eventually_async
from tests.fakes.scripted_engine import ScriptedEngine

SECRET = "the-secret-of-this-start"
STOP = StopCopying(command_id="stop-0001", by="operator")


def now() -> datetime:
    return datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def state_of(client: LinkClient) -> Snapshot:
    state = client.snapshot()
    assert state is not None
    return state


class Pair:
    """An engine's server that can go away and come back on its port, and a client of it."""

    def __init__(self) -> None:
        self.engine = ScriptedEngine(rows.snapshot(4))
        self.server = LinkServer(self.engine, SECRET)
        self.news: list[News] = []

    async def start(self, secret: str = SECRET) -> LinkClient:
        self.port = await self.server.start()
        self.client = LinkClient(LinkAddress(port=self.port, secret=secret), now, silence_s=5)
        self.client.subscribe(self.news.append)
        self.client.start()
        return self.client

    async def is_up(self) -> None:
        await eventually_async(lambda: self.client.link().is_up, what="the link coming up")

    async def restart_engine(self, engine: ScriptedEngine) -> None:
        await self.server.close()
        self.engine = engine
        self.server = LinkServer(engine, SECRET)
        await self.server.start(port=self.port)

    async def close(self) -> None:
        await asyncio.to_thread(self.client.close)
        await self.server.close()


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    made = Pair()
    await made.start()
    await made.is_up()
    yield made
    await made.close()


async def test_the_mirror_follows_the_engine(pair: Pair) -> None:
    for quantity in range(1, 50):
        pair.engine.show(orders={"100": rows.order(quantity=quantity)}, alerts=[rows.alert(quantity)])
    await eventually_async(lambda: pair.client.snapshot() == pair.engine.snapshot())
    seqs = [news.delta["seq"] for news in pair.news if isinstance(news, DeltaArrived)]
    assert seqs == list(range(5, 54))
    assert isinstance(pair.news[0], SnapshotArrived)


async def test_a_command_is_answered(pair: Pair) -> None:
    answer = await asyncio.to_thread(pair.client.execute, STOP, timeout_s=10)
    assert answer.accepted
    assert pair.engine.carried_out == [STOP]


async def test_many_commands_at_once_get_their_own_answers(pair: Pair) -> None:
    commands = [StopCopying(command_id=f"stop-{number:04}", by="operator") for number in range(20)]
    answers = await asyncio.gather(
        *(asyncio.to_thread(pair.client.execute, command, timeout_s=10) for command in commands)
    )
    assert [answer.command_id for answer in answers] == [command.command_id for command in commands]


async def test_a_new_engine_is_shown_anew(pair: Pair) -> None:
    await pair.restart_engine(ScriptedEngine(rows.snapshot(2, boot_id="boot-2")))
    await eventually_async(lambda: state_of(pair.client)["boot_id"] == "boot-2")
    await pair.is_up()
    links = [news.link.is_up for news in pair.news if isinstance(news, LinkChanged)]
    assert links == [True, False, True]


async def test_while_the_engine_is_gone_the_state_is_frozen_and_nothing_is_sent(pair: Pair) -> None:
    await pair.server.close()
    await eventually_async(lambda: not pair.client.link().is_up)
    assert state_of(pair.client)["seq"] == 4
    with pytest.raises(EngineUnreachableError):
        await asyncio.to_thread(pair.client.execute, STOP, timeout_s=10)


async def test_a_link_lost_under_a_command_is_no_answer_and_the_repetition_acts_once(pair: Pair) -> None:
    pair.engine.hold.clear()
    asked = asyncio.create_task(asyncio.to_thread(pair.client.execute, STOP, timeout_s=20))
    await eventually_async(lambda: pair.engine.asked == 1)
    pair.server._cut_all()
    with pytest.raises(OutcomeUnknownError, match=r"was lost.*stop-0001 is not known here"):
        await asked
    pair.engine.hold.set()
    await pair.is_up()
    assert (await asyncio.to_thread(pair.client.execute, STOP, timeout_s=10)).accepted
    assert pair.engine.carried_out == [STOP]


async def test_an_engine_that_does_not_answer_in_time_is_no_answer(pair: Pair) -> None:
    pair.engine.hold.clear()
    with pytest.raises(OutcomeUnknownError, match="may be sent again"):
        await asyncio.to_thread(pair.client.execute, STOP, timeout_s=0.05)
    pair.engine.hold.set()


async def test_an_engine_that_fails_under_a_command_is_no_answer(pair: Pair) -> None:
    pair.engine.fail = RuntimeError("planned")
    with pytest.raises(OutcomeUnknownError, match="RuntimeError"):
        await asyncio.to_thread(pair.client.execute, STOP, timeout_s=10)


async def test_a_question_is_answered_and_where_it_is_not_nothing_was_done(pair: Pair) -> None:
    query = PreviewRetries(copies=(CopyId("100:AB1234"),))
    preview = await asyncio.to_thread(pair.client.preview, query, timeout_s=10)
    assert preview == rows.a_preview(warnings=[repr(query)])
    assert pair.engine.carried_out == []
    pair.engine.fail = RuntimeError("planned")
    with pytest.raises(EngineUnreachableError, match="RuntimeError"):
        await asyncio.to_thread(pair.client.preview, query, timeout_s=10)
    pair.engine.fail = None
    pair.engine.hold.clear()
    with pytest.raises(EngineUnreachableError, match="did not answer within"):
        await asyncio.to_thread(pair.client.preview, query, timeout_s=0.05)
    pair.engine.hold.set()
    pair.server._limits = LinkLimits(commands_under_way=0)
    with pytest.raises(EngineUnreachableError, match="Nothing was done"):
        await asyncio.to_thread(pair.client.preview, query, timeout_s=10)


async def test_a_listener_can_leave(pair: Pair) -> None:
    heard: list[News] = []
    leave = pair.client.subscribe(heard.append)
    pair.engine.show()
    await eventually_async(lambda: heard)
    leave()
    pair.engine.show()
    await eventually_async(lambda: state_of(pair.client)["seq"] == 6)
    assert len(heard) == 1


async def test_a_listener_that_fails_does_not_end_the_link(pair: Pair) -> None:
    def fail(_news: News) -> None:
        leave()
        raise RuntimeError("planned")

    leave = pair.client.subscribe(fail)
    pair.engine.show()
    pair.engine.show()
    await eventually_async(lambda: pair.client.snapshot() == pair.engine.snapshot())


async def test_a_wrong_secret_never_comes_up() -> None:
    pair = Pair()
    client = await pair.start(secret="not-the-secret-of-this-start")
    with pytest.raises(EngineUnreachableError):
        await asyncio.to_thread(client.execute, STOP, timeout_s=10)
    assert client.snapshot() is None
    await pair.close()
