"""Signing in with a link that works once, staying signed in over a restart, and signing out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient

from app.web import sign_in
from app.web.sessions import Sessions
from tests.web.conftest import BASE, Clock, Site, build_site


def test_a_link_works_once(site: Site) -> None:
    token = sign_in.issue(site.options.sign_in_folder)
    first, second = site.visitor(), site.visitor()
    assert first.post("/sign-in", base_url=BASE, data={"token": token}).status_code == 204
    assert first.get("/api/v1/snapshot", base_url=BASE).status_code == 200
    refused = second.post("/sign-in", base_url=BASE, data={"token": token})
    assert (refused.status_code, (refused.json or {})["error"]) == (401, "token_refused")
    assert second.get("/api/v1/snapshot", base_url=BASE).status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_sites(site: Site) -> None:
    token = sign_in.issue(site.options.sign_in_folder)
    cookie = site.visitor().post("/sign-in", base_url=BASE, data={"token": token}).headers["Set-Cookie"]
    assert cookie.startswith("tandem_5000=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/" in cookie


@pytest.mark.parametrize("token", ["", "guess", "../../run.py", "x" * 10_000, "\x00", "é"])
def test_a_wrong_token_opens_nothing(site: Site, token: str) -> None:
    sign_in.issue(site.options.sign_in_folder)
    assert site.visitor().post("/sign-in", base_url=BASE, data={"token": token}).status_code == 401


def test_the_tokens_hash_is_no_token(site: Site) -> None:
    sign_in.issue(site.options.sign_in_folder)
    for file in site.options.sign_in_folder.iterdir():
        assert not sign_in.claim(site.options.sign_in_folder, file.name)


def test_of_racers_with_one_token_one_wins(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as racers:
        for _ in range(50):
            token = sign_in.issue(tmp_path)
            won = racers.map(sign_in.claim, [tmp_path] * 4, [token] * 4)
            assert sorted(won) == [False, False, False, True]


def test_a_token_expires_and_is_cleared_away(tmp_path: Path) -> None:
    token = sign_in.issue(tmp_path)
    with time_machine.travel(timedelta(seconds=sign_in.VALID_S + 1)):
        assert not sign_in.claim(tmp_path, token)
    sign_in.issue(tmp_path)
    with time_machine.travel(timedelta(seconds=sign_in.VALID_S + 1)):
        fresh = sign_in.issue(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    assert fresh not in {file.name for file in tmp_path.iterdir()}


def test_only_this_user_may_look_into_the_folders(site: Site, operator: FlaskClient) -> None:
    for folder in (site.options.sign_in_folder, site.options.sessions_folder):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_session_outlives_a_restart_of_the_web_process(site: Site, operator: FlaskClient) -> None:
    again = build_site(site.options.data, site.clock)
    reborn = again.visitor()
    cookie = operator.get_cookie(site.options.cookie)
    assert cookie is not None
    reborn.set_cookie(site.options.cookie, cookie.value)
    assert reborn.get("/api/v1/snapshot", base_url=BASE).status_code == 200


def test_a_session_ends_after_twelve_hours_whatever_happens(site: Site, operator: FlaskClient) -> None:
    site.clock.at += timedelta(hours=11, minutes=59)
    assert operator.get("/api/v1/snapshot", base_url=BASE).status_code == 200
    site.clock.at += timedelta(minutes=1)
    assert operator.get("/api/v1/snapshot", base_url=BASE).status_code == 401


def test_the_session_files_open_nothing(site: Site, operator: FlaskClient) -> None:
    for file in site.options.sessions_folder.iterdir():
        thief = site.visitor()
        thief.set_cookie(site.options.cookie, file.name)
        assert thief.get("/api/v1/snapshot", base_url=BASE).status_code == 401


def test_signing_out_ends_the_session_for_good(site: Site, operator: FlaskClient) -> None:
    cookie = operator.get_cookie(site.options.cookie)
    assert operator.post("/sign-out", base_url=BASE).status_code == 204
    assert cookie is not None
    operator.set_cookie(site.options.cookie, cookie.value)
    assert operator.get("/api/v1/snapshot", base_url=BASE).status_code == 401


@pytest.mark.parametrize("content", ["", "soon", "2026-11-20T09:00:00", "2020-01-01T00:00:00+00:00", "\x00"])
def test_a_session_file_that_makes_no_sense_opens_nothing_and_is_swept(tmp_path: Path, content: str) -> None:
    reference = Sessions(tmp_path, Clock()).begin()
    (file,) = tmp_path.iterdir()
    file.write_text(content)
    assert Sessions(tmp_path, Clock()).find(reference) is None
    assert list(tmp_path.iterdir()) == []


def test_guessing_is_slowed_down(site: Site) -> None:
    visitor = site.visitor()
    answers = [
        visitor.post("/sign-in", base_url=BASE, data={"token": "guess"}).status_code for _ in range(12)
    ]
    assert answers == [401] * 10 + [429] * 2
    token = sign_in.issue(site.options.sign_in_folder)
    assert visitor.post("/sign-in", base_url=BASE, data={"token": token}).status_code == 429


def test_a_garbled_cookie_is_no_session(site: Site) -> None:
    for cookie in ("tandem_5000", "tandem_5000=", 'tandem_5000="', "=;;,,", "tandem_5000=%ff"):
        response = site.visitor().get(
            "/socket.io/?EIO=4&transport=polling", base_url=BASE, headers={"Cookie": cookie}
        )
        assert response.status_code == 401
