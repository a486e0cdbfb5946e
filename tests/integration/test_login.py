"""`run.py login` against the exchange: what is pasted becomes a stored token, or changes nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli.main import main
from app.cli.supervisor.paper_folder import lay_out
from app.settings import Settings
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
