"""`run.py login` against the exchange: what is pasted becomes a stored token, or changes nothing."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result

from app.adapters.files.config_store import FileText, JsonConfigStore
from app.bootstrap.browser_login import KiteLogin
from app.cli.main import main
from app.cli.supervisor.paper_folder import lay_out
from app.ports.broker_login import LoginRefusedError
from app.ports.config_editor import ConfigChangedError
from app.settings import Settings, Venue, load
from tests.builders.exchange import ExchangeServer, running_exchange


@pytest.fixture(scope="module")
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange(accounts=3) as server:
        yield server


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    return lay_out(Settings(data=tmp_path)) / "accounts_config.json"


def edit(path: Path, account_id: str, **values: object) -> None:
    rows = json.loads(path.read_text())
    next(row for row in rows if row["account_id"] == account_id).update(values)
    path.write_text(json.dumps(rows))


def row_of(path: Path, account_id: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = json.loads(path.read_text())
    return next(row for row in rows if row["account_id"] == account_id)


def login(
    exchange: ExchangeServer, path: Path, account_id: str, pasted: str, **variables: str | None
) -> Result:
    environment = {"TANDEM_DATA": str(path.parents[2]), "TANDEM_EXCHANGE_PORT": str(exchange.port)}
    return CliRunner().invoke(
        main, ["login", account_id, "--paper"], env={**environment, **variables}, input=f"{pasted}\n"
    )


def request_token(exchange: ExchangeServer, account_id: str) -> str:
    """Kill the account's token as each morning does, and sign in anew as its owner would."""
    exchange.control("POST", f"/accounts/{account_id}/expire")
    return str(exchange.control("POST", f"/accounts/{account_id}/login")["request_token"])


def opens(exchange: ExchangeServer, account_id: str, access_token: str) -> bool:
    kite = exchange.kite(account_id)
    kite.set_access_token(access_token)
    return bool(kite.profile()["user_id"] == account_id)


def test_the_pasted_address_becomes_a_token_that_opens_the_account(
    exchange: ExchangeServer, accounts: Path
) -> None:
    token = request_token(exchange, "PA0003")

    result = login(
        exchange, accounts, "PA0003", f"https://127.0.0.1/?action=login&status=success&request_token={token}"
    )

    assert result.exit_code == 0, result.output
    stored = row_of(accounts, "PA0003")
    assert opens(exchange, "PA0003", stored["cred2"])
    assert stored["ps_multiplier"] == 2.5
    assert token not in result.output
    assert stored["cred2"] not in result.output
    assert f"{exchange.root}/connect/login" in result.output


def test_the_bare_request_token_will_do_and_a_reference_keeps_its_secret_in_the_vault(
    exchange: ExchangeServer, accounts: Path
) -> None:
    data = accounts.parents[2]
    CliRunner().invoke(
        main, ["vault", "set", "TOKEN"], env={"TANDEM_DATA": str(data)}, input="of yesterday\n"
    )
    edit(accounts, "PA0002", cred2="vault:TOKEN")

    result = login(exchange, accounts, "PA0002", request_token(exchange, "PA0002"))

    assert result.exit_code == 0, result.output
    assert "vault" in result.output
    assert row_of(accounts, "PA0002")["cred2"] == "vault:TOKEN"


@pytest.mark.parametrize(
    ("edited", "why"),
    [({"api_secret": None}, "no api_secret"), ({"cred2": "env:PA_TOKEN"}, "Nothing was stored")],
)
def test_what_cannot_be_stored_is_said_and_changes_nothing(
    exchange: ExchangeServer, accounts: Path, edited: dict[str, object], why: str
) -> None:
    edit(accounts, "PA0002", **edited)
    before = accounts.read_bytes()

    result = login(exchange, accounts, "PA0002", request_token(exchange, "PA0002"), PA_TOKEN="of yesterday")

    assert result.exit_code == 2
    assert why in result.output
    assert accounts.read_bytes() == before


def test_somebody_else_s_login_is_refused(exchange: ExchangeServer, accounts: Path) -> None:
    """Two accounts of one app, signed in as the wrong one."""
    edit(accounts, "PA0002", cred1="paperkeypa0003", api_secret="papersecretpa0003")
    before = accounts.read_bytes()

    result = login(exchange, accounts, "PA0002", request_token(exchange, "PA0003"))

    assert result.exit_code == 2
    assert "login of PA0003, not of PA0002" in result.output
    assert accounts.read_bytes() == before


