"""What a configured credential stands for."""

from pathlib import Path

import pytest

from app.adapters.vault.secrets import VaultSecrets
from app.adapters.vault.vault import Vault
from app.ports.secrets import Secrets, UnknownSecretError


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    vault = Vault(tmp_path)
    vault.set("TOKEN", "from the vault")
    return VaultSecrets({"TOKEN": "from the environment", "EMPTY": ""}, vault)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("plain", "plain"),
        ("environment", "environment"),
        ("env:TOKEN", "from the environment"),
        ("vault:TOKEN", "from the vault"),
    ],
)
def test_resolves(secrets: Secrets, written: str, meant: str) -> None:
    assert secrets.resolve(written) == meant


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("env:MISSING", "environment variable MISSING is not set"),
        ("env:EMPTY", "environment variable EMPTY is not set"),
        ("vault:MISSING", "no entry MISSING. Store it with: python run.py vault set MISSING"),
    ],
)
def test_a_reference_to_nothing_is_named(secrets: Secrets, written: str, words: str) -> None:
    with pytest.raises(UnknownSecretError) as caught:
        secrets.resolve(written)
    assert words in str(caught.value)


def test_a_vault_that_does_not_open_is_an_unknown_secret(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    vault.set("TOKEN", "canary")
    vault.path.chmod(0o644)
    with pytest.raises(UnknownSecretError, match="chmod 600") as caught:
        VaultSecrets({}, vault).resolve("vault:TOKEN")
    assert "canary" not in str(caught.value)


def test_without_a_vault_only_that_reference_fails() -> None:
    secrets = VaultSecrets({})
    assert secrets.resolve("plain") == "plain"
    with pytest.raises(UnknownSecretError, match="has no vault"):
        secrets.resolve("vault:TOKEN")
