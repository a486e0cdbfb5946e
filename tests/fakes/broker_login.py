"""A broker's login without a broker: what the web layer is tested against."""

from collections.abc import Mapping
from urllib.parse import urlencode

from app.ports.broker_login import LoginRefusedError

LOGIN_PAGE = "https://kite.example/connect/login"


class FakeLogin:
    """BrokerLogin that stores what it is given; `refusal` set to a sentence makes it refuse."""

    def __init__(self, accounts: Mapping[str, bool]) -> None:
        self.accounts = dict(accounts)
        self.stored: dict[str, str] = {}
        self.refusal: str | None = None

    def possible(self) -> Mapping[str, bool]:
        """Tell what the test said."""
        self._refuse()
        return self.accounts

    def url(self, account_id: str, state: str) -> str:
        """Return a page that hands the state back."""
        self._refuse()
        if not self.accounts.get(account_id):
            raise LoginRefusedError(f"{account_id} has no api_secret.")
        return f"{LOGIN_PAGE}?{urlencode({'state': state})}"

    def complete(self, account_id: str, request_token: str) -> str:
        """Store the request token."""
        self._refuse()
        self.stored[account_id] = request_token
        return "Stored in memory."

    def _refuse(self) -> None:
        if self.refusal is not None:
            raise LoginRefusedError(self.refusal)
