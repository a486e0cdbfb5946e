"""The environment is read strictly: unknown names, wrong values and wide-open hosts are refused in words."""

from pathlib import Path

import pytest

from app.settings import PROJECT, Settings, SettingsError, Venue, load, variables


def test_an_empty_environment_gives_safe_defaults() -> None:
    settings = load({"PATH": "/bin"})

    assert (settings.host, settings.port, settings.exchange_port) == ("127.0.0.1", 5000, 5010)
    assert settings.data == PROJECT / "data"
    assert settings.socketio == "eventlet"


def test_every_variable_is_read(tmp_path: Path) -> None:
    settings = load(
        {
            "TANDEM_HOST": "::1",
            "TANDEM_PORT": "5001",
            "TANDEM_EXCHANGE_PORT": "5002",
            "TANDEM_GOOGLE_PORT": "5003",
            "TANDEM_RECORDS": "false",
            "TANDEM_KEEP_DAYS": "400",
            "TANDEM_DATA": str(tmp_path / "d"),
            "TANDEM_CONFIG": str(tmp_path / "c"),
            "TANDEM_SOCKETIO": "threading",
            "TANDEM_VAULT_KEY_FILE": str(tmp_path / "key"),
            "TANDEM_LOG_LEVEL": "debug",
            "TANDEM_HANG_LIMIT_S": "0",
        }
    )

    assert settings == Settings(
        host="::1",
        port=5001,
        exchange_port=5002,
        google_port=5003,
        records=False,
        keep_days=400,
        data=tmp_path / "d",
        config=tmp_path / "c",
        socketio="threading",
        vault_key_file=tmp_path / "key",
        log_level="debug",
        hang_limit_s=0,
    )
    assert len(variables()) == 12


def test_an_unknown_name_is_an_error_with_a_hint() -> None:
    with pytest.raises(
        SettingsError, match="TANDEM_PROT: there is no such setting; did you mean TANDEM_PORT"
    ):
        load({"TANDEM_PROT": "5001"})
    with pytest.raises(SettingsError, match="there are: TANDEM_HOST"):
        load({"TANDEM_XYZZY": "1"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TANDEM_PORT", "0"),
        ("TANDEM_PORT", "65536"),
        ("TANDEM_PORT", "five thousand"),
        ("TANDEM_SOCKETIO", "gevent"),
        ("TANDEM_LOG_LEVEL", "loud"),
        ("TANDEM_HOST", "0.0.0.0"),
        ("TANDEM_HOST", "192.168.1.5"),
        ("TANDEM_HOST", "localhost.evil.example"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load({name: value})


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        load({"TANDEM_PORT": "x", "TANDEM_NONSENSE": "1", "TANDEM_LOG_LEVEL": "y"})

    assert len(str(refused.value).splitlines()) == 3


def test_two_servers_cannot_share_a_port() -> None:
    with pytest.raises(SettingsError, match="both 5010"):
        load({"TANDEM_PORT": "5010"})


def test_an_empty_variable_counts_as_absent() -> None:
    assert load({"TANDEM_PORT": ""}).port == 5000


def test_a_relative_folder_is_taken_from_where_the_command_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert load({"TANDEM_DATA": "here"}).data == tmp_path / "here"


def test_paper_and_live_share_no_folder(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", config=tmp_path / "config")

    assert settings.home(Venue.PAPER) != settings.home(Venue.LIVE)
    assert settings.rules_folder(Venue.LIVE) == tmp_path / "config"
    assert settings.rules_folder(Venue.PAPER) == tmp_path / "data" / "paper" / "config"
