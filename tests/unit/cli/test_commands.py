"""The commands: thin, with the right exit codes and nothing but words for the operator."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import check, login, sign_in
from app.cli.main import COMMANDS, main
from app.cli.settings_option import chosen_venue
from app.ports.broker_login import LoginRefusedError
from app.ports.config_store import ConfigProblem
from app.settings import Settings, Venue

PROBLEM = ConfigProblem(
    file="accounts_config.json", line=7, path="$[1].ps_multiplier", reason="0 copies nothing.", example="2.5"
)


def run(*arguments: str, data: Path, text: str | None = None) -> Result:
    """Give a command as the operator would."""
    environment = {"TANDEM_DATA": str(data), "TANDEM_CONFIG": str(data / "config")}
    return CliRunner().invoke(main, arguments, env=environment, input=text)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name: str, tmp_path: Path) -> None:
    result = run(name, "--help", data=tmp_path)

    assert result.exit_code == 0, result.output
    assert len(result.output.splitlines()) > 3


def test_the_list_hides_what_only_the_supervisor_starts(tmp_path: Path) -> None:
    listed = run("--help", data=tmp_path).output

    assert "serve" in listed
    assert "sign-in" in listed
    assert "\n  engine" not in listed
    assert "\n  web" not in listed


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    assert run("trade", data=tmp_path).exit_code == 2


def test_without_a_command_it_serves() -> None:
    """Seen by a refusal that only commands make: nothing is started here."""
    for arguments in ([], ["--live"]):
        result = CliRunner().invoke(main, arguments, env={"TANDEM_PROT": "1"})
        assert result.exit_code == 2
        assert "Nothing was started" in result.output


def test_live_only_where_the_live_accounts_are(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, config=tmp_path)
    assert chosen_venue(settings, None) is Venue.PAPER

    (tmp_path / "accounts_config.json").write_text("[]")
    assert chosen_venue(settings, None) is Venue.LIVE
    assert chosen_venue(settings, "paper") is Venue.PAPER
    assert chosen_venue(settings, "live") is Venue.LIVE


def test_a_wrong_environment_ends_with_2(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["check"], env={"TANDEM_PROT": "1", "TANDEM_DATA": str(tmp_path)})

    assert result.exit_code == 2
    assert "TANDEM_PROT" in result.output


def test_check_prints_each_problem_and_ends_with_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "check_configuration", lambda *_: (PROBLEM, PROBLEM))

    result = run("check", data=tmp_path)

    assert result.exit_code == 2
    assert (
        "accounts_config.json:7 at $[1].ps_multiplier: 0 copies nothing. Right would be: 2.5" in result.output
    )
    assert "2 problem(s)" in result.output


def test_check_says_that_all_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "check_configuration", lambda *_: ())

    result = run("check", "--paper", data=tmp_path)

    assert result.exit_code == 0
    assert "is right" in result.output


def test_sign_in_prints_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "issue_sign_in_link", lambda *_: "http://localhost:5000/sign-in#t")
    (tmp_path / "paper").mkdir()

    assert run("sign-in", data=tmp_path).output == "http://localhost:5000/sign-in#t\n"


def test_sign_in_where_nothing_ever_ran_is_refused(tmp_path: Path) -> None:
    result = run("sign-in", data=tmp_path)

    assert result.exit_code == 2
    assert "Start it first" in result.output


def test_login_hands_over_what_was_pasted_and_shows_none_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pasted: list[str] = []

    def complete(_settings: Settings, _venue: Venue, account: str, answer: str) -> str:
        pasted.extend([account, answer])
        return "Stored."

    monkeypatch.setattr(login, "login_url", lambda *_: "https://login.example/?api_key=k")
    monkeypatch.setattr(login, "complete_login", complete)

    result = run("login", "AB1234", data=tmp_path, text=" https://here/?request_token=abc \n")

    assert result.exit_code == 0, result.output
    assert pasted == ["AB1234", "https://here/?request_token=abc"]
    assert "https://login.example/?api_key=k" in result.output
    assert "abc" not in result.output
    assert "Stored." in result.output


def test_a_refused_login_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> str:
        raise LoginRefusedError("AB1234 has no api_secret in accounts_config.json.")

    monkeypatch.setattr(login, "login_url", refused)

    result = run("login", "AB1234", data=tmp_path)

    assert result.exit_code == 2
    assert "no api_secret" in result.output


def test_the_vault_stores_lists_and_forgets(tmp_path: Path) -> None:
    stored = run("vault", "set", "ab1234_secret", data=tmp_path, text="s3cret\n")

    assert "s3cret" not in stored.output
    assert "vault:ab1234_secret" in stored.output
    assert run("vault", "list", data=tmp_path).output == "ab1234_secret\n"
    assert run("vault", "delete", "ab1234_secret", data=tmp_path).exit_code == 0
    assert run("vault", "delete", "ab1234_secret", data=tmp_path).exit_code == 2


def test_a_name_that_cannot_be_is_refused(tmp_path: Path) -> None:
    assert run("vault", "set", "no/such name", data=tmp_path, text="x\n").exit_code == 2


def test_a_vault_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    run("vault", "set", "a", data=tmp_path, text="s3cret\n")
    (tmp_path / "vault" / "vault.key").unlink()
    assert run("vault", "set", "b", data=tmp_path, text="x\n").exit_code == 2

    (tmp_path / "vault" / "vault.json").write_text("{")
    for arguments in (["list"], ["delete", "a"]):
        result = run("vault", *arguments, data=tmp_path)
        assert result.exit_code == 2
        assert "vault.json" in result.output
