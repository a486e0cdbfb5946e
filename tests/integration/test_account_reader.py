"""Reading accounts beside the order path on an exchange that counts requests as Kite does."""

import asyncio
from collections.abc import Iterator

import pytest

from app.adapters.kite.account_reader import KiteAccountReader
from app.adapters.kite.broker import KiteBroker
from app.adapters.kite.credentials import Credentials
from app.adapters.kite.roots import paper_roots
from app.domain.ids import AccountId
from tests.builders.exchange import ExchangeServer, running_exchange

ACCOUNT = AccountId("PA0001")
KEYS = Credentials("paperkeypa0001", "papertokenpa0001")


@pytest.fixture
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange(accounts=1, has_rate_limits=True) as running:
        yield running


async def test_reads_in_a_hurry_stay_within_the_limits_of_the_key_beside_the_order_list(
    exchange: ExchangeServer,
) -> None:
    roots = paper_roots(exchange.root)
    reader = KiteAccountReader(ACCOUNT, credentials=KEYS, roots=roots)
    broker = KiteBroker(ACCOUNT, credentials=KEYS, roots=roots)
    try:
        await asyncio.gather(
            *(reader.positions() for _ in range(6)),
            *(reader.funds() for _ in range(6)),
            *(broker.order_list() for _ in range(24)),
            *(reader.last_prices(["NSE:INFY"]) for _ in range(4)),
        )
    finally:
        await reader.close()
        await broker.close()
