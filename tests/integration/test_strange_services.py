"""Strange answers to a login and to the request for instruments: refused in words, nothing taken over."""

import gzip
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.adapters.kite import client as client_module
from app.adapters.kite.credentials import Credentials
from app.adapters.kite.instruments import KiteInstruments
from app.adapters.kite.login import KiteSession, exchange_request_token, read_profile
from app.adapters.kite.roots import paper_roots
from app.ports.broker import BrokerUnavailableError
from app.ports.broker_login import LoginRefusedError
from tests.builders.raw_server import RawServer, answer, dribbles, raw_server
from tests.builders.strange_answers import STRANGE, success
from tests.fakes.clock import FakeClock

HEADER = "instrument_token,exchange_token,tradingsymbol,name,last_price,expiry,strike,tick_size,lot_size,"
CSV = f"{HEADER}instrument_type,segment,exchange\n1,1,INFY,INFOSYS,0,,0,0.05,1,EQ,NSE,NSE\n".encode()
SESSION = {
    "user_id": "PA0001",
    "user_name": "One",
    "access_token": "token1",
    "login_time": "2026-11-20 08:00:00",
}
PROMPT = {name: said for name, said in STRANGE.items() if name != "a trickle"}
SECRET = "secret-of-the-app"


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    async with raw_server() as running:
        yield running


def instruments_of(server: RawServer, reports: list[str] | None = None) -> KiteInstruments:
    return KiteInstruments(
        roots=paper_roots(server.root),
        clock=FakeClock(),
        freeze_quantities=dict,
        folder=None,
        report=(reports if reports is not None else []).append,
    )


async def log_in(server: RawServer) -> KiteSession:
    return await exchange_request_token(
        paper_roots(server.root), api_key="key1", api_secret=SECRET, request_token="request1"
    )


@pytest.mark.parametrize("name", list(PROMPT))
async def test_what_is_no_instrument_list_leaves_the_last_one_in_use(server: RawServer, name: str) -> None:
    reports: list[str] = []
    instruments = instruments_of(server, reports)
    server.script(answer(CSV, content_type="text/csv"), PROMPT[name], answer(CSV, content_type="text/csv"))
    await instruments.refresh()
    with pytest.raises(BrokerUnavailableError, match="instrument list"):
        await instruments.refresh()
    assert instruments.find("NSE:INFY")
    await instruments.refresh()
    assert reports == []


@pytest.mark.parametrize("name", list(PROMPT))
async def test_what_is_no_answer_to_a_login_is_no_session(server: RawServer, name: str) -> None:
    server.script(PROMPT[name])
    with pytest.raises(LoginRefusedError) as refused:
        await log_in(server)
    assert SECRET not in str(refused.value)
    assert "request1" not in str(refused.value)
    assert len(server.requests) == 1, "a redirect is not followed, and nothing is tried again"


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token": ...},
        {"access_token": None},
        {"access_token": 7},
        {"access_token": ["token1"]},
        {"access_token": ""},
        {"access_token": "a b"},
        {"access_token": "a\r\nX-Y: z"},
        {"access_token": "t" * 10_000},
        {"access_token": "\u0442oken"},
        {"user_id": None},
        {"user_id": 7},
        {"user_id": "PA\x000001"},
        {"user_name": {}},
        {"login_time": ...},
        {"login_time": 7},
        {"login_time": "0000-00-00 00:00:00"},
    ],
    ids=lambda changes: str(changes)[:40],
)
async def test_a_session_that_makes_no_sense_is_refused(server: RawServer, changes: dict[str, Any]) -> None:
    session = {name: value for name, value in {**SESSION, **changes}.items() if value is not ...}
    server.script(success(session))
    with pytest.raises(LoginRefusedError):
        await log_in(server)


async def test_a_session_that_makes_sense_is_taken(server: RawServer) -> None:
    server.script(success(SESSION))
    assert (await log_in(server)).access_token == "token1"


@pytest.mark.parametrize(
    "name", ["a gzip bomb", "data that is null", "data that is text", "a page with HTTP 200"]
)
async def test_a_profile_that_is_none_is_refused(server: RawServer, name: str) -> None:
    server.script(PROMPT[name])
    with pytest.raises(LoginRefusedError):
        await read_profile(paper_roots(server.root), Credentials("key1", "token1"))


async def test_the_official_client_reads_no_more_than_its_bounds(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = gzip.compress(CSV + b"\n" * 3_000_000)
    monkeypatch.setattr(client_module, "MAX_ANSWER_BYTES", 2_000_000)
    server.script(answer(packed, content_type="text/csv", Content_Encoding="gzip"))
    with pytest.raises(BrokerUnavailableError, match="AnswerTooLargeError"):
        await instruments_of(server).refresh()
    monkeypatch.setattr(client_module, "MAX_ANSWER_S", 0.1)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.script(dribbles(head, b"1\r\nx\r\n"))
    with pytest.raises(BrokerUnavailableError, match="AnswerTooLargeError"):
        await instruments_of(server).refresh()


async def test_a_number_is_not_taken_for_a_length(server: RawServer) -> None:
    server.script(success(10**12))
    with pytest.raises(BrokerUnavailableError, match="DataException"):
        await instruments_of(server).refresh()
