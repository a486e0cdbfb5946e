"""Every fact survives being written and read, exactly."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.storage import codec
from app.domain.events import AlertRaised, Fact, OrderMatched, PrimaryOrderSeen
from app.domain.ids import AccountId, ClientOrderId, OrderId
from app.domain.orders import Order, Side
from app.domain.session import from_ist_text
from app.ports.journal import JournalError

OFFSETS = st.integers(-720, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))

st.register_type_strategy(datetime, st.datetimes(timezones=OFFSETS))
st.register_type_strategy(Decimal, st.decimals(allow_nan=False, allow_infinity=False))
st.register_type_strategy(str, st.text(st.characters(exclude_categories=["Cs"])))

ORDER = Order(
    order_id=OrderId("1953341975595868160"),
    account_id=AccountId("PA0001"),
    exchange="NSE",
    tradingsymbol="INFY",
    side=Side.SELL,
    order_type="SL-M",
    product="MIS",
    variety="regular",
    validity="DAY",
    quantity=7,
    status="OPEN",
    price=Decimal("1500.10"),
    placed_at=from_ist_text("2026-11-20 09:15:00"),
)


@pytest.mark.parametrize("cls", get_args(Fact), ids=lambda cls: cls.__name__)
def test_a_fact_read_back_equals_the_one_written(cls: type) -> None:
    @settings(max_examples=40, deadline=None)
    @given(st.from_type(cls))
    def check(fact: Fact) -> None:
        assert codec.decode(codec.kind_of(fact), codec.encode(fact)) == fact

    check()


def test_money_keeps_its_digits_and_times_their_offset() -> None:
    read = codec.decode("PrimaryOrderSeen", codec.encode(PrimaryOrderSeen(order=ORDER)))
    assert isinstance(read, PrimaryOrderSeen)
    assert str(read.order.price) == "1500.10"
    assert isinstance(read.order.price, Decimal)
    assert read.order.seniority == ORDER.seniority, "orders are sorted by the text of their stamp"


NAIVE = datetime(2026, 11, 20, 9, 15)  # noqa: DTZ001 - the fault under test


@pytest.mark.parametrize(
    ("order", "field"),
    [(replace(ORDER, placed_at=NAIVE), "placed_at"), (replace(ORDER, updated_at=NAIVE), "updated_at")],
)
def test_a_time_without_a_zone_is_refused(order: Order, field: str) -> None:
    fact = OrderMatched(account_id=AccountId("SA0001"), tag=ClientOrderId("TC"), order=order)
    with pytest.raises(JournalError, match=f"OrderMatched was not recorded: its order.{field}"):
        codec.encode(fact)


def test_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(JournalError, match="AlertRaised was not recorded"):
        codec.encode(AlertRaised(text="\ud800"))


def test_a_kind_from_a_newer_version_is_named() -> None:
    with pytest.raises(JournalError, match=r"'MoonLanded'.*Start the version that wrote it"):
        codec.decode("MoonLanded", "{}")


@pytest.mark.parametrize("body", ["", "{}", '{"by":3}', "[]"])
def test_a_body_that_does_not_fit_is_refused(body: str) -> None:
    with pytest.raises(JournalError, match="holds a CopyingStopped that cannot be read"):
        codec.decode("CopyingStopped", body)


def test_fractions_are_written_as_their_two_numbers() -> None:
    assert codec._read_fraction(Fraction, codec._write_fraction(Fraction(5, 2))) == Fraction(5, 2)
    with pytest.raises(TypeError):
        codec._write_fraction(object())
    with pytest.raises(TypeError):
        codec._read_fraction(complex, "1")
