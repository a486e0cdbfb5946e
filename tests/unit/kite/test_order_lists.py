"""Whole order lists: what is wrong with one row spoils that row, is told, and hides no order of ours."""

import asyncio
from typing import Any

import msgspec
import pytest

from app.adapters.kite.order_lists import ReadRows, read_rows
from app.domain.ids import AccountId
from app.domain.orders import Order, Phase
from tests.unit.kite.test_mapping import ROW

ME = AccountId("PA0002")
OURS = "TCAAAAAAAAAAAAAAAAAA"


async def rows_of(*rows: object, known: dict[bytes, Order] | None = None) -> ReadRows:
    return await read_rows(msgspec.json.encode(list(rows)), ME, known or {})


def without(name: str) -> dict[str, Any]:
    return {other: value for other, value in ROW.items() if other != name}


async def test_a_row_that_makes_no_sense_becomes_a_sentence_and_the_others_are_read() -> None:
    got = await rows_of(ROW, {**ROW, "order_id": "7", "quantity": "many"}, {**ROW, "order_id": "2"})
    assert list(got.orders) == [ROW["order_id"], "2"]
    [row] = got.unreadable
    assert "Order 7 in the order list of PA0002 cannot be read: it has quantity 'many'" in row.text
    assert "neither copied nor counted" in row.text


async def test_what_proves_that_an_order_exists_is_kept_of_a_row_that_cannot_be_read() -> None:
    got = await rows_of(
        {**ROW, "status": None}, {**ROW, "order_id": 19533, "status": 7, "tag": None, "tags": None}
    )
    first, second = got.unreadable
    assert (first.order_id, first.our_tags, first.instrument) == (
        ROW["order_id"],
        (OURS,),
        "NFO:NIFTY26NOVFUT",
    )
    assert (second.order_id, second.our_tags) == ("19533", ())


@pytest.mark.parametrize(
    "row",
    [
        {**ROW, "tag": [OURS]},
        {**ROW, "tag": None, "tags": {"deep": [[OURS]]}},
        without("order_id"),
        [OURS],
        OURS,
    ],
    ids=["tag is a list", "tags are nested", "no order_id", "row is a list", "row is a text"],
)
async def test_our_tag_is_found_wherever_it_hides(row: object) -> None:
    [found] = (await rows_of(row)).unreadable
    assert found.our_tags == (OURS,)


async def test_our_tag_is_found_in_bytes_that_are_no_text() -> None:
    row = b'{"order_id":"1","tag":"%s","status_message":"\xff\xfe"}' % OURS.encode()
    [found] = (await read_rows(b"[" + row + b"]", ME, {})).unreadable
    assert found.our_tags == (OURS,)


@pytest.mark.parametrize("tag", [OURS + "A", OURS[:-1], OURS.lower(), "X" + OURS, None, 7, ""])
async def test_what_only_resembles_our_tag_is_not_ours(tag: object) -> None:
    row = {**ROW, "tag": tag, "tags": None}
    got = await rows_of(row, {**row, "status": None})
    assert next(iter(got.orders.values())).our_tags == ()
    assert [found.our_tags for found in got.unreadable] == [()]


async def test_the_sentence_of_the_same_trouble_stays_the_same_wherever_its_row_moves() -> None:
    bad = {**ROW, "quantity": None}
    [before] = (await rows_of(bad)).unreadable
    [after] = (await rows_of({**ROW, "order_id": "2"}, bad)).unreadable
    assert before == after


async def test_a_row_without_a_number_is_named_by_what_it_is_for() -> None:
    [row] = (await rows_of(without("order_id"))).unreadable
    assert row.text.startswith("An order for NFO:NIFTY26NOVFUT of 2026-11-20 10:00:05 in the order list")


@pytest.mark.parametrize("row", [None, 1, "text", [], [[]], True, {}])
async def test_a_row_that_is_no_order_spoils_only_itself(row: object) -> None:
    got = await rows_of(row, ROW)
    assert len(got.orders) == len(got.unreadable) == 1


@pytest.mark.parametrize("data", [b"{}", b"null", b"7", b"[", b"", b"[" * 100_000, b"\xff"])
async def test_data_that_is_no_list_is_no_order_list(data: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, RecursionError)):
        await read_rows(data, ME, {})


async def test_a_row_that_did_not_change_keeps_its_order() -> None:
    other = {**ROW, "order_id": "2"}
    before = await rows_of(ROW, other)
    after = await rows_of(ROW, {**other, "status": "COMPLETE", "filled_quantity": 130}, known=before.by_bytes)
    first, second = after.orders.values()
    assert first is next(iter(before.orders.values()))
    assert second.phase is Phase.FILLED
    assert len(after.by_bytes) == 2


async def test_an_order_that_is_listed_twice_is_one_order_as_far_as_it_got() -> None:
    done = {**ROW, "status": "COMPLETE", "filled_quantity": 130}
    for rows in ((ROW, done, ROW), (done, ROW)):
        got = await rows_of(*rows)
        [order] = got.orders.values()
        assert (order.phase, order.filled_quantity, got.unreadable) == (Phase.FILLED, 130, [])


@pytest.mark.parametrize(
    "change", [{"tradingsymbol": "INFY"}, {"transaction_type": "BUY"}, {"tag": "TC" + "B" * 18, "tags": None}]
)
async def test_two_orders_under_one_number_are_not_mixed(change: dict[str, Any]) -> None:
    got = await rows_of(ROW, {**ROW, **change})
    [order] = got.orders.values()
    assert (order.instrument, order.our_tags) == ("NFO:NIFTY26NOVFUT", (OURS,))
    [row] = got.unreadable
    assert "same order_id" in row.text
    again = await rows_of(ROW, {**ROW, **change}, known=got.by_bytes)
    assert again.unreadable == got.unreadable


async def test_others_get_their_turn_while_a_long_list_is_read() -> None:
    """However many rows: the longest stretch without a turn is a hundredth of the whole."""
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count_turns())
    data = msgspec.json.encode([{**ROW, "order_id": str(number)} for number in range(5000)])
    got = await read_rows(data, ME, {})
    turns_of_new, turns = turns, 0
    again = await read_rows(data, ME, got.by_bytes)
    counting.cancel()
    assert len(again.orders) == 5000
    assert turns_of_new >= 100
    assert turns >= 2
