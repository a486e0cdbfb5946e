"""The official client signs in, is refused and signs out on the exchange as on Kite."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from kiteconnect import KiteConnect
from kiteconnect.exceptions import InputException, TokenException

from tests.builders.exchange import ExchangeServer, running_exchange
from tests.builders.kite_fields import assert_kite_fields

SECRET = "papersecretpa0001"


@pytest.fixture
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange(accounts=2) as server:
        yield server


def browser_login(
    exchange: ExchangeServer, kite: KiteConnect, user_id: str, **more: str
) -> requests.Response:
    """Do what the browser does with the client's own login link, on the exchange instead of Kite."""
    query = urlsplit(kite.login_url()).query
    form = {"api_key": parse_qs(query)["api_key"][0], "user_id": user_id, **more}
    page = requests.get(f"{exchange.root}/connect/login?{query}", timeout=5)
    assert page.status_code == 200
    assert user_id in page.text
    return requests.post(f"{exchange.root}/connect/login", data=form, timeout=5, allow_redirects=False)


def test_the_login_page_redirects_with_a_request_token(exchange: ExchangeServer) -> None:
    exchange.control("PUT", "/accounts/PA0001", {"redirect_url": "http://127.0.0.1:9/back?from=kite"})
    kite = KiteConnect("paperkeypa0001", root=exchange.root)
    answer = browser_login(exchange, kite, "PA0001", redirect_params="state=abc")
    assert answer.status_code == 302
    target = urlsplit(answer.headers["Location"])
    query = parse_qs(target.query)
    assert (target.netloc, target.path) == ("127.0.0.1:9", "/back")
    assert (query["from"], query["state"], query["action"], query["status"]) == (
        ["kite"],
        ["abc"],
        ["login"],
        ["success"],
    )
    session = kite.generate_session(query["request_token"][0], SECRET)
    assert_kite_fields("session", session)
    assert isinstance(session["login_time"], datetime)
    assert (session["user_id"], session["refresh_token"]) == ("PA0001", "")
    assert_kite_fields("profile", kite.profile())


def test_a_request_token_is_good_once(exchange: ExchangeServer) -> None:
    kite = KiteConnect("paperkeypa0001", root=exchange.root)
    token = exchange.control("POST", "/accounts/PA0001/login")["request_token"]
    first = kite.generate_session(token, SECRET)["access_token"]
    with pytest.raises(TokenException):
        kite.generate_session(token, SECRET)
    again = exchange.control("POST", "/accounts/PA0001/login")["request_token"]
    assert kite.generate_session(again, SECRET)["access_token"] == first  # the same day's token lives on


def test_a_wrong_secret_or_another_users_app_is_refused(exchange: ExchangeServer) -> None:
    kite = KiteConnect("paperkeypa0001", root=exchange.root)
    token = exchange.control("POST", "/accounts/PA0001/login")["request_token"]
    with pytest.raises(TokenException):
        kite.generate_session(token, "wrong")
    refused = requests.post(
        f"{exchange.root}/connect/login",
        data={"api_key": "paperkeypa0001", "user_id": "PA0002"},
        timeout=5,
        allow_redirects=False,
    )
    assert refused.status_code == 403
    assert "not enabled" in refused.text
    assert requests.get(f"{exchange.root}/connect/login?api_key=nobody", timeout=5).status_code == 400


def test_without_a_redirect_url_the_page_shows_the_request_token(exchange: ExchangeServer) -> None:
    kite = KiteConnect("paperkeypa0002", root=exchange.root)
    answer = browser_login(exchange, kite, "PA0002")
    token = answer.text.partition("<code>")[2].partition("</code>")[0]
    assert kite.generate_session(token, "papersecretpa0002")["user_id"] == "PA0002"


def test_logging_out_kills_the_token(exchange: ExchangeServer) -> None:
    kite = exchange.kite("PA0001")
    expired: list[bool] = []
    kite.set_session_expiry_hook(lambda: expired.append(True))
    assert kite.invalidate_access_token() is True
    with pytest.raises(TokenException, match="Incorrect `api_key` or `access_token`") as caught:
        kite.orders()
    assert caught.value.code == 403
    assert expired == [True]


def test_an_expired_token_is_refused_until_the_next_login(exchange: ExchangeServer) -> None:
    kite = exchange.kite("PA0001")
    exchange.control("POST", "/accounts/PA0001/expire")
    with pytest.raises(TokenException):
        kite.profile()
    token = exchange.control("POST", "/accounts/PA0001/login")["request_token"]
    assert kite.generate_session(token, SECRET)["access_token"] != "papertokenpa0001"
    assert kite.profile()["user_id"] == "PA0001"


def test_refresh_tokens_are_not_for_retail(exchange: ExchangeServer) -> None:
    kite = exchange.kite("PA0001")
    with pytest.raises(TokenException):
        kite.renew_access_token("anything", SECRET)
    with pytest.raises(TokenException):
        kite.invalidate_refresh_token("anything")


def test_a_missing_field_is_named(exchange: ExchangeServer) -> None:
    kite = exchange.kite("PA0001")
    with pytest.raises(InputException, match="Missing or empty field `request_token`"):
        kite._post("api.token", params={"api_key": "paperkeypa0001"})
