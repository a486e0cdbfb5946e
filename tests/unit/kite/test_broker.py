"""What only KiteBroker does: order lists as bytes, tokens, and secrets. The rest is in tests/contract."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import msgspec
import pytest

from app.adapters.kite.broker import KiteBroker
from app.adapters.kite.credentials import Credentials
from app.adapters.kite.limits import ReadPacer
from app.adapters.kite.roots import paper_roots
from app.domain.amending import Modification
from app.domain.ids import AccountId, OrderId
from app.ports.broker import Accepted, BrokerUnavailableError, SessionExpiredError, Unknown
from tests.builders.raw_server import RawServer, answer, then_resets
from tests.unit.kite.conftest import PATIENT
from tests.unit.kite.test_mapping import ROW
from tests.unit.kite.test_order_requests import TAG, leg


def order_list(*rows: object) -> bytes:
    return msgspec.json.encode({"status": "success", "data": list(rows)})


@pytest.fixture
async def broker(server: RawServer) -> AsyncIterator[KiteBroker]:
    made = KiteBroker(
        AccountId("PA0002"),
        credentials=Credentials("key1", "token1"),
        roots=paper_roots(server.root),
        timeouts=PATIENT,
    )
    yield made
    await made.close()


async def test_an_order_list_the_same_to_the_byte_is_not_read_again(
    server: RawServer, broker: KiteBroker
) -> None:
    body = order_list(ROW)
    other = order_list(ROW, {**ROW, "order_id": "2"})
    server.script(answer(body), answer(body, Date="Fri, 20 Nov 2026 04:30:00 GMT"), answer(other))
    first, second, third = [await broker.order_list() for _ in range(3)]
    assert (first.is_unchanged, second.is_unchanged, third.is_unchanged) == (False, True, False)
    assert second.orders is first.orders
    assert (first.broker_time, second.broker_time is not None) == (None, True)
    assert third.orders[0] is first.orders[0]
    assert len(third.orders) == 2


async def test_a_packed_order_list_is_the_same_when_its_packed_bytes_are(
    server: RawServer, broker: KiteBroker
) -> None:
    packed = gzip.compress(order_list(ROW), mtime=0)
    server.script(answer(packed, Content_Encoding="gzip"), answer(packed, Content_Encoding="gzip"))
    first, second = await broker.order_list(), await broker.order_list()
    assert len(first.orders) == 1
    assert second.is_unchanged


async def test_unreadable_rows_are_told_each_time(server: RawServer, broker: KiteBroker) -> None:
    body = order_list(ROW, {"order_id": 5})
    server.script(answer(body), answer(body))
    for _ in range(2):
        seen = await broker.order_list()
        assert len(seen.orders) == len(seen.unreadable) == 1
        assert "PA0002" in seen.unreadable[0].text


@pytest.mark.parametrize(
    "said",
    [
        answer(b"<html>", content_type="text/html"),
        answer(b"<html>", content_type="text/html", status=502),
        answer(b'{"status":"success","data":{}}'),
        answer(b'{"status":"success"}'),
        answer(b'{"status":"success","data":['),
        answer(b'{"status":"error","message":"down","error_type":"GeneralException"}', status=500),
        answer(b'{"status":"error","message":"no","error_type":"PermissionException"}', status=403),
        answer(gzip.compress(b"0" * 40_000_000), Content_Encoding="gzip"),
        answer(b"", status=302, Location="http://127.0.0.1:1/orders"),
        then_resets(b""),
    ],
    ids=[
        "page",
        "page of a proxy",
        "no list",
        "no data",
        "broken off",
        "error",
        "no permission",
        "bomb",
        "redirect",
        "reset",
    ],
)
async def test_what_is_no_order_list_is_no_clean_read_and_is_not_remembered(
    server: RawServer, broker: KiteBroker, said: bytes
) -> None:
    server.script(answer(order_list(ROW)), said, answer(order_list(ROW)))
    first = await broker.order_list()
    with pytest.raises(BrokerUnavailableError, match="PA0002: the order list was not read") as failed:
        await broker.order_list()
    assert not isinstance(failed.value, SessionExpiredError)
    assert (await broker.order_list()).orders == first.orders


async def test_a_read_with_a_dead_token_says_so(server: RawServer, broker: KiteBroker) -> None:
    refusal = {"status": "error", "message": "Incorrect `api_key`.", "error_type": "TokenException"}
    server.script(answer(msgspec.json.encode(refusal), status=403))
    with pytest.raises(SessionExpiredError, match="Log this account in again"):
        await broker.order_list()


async def test_a_new_token_counts_from_the_next_request(server: RawServer, broker: KiteBroker) -> None:
    placed = answer(b'{"status":"success","data":{"order_id":"1"}}')
    server.script(placed, placed)
    await broker.place(leg(), TAG, lambda: True)
    broker.set_token("token2")
    assert await broker.cancel(OrderId("1"), lambda: True) == Accepted(OrderId("1"))
    assert b"\r\nAuthorization: token key1:token1\r\n" in server.requests[0]
    assert b"\r\nAuthorization: token key1:token2\r\n" in server.requests[1]
    with pytest.raises(ValueError, match="access token"):
        broker.set_token("token\r\n3")


async def test_each_call_has_its_method_and_path(server: RawServer, broker: KiteBroker) -> None:
    done = answer(b'{"status":"success","data":{"order_id":"1"}}')
    server.script(done, done, done, answer(order_list()))
    await broker.place(leg(), TAG, lambda: True)
    await broker.modify(OrderId("1"), Modification(quantity=1), lambda: True)
    await broker.cancel(OrderId("1"), lambda: True)
    await broker.order_list()
    assert [request.split(b" HTTP")[0] for request in server.requests] == [
        b"POST /orders/regular",
        b"PUT /orders/regular/1",
        b"DELETE /orders/regular/1",
        b"GET /orders",
    ]


async def test_a_fault_of_ours_is_unknown_too(server: RawServer, broker: KiteBroker) -> None:
    def breaks() -> bool:
        raise ZeroDivisionError

    outcome = await broker.place(leg(), TAG, breaks)
    assert isinstance(outcome, Unknown)
    assert "ZeroDivisionError" in outcome.message
    assert server.requests == []


async def test_its_secrets_show_in_no_repr_and_no_message(server: RawServer, broker: KiteBroker) -> None:
    server.script(then_resets(b""), then_resets(b""))
    outcome = await broker.place(leg(), TAG, lambda: True)
    with pytest.raises(BrokerUnavailableError) as failed:
        await broker.order_list()
    for text in (repr(broker), repr(outcome), str(failed.value), repr(failed.value.__context__)):
        assert "token1" not in text
        assert "key1" not in text


async def test_reads_are_spaced_evenly_and_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the pacer's own time: nothing is waited for here."""
    moment = 100.0
    slept: list[float] = []

    async def sleep(pause_s: float) -> None:
        slept.append(round(pause_s, 6))

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: moment)
    pacer = ReadPacer(4)
    for _ in range(4):
        await pacer.turn()
    assert slept == [0.25, 0.5, 0.75]
    moment = 200.0
    await pacer.turn()
    assert len(slept) == 3


async def test_the_broker_reads_no_faster_than_its_pacer(server: RawServer, broker: KiteBroker) -> None:
    turns: list[int] = []

    async def turn() -> None:
        turns.append(len(server.requests))

    broker._pacer.turn = turn  # type: ignore[method-assign]  # to see when it is asked
    server.script(answer(order_list()), answer(order_list()))
    await broker.order_list()
    await broker.order_list()
    assert turns == [0, 1]
