"""One Kite account as the engine's Broker: order calls become outcomes, order lists become orders."""

import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from app.adapters.kite.answers import Answer
from app.adapters.kite.credentials import Credentials
from app.adapters.kite.egress import Egress
from app.adapters.kite.envelope import BROKEN_JSON
from app.adapters.kite.limits import ReadPacer
from app.adapters.kite.order_lists import read_rows
from app.adapters.kite.order_requests import Requests
from app.adapters.kite.outcomes import outcome_of
from app.adapters.kite.reads import answered, data_of
from app.adapters.kite.roots import Roots
from app.adapters.kite.wire import Lane, Timeouts, Wire
from app.domain.amending import Modification
from app.domain.copies import LegOrder
from app.domain.ids import AccountId, ClientOrderId, OrderId
from app.domain.orders import Order
from app.ports.broker import (
    BrokerUnavailableError,
    OrderList,
    Outcome,
    Unknown,
    UnreadableRow,
)


class KiteBroker:
    """A `Broker` over our own wire. Keeps the last order list, and no other state of the account.

    Connections open on first use or by `warm_up`; call that again every half minute or so, and no
    order waits for a handshake.
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
        self._pacer = ReadPacer()
        self._last: Answer | None = None
        self._known: dict[bytes, Order] = {}
        self._orders: tuple[Order, ...] = ()
        self._unreadable: tuple[UnreadableRow, ...] = ()

    def __repr__(self) -> str:
        return f"KiteBroker({self.account_id!r})"

    def set_token(self, access_token: str) -> None:
        """Use another access token from the next request on; what is under way goes on with the old one.

        ValueError for a token that cannot be one.
        """
        self._credentials = replace(self._credentials, access_token=access_token)
        self._requests = Requests(self._wire.host, self._credentials)

    async def place(self, order: LegOrder, tag: ClientOrderId, may_send: Callable[[], bool]) -> Outcome:
        """Place a regular order under a tag."""
        return await self._write(lambda: self._requests.place(order, tag), may_send)

    async def modify(self, order_id: OrderId, change: Modification, may_send: Callable[[], bool]) -> Outcome:
        """Set absolute values of a resting order."""
        return await self._write(lambda: self._requests.modify(order_id, change), may_send)

    async def cancel(self, order_id: OrderId, may_send: Callable[[], bool]) -> Outcome:
        """Cancel what is left of a resting order."""
        return await self._write(lambda: self._requests.cancel(order_id), may_send)

    async def order_list(self) -> OrderList:
        """Read the whole day's orders, at most 6 times a second; BrokerUnavailableError if that fails."""
        await self._pacer.turn()
        where = f"{self.account_id}: the order list was not read."
        try:
            return await self._look(where)
        except BrokerUnavailableError:
            raise
        except BROKEN_JSON:
            raise BrokerUnavailableError(f"{where} Kite's answer is no list of orders.") from None
        except Exception as e:  # noqa: BLE001 - no answer, however odd, may end the loop that looks
            raise BrokerUnavailableError(f"{where} Tandem failed to read it ({type(e).__name__}).") from None

    async def warm_up(self) -> None:
        """Open the connections that orders and reads will need, or renew those that idle. Never raises."""
        with suppress(Exception):
            await self._wire.warm_up()

    async def close(self) -> None:
        """Close the connections. What is under way ends as Unknown."""
        self._wire.close()

    async def _write(self, request: Callable[[], bytes], may_send: Callable[[], bool]) -> Outcome:
        try:
            return outcome_of(await self._wire.ask(Lane.ORDERS, request, may_send))
        except Exception as e:  # noqa: BLE001 - a fault of ours is no proof that nothing was sent (rule 4)
            return Unknown(
                f"Tandem failed while sending ({type(e).__name__}). The order may or may not exist."
            )

    async def _look(self, where: str) -> OrderList:
        result = answered(await self._wire.ask(Lane.READS, lambda: self._requests.order_list), where)
        last = self._last
        is_unchanged = (
            last is not None
            and result.status == last.status == 200
            and result.body == last.body
            and result.content_encoding == last.content_encoding
        )
        if not is_unchanged:
            rows = await read_rows(await data_of(result, where), self.account_id, self._known)
            self._known, self._last = rows.by_bytes, result
            self._orders, self._unreadable = tuple(rows.orders.values()), tuple(rows.unreadable)
        return OrderList(
            orders=self._orders,
            broker_time=result.broker_time,
            unreadable=self._unreadable,
            is_unchanged=is_unchanged,
        )
