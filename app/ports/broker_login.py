"""Logging an account in at the broker, as a browser does it: there, back, and the day's token is stored."""

from collections.abc import Mapping
from typing import Protocol


class LoginRefusedError(Exception):
    """A login cannot begin or did not come about: nothing was stored. The text says why, without a secret."""


class BrokerLogin(Protocol):
    """Begins and completes logins. Both ways block; what is returned or raised holds no token."""

    def possible(self) -> Mapping[str, bool]:
        """Tell for each configured account whether a login can be completed here.

        It takes the account's api_secret. LoginRefusedError where the configuration cannot be read.
        """
        ...

    def url(self, account_id: str, state: str) -> str:
        """Return the broker's login page for an account, which hands `state` back with its answer.

        LoginRefusedError where the account cannot be logged in here.
        """
        ...

    def complete(self, account_id: str, request_token: str) -> str:
        """Turn the request token of the answer into a stored access token and say where that is.

        LoginRefusedError otherwise; the old token is kept then.
        """
        ...
