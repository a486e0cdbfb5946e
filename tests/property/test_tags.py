"""Tags for any intent: their form, their stability, and that no two intents share one."""

import re
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import AccountId, ClientOrderId, OrderId, client_order_id, is_our_tag

TEXT = st.text(st.sampled_from("AB01|:\x1f-"), max_size=6)
INTENTS = st.fixed_dictionaries(
    {
        "trade_date": st.dates(date(2026, 1, 1), date(2026, 1, 31)),
        "primary": TEXT.map(AccountId),
        "primary_order_id": TEXT.map(OrderId),
        "secondary": TEXT.map(AccountId),
        "leg": st.integers(0, 12),
        "generation": st.integers(0, 12),
    }
)
KEYS = st.binary(min_size=32, max_size=32)


def tag(key: bytes, intent: dict[str, Any]) -> ClientOrderId:
    return client_order_id(key, **intent)


@given(KEYS, INTENTS)
def test_a_tag_has_twenty_characters_that_kite_takes_and_is_known_as_ours(
    key: bytes, intent: dict[str, Any]
) -> None:
    assert re.fullmatch(r"TC[A-Z2-7]{18}", tag(key, intent))
    assert is_our_tag(tag(key, intent))


@given(KEYS, INTENTS)
def test_the_same_intent_always_has_the_same_tag(key: bytes, intent: dict[str, Any]) -> None:
    assert tag(key, intent) == tag(key, dict(intent))


@given(KEYS, INTENTS, INTENTS)
def test_different_intents_have_different_tags(
    key: bytes, one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert (tag(key, one) == tag(key, other)) is (one == other)


@given(KEYS, INTENTS, st.sampled_from("AB01|:\x1f"), st.integers(1, 4))
def test_text_that_moves_from_one_part_into_the_next_makes_another_tag(
    key: bytes, intent: dict[str, Any], separator: str, cut: int
) -> None:
    whole = f"{intent['primary']}{separator}{intent['primary_order_id']}"
    moved = intent | {"primary": whole[:cut], "primary_order_id": whole[cut:].removeprefix(separator)}
    if moved != intent:
        assert tag(key, moved) != tag(key, intent)


@given(KEYS, KEYS, INTENTS)
def test_two_installations_never_share_a_tag(key: bytes, other: bytes, intent: dict[str, Any]) -> None:
    assert (tag(key, intent) == tag(other, intent)) is (key == other)


def test_a_days_worth_of_neighbouring_intents_has_no_collision() -> None:
    tags = {
        client_order_id(
            bytes(32),
            trade_date=date(2026, 11, 20),
            primary=AccountId("PA0001"),
            primary_order_id=OrderId(str(1953341975595868160 + number)),
            secondary=AccountId(f"SA{account:04d}"),
            leg=leg,
            generation=generation,
        )
        for number in range(500)
        for account in range(5)
        for leg in range(2)
        for generation in range(2)
    }
    assert len(tags) == 10_000
