"""The operator's configuration and secrets, put together for every program that needs them."""

import os
from pathlib import Path

from app.adapters.files.config_editor import JsonConfigEditor
from app.adapters.files.config_store import JsonConfigStore
from app.adapters.kite.roots import Roots, paper_roots
from app.adapters.vault.secrets import VaultSecrets
from app.adapters.vault.vault import Vault
from app.domain.accounts import Rulebook
from app.ports.config_store import ConfigProblem, ConfigRefusedError
from app.settings import Settings, Venue


def check_configuration(settings: Settings, venue: Venue) -> tuple[ConfigProblem, ...]:
    """Return everything wrong with the operator's files of a venue; writes and sends nothing."""
    try:
        rulebook(settings, venue)
    except ConfigRefusedError as e:
        return e.problems
    return ()


def rulebook(settings: Settings, venue: Venue) -> Rulebook:
    """Read the operator's rules; ConfigRefusedError with every problem found."""
    return config_store(settings, venue).load()


def config_store(settings: Settings, venue: Venue) -> JsonConfigStore:
    """Return the store of a venue's files; nothing is read yet."""
    vault = open_vault(settings)
    return JsonConfigStore(
        settings.rules_folder(venue), VaultSecrets(os.environ, vault), also_watched=(vault.path,)
    )


def config_editor(settings: Settings, venue: Venue) -> JsonConfigEditor:
    """Return what edits a venue's files. Nothing is read yet, and the vault stays closed until a check."""
    return JsonConfigEditor(config_store(settings, venue))


def open_vault(settings: Settings) -> Vault:
    """Return the store of secrets. It is opened with each use; VaultClosedError comes then."""
    return Vault(vault_folder(settings), settings.vault_key_file)


def vault_folder(settings: Settings) -> Path:
    """Return where the vault lies: one for all venues, for it only holds what files refer to."""
    return settings.data / "vault"


def roots_of(settings: Settings, venue: Venue) -> Roots:
    """Return the addresses of a venue's broker; WrongRootError where paper would leave this machine."""
    return paper_roots(settings.exchange_root) if venue is Venue.PAPER else Roots()
