"""Who trades here: accounts, their logins and their access tokens."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Account:
    """One client: who he is, his app's credentials and his cash in paise. The secrets stay out of its repr."""

    user_id: str
    name: str
    api_key: str
    api_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    cash: int
    is_logged_in: bool = True


class Accounts:
    """All clients of the venue, by user id, in the order they were created."""

    def create(
        self,
        user_id: str,
        name: str | None = None,
        cash: str = "1000000",
        holdings: Mapping[str, tuple[int, str]] | None = None,
    ) -> Account:
        """Open an account with the paper credentials of its user id, already logged in.

        ``cash`` is rupees; ``holdings`` maps "NSE:INFY" to (quantity, average price in rupees).
        """
        raise NotImplementedError

    def all(self) -> list[Account]:
        """Return every account in the order of creation."""
        raise NotImplementedError

    def get(self, user_id: str) -> Account:
        """Return the account of that user; KeyError when there is none."""
        raise NotImplementedError

    def by_token(self, api_key: str, access_token: str) -> Account:
        """Return whose live token this is; raise KiteError 403 TokenException otherwise."""
        raise NotImplementedError

    def login(self, api_key: str, user_id: str) -> str:
        """Sign a user in on his app and return a single-use request token, good for a few minutes."""
        raise NotImplementedError

    def exchange_token(self, api_key: str, request_token: str, checksum: str) -> dict[str, object]:
        """Turn a request token into a session: what Kite sends under "data" for POST /session/token."""
        raise NotImplementedError

    def invalidate(self, api_key: str, access_token: str) -> bool:
        """Log out: kill that token; raise KiteError 403 when it is not live."""
        raise NotImplementedError

    def expire(self, user_id: str) -> None:
        """Kill the user's token as the morning flush would; the next login brings a new one."""
        raise NotImplementedError
