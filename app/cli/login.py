"""`run.py login ACCOUNT`: the daily login at the broker, which only a person can do."""

import sys
from typing import NoReturn

import click

from app.bootstrap.login import complete_login, login_url
from app.cli.settings_option import (
    EXIT_BAD_CONFIGURATION,
    chosen_venue,
    refuse,
    settings_or_refuse,
    venue_option,
)
from app.ports.broker_login import LoginRefusedError
from app.settings import Settings, Venue


@click.command("login")
@click.argument("account")
@click.option("--piped", is_flag=True, hidden=True)
@venue_option
def command(account: str, venue: str | None, *, piped: bool) -> None:
    """Log ACCOUNT in for today and store its access token.

    Kite's tokens die each morning around six. Open the address that is printed, sign in there, and paste
    the address the browser ends at. A running Tandem takes the new token without a restart.
    """
    # `piped` is for the web process: it has the answer already, and asks nobody.
    settings = settings_or_refuse()
    chosen = chosen_venue(settings, venue)
    if piped:
        _complete(settings, chosen, account)
    try:
        click.echo(f"Sign in as {account} here:\n\n  {login_url(settings, chosen, account)}\n")
        # Hidden: what is pasted is worth a session until it is used.
        answer = click.prompt("Then paste the address you end at, or its request_token", hide_input=True)
        click.echo(complete_login(settings, chosen, account, answer.strip()))
    except LoginRefusedError as error:
        refuse(str(error))


def _complete(settings: Settings, venue: Venue, account: str) -> NoReturn:
    """Complete a login with the answer on stdin; what became of it is said on stdout, whatever it is."""
    try:
        click.echo(complete_login(settings, venue, account, sys.stdin.readline().strip()))
    except LoginRefusedError as error:
        click.echo(str(error))
        sys.exit(EXIT_BAD_CONFIGURATION)
    sys.exit(0)