def test_a_used_or_invented_request_token_is_refused(exchange: ExchangeServer, accounts: Path) -> None:
    before = accounts.read_bytes()

    result = login(exchange, accounts, "PA0002", "no-such-token")

    assert result.exit_code == 2
    assert "Kite did not accept the login" in result.output
    assert accounts.read_bytes() == before


def test_an_unknown_account_and_a_wrong_configuration_are_refused(
    exchange: ExchangeServer, accounts: Path
) -> None:
    assert "no account XY0001" in login(exchange, accounts, "XY0001", "x").output

    accounts.write_text("[")
    result = login(exchange, accounts, "PA0002", "x")
    assert result.exit_code == 2
    assert "accounts_config.json:1" in result.output


@pytest.fixture
def from_the_page(exchange: ExchangeServer, accounts: Path, monkeypatch: pytest.MonkeyPatch) -> KiteLogin:
    """Return logins as the web process has them; the process that completes one hears of its folder so."""
    monkeypatch.setenv("TANDEM_DATA", str(accounts.parents[2]))
    monkeypatch.setenv("TANDEM_EXCHANGE_PORT", str(exchange.port))
    return KiteLogin(load(), Venue.PAPER)


@pytest.mark.process
def test_the_page_s_login_is_completed_in_a_process_of_its_own(
    exchange: ExchangeServer, accounts: Path, from_the_page: KiteLogin
) -> None:
    query = parse_qs(urlsplit(from_the_page.url("PA0002", "the state")).query)
    assert parse_qs(query["redirect_params"][0]) == {"state": ["the state"]}

    told = from_the_page.complete("PA0002", request_token(exchange, "PA0002"))

    assert told.startswith("Stored in ")
    assert opens(exchange, "PA0002", row_of(accounts, "PA0002")["cred2"])
    with pytest.raises(LoginRefusedError, match="Kite did not accept the login"):
        from_the_page.complete("PA0002", "invented")


def test_the_page_is_told_which_accounts_cannot_be_logged_in(
    accounts: Path, from_the_page: KiteLogin
) -> None:
    edit(accounts, "PA0002", api_secret=None)
    edit(accounts, "PA0003", cred2="env:PATH")
    assert dict(from_the_page.possible()) == {
        "PA0001": True,
        "PA0002": False,
        "PA0003": False,
        "PA0004": True,
    }
    for account, why in (("PA0002", "no api_secret"), ("PA0003", "environment"), ("XY", "no account XY")):
        with pytest.raises(LoginRefusedError, match=why):
            from_the_page.url(account, "s")
    accounts.write_text("[")
    with pytest.raises(LoginRefusedError, match="has problems"):
        from_the_page.possible()


@pytest.mark.parametrize(
    ("program", "why"), [("/no/such/python", "FileNotFoundError"), ("false", "not foreseen")]
)
def test_a_login_process_that_fails_is_said(
    from_the_page: KiteLogin, monkeypatch: pytest.MonkeyPatch, program: str, why: str
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(LoginRefusedError, match=why):
        from_the_page.complete("PA0002", "x")


@pytest.mark.parametrize(("failures", "is_stored"), [(2, True), (9, False)])
def test_a_file_saved_by_somebody_else_meanwhile_is_read_again(
    exchange: ExchangeServer,
    accounts: Path,
    monkeypatch: pytest.MonkeyPatch,
    failures: int,
    is_stored: bool,
) -> None:
    tries: list[str] = []
    save = JsonConfigStore.save

    def saved_by_others_first(store: JsonConfigStore, name: str, text: str, revision: str) -> FileText:
        tries.append(revision)
        if len(tries) <= failures:
            raise ConfigChangedError("Somebody else saved it.")
        return save(store, name, text, revision)

    monkeypatch.setattr(JsonConfigStore, "save", saved_by_others_first)
    token = request_token(exchange, "PA0003")
    result = login(exchange, accounts, "PA0003", token)
    assert (result.exit_code == 0) is is_stored, result.output
    assert len(tries) == (3 if is_stored else 5)
