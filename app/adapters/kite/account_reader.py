"""One Kite account's positions, funds, prices and margins, read beside the order path."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar
from urllib.parse import quote

import msgspec

from app.adapters.kite.credentials import Credentials
from app.adapters.kite.egress import Egress
from app.adapters.kite.envelope import BROKEN_JSON
from app.adapters.kite.limits import QUOTES_PER_S, READS_BESIDE_PER_S, ReadPacer
from app.adapters.kite.order_requests import Requests, margin_rows
from app.adapters.kite.portfolio_rows import read_basket, read_funds, read_positions, read_prices
from app.adapters.kite.reads import answered, data_of
from app.adapters.kite.roots import Roots
from app.adapters.kite.wire import Lane, Timeouts, Wire
from app.domain.copies import LegOrder
from app.domain.ids import AccountId
from app.ports.account_reader import Funds, Position
from app.ports.broker import BrokerUnavailableError

MOST_PRICES = 1000
"""Of one request (Kite docs, market quotes)."""
MOST_QUERY_BYTES = 7000
"""Many servers and proxies end a request line at 8 KB."""
_Value = TypeVar("_Value")


class KiteAccountReader:
    """An `AccountReader` over connections of its own: no order ever waits behind one of its answers.

    Keeps nothing of what it read. Callers wait for their turn where Kite's limits ask for it: three
    reads a second, and one request for prices.
    """

    def __init__(
        self,
        account_id: AccountId,
        *,
        credentials: Credentials,
        roots: Roots,
        egress: Egress | None = None,
        timeouts: Timeouts | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.account_id = account_id
        self._wire = Wire(roots.api, egress=egress, timeouts=timeouts, tls=tls)
        self._credentials = credentials
        self._requests = Requests(self._wire.host, credentials)
        self._pacer = ReadPacer(READS_BESIDE_PER_S)
        self._quote_pacer = ReadPacer(QUOTES_PER_S)

    def __repr__(self) -> str:
        return f"KiteAccountReader({self.account_id!r})"

    def set_token(self, access_token: str) -> None:
        """Use another access token from the next request on; ValueError for a text that cannot be one."""
        self._credentials = replace(self._credentials, access_token=access_token)
        self._requests = Requests(self._wire.host, self._credentials)

    async def positions(self) -> tuple[Position, ...]:
        """Return the day's net positions, those closed today included."""
        await self._pacer.turn()
        return await self._ask(
            "the positions", lambda: self._requests.read("/portfolio/positions"), read_positions
        )

    async def funds(self) -> Funds:
        """Return what is free and what is used, of the equity segment."""
        await self._pacer.turn()
        return await self._ask("the funds", lambda: self._requests.read("/user/margins"), read_funds)

    async def last_prices(self, instruments: Sequence[str]) -> dict[str, Decimal]:
        """Return last traded prices by `EXCHANGE:SYMBOL`; the unknown are left out."""
        prices: dict[str, Decimal] = {}
        for query in _queries(instruments):
            target = f"/quote/ltp?{query}"
            await self._quote_pacer.turn()
            prices |= await self._ask("the prices", lambda: self._requests.read(target), read_prices)  # noqa: B023 - asked before the next turn
        return prices

    async def order_margin(self, orders: Sequence[LegOrder]) -> Decimal:
        """Return the rupees that these orders together would block, with what is held counted in.

        Asked as one basket: hedges and exits need less than their orders one by one. Kite's answer is an
        estimate of that moment.
        """
        if not orders:
            return Decimal(0)
        rows = margin_rows(orders)
        await self._pacer.turn()
        return await self._ask(
            "the margin of orders",
            lambda: self._requests.calculate("/margins/basket?consider_positions=true", rows),
            read_basket,
        )

    async def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    async def _ask(
        self, what: str, request: Callable[[], bytes], read: Callable[[msgspec.Raw], _Value]
    ) -> _Value:
        where = f"{self.account_id}: {what} cannot be read."
        try:
            answer = answered(await self._wire.ask(Lane.READS, request), where)
            return read(await data_of(answer, where))
        except BrokerUnavailableError:
            raise
        except (*BROKEN_JSON, ArithmeticError):
            raise BrokerUnavailableError(f"{where} Kite's answer makes no sense.") from None
        except Exception as e:  # noqa: BLE001 - no answer, however odd, may end the loop that reads
            raise BrokerUnavailableError(f"{where} Tandem failed to read it ({type(e).__name__}).") from None


def _queries(instruments: Sequence[str]) -> Iterator[str]:
    """Yield query strings of at most so many instruments and bytes."""
    parts: list[str] = []
    size = 0
    for key in dict.fromkeys(instruments):
        part = f"i={quote(key, safe=':')}"
        if parts and (len(parts) == MOST_PRICES or size + len(part) > MOST_QUERY_BYTES):
            yield "&".join(parts)
            parts, size = [], 0
        parts.append(part)
        size += len(part) + 1
    if parts:
        yield "&".join(parts)
