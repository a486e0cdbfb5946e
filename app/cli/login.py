"""`run.py login ACCOUNT`: the daily login at the broker, which only a person can do."""

import click

from app.adapters.kite.login import LoginRefusedError
from app.bootstrap.login import complete_login, login_url
from app.cli.settings_option import chosen_venue, refuse, settings_or_refuse, venue_option


@click.command("login")
@click.argument("account")
@venue_option
def command(account: str, venue: str | None) -> None:
    """Log ACCOUNT in for today and store its access token.

    Kite's tokens die each morning around six. Open the address that is printed, sign in there, and paste
    the address the browser ends at. A running Tandem takes the new token without a restart.
    """
    settings = settings_or_refuse()
    chosen = chosen_venue(settings, venue)
    try:
        click.echo(f"Sign in as {account} here:\n\n  {login_url(settings, chosen, account)}\n")
        # Hidden: what is pasted is worth a session until it is used.
        answer = click.prompt("Then paste the address you end at, or its request_token", hide_input=True)
        click.echo(complete_login(settings, chosen, account, answer.strip()))
    except LoginRefusedError as error:
        refuse(str(error))
