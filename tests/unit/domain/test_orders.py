"""What an order's own fields mean: its phase, its intended type, its tags, its age among others."""

from datetime import UTC, datetime

import pytest

from app.domain.orders import OrderType, Phase, Side, phase_of
from app.domain.session import IST
from tests.builders.orders import an_order, at

OURS = "TC" + "A2" * 9


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("OPEN", Phase.OPEN),
        ("TRIGGER PENDING", Phase.TRIGGER_PENDING),
        ("COMPLETE", Phase.FILLED),
        ("CANCELLED", Phase.CANCELLED),
        ("CANCELLED AMO", Phase.CANCELLED),
        ("REJECTED", Phase.REJECTED),
    ],
)
def test_a_resting_or_final_status_has_its_phase(status: str, phase: Phase) -> None:
    assert phase_of(status) is phase


@pytest.mark.parametrize(
    "status",
    [
        "PUT ORDER REQ RECEIVED",
        "VALIDATION PENDING",
        "OPEN PENDING",
        "MODIFY VALIDATION PENDING",
        "MODIFY PENDING",
        "MODIFIED",
        "CANCEL PENDING",
        "AMO REQ RECEIVED",
        "UPDATE",
        "A WORD OF TOMORROW",
        "open",
        "",
    ],
)
def test_any_other_status_is_working_and_so_never_an_end(status: str) -> None:
    order = an_order(status=status)
    assert order.phase is Phase.WORKING
    assert not order.is_terminal


@pytest.mark.parametrize("status", ["COMPLETE", "CANCELLED", "REJECTED"])
def test_nothing_more_happens_to_an_order_at_its_end(status: str) -> None:
    assert an_order(status=status).is_terminal


@pytest.mark.parametrize(
    ("order_type", "tags", "intended"),
    [
        ("MARKET", (), OrderType.MARKET),
        ("LIMIT", (), OrderType.LIMIT),
        ("LIMIT", ("mktp", "mktp:2.00"), OrderType.MARKET),
        ("LIMIT", ("mktp:0.50",), OrderType.MARKET),
        ("LIMIT", ("mine", "mktp"), OrderType.MARKET),
        ("LIMIT", ("not-mktp",), OrderType.LIMIT),
        ("SL", ("mktp",), OrderType.SL),
        ("SL-M", ("mktp",), OrderType.SL_M),
        ("MOON", (), "MOON"),
    ],
)
def test_a_protected_market_order_shown_as_limit_is_seen_through(
    order_type: str, tags: tuple[str, ...], intended: str
) -> None:
    assert an_order(order_type=order_type, tags=tags).intended_type == intended


def test_our_tags_are_found_among_those_of_others() -> None:
    assert an_order(tags=("mine", OURS, "mktp")).our_tags == (OURS,)


def test_a_sell_adds_its_fill_to_the_position_with_a_minus() -> None:
    assert an_order(side=Side.BUY, filled_quantity=30).signed_fill == 30
    assert an_order(side=Side.SELL, filled_quantity=30).signed_fill == -30


def test_an_instrument_is_named_by_exchange_and_symbol() -> None:
    assert an_order(exchange="NFO", tradingsymbol="NIFTY26NOVFUT").instrument == "NFO:NIFTY26NOVFUT"


@pytest.mark.parametrize(
    ("older", "younger"),
    [
        ({"placed_at": at("09:15:00")}, {"placed_at": at("09:15:01")}),
        ({"order_id": "1953341975595868160"}, {"order_id": "1953341975595868161"}),
        # Numbers beyond 2^53 differ in their last digit only; a float would call them equal.
        ({"order_id": "9007199254740992"}, {"order_id": "9007199254740993"}),
        ({"order_id": "251120000000009"}, {"order_id": "1953341975595868160"}),
        ({"order_id": "9"}, {"order_id": "10"}),
        ({"placed_at": None}, {"placed_at": at("00:00:00")}),
        ({"placed_at": at("09:29:59")}, {"placed_at": datetime(2026, 11, 20, 4, 0, tzinfo=UTC)}),
    ],
)
def test_seniority_goes_by_the_moment_and_within_a_second_by_the_number(
    older: dict[str, object], younger: dict[str, object]
) -> None:
    assert an_order(**older).seniority < an_order(**younger).seniority


_NOON = "1953341975595868160"
"""Numbers of orders placed on 7 August 2025, at 11:56:32.978 and a second and a half later."""
_NEXT = str(int(_NOON) + (1_500 << 22))


def test_an_order_changed_before_it_was_seen_is_as_old_as_its_number_says() -> None:
    """Its stamps are those of the change: judged by them, the exit placed meanwhile would be an entry."""
    changed = an_order(order_id=_NOON, placed_at=datetime(2025, 8, 7, 12, 30, tzinfo=IST))
    later = an_order(order_id=_NEXT, placed_at=datetime(2025, 8, 7, 11, 56, 34, tzinfo=IST))
    assert changed.seniority < later.seniority


def test_a_number_of_nineteen_digits_makes_up_for_a_missing_stamp() -> None:
    unstamped = an_order(order_id=_NEXT, placed_at=None)
    older = an_order(order_id=_NOON, placed_at=datetime(2025, 8, 7, 11, 56, 33, tzinfo=IST))
    assert older.seniority < unstamped.seniority


def test_a_number_that_disagrees_with_its_stamp_by_a_day_tells_nothing() -> None:
    """Nobody promises what the digits mean: where they mean something else, the stamps count as before."""
    stamped = {"placed_at": datetime(2026, 11, 20, 9, 15, tzinfo=IST)}
    assert an_order(order_id=_NEXT, **stamped).seniority[0] == stamped["placed_at"].timestamp()
