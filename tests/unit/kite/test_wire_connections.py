"""Which connection a request takes, and that what was written once is never written again."""

import asyncio

import pytest

from app.adapters.kite import pool as pool_module
from app.adapters.kite.answers import Answer, Lost, NotSent, NotSentReason
from app.adapters.kite.wire import MAX_ORDER_CONNECTIONS, Lane, Wire
from tests.builders.eventually import eventually_async
from tests.builders.raw_server import Peer, RawServer, answer, hang, then_closes

REQUEST = b"GET /orders HTTP/1.1\r\nHost: x\r\n\r\n"


async def ask(wire: Wire, lane: Lane = Lane.ORDERS) -> Answer | NotSent | Lost:
    return await wire.ask(lane, lambda: REQUEST)


async def test_requests_share_a_kept_alive_connection(server: RawServer, wire: Wire) -> None:
    server.script(answer(b"1"), answer(b"2"), answer(b"3"))
    bodies = [got.body for _ in range(3) if isinstance(got := await ask(wire), Answer)]
    assert bodies == [b"1", b"2", b"3"]
    assert len(server.peers) == 1


async def test_orders_and_reads_have_connections_of_their_own(server: RawServer, wire: Wire) -> None:
    server.script(answer(b"1"), answer(b"2"))
    await ask(wire, Lane.ORDERS)
    await ask(wire, Lane.READS)
    assert len(server.peers) == 2


async def test_requests_at_once_take_several_connections_up_to_a_bound(server: RawServer, wire: Wire) -> None:
    tasks = [asyncio.create_task(ask(wire)) for _ in range(MAX_ORDER_CONNECTIONS + 3)]
    await eventually_async(lambda: len(server.requests) == MAX_ORDER_CONNECTIONS)
    assert len(server.peers) == MAX_ORDER_CONNECTIONS
    wire.close()
    results = await asyncio.gather(*tasks)
    assert [type(result) for result in results] == [Lost] * MAX_ORDER_CONNECTIONS + [NotSent] * 3
    assert len(server.requests) == MAX_ORDER_CONNECTIONS


@pytest.mark.parametrize(
    "first", [then_closes(answer(b"1")), answer(b"1", Connection="close")], ids=["closed", "close announced"]
)
async def test_a_connection_the_peer_closed_is_replaced_not_written_to(
    server: RawServer, wire: Wire, first: object
) -> None:
    server.script(first, answer(b"2"))  # type: ignore[arg-type]  # a step or bytes
    await ask(wire)
    got = await ask(wire)
    assert isinstance(got, Answer)
    assert got.body == b"2"
    assert len(server.requests) == len(server.peers) == 2


async def test_a_close_the_loop_has_not_seen_yet_is_noticed_by_asking_the_socket(
    server: RawServer, wire: Wire
) -> None:
    server.script(answer(b"1"), answer(b"2"))
    await ask(wire)
    [pooled] = wire._pools[Lane.ORDERS]._idle
    assert pooled._transport is not None
    pooled._transport.pause_reading()
    server.peers[0].writer.close()
    await asyncio.wait_for(server.peers[0].writer.wait_closed(), 10)
    assert not pooled._transport.is_closing()
    assert not pooled.is_usable
    got = await ask(wire)
    assert isinstance(got, Answer)
    assert got.body == b"2"


async def test_a_second_answer_to_one_request_is_never_taken_for_the_next(
    server: RawServer, wire: Wire
) -> None:
    server.script(answer(b"1") + answer(b"stale"), answer(b"2"))
    first, second = await ask(wire), await ask(wire)
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert (first.body, second.body) == (b"1", b"2")
    assert len(server.peers) == 2


async def test_bytes_that_come_while_idle_spend_the_connection(server: RawServer, wire: Wire) -> None:
    server.script(answer(b"1"), answer(b"2"))
    await ask(wire)
    await server.peers[0].say(answer(b"stale"))
    got = await ask(wire)
    assert isinstance(got, Answer)
    assert got.body == b"2"
    assert len(server.peers) == 2


