"""What comes back over the wire, whole, odd or hostile, and what is made of it."""

import gzip
import tracemalloc

import pytest

from app.adapters.kite import connection as connection_module
from app.adapters.kite.answers import Answer, Lost, UnreadableBodyError, WireResult
from app.adapters.kite.wire import MAX_ORDER_ANSWER_BYTES, Lane, Wire
from tests.builders.raw_server import (
    RawServer,
    answer,
    dribbles,
    hang,
    then_closes,
    then_resets,
)

REQUEST = b"POST /orders/regular HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=b"
BODY = b'{"status":"success","data":{"order_id":"1"}}'


async def ask(wire: Wire) -> WireResult:
    return await wire.ask(Lane.ORDERS, lambda: REQUEST)


async def ask_for_answer(wire: Wire) -> Answer:
    result = await ask(wire)
    assert isinstance(result, Answer), result
    return result


async def test_a_plain_answer_comes_with_its_status_and_three_headers(server: RawServer, wire: Wire) -> None:
    server.script(answer(BODY, status=400, Date="Fri, 20 Nov 2026 04:30:00 GMT"))
    got = await ask_for_answer(wire)
    assert (got.status, got.is_json, got.content(1000)) == (400, True, BODY)
    assert got.broker_time is not None
    assert got.broker_time.isoformat() == "2026-11-20T04:30:00+00:00"
    assert server.requests == [REQUEST]


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Fri, 99 Nov 2026 04:30:00 GMT",
        "Fri, 20 Nov 99999999999999 04:30:00 GMT",
        "Fri, 20 Nov 2026 04:30:00 +999999999999",
        "Fri, 31 Dec 9999 23:59:59 -2300",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "\x00",
    ],
)
def test_a_date_that_is_none_is_no_broker_time(date: str) -> None:
    assert Answer(status=200, date=date).broker_time is None


async def test_chunks_are_put_together(server: RawServer, wire: Wire) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.script(head + b"5\r\n" + BODY[:5] + b"\r\n%x\r\n" % (len(BODY) - 5) + BODY[5:] + b"\r\n0\r\n\r\n")
    assert (await ask_for_answer(wire)).body == BODY


async def test_gzip_is_unpacked(server: RawServer, wire: Wire) -> None:
    server.script(answer(gzip.compress(BODY), Content_Encoding="gzip"))
    assert (await ask_for_answer(wire)).content(1000) == BODY


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (gzip.compress(b"0" * 100_000_000), "gzip"),
        (gzip.compress(BODY)[:-4], "gzip"),
        (gzip.compress(BODY) + b"more", "gzip"),
        (b"no gzip at all", "gzip"),
        (BODY, "br"),
        (b"0" * 1001, ""),
    ],
    ids=["bomb", "broken off", "surplus", "not gzip", "not asked for", "large"],
)
def test_a_body_that_cannot_be_trusted_is_refused(packed: bytes, encoding: str) -> None:
    got = Answer(status=200, content_encoding=encoding, body=packed)
    with pytest.raises(UnreadableBodyError):
        got.content(1000)


def test_a_gzip_bomb_is_not_even_unpacked() -> None:
    bomb = Answer(status=200, content_encoding="gzip", body=gzip.compress(b"0" * 50_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableBodyError, match="unpacked"):
            bomb.content(100_000)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 1_000_000


async def test_an_interim_answer_is_not_the_answer(server: RawServer, wire: Wire) -> None:
    server.script(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nDate: never\r\n\r\n" + answer(BODY))
    got = await ask_for_answer(wire)
    assert (got.status, got.body, got.date) == (200, BODY, "")


async def test_a_redirect_is_an_answer_and_is_not_followed(server: RawServer, wire: Wire) -> None:
    server.script(answer(b"", status=302, content_type="", Location=server.root + "/elsewhere"))
    assert (await ask_for_answer(wire)).status == 302
    assert server.requests == [REQUEST]


@pytest.mark.parametrize(
    "step",
    [
        then_resets(b""),
        then_resets(b"HTTP/1.1 200 OK\r\nContent-Le"),
        then_resets(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"),
        then_closes(b""),
        then_closes(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"),
        then_closes(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + BODY),
        then_closes(b"<html>502</html>"),
        then_closes(b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
        then_closes(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n{}"),
    ],
    ids=[
        "reset without a byte",
        "reset in the head",
        "reset in the body",
        "closed without a byte",
        "closed in the body",
        "its end is only the closing",
        "no HTTP",
        "upgrade",
        "two framings",
    ],
)
async def test_without_a_whole_answer_it_is_lost_and_not_sent_again(
    server: RawServer, wire: Wire, step: object
) -> None:
    server.script(step)  # type: ignore[arg-type]  # a step, from the list above
    assert isinstance(await ask(wire), Lost)
    assert server.requests == [REQUEST]


@pytest.mark.parametrize(
    "step",
    [
        hang,
        dribbles(b"HTTP/1.1 200 OK\r\n", b"X-Slow: yes\r\n"),
        dribbles(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silent", "slow head", "endless interim answers"],
)
async def test_an_answer_that_takes_too_long_is_lost(
    server: RawServer, hasty_wire: Wire, step: object
) -> None:
    server.script(step, answer(BODY))  # type: ignore[arg-type]  # a step, from the list above
    assert isinstance(await ask(hasty_wire), Lost)
    assert (await ask_for_answer(hasty_wire)).body == BODY
    assert len(server.requests) == len(server.peers) == 2


async def test_endless_headers_are_cut_off(server: RawServer, wire: Wire) -> None:
    server.script(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * (connection_module.MAX_HEAD_BYTES + 10))
    result = await ask(wire)
    assert isinstance(result, Lost)
    assert "headers" in result.message


@pytest.mark.parametrize("is_announced", [True, False])
async def test_an_answer_above_its_bound_is_cut_off(
    server: RawServer, wire: Wire, is_announced: bool
) -> None:
    body = b"a" * (MAX_ORDER_ANSWER_BYTES + 1)
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body
    server.script(answer(body) if is_announced else chunked)
    result = await ask(wire)
    assert isinstance(result, Lost)
    assert "larger" in result.message
