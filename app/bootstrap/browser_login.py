"""Logins that begin and end in the browser, with their secrets in a process of its own: web has no token."""

import subprocess
import sys
from collections.abc import Mapping

from app.bootstrap.login import login_url, why_no_logins
from app.domain.ids import AccountId
from app.ports.broker_login import LoginRefusedError
from app.settings import PROJECT, Settings, Venue

LIMIT_S = 90.0
"""The broker is asked once, patiently; a start and a save come on top."""
_REFUSED = 2


class KiteLogin:
    """BrokerLogin at a venue's Kite. Completing one takes about a second: it is `run.py login` that does it.

    In the web process it would load Kite's client, and with it Twisted, beside everybody's live stream.
    """

    def __init__(self, settings: Settings, venue: Venue) -> None:
        self._settings = settings
        self._venue = venue

    def possible(self) -> Mapping[str, bool]:
        """Tell for each configured account whether a login can be completed here. LoginRefusedError."""
        return {account_id: why is None for account_id, why in self._why_none().items()}

    def url(self, account_id: str, state: str) -> str:
        """Return Kite's login page for an account; LoginRefusedError where it cannot be logged in here."""
        why = self._why_none().get(AccountId(account_id))
        if why is not None:
            raise LoginRefusedError(why)
        return login_url(self._settings, self._venue, account_id, state=state)

    def complete(self, account_id: str, request_token: str) -> str:
        """Store the access token that a request token stands for; LoginRefusedError with the old one kept."""
        command = [sys.executable, str(PROJECT / "run.py"), "login", f"--{self._venue}", "--piped", "--"]
        try:
            done = subprocess.run(  # noqa: S603 - our own program; the account is one of the configuration
                [*command, account_id],
                input=f"{request_token}\n",
                capture_output=True,
                text=True,
                timeout=LIMIT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as e:
            text = f"The login could not be completed ({type(e).__name__}). Log in again."
            raise LoginRefusedError(text) from None
        if done.returncode == _REFUSED:
            raise LoginRefusedError(done.stdout.strip())
        if done.returncode != 0:
            raise LoginRefusedError("The login failed in a way not foreseen. Log in again.")
        return done.stdout.strip()

    def _why_none(self) -> dict[AccountId, str | None]:
        return why_no_logins(self._settings, self._venue)
