"""Logging in at the broker from the page: its browser and session alone, good once, in plain words."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.web.application import create_app
from tests.fakes.broker_login import LOGIN_PAGE, FakeLogin
from tests.web.conftest import BASE, PORT, Site, build_site

CROSS_SITE = {"Sec-Fetch-Site": "cross-site"}
KEPT = "Nothing was stored"


@pytest.fixture
def login() -> FakeLogin:
    return FakeLogin({"AB1234": True, "CD5678": True, "EF9012": False})


@pytest.fixture
def site(tmp_path: Path, login: FakeLogin) -> Site:
    built = build_site(tmp_path)
    options = replace(built.options, login=login)
    return Site(create_app(options, built.engine, built.clock), built.engine, built.clock, options)


@pytest.fixture
def operator(site: Site) -> FlaskClient:
    return site.operator()


def begin(browser: FlaskClient, account: str = "AB1234", base: str = BASE) -> str:
    """Begin a login and return the state that the broker is asked to hand back."""
    answer = browser.get(f"/login/{account}", base_url=base)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith(LOGIN_PAGE)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]


def come_back(browser: FlaskClient, state: str, base: str = BASE, **query: str) -> TestResponse:
    """Come back as Kite leads: by another site's redirect, with which no strict cookie is sent."""
    strict = browser.get_cookie(f"tandem_{PORT}")
    browser.delete_cookie(f"tandem_{PORT}")
    sent = {"action": "login", "status": "success", "request_token": "abc123", "state": state} | query
    answer = browser.get("/kite/callback", base_url=base, query_string=sent, headers=CROSS_SITE)
    if strict is not None:
        browser.set_cookie(f"tandem_{PORT}", strict.value)
    return answer


def test_there_and_back_stores_the_token_and_leads_home(operator: FlaskClient, login: FakeLogin) -> None:
    answer = come_back(operator, begin(operator))
    assert answer.status_code == 200, answer.text
    assert login.stored == {"AB1234": "abc123"}
    assert "AB1234 is logged in" in answer.text
    assert "Stored in memory." in answer.text
    assert 'content="2; url=/"' in answer.text
    assert "abc123" not in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_session_s_cookie_stays_strict_and_the_login_s_own_is_only_for_the_way_back(
    operator: FlaskClient,
) -> None:
    cookie = operator.get("/login/AB1234", base_url=BASE).headers["Set-Cookie"]
    assert cookie.startswith(f"tandem_{PORT}_login_")
    for part in ("Path=/kite/callback", "HttpOnly", "SameSite=Lax", "Max-Age=600"):
        assert part in cookie
    session = operator.get_cookie(f"tandem_{PORT}")
    assert session is not None
    assert session.same_site == "Strict"


def test_a_state_is_good_once(operator: FlaskClient, login: FakeLogin) -> None:
    state = begin(operator)
    come_back(operator, state)
    again = come_back(operator, state, request_token="other")
    assert again.status_code == 400
    assert KEPT in again.text
    assert login.stored == {"AB1234": "abc123"}


def test_a_state_is_good_for_ten_minutes(site: Site, operator: FlaskClient, login: FakeLogin) -> None:
    state = begin(operator)
    site.clock.at += timedelta(minutes=10)
    assert come_back(operator, state).status_code == 400
    assert not login.stored
    assert come_back(operator, begin(operator)).status_code == 200


@pytest.mark.parametrize("state", ["", "invented", "\udcff"])
def test_an_unknown_state_is_refused(operator: FlaskClient, login: FakeLogin, state: str) -> None:
    begin(operator)
    answer = come_back(operator, state.encode(errors="replace").decode())
    assert answer.status_code == 400
    assert "Begin it again" in answer.text
    assert not login.stored


def test_another_browser_cannot_complete_it(site: Site, operator: FlaskClient, login: FakeLogin) -> None:
    """Whoever lures an operator to the way back could have their own account's token stored."""
    state = begin(operator)
    other = site.operator()
    begin(other)
    assert come_back(other, state).status_code == 403
    assert come_back(site.visitor(), state).status_code == 403
    assert not login.stored
    assert come_back(operator, state).status_code == 200


def test_who_signed_out_meanwhile_completes_nothing(operator: FlaskClient, login: FakeLogin) -> None:
    state = begin(operator)
    operator.post("/sign-out", base_url=BASE)
    answer = come_back(operator, state)
    assert answer.status_code == 403
    assert "You are signed out" in answer.text
    assert not login.stored


def test_two_accounts_are_logged_in_side_by_side(operator: FlaskClient, login: FakeLogin) -> None:
    first, second = begin(operator), begin(operator, "CD5678")
    assert come_back(operator, first, request_token="one").status_code == 200
    assert come_back(operator, second, request_token="two").status_code == 200
    assert login.stored == {"AB1234": "one", "CD5678": "two"}


@pytest.mark.parametrize(
    "query",
    [{"status": "denied"}, {"request_token": ""}, {"request_token": "a\nb"}, {"request_token": "a" * 201}],
)
def test_a_login_given_up_at_the_broker_is_said(
    operator: FlaskClient, login: FakeLogin, query: dict[str, str]
) -> None:
    answer = come_back(operator, begin(operator), **query)
    assert answer.status_code == 400
    assert "AB1234 was not logged in" in answer.text
    assert KEPT in answer.text
    assert not login.stored


def test_what_the_broker_or_the_store_refuses_is_said_harmlessly(
    operator: FlaskClient, login: FakeLogin
) -> None:
    state = begin(operator)
    login.refusal = "That was the login of <b>CD5678</b>, not of AB1234."
    answer = come_back(operator, state)
    assert answer.status_code == 409
    assert "That was the login of &lt;b&gt;CD5678" in answer.text
    assert KEPT in answer.text


def test_an_account_that_cannot_be_logged_in_never_leads_to_the_broker(operator: FlaskClient) -> None:
    answer = operator.get("/login/EF9012", base_url=BASE)
    assert answer.status_code == 409
    assert "EF9012 has no api_secret." in answer.text
    assert "Location" not in answer.headers


def test_a_redirect_url_with_our_other_name_leads_to_the_browser_s(
    operator: FlaskClient, login: FakeLogin
) -> None:
    state = begin(operator)
    other = f"http://127.0.0.1:{PORT}"
    answer = come_back(operator, state, base=other)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{BASE}/kite/callback?action=login&status=success&")
    assert not login.stored
    assert come_back(operator, state).status_code == 200


def test_nobody_begins_a_login_without_a_session_or_from_another_page(
    site: Site, operator: FlaskClient
) -> None:
    assert site.visitor().get("/login/AB1234", base_url=BASE).status_code == 401
    for place in ("cross-site", "same-site"):
        answer = operator.get("/login/AB1234", base_url=BASE, headers={"Sec-Fetch-Site": place})
        assert answer.status_code == 403


def test_which_accounts_may_be_logged_in_is_told(operator: FlaskClient, login: FakeLogin) -> None:
    assert operator.get("/api/v1/logins", base_url=BASE).json == login.accounts
    login.refusal = "The configuration has problems."
    answer = operator.get("/api/v1/logins", base_url=BASE)
    assert (answer.status_code, (answer.json or {})["message"]) == (503, login.refusal)


def test_so_many_logins_may_be_under_way_and_the_oldest_gives_way(operator: FlaskClient) -> None:
    states = [begin(operator) for _ in range(101)]
    assert come_back(operator, states[0]).status_code == 400
    assert come_back(operator, states[1]).status_code == 200
