"""The vault keeps what it is given, and refuses clearly whatever it cannot trust."""

import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.adapters.vault.vault import Vault, VaultClosedError

TOKEN = "kT9canaryTokenThatMustNotShow"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = Vault(tmp_path)
    vault.set("AB1234_TOKEN", TOKEN)
    return vault


def entries_of(vault: Vault) -> dict[str, str]:
    found: dict[str, str] = json.loads(vault.path.read_text())["entries"]
    return found


def rewrite(vault: Vault, entries: dict[str, object], form: int = 1) -> None:
    vault.path.write_text(json.dumps({"form": form, "entries": entries}))


def test_a_value_comes_back_in_another_process_too(vault: Vault, tmp_path: Path) -> None:
    assert Vault(tmp_path).get("AB1234_TOKEN") == TOKEN


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_comes_back(vault: Vault, value: str) -> None:
    vault.set("x", value)
    assert vault.get("x") == value


def test_names_are_listed_and_forgotten(vault: Vault) -> None:
    vault.set("A", "1")
    assert vault.names() == ("A", "AB1234_TOKEN")
    vault.delete("A")
    assert vault.names() == ("AB1234_TOKEN",)
    with pytest.raises(KeyError):
        vault.get("A")
    with pytest.raises(KeyError):
        vault.delete("A")


def test_an_empty_folder_has_no_names(tmp_path: Path) -> None:
    assert Vault(tmp_path).names() == ()
    assert list(tmp_path.iterdir()) == []


def test_files_are_private_and_hold_no_plain_value(vault: Vault, tmp_path: Path) -> None:
    for name in ("vault.json", "vault.key"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
        assert TOKEN.encode() not in (tmp_path / name).read_bytes()


def test_the_same_value_is_sealed_differently_each_time(vault: Vault) -> None:
    before = entries_of(vault)["AB1234_TOKEN"]
    vault.set("AB1234_TOKEN", TOKEN)
    assert entries_of(vault)["AB1234_TOKEN"] != before


def test_an_entry_moved_to_another_name_does_not_open(vault: Vault) -> None:
    rewrite(vault, {"CD5678_TOKEN": entries_of(vault)["AB1234_TOKEN"]})
    with pytest.raises(VaultClosedError, match=r"CD5678_TOKEN .* does not open with the key"):
        vault.get("CD5678_TOKEN")


@pytest.mark.parametrize("entry", ["", "AAAA", "not base64!"])
def test_a_changed_entry_does_not_open(vault: Vault, entry: str) -> None:
    rewrite(vault, {"AB1234_TOKEN": entry})
    with pytest.raises(VaultClosedError, match="Set the entry again"):
        vault.get("AB1234_TOKEN")
    vault.set("AB1234_TOKEN", "again")
    assert vault.get("AB1234_TOKEN") == "again"


def test_a_wrong_key_neither_opens_nor_seals(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "vault.key").write_bytes(os.urandom(32))
    before = vault.path.read_bytes()
    with pytest.raises(VaultClosedError, match="the key is another one"):
        vault.get("AB1234_TOKEN")
    with pytest.raises(VaultClosedError, match="the key is another one"):
        vault.set("CD5678_TOKEN", "x")
    assert vault.path.read_bytes() == before


def test_a_damaged_or_missing_key_is_refused(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "vault.key").write_bytes(b"short")
    with pytest.raises(VaultClosedError, match="damaged: 5 bytes instead of 32"):
        vault.get("AB1234_TOKEN")
    (tmp_path / "vault.key").unlink()
    with pytest.raises(VaultClosedError, match="TANDEM_VAULT_KEY_FILE"):
        vault.get("AB1234_TOKEN")
    with pytest.raises(VaultClosedError, match="is missing"):
        vault.set("CD5678_TOKEN", "x")


@pytest.mark.parametrize("name", ["vault.json", "vault.key"])
def test_files_open_to_others_are_refused_with_the_command_that_closes_them(
    vault: Vault, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).chmod(0o644)
    with pytest.raises(VaultClosedError, match=rf"open to others \(mode 0644\).*chmod 600 .*{name}"):
        vault.get("AB1234_TOKEN")


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[]", b"{}", b'{"form":2,"entries":{}}', b'{"form":1,"entries":{"a":1}}']
)
def test_a_damaged_vault_is_refused_and_left_alone(vault: Vault, content: bytes) -> None:
    vault.path.write_bytes(content)
    for use in (vault.names, lambda: vault.set("A", "1"), lambda: vault.delete("A")):
        with pytest.raises(VaultClosedError, match="left as it is"):
            use()
    assert vault.path.read_bytes() == content


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 65, "vault:x", "é"])
def test_names_that_cannot_be_written_in_a_reference_are_refused(vault: Vault, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a name"):
        vault.set(name, "1")


def test_an_empty_value_is_refused(vault: Vault) -> None:
    with pytest.raises(ValueError, match="is empty"):
        vault.set("A", "")


def test_a_key_elsewhere_is_used(tmp_path: Path) -> None:
    key = tmp_path / "elsewhere.key"
    (tmp_path / "data").mkdir()
    Vault(tmp_path / "data", key).set("A", "1")
    assert len(key.read_bytes()) == 32
    assert Vault(tmp_path / "data", key).get("A") == "1"
    assert not (tmp_path / "data" / "vault.key").exists()


def test_the_folder_is_made_with_the_first_entry(tmp_path: Path) -> None:
    Vault(tmp_path / "data" / "vault").set("A", "1")
    assert (tmp_path / "data" / "vault").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_written_or_read_is_refused(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VaultClosedError, match="cannot be written"):
        Vault(tmp_path / "file").set("A", "1")
    vault.path.unlink()
    vault.path.mkdir(mode=0o700)
    with pytest.raises(VaultClosedError, match="cannot be read"):
        vault.names()


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    def write(number: int) -> None:
        Vault(tmp_path).set(f"N{number}", str(number))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: Vault(tmp_path).get(name) for name in Vault(tmp_path).names()} == {
        f"N{number}": str(number) for number in range(8)
    }


def test_a_busy_vault_is_refused(vault: Vault, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("app.adapters.vault.vault.LOCK_TIMEOUT_S", 0.0)
    with vault._alone(), pytest.raises(VaultClosedError, match="Another program is writing"):
        Vault(tmp_path).set("A", "1")
