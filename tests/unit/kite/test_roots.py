"""The fence between paper and live."""

import pytest

from app.adapters.kite.roots import KITE_API, Roots, WrongRootError, check_root, paper_roots

LOOPBACK = [
    "http://127.0.0.1:5010",
    "http://127.9.9.9",
    "http://[::1]:5010",
    "http://localhost:1",
    "ws://127.0.0.1:5",
]
ELSEWHERE = [
    KITE_API,
    "https://kite.zerodha.com/connect/login",
    "wss://ws.kite.trade",
    "https://127.0.0.1.example.com",
    "https://localhost.example.com",
    "https://10.0.0.1",
]
NO_ROOT = [
    "",
    "api.kite.trade",
    "ftp://127.0.0.1",
    "http://",
    "http://127.0.0.1@evil.example",
    "http://evil.example#127.0.0.1",
    "http://127.0.0.1?x=1",
    "http://127.0.0.1:port",
    "http://127.0.0.1:99999",
]


@pytest.mark.parametrize("root", LOOPBACK)
def test_paper_takes_loopback_and_live_refuses_it(root: str) -> None:
    check_root(root, is_paper=True)
    with pytest.raises(WrongRootError, match="this machine"):
        check_root(root, is_paper=False)


@pytest.mark.parametrize("root", ELSEWHERE)
def test_live_takes_the_world_and_paper_refuses_it(root: str) -> None:
    check_root(root, is_paper=False)
    with pytest.raises(WrongRootError, match="Paper trading refuses"):
        check_root(root, is_paper=True)


@pytest.mark.parametrize("root", NO_ROOT)
@pytest.mark.parametrize("is_paper", [True, False])
def test_what_is_no_root_is_refused_by_both(root: str, is_paper: bool) -> None:
    with pytest.raises(WrongRootError):
        check_root(root, is_paper)


def test_live_never_sends_a_token_unencrypted() -> None:
    with pytest.raises(WrongRootError, match="unencrypted"):
        check_root("http://api.kite.trade", is_paper=False)


def test_an_address_that_means_this_machine_is_this_machine() -> None:
    check_root("http://0.0.0.0:5010", is_paper=True)
    with pytest.raises(WrongRootError):
        check_root("https://0.0.0.0", is_paper=False)


def test_wrong_roots_cannot_be_made() -> None:
    assert Roots().api == KITE_API
    for changes in ({"api": "https://127.0.0.1"}, {"feed": "wss://localhost"}, {"is_paper": True}):
        with pytest.raises(WrongRootError):
            Roots(**changes)
    with pytest.raises(WrongRootError, match="path"):
        Roots(api="https://sandbox.kite.trade/oms")


def test_paper_roots_are_one_origin() -> None:
    roots = paper_roots("http://127.0.0.1:5010/")
    assert (roots.api, roots.feed) == ("http://127.0.0.1:5010", "ws://127.0.0.1:5010")
    assert roots.login == "http://127.0.0.1:5010/connect/login"
    with pytest.raises(WrongRootError):
        paper_roots(KITE_API)
