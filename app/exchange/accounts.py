"""Who trades here: accounts, their logins and their access tokens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from app.exchange import errors
from app.exchange.clock import SessionClock
from app.exchange.instruments import Instrument
from app.exchange.money import to_paise
from app.exchange.noise import number_at, stream_of
from app.exchange.orders import OrderRecord
from app.exchange.positions import Holding, Position

_REQUEST_TOKEN_LIFE = timedelta(minutes=5)
_EXCHANGES = ["NSE", "NFO", "BFO", "CDS", "BSE", "MCX", "BCD", "MF"]
_PRODUCTS = ["CNC", "NRML", "MIS", "BO", "CO"]
_ORDER_TYPES = ["MARKET", "LIMIT", "SL", "SL-M"]

Row = dict[str, Any]


@dataclass(slots=True, eq=False, kw_only=True)
class Account:
    """One client: his app's credentials, his cash in paise and all he did today; repr shows no secret."""

    user_id: str
    name: str
    api_key: str
    api_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    cash: int
    is_logged_in: bool = True
    login_count: int = 0
    login_time: str = ""
    # What these positions and the open orders block of the cash, kept in step by risk.py.
    blocked: int = field(default=0, repr=False)
    orders: dict[str, OrderRecord] = field(default_factory=dict, repr=False)
    trades: list[Row] = field(default_factory=list, repr=False)
    positions: dict[tuple[str, str], Position] = field(default_factory=dict, repr=False)
    holdings: dict[str, Holding] = field(default_factory=dict, repr=False)
    # Key of an instrument in the auction -> auction number, set by whoever runs the venue.
    auctions: dict[str, str] = field(default_factory=dict, repr=False)

    def position(self, instrument: Instrument, product: str) -> Position:
        """Return the position of that instrument and product, an empty one at first."""
        key = (instrument.key, product)
        position = self.positions.get(key)
        if position is None:
            position = self.positions[key] = Position(instrument, product)
        return position

    def profile(self) -> Row:
        """Return what GET /user/profile shows."""
        return {
            "user_id": self.user_id,
            "user_type": "individual",
            "email": f"{self.user_id.lower()}@example.com",
            "user_name": self.name,
            "user_shortname": self.name.split()[0],
            "broker": "ZERODHA",
            "exchanges": list(_EXCHANGES),
            "products": list(_PRODUCTS),
            "order_types": list(_ORDER_TYPES),
            "avatar_url": None,
            "meta": {"demat_consent": "physical"},
        }


