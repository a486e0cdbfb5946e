"""The copy of the engine's state: it equals the engine's, and nothing that does not follow gets in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.rows import Delta
from app.web.mirror import MOST_ALERTS, GapError, Mirror
from app.web.publisher import merged
from tests.builders import shown_rows as rows


@pytest.mark.parametrize(
    "wrong", [rows.delta(4), rows.delta(6), rows.delta(3), rows.delta(5, boot_id="other")]
)
def test_what_does_not_follow_is_refused_and_changes_nothing(wrong: Delta) -> None:
    mirror = Mirror(rows.snapshot(4))
    with pytest.raises(GapError):
        mirror.apply(wrong)
    assert mirror.snapshot() == rows.snapshot(4)


def test_a_snapshot_taken_earlier_stays_as_it_was() -> None:
    mirror = Mirror(rows.snapshot(4))
    before = mirror.snapshot()
    mirror.apply(rows.delta(5, orders={"100": rows.order()}, alerts=[rows.alert()]))
    assert before == rows.snapshot(4)


def test_old_alerts_make_room() -> None:
    mirror = Mirror(rows.snapshot())
    for seq in range(1, MOST_ALERTS + 10):
        mirror.apply(rows.delta(seq, alerts=[rows.alert(seq)]))
    assert [alert["seq"] for alert in mirror.snapshot()["alerts"]][:: MOST_ALERTS - 1] == [
        10,
        MOST_ALERTS + 9,
    ]


changes = st.dictionaries(st.sampled_from("abc"), st.integers(0, 9), max_size=3)


@given(st.lists(changes, max_size=12), st.data())
def test_batches_say_the_same_as_their_deltas(told: list[dict[str, int]], data: st.DataObject) -> None:
    deltas = [
        rows.delta(seq, orders={key: rows.order(key, quantity=number) for key, number in change.items()})
        for seq, change in enumerate(told, start=1)
    ]
    one_by_one, in_batches, batch = Mirror(rows.snapshot()), rows.snapshot(), None
    for delta in deltas:
        one_by_one.apply(delta)
        batch = merged(batch, delta)
        if data.draw(st.booleans()) or delta is deltas[-1]:
            assert batch["from_seq"] == in_batches["seq"] + 1
            in_batches["orders"].update(batch["orders"])
            in_batches["seq"] = batch["to_seq"]
            batch = None
    assert one_by_one.snapshot() == in_batches
