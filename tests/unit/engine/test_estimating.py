"""What the broker tells of a preview, and what is said where it does not."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from app.domain.accounts import CopyMode
from app.domain.copies import LegOrder
from app.domain.ids import AccountId, OrderId
from app.engine.estimating import estimated
from app.engine.preview_rows import PreviewRow
from app.engine.previewing import AccountDraft, Draft, OrderDraft
from app.engine.service import PreviewCopies
from app.ports.account_reader import Funds
from app.ports.broker import BrokerUnavailableError, SessionExpiredError
from tests.builders.copier import PRIMARY, an_order_for
from tests.builders.eventually import eventually_async
from tests.builders.running import running
from tests.fakes.account_reader import FakeAccountReader

S1, S2 = AccountId("S1"), AccountId("S2")
ORDER = OrderDraft(
    order_id=OrderId("100"),
    instrument="NSE:INFY",
    age_s=4.5,
    reference_price=Decimal(1500),
    is_exit=False,
)
DRAFT = Draft(
    at=datetime(2026, 11, 20, 4, 0, tzinfo=UTC),
    orders=(ORDER,),
    copies=(),
    accounts=(
        AccountDraft(account_id=S1, orders=(an_order_for(quantity=10),), warnings=()),
        AccountDraft(account_id=S2, orders=(an_order_for(quantity=500),), warnings=("takes exits only",)),
    ),
)


class Readers:
    """A reader for each account, all of which know one price."""

    def __init__(self) -> None:
        self.of = {account_id: FakeAccountReader(account_id) for account_id in (PRIMARY, S1, S2)}
        for reader in self.of.values():
            reader.prices["NSE:INFY"] = Decimal("1515.75")

    async def __call__(self, draft: Draft = DRAFT, *, within_s: float = 20.0) -> PreviewRow:
        return await estimated(draft, PRIMARY, self.of.__getitem__, within_s=within_s)


async def test_prices_and_funds_are_told_and_a_shortage_is_warned_of() -> None:
    readers = Readers()
    row = await readers()
    assert row["orders"] == [
        {
            "order_id": "100",
            "age_s": 4.5,
            "last_price": "1515.75",
            "moved_percent": "+1.05",
            "is_exit": False,
        }
    ]
    first, second = row["accounts"]
    assert (first["funds_free"], first["warnings"]) == ("100000", [])
    assert Decimal(first["funds_needed"] or 0) == Decimal("3031.5")
    assert second["warnings"] == [
        "takes exits only",
        "1,00,000.00 free, about 1,51,575.00 needed: expect a rejection",
    ]
    assert (row["order_count"], row["warnings"]) == (2, [])
    assert readers.of[PRIMARY].reads == ["last_prices"]


async def test_what_cannot_be_read_is_null_and_said() -> None:
    readers = Readers()
    readers.of[PRIMARY].fails.append(BrokerUnavailableError("PRI001: the prices cannot be read."))
    readers.of[S1].fails.extend([SessionExpiredError("Token is invalid.")] * 2)
    readers.of[S2].fails.append(BrokerUnavailableError("S2: the funds cannot be read."))
    row = await readers()
    assert (row["orders"][0]["last_price"], row["orders"][0]["moved_percent"]) == (None, None)
    assert row["warnings"] == ["The last prices are not known: PRI001: the prices cannot be read."]
    first, second = row["accounts"]
    assert (first["funds_free"], first["funds_needed"]) == (None, None)
    assert first["warnings"] == ["its session has expired: log in first"]
    assert second["funds_free"] is None
    assert second["funds_needed"] is not None
    assert second["warnings"][1] == "whether its funds suffice is not known: S2: the funds cannot be read."


async def test_a_session_that_is_known_to_be_dead_is_told_of_once() -> None:
    readers = Readers()
    readers.of[S1].fails.append(SessionExpiredError("Token is invalid."))
    told = "its session has expired: log in first"
    account = replace(DRAFT.accounts[0], warnings=(told,))
    row = await readers(replace(DRAFT, accounts=(account,)))
    assert row["accounts"][0]["warnings"] == [told]


async def test_who_hangs_costs_the_others_nothing() -> None:
    class Hanging(FakeAccountReader):
        async def funds(self) -> Funds:
            await asyncio.Event().wait()
            raise AssertionError

        async def last_prices(self, instruments: Sequence[str]) -> dict[str, Decimal]:
            await asyncio.Event().wait()
            raise AssertionError(instruments)

    readers = Readers()
    readers.of[PRIMARY], readers.of[S1] = Hanging(PRIMARY), Hanging(S1)
    readers.of[S1].prices["NSE:INFY"] = Decimal(1500)
    row = await readers(within_s=0.05)
    assert row["orders"][0]["last_price"] is None
    assert "no answer within 0.05 s" in row["warnings"][0]
    assert row["accounts"][0]["funds_free"] is None
    assert "no answer within 0.05 s" in row["accounts"][0]["warnings"][0]
    assert row["accounts"][1]["funds_free"] == "100000"


async def test_without_a_reference_price_nothing_has_moved() -> None:
    orders = (replace(ORDER, reference_price=None), replace(ORDER, instrument="NSE:NOBODY"))
    row = await Readers()(replace(DRAFT, orders=orders))
    assert [(one["last_price"], one["moved_percent"]) for one in row["orders"]] == [
        ("1515.75", None),
        (None, None),
    ]


async def test_nothing_is_read_that_is_not_needed_nor_without_readers() -> None:
    readers = Readers()
    no_orders: tuple[LegOrder, ...] = ()
    idle = replace(DRAFT.accounts[0], orders=no_orders)
    row = await readers(replace(DRAFT, orders=(), accounts=(idle,)))
    assert [reader.reads for reader in readers.of.values()] == [[], [], []]
    assert row["accounts"][0]["funds_free"] is None
    alone = await estimated(DRAFT, PRIMARY, None)
    assert alone["orders"][0]["last_price"] is None
    assert alone["warnings"] == []


async def test_the_runtime_asks_the_accounts_own_readers_or_nobody() -> None:
    async with running({"S1": "2"}, mode=CopyMode.MANUAL, has_readers=True) as engine:
        order = engine.primary.desk.take(an_order_for(), None)
        await eventually_async(lambda: engine.runtime.snapshot()["copies"])
        for account_id in (PRIMARY, S1):
            engine.reader(account_id).prices["NSE:INFY"] = Decimal(1530)
        row = await engine.runtime.preview(PreviewCopies(orders=(order.order_id,)))
        assert row["orders"][0]["moved_percent"] == "+2.00"
        assert Decimal(row["accounts"][0]["funds_needed"] or 0) == 6120
        assert (row["order_count"], engine.broker(S1).accepted) == (1, [])
    async with running({"S1": "2"}, mode=CopyMode.MANUAL) as engine:
        order = engine.primary.desk.take(an_order_for(), None)
        await eventually_async(lambda: engine.runtime.snapshot()["copies"])
        row = await engine.runtime.preview(PreviewCopies(orders=(order.order_id,)))
        assert (row["order_count"], row["orders"][0]["last_price"]) == (1, None)