async def test_may_send_is_asked_once_with_a_connection_at_hand_and_its_no_is_kept(
    server: RawServer, wire: Wire
) -> None:
    seen: list[tuple[int, int]] = []

    def may_send() -> bool:
        seen.append((len(wire._pools[Lane.ORDERS]._lent), len(server.requests)))
        return False

    result = await wire.ask(Lane.ORDERS, lambda: REQUEST, may_send)
    assert isinstance(result, NotSent)
    assert result.reason is NotSentReason.STOPPED
    assert seen == [(1, 0)]
    server.script(answer(b"1"))
    assert isinstance(await ask(wire), Answer)
    assert server.requests == [REQUEST]
    assert len(server.peers) == 1


async def test_may_send_is_asked_after_waiting_not_before(server: RawServer, wire: Wire) -> None:
    """A stop that is acknowledged while a request waits for a connection holds for that request."""
    busy = [asyncio.create_task(ask(wire)) for _ in range(MAX_ORDER_CONNECTIONS)]
    await eventually_async(lambda: len(server.requests) == MAX_ORDER_CONNECTIONS)
    is_stopped = False
    waiting = asyncio.create_task(wire.ask(Lane.ORDERS, lambda: REQUEST, lambda: not is_stopped))
    await asyncio.sleep(0)
    is_stopped = True
    await server.peers[0].say(answer(b"1"))
    result = await waiting
    assert isinstance(result, NotSent)
    assert result.reason is NotSentReason.STOPPED
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)
    assert len(server.requests) == MAX_ORDER_CONNECTIONS


async def test_a_caller_that_gives_up_leaves_no_connection_behind(server: RawServer, wire: Wire) -> None:
    """Its answer would be mistaken for the next one's."""
    server.script(hang, answer(b"2"))
    task = asyncio.create_task(ask(wire))
    await eventually_async(lambda: server.requests)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    got = await ask(wire)
    assert isinstance(got, Answer)
    assert got.body == b"2"
    assert len(server.peers) == 2


async def test_closing_ends_what_is_under_way_and_refuses_what_comes(server: RawServer, wire: Wire) -> None:
    task = asyncio.create_task(ask(wire))
    await eventually_async(lambda: server.requests)
    wire.close()
    assert isinstance(await task, Lost)
    after = await ask(wire)
    assert isinstance(after, NotSent)
    assert after.reason is NotSentReason.CLOSED


async def test_a_peer_that_closes_whatever_connects_gets_no_request(server: RawServer, wire: Wire) -> None:
    async def slam(peer: Peer) -> None:
        peer.writer.close()

    server.on_accept = slam
    result = await ask(wire)
    assert isinstance(result, NotSent | Lost)
    assert len(server.requests) == 0


class TestWarmUp:
    async def test_it_opens_what_the_first_orders_need(self, server: RawServer, wire: Wire) -> None:
        assert await wire.warm_up() is None
        await eventually_async(lambda: len(server.peers) == 3)
        server.script(answer(b"1"), answer(b"2"))
        await asyncio.gather(ask(wire), ask(wire))
        await wire.warm_up()
        assert len(server.peers) == 3

    async def test_it_replaces_what_idles_long_and_keeps_the_old_until_then(
        self, server: RawServer, wire: Wire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await wire.warm_up()
        monkeypatch.setattr(pool_module, "RENEW_IDLE_S", -1.0)
        await wire.warm_up()
        await eventually_async(lambda: len(server.peers) == 6)
        assert wire._pools[Lane.ORDERS].idle_count == 2

    async def test_a_connection_that_idled_too_long_is_not_written_to(
        self, server: RawServer, wire: Wire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await wire.warm_up()
        monkeypatch.setattr(pool_module, "MAX_IDLE_S", -1.0)
        result = await ask(wire)
        assert isinstance(result, NotSent)
        assert server.requests == []

    async def test_it_says_why_nothing_could_be_opened(self) -> None:
        wire = Wire("http://127.0.0.1:1")
        why = await wire.warm_up()
        assert why is not None
        assert why.reason is NotSentReason.REFUSED
        wire.close()
