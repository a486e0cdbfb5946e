"""What a ticker connection may ask for."""

import pytest
from aiohttp import web

from app.exchange.accounts import Account
from app.exchange.stream.packets import Mode
from app.exchange.stream.session import MAX_QUEUED, TickerSession

ACCOUNT = Account(user_id="PA0001", name="Paper", api_key="k", api_secret="s", access_token="t", cash=0)


@pytest.fixture
def session() -> TickerSession:
    return TickerSession(web.WebSocketResponse(), ACCOUNT, heartbeat_s=1.0)


def test_subscribing_means_quote_mode_until_told_otherwise(session: TickerSession) -> None:
    assert session.take('{"a":"subscribe","v":[1,2]}') == [1, 2]
    assert session.take('{"a":"mode","v":["full",[2,3]]}') == [2, 3]
    assert session.modes == {1: Mode.QUOTE, 2: Mode.FULL, 3: Mode.FULL}
    session.take('{"a":"subscribe","v":[2]}')
    assert session.modes[2] is Mode.FULL
    assert session.take('{"a":"unsubscribe","v":[1,99]}') == []
    assert set(session.modes) == {2, 3}


def test_no_more_than_3000_instruments(session: TickerSession) -> None:
    session.take('{"a":"subscribe","v":' + str(list(range(3000))) + "}")
    with pytest.raises(ValueError, match="At most 3000"):
        session.take('{"a":"subscribe","v":[3000]}')
    assert len(session.modes) == 3000
    session.take('{"a":"mode","v":["ltp",[0]]}')


@pytest.mark.parametrize(
    "text",
    ["no json", "[]", "{}", '{"a":"dance"}', '{"a":"subscribe","v":"1"}', '{"a":"mode","v":["loud",[1]]}'],
)
def test_what_is_no_request_is_refused(session: TickerSession, text: str) -> None:
    with pytest.raises(ValueError, match="The "):
        session.take(text)


def test_a_reader_that_is_too_slow_loses_its_connection(
    session: TickerSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped: list[bool] = []
    monkeypatch.setattr(session, "drop", lambda: dropped.append(True))
    for _ in range(MAX_QUEUED):
        session.send(b"tick")
    assert dropped == []
    session.send(b"one too many")
    assert dropped == [True]
