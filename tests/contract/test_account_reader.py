"""What every AccountReader must do, numbered: checked on Kite's adapter over the exchange, and on a fake."""

from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from itertools import count
from typing import Protocol

import pytest

from app.adapters.kite.account_reader import KiteAccountReader
from app.adapters.kite.credentials import Credentials
from app.adapters.kite.roots import paper_roots
from app.adapters.kite.wire import Timeouts
from app.domain.copies import LegOrder
from app.domain.ids import AccountId
from app.domain.orders import Side
from app.ports.account_reader import AccountReader, Position
from app.ports.broker import BrokerUnavailableError, SessionExpiredError
from tests.builders.eventually import eventually_async
from tests.builders.exchange import ExchangeServer, running_exchange
from tests.fakes.account_reader import FakeAccountReader

INFY, TCS = "NSE:INFY", "NSE:TCS"
_numbers = count(5000)


class ReaderRig(Protocol):
    """One account to read, and the means to change what it holds."""

    @property
    def reader(self) -> AccountReader:
        """The account as the engine reads it."""
        ...

    def trade(self, quantity: int, *, product: str = "MIS") -> None:
        """Buy, or sell where it is negative, INFY at the market."""
        ...

    def fail(self, *, is_session_dead: bool = False) -> None:
        """Let the next read fail."""
        ...


class FakeRig:
    def __init__(self) -> None:
        self.reader = FakeAccountReader("PA0002")
        self.reader.prices |= {INFY: Decimal(1500), TCS: Decimal(3000)}
        self._held: dict[str, int] = {}

    def trade(self, quantity: int, *, product: str = "MIS") -> None:
        self._held[product] = self._held.get(product, 0) + quantity
        self.reader.hold(INFY, self._held[product], price="1500", product=product)

    def fail(self, *, is_session_dead: bool = False) -> None:
        self.reader.fails.append(
            SessionExpiredError("Dead.") if is_session_dead else BrokerUnavailableError("No.")
        )


class KiteRig:
    def __init__(self, exchange: ExchangeServer) -> None:
        self._account_id = f"PA{next(_numbers)}"
        self._exchange = exchange
        exchange.control("POST", "/accounts", {"user_id": self._account_id})
        low = self._account_id.lower()
        self.reader = KiteAccountReader(
            AccountId(self._account_id),
            credentials=Credentials(f"paperkey{low}", f"papertoken{low}"),
            roots=paper_roots(exchange.root),
            timeouts=Timeouts(connect_s=10.0, answer_s=60.0),
        )

    def trade(self, quantity: int, *, product: str = "MIS") -> None:
        self._exchange.kite(self._account_id, timeout_s=60.0).place_order(
            variety="regular",
            exchange="NSE",
            tradingsymbol="INFY",
            transaction_type="BUY" if quantity > 0 else "SELL",
            quantity=abs(quantity),
            product=product,
            order_type="MARKET",
            market_protection=-1,
        )

    def fail(self, *, is_session_dead: bool = False) -> None:
        kind = "token_dead" if is_session_dead else "5xx_before"
        self._exchange.fault(kind, account=self._account_id, route="portfolio.positions")


@pytest.fixture(scope="module")
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange(accounts=1) as running:
        for key in (INFY, TCS):
            running.control("POST", "/prices", {"key": key, "is_frozen": True})
        yield running


@pytest.fixture(params=["fake", "kite"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[ReaderRig]:
    made: ReaderRig = FakeRig() if request.param == "fake" else KiteRig(request.getfixturevalue("exchange"))
    yield made
    await made.reader.close()


def order(quantity: int, key: str = INFY) -> LegOrder:
    return LegOrder(
        exchange=key.partition(":")[0],
        tradingsymbol=key.partition(":")[2],
        side=Side.BUY if quantity > 0 else Side.SELL,
        order_type="MARKET",
        product="MIS",
        validity="DAY",
        quantity=abs(quantity),
        market_protection=Decimal(-1),
    )


async def holding(rig: ReaderRig, quantity: int, product: str = "MIS") -> Position:
    """Return the position once its fills are in."""

    async def there() -> Position | None:
        found = (held for held in await rig.reader.positions() if held.product == product)
        return next((held for held in found if held.quantity == quantity), None)

    found: Position = await eventually_async(there, what=f"{quantity} held")
    return found


async def test_tc_r01_an_account_that_never_traded_has_no_positions_and_all_its_funds(rig: ReaderRig) -> None:
    assert await rig.reader.positions() == ()
    funds = await rig.reader.funds()
    assert funds.free > 0
    assert funds.used == 0


@pytest.mark.parametrize("quantity", [10, -7])
async def test_tc_r02_a_trade_is_a_signed_position_with_its_prices(rig: ReaderRig, quantity: int) -> None:
    rig.trade(quantity)
    held = await holding(rig, quantity)
    assert (held.instrument, held.product) == (INFY, "MIS")
    last = (await rig.reader.last_prices([INFY]))[INFY]
    assert held.last_price == last
    assert abs(held.average_price - last) < last / 100
    assert abs(held.pnl) < abs(quantity) * last / 100


async def test_tc_r03_each_product_has_its_own_position(rig: ReaderRig) -> None:
    rig.trade(3)
    rig.trade(2, product="CNC")
    assert (await holding(rig, 3)).product == "MIS"
    assert (await holding(rig, 2, "CNC")).product == "CNC"


async def test_tc_r04_a_closed_position_stays_with_no_units(rig: ReaderRig) -> None:
    rig.trade(5)
    await holding(rig, 5)
    rig.trade(-5)
    held = await holding(rig, 0)
    assert held.average_price == 0


async def test_tc_r05_what_a_position_blocks_is_no_longer_free(rig: ReaderRig) -> None:
    before = await rig.reader.funds()
    rig.trade(10)
    await holding(rig, 10)
    after = await rig.reader.funds()
    assert after.used > 0
    assert before.free - after.free == pytest.approx(after.used - before.used)


async def test_tc_r06_prices_are_of_those_asked_for_and_the_unknown_are_left_out(rig: ReaderRig) -> None:
    prices = await rig.reader.last_prices([INFY, "NSE:NOSUCHTHING", INFY])
    assert list(prices) == [INFY]
    assert prices[INFY] > 0
    assert await rig.reader.last_prices([]) == {}


async def test_tc_r07_orders_together_need_what_they_need_one_by_one(rig: ReaderRig) -> None:
    one, other = order(10), order(4, TCS)
    alone = [await rig.reader.order_margin([each]) for each in (one, other)]
    assert min(alone) > 0
    assert await rig.reader.order_margin([one, other]) == pytest.approx(sum(alone), abs=Decimal("0.05"))
    assert await rig.reader.order_margin([]) == 0


async def test_tc_r08_orders_against_each_other_or_against_what_is_held_need_less(rig: ReaderRig) -> None:
    alone = await rig.reader.order_margin([order(10)])
    assert await rig.reader.order_margin([order(10), order(-10)]) <= alone
    rig.trade(10)
    await holding(rig, 10)
    assert await rig.reader.order_margin([order(-10)]) == 0
    assert await rig.reader.order_margin([order(-20)]) < 2 * alone


async def test_tc_r09_a_read_that_fails_says_whose_and_the_next_one_works(rig: ReaderRig) -> None:
    rig.fail()
    with pytest.raises(BrokerUnavailableError):
        await rig.reader.positions()
    assert await rig.reader.positions() == ()


async def test_tc_r10_a_dead_session_is_told_from_a_failure(rig: ReaderRig) -> None:
    rig.fail(is_session_dead=True)
    with pytest.raises(SessionExpiredError):
        await rig.reader.positions()
