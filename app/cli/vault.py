"""`run.py vault`: secrets that configuration files only name."""

import click

from app.adapters.vault.vault import Vault, VaultClosedError
from app.bootstrap.configuration import open_vault, vault_folder
from app.cli.settings_option import refuse, settings_or_refuse


@click.group("vault")
def command() -> None:
    """Keep credentials encrypted. A configuration file then says vault:NAME instead of the value."""


@command.command("set")
@click.argument("name")
def set_secret(name: str) -> None:
    """Store a secret under NAME; its value is asked for, so that it stays out of the shell's history."""
    vault_folder(settings_or_refuse()).mkdir(mode=0o700, parents=True, exist_ok=True)
    value = click.prompt(f"Value of {name}", hide_input=True)
    try:
        _vault().set(name, value)
    except (VaultClosedError, ValueError) as error:
        refuse(str(error))
    click.echo(f"Stored. A configuration file refers to it as vault:{name}")


@command.command("list")
def list_secrets() -> None:
    """List the names that are stored, never the values."""
    try:
        names = _vault().names()
    except VaultClosedError as error:
        refuse(str(error))
    for name in names:
        click.echo(name)


@command.command("delete")
@click.argument("name")
def delete_secret(name: str) -> None:
    """Forget NAME."""
    try:
        _vault().delete(name)
    except KeyError:
        refuse(f"The vault has no {name}. Nothing was deleted.")
    except VaultClosedError as error:
        refuse(str(error))
    click.echo(f"Deleted {name}.")


def _vault() -> Vault:
    return open_vault(settings_or_refuse())
