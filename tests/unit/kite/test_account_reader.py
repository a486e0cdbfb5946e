"""What only KiteAccountReader does: its requests byte for byte, and answers that no account gives."""

from collections.abc import AsyncIterator
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from app.adapters.kite import account_reader
from app.adapters.kite.account_reader import KiteAccountReader
from app.adapters.kite.credentials import Credentials
from app.adapters.kite.egress import Egress
from app.adapters.kite.limits import QUOTES_PER_S, ReadPacer
from app.adapters.kite.roots import paper_roots
from app.domain.ids import AccountId
from app.ports.broker import BrokerUnavailableError
from tests.builders.raw_server import RawServer, answer
from tests.unit.kite.conftest import PATIENT
from tests.unit.kite.test_order_requests import leg

POSITION = {
    "exchange": "NFO",
    "tradingsymbol": "NIFTYFUT",
    "product": "NRML",
    "quantity": -65,
    "average_price": 25000.350000000002,
    "last_price": 25001.5,
    "pnl": -9999,
    "m2m": -74.75000000000001,
    "instrument_token": 1,
}
SEGMENT = {"net": 99725.05000000002, "utilised": {"debits": "145706.55"}}


@pytest.fixture
async def reader(server: RawServer) -> AsyncIterator[KiteAccountReader]:
    made = KiteAccountReader(
        AccountId("PA0002"),
        credentials=Credentials("key1", "token1"),
        roots=paper_roots(server.root),
        timeouts=PATIENT,
    )
    made._quote_pacer = ReadPacer(1000.0)
    yield made
    await made.close()


def success(data: object) -> bytes:
    return answer(msgspec.json.encode({"status": "success", "data": data}))


async def test_the_days_profit_is_counted_from_last_nights_close(
    server: RawServer, reader: KiteAccountReader
) -> None:
    server.script(success({"net": [POSITION], "day": "whatever"}))
    (held,) = await reader.positions()
    assert (held.instrument, held.product, held.quantity) == ("NFO:NIFTYFUT", "NRML", -65)
    assert [str(value) for value in (held.average_price, held.last_price, held.pnl)] == [
        "25000.35",
        "25001.50",
        "-74.75",
    ]


async def test_a_tick_finer_than_a_paisa_is_kept(server: RawServer, reader: KiteAccountReader) -> None:
    server.script(success({"CDS:USDINRFUT": {"instrument_token": 1, "last_price": 88.4025}}))
    assert await reader.last_prices(["CDS:USDINRFUT"]) == {"CDS:USDINRFUT": Decimal("88.4025")}


async def test_funds_are_those_of_the_equity_segment(server: RawServer, reader: KiteAccountReader) -> None:
    server.script(success({"equity": SEGMENT, "commodity": {**SEGMENT, "net": 1}}))
    funds = await reader.funds()
    assert (str(funds.free), str(funds.used)) == ("99725.05", "145706.55")


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"day": []},
        {"net": [{**POSITION, "quantity": 1.5}]},
        {"net": [{**POSITION, "quantity": 10**16}]},
        {"net": [{**POSITION, "tradingsymbol": ""}]},
        {"net": [{**POSITION, "tradingsymbol": "INFY\u202e\n"}]},
        {"net": [{**POSITION, "tradingsymbol": "A" * 65}]},
        {"net": [{**POSITION, "last_price": "NaN"}]},
        {"net": [{**POSITION, "m2m": 10**16}]},
        {"net": [{**POSITION, "m2m": None}]},
        {"net": [POSITION, {}]},
    ],
)
async def test_positions_that_make_no_sense_are_a_failed_read(
    server: RawServer, reader: KiteAccountReader, data: object
) -> None:
    server.script(success(data))
    with pytest.raises(
        BrokerUnavailableError, match=r"^PA0002: the positions cannot be read\. Kite's answer"
    ):
        await reader.positions()


async def test_what_is_no_answer_of_kites_is_a_failed_read(
    server: RawServer, reader: KiteAccountReader
) -> None:
    server.script(answer(b"<html>", Content_Type="text/html"), answer(b"{", status=200), answer(b"\x00\xff"))
    for _ in range(3):
        with pytest.raises(BrokerUnavailableError, match=r"^PA0002: the funds"):
            await reader.funds()


async def test_prices_are_asked_for_in_lines_that_every_server_takes(
    server: RawServer, reader: KiteAccountReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [f"NFO:BANKNIFTY26NOV{strike}CE" for strike in range(30000, 30600)] + ["NSE:M&M"]
    server.script(*[success({}) for _ in keys])
    await reader.last_prices(keys)
    lines = [request.split(b"\r\n")[0].decode() for request in server.requests]
    assert max(map(len, lines)) < 8000
    asked = [parse_qs(urlsplit(line.split()[1]).query)["i"] for line in lines]
    assert [key for part in asked for key in part] == keys
    server.requests.clear()
    monkeypatch.setattr(account_reader, "MOST_PRICES", 3)
    await reader.last_prices(keys[:7])
    assert [request.count(b"i=NFO") for request in server.requests] == [3, 3, 1]


def test_prices_are_asked_for_less_than_once_a_second() -> None:
    assert QUOTES_PER_S < 1


async def test_orders_are_asked_about_as_one_basket(server: RawServer, reader: KiteAccountReader) -> None:
    server.script(success({"initial": {"total": 9}, "final": {"total": 7.5}, "orders": []}))
    orders = [
        leg(order_type="LIMIT", price=Decimal("1E+3")),
        leg(order_type="SL-M", trigger_price=Decimal(5)),
    ]
    assert str(await reader.order_margin(orders)) == "7.50"
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /margins/basket?consider_positions=true HTTP/1.1\r\n")
    assert b"Content-Type: application/json" in head
    first, second = msgspec.json.decode(body)
    assert (first["price"], first["trigger_price"], second["price"], second["trigger_price"]) == (
        1000,
        0,
        0,
        5,
    )
    assert first["variety"] == "regular"


async def test_a_basket_that_frees_money_blocks_none(server: RawServer, reader: KiteAccountReader) -> None:
    server.script(success({"final": {"total": -500.0}}))
    assert await reader.order_margin([leg()]) == 0


async def test_a_new_token_is_used_from_the_next_request_on_and_shown_nowhere(
    server: RawServer, reader: KiteAccountReader
) -> None:
    server.script(success({"net": []}), success({"net": []}))
    await reader.positions()
    reader.set_token("token2")
    await reader.positions()
    assert [b"token key1:token%d\r" % n in r for n, r in enumerate(server.requests, start=1)] == [True, True]
    assert "token" not in repr(reader)


async def test_it_leaves_from_the_accounts_own_address_over_a_connection_of_its_own(
    server: RawServer,
) -> None:
    reader = KiteAccountReader(
        AccountId("PA0002"),
        credentials=Credentials("key1", "token1"),
        roots=paper_roots(server.root),
        egress=Egress(source_address="127.0.0.2"),
        timeouts=PATIENT,
    )
    server.script(success({"net": []}), success({"equity": SEGMENT}))
    await reader.positions()
    await reader.funds()
    assert [peer.address for peer in server.peers] == ["127.0.0.2"]
    await reader.close()


async def test_a_failure_of_our_own_is_a_failed_read(
    reader: KiteAccountReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(reader._wire, "ask", breaks)
    with pytest.raises(BrokerUnavailableError, match="RuntimeError"):
        await reader.positions()