class Accounts:
    """All clients of the venue, by user id, in the order they were created."""

    def __init__(
        self,
        clock: SessionClock,
        seed: int,
        find_instrument: Callable[[str], Instrument],
        on_change: Callable[[Account], None],
    ) -> None:
        self._clock = clock
        self._seed = seed
        self._find_instrument = find_instrument
        self._on_change = on_change
        self._by_user: dict[str, Account] = {}
        self._by_key: dict[str, Account] = {}
        self._request_tokens: dict[str, tuple[Account, datetime]] = {}
        self._issued = 0

    def create(
        self,
        user_id: str,
        name: str | None = None,
        cash: str = "1000000",
        holdings: Mapping[str, tuple[int, str]] | None = None,
    ) -> Account:
        """Open an account with the paper credentials of its user id, already logged in.

        ``cash`` is in rupees, ``holdings`` maps "NSE:INFY" to (quantity, average price in rupees). An account
        that exists already (from the state files) is returned as it is. Raises ValueError for cash or a price
        that is no amount, KiteError 400 for a holding of an unknown instrument.
        """
        if user_id in self._by_user:
            return self._by_user[user_id]
        paise = _paise(user_id, cash)
        low = user_id.lower()
        account = Account(
            user_id=user_id,
            name=name or f"Paper {user_id}",
            api_key=f"paperkey{low}",
            api_secret=f"papersecret{low}",
            access_token=f"papertoken{low}",
            cash=paise,
            login_time=self._clock.stamp(),
        )
        for key, (quantity, average) in (holdings or {}).items():
            value = quantity * _paise(user_id, average)
            account.holdings[key] = Holding(self._find_instrument(key), quantity=quantity, value=value)
        self.adopt(account)
        self._on_change(account)
        return account

    def adopt(self, account: Account) -> None:
        """Put an account in without telling anybody, as the state files bring it back."""
        self._by_user[account.user_id] = account
        self._by_key[account.api_key] = account

    def all(self) -> list[Account]:
        """Return every account in the order of creation."""
        return list(self._by_user.values())

    def get(self, user_id: str) -> Account:
        """Return the account of that user; KeyError when there is none."""
        return self._by_user[user_id]

    def find(self, user_id: str) -> Account | None:
        """Return the account of that user, or None."""
        return self._by_user.get(user_id)

    def by_api_key(self, api_key: str) -> Account:
        """Return the account an app belongs to; raise KiteError 400 for an unknown app."""
        account = self._by_key.get(api_key)
        if account is None:
            raise errors.unknown_api_key()
        return account

    def by_token(self, api_key: str, access_token: str) -> Account:
        """Return whose live token this is; raise KiteError 403 TokenException otherwise."""
        account = self._by_key.get(api_key)
        if account is None or not account.is_logged_in or account.access_token != access_token:
            raise errors.bad_token()
        return account

    def login(self, api_key: str, user_id: str) -> str:
        """Sign a user in on his app and return a single-use request token, good for a few minutes."""
        account = self.by_api_key(api_key)
        if account.user_id != user_id:
            raise errors.user_not_enabled()
        token = self._token(f"request {user_id} {self._clock.source_now().isoformat()}", self._issued)
        self._issued += 1
        self._request_tokens[token] = (account, self._clock.source_now() + _REQUEST_TOKEN_LIFE)
        return token

    def exchange_token(self, api_key: str, request_token: str, checksum: str) -> Row:
        """Turn a request token into a session: what Kite sends under "data" for POST /session/token.

        A second login of the same day gets the token that is still alive.
        """
        account = self.by_api_key(api_key)
        owner, valid_until = self._request_tokens.get(request_token, (None, None))
        if owner is not account or valid_until is None or self._clock.source_now() > valid_until:
            raise errors.bad_request_token()
        expected = sha256(f"{api_key}{request_token}{account.api_secret}".encode()).hexdigest()
        if not compare_digest(expected.encode(), checksum.encode()):
            raise errors.bad_checksum()
        del self._request_tokens[request_token]
        if not account.is_logged_in:
            account.login_count += 1
            account.access_token = self._token(f"access {account.user_id}", account.login_count)
            account.is_logged_in = True
        account.login_time = self._clock.stamp()
        self._on_change(account)
        return self._session(account)

    def invalidate(self, api_key: str, access_token: str) -> bool:
        """Log out: kill that token; raise KiteError 403 when it is not live."""
        self.expire(self.by_token(api_key, access_token).user_id)
        return True

    def expire(self, user_id: str) -> None:
        """Kill the user's token as the morning flush would; the next login brings a new one."""
        account = self._by_user[user_id]
        account.is_logged_in = False
        self._on_change(account)

    def set_cash(self, user_id: str, cash: str) -> None:
        """Let an account have so many rupees, as after a transfer; ValueError for what is no amount."""
        account = self._by_user[user_id]
        account.cash = _paise(user_id, cash)
        self._on_change(account)

    def _session(self, account: Account) -> Row:
        return account.profile() | {
            "avatar_url": "",
            "api_key": account.api_key,
            "access_token": account.access_token,
            "public_token": self._token(f"public {account.user_id}", account.login_count),
            "enctoken": self._token(f"enc {account.user_id}", account.login_count),
            "refresh_token": "",
            "silo": "",
            "login_time": account.login_time,
        }

    def _token(self, purpose: str, number: int) -> str:
        stream = stream_of(self._seed, purpose)
        return f"{number_at(stream, number):016x}{number_at(stream, number, 1):016x}"


def _paise(user_id: str, amount: str) -> int:
    paise = to_paise(amount)
    if paise is None:
        raise ValueError(f"account {user_id}: {amount!r} is not an amount in rupees")
    return paise
