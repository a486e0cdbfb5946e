"""Logins and tokens as Kite hands them out, refuses them and kills them."""

from datetime import timedelta
from hashlib import sha256

import pytest

from app.exchange.accounts import Account
from app.exchange.errors import KiteError
from tests.builders.kite_fields import assert_kite_fields
from tests.exchange.core_venue import VirtualVenue


def checksum(account: Account, request_token: str) -> str:
    """Return what the client sends beside its request token."""
    return sha256(f"{account.api_key}{request_token}{account.api_secret}".encode()).hexdigest()


def test_paper_credentials_follow_from_the_user_id() -> None:
    account = VirtualVenue().account
    assert (account.api_key, account.api_secret, account.access_token) == (
        "paperkeypa0001",
        "papersecretpa0001",
        "papertokenpa0001",
    )
    assert account.cash == 100_000_000


def test_secrets_stay_out_of_the_repr() -> None:
    text = repr(VirtualVenue().account)
    assert "papersecret" not in text
    assert "papertoken" not in text


def test_a_login_gives_the_token_that_is_still_alive() -> None:
    desk = VirtualVenue()
    accounts, account = desk.venue.accounts, desk.account
    request_token = accounts.login(account.api_key, "PA0001")
    session = accounts.exchange_token(account.api_key, request_token, checksum(account, request_token))
    assert_kite_fields("session", session)
    assert session["access_token"] == "papertokenpa0001"
    assert session["login_time"] == "2026-11-23 09:20:00"
    with pytest.raises(KiteError, match="Token is invalid or has expired"):
        accounts.exchange_token(account.api_key, request_token, checksum(account, request_token))


def test_after_a_token_died_a_login_gives_a_new_one() -> None:
    desk = VirtualVenue()
    accounts, account = desk.venue.accounts, desk.account
    accounts.expire("PA0001")
    request_token = accounts.login(account.api_key, "PA0001")
    session = accounts.exchange_token(account.api_key, request_token, checksum(account, request_token))
    assert session["access_token"] != "papertokenpa0001"
    assert accounts.by_token(account.api_key, session["access_token"]) is account
    with pytest.raises(KiteError) as refusal:
        accounts.by_token(account.api_key, "papertokenpa0001")
    assert (refusal.value.http_status, refusal.value.error_type) == (403, "TokenException")


def test_a_logout_kills_the_token_once() -> None:
    desk = VirtualVenue()
    assert desk.venue.accounts.invalidate("paperkeypa0001", "papertokenpa0001") is True
    with pytest.raises(KiteError, match="access_token"):
        desk.venue.accounts.invalidate("paperkeypa0001", "papertokenpa0001")


def test_request_tokens_go_stale_and_belong_to_one_app() -> None:
    desk = VirtualVenue()
    other = desk.venue.accounts.create("PA0002")
    token = desk.venue.accounts.login("paperkeypa0001", "PA0001")
    with pytest.raises(KiteError, match="invalid or has expired"):
        desk.venue.accounts.exchange_token(other.api_key, token, checksum(other, token))
    with pytest.raises(KiteError, match="Invalid `checksum`"):
        desk.venue.accounts.exchange_token("paperkeypa0001", token, "0" * 64)
    desk.now += timedelta(minutes=6)
    with pytest.raises(KiteError, match="invalid or has expired"):
        desk.venue.accounts.exchange_token("paperkeypa0001", token, checksum(desk.account, token))


def test_strangers_are_refused_in_kites_words() -> None:
    accounts = VirtualVenue().venue.accounts
    with pytest.raises(KiteError, match="not enabled on the app"):
        accounts.login("paperkeypa0001", "XX0001")
    with pytest.raises(KiteError, match="Invalid `api_key`"):
        accounts.login("nokey", "PA0001")
    with pytest.raises(KiteError, match="access_token"):
        accounts.by_token("nokey", "papertokenpa0001")
    with pytest.raises(KeyError):
        accounts.get("XX0001")


def test_an_account_opens_once_with_money_that_is_an_amount() -> None:
    desk = VirtualVenue()
    assert desk.venue.accounts.create("PA0001", cash="5") is desk.account
    with pytest.raises(ValueError, match="'lots' is not an amount in rupees"):
        desk.venue.accounts.create("PA0003", cash="lots")
    assert [one.user_id for one in desk.venue.accounts.all()] == ["PA0001"]


def test_the_profile_reads_like_kites() -> None:
    desk = VirtualVenue()
    assert_kite_fields("profile", desk.venue.profile(desk.account))
