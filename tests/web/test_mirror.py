"""The copy of the engine's state: it equals the engine's, and nothing that does not follow gets in."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.rows import Delta, Snapshot
from app.web.mirror import MOST_ALERTS, GapError, Mirror
from app.web.publisher import merged
from app.web.schemas.live import Deltas
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


def test_an_account_that_is_gone_takes_its_rows_along_and_its_copies_stay() -> None:
    mirror = Mirror(
        rows.snapshot(portfolios={"AB1234": rows.portfolio(), "PR0001": rows.portfolio("PR0001")})
    )
    mirror.apply(rows.delta(1, copies={"100:AB1234": rows.copy()}))
    before = mirror.snapshot()
    mirror.apply(rows.delta(2, gone_accounts=["AB1234", "NEVER1"]))
    state = mirror.snapshot()
    assert (list(state["accounts"]), list(state["portfolios"])) == (["PR0001"], ["PR0001"])
    assert list(state["copies"]) == ["100:AB1234"]
    assert list(before["portfolios"]) == ["AB1234", "PR0001"]


ids = st.sampled_from("abc")
change = st.fixed_dictionaries(
    {
        "orders": st.dictionaries(ids, st.integers(0, 9), max_size=3),
        "accounts": st.dictionaries(ids, st.sampled_from(["1", "2"]), max_size=3),
        "portfolios": st.dictionaries(ids, st.sampled_from(["1.00", "2.00"]), max_size=3),
        "gone": st.lists(ids, unique=True, max_size=2),
    }
)


@given(st.lists(change, max_size=12), st.data())
def test_batches_say_the_same_as_their_deltas(told: list[dict[str, Any]], data: st.DataObject) -> None:
    deltas = [
        rows.delta(
            seq,
            orders={key: rows.order(key, quantity=number) for key, number in change["orders"].items()},
            accounts={key: rows.account(key, multiplier=text) for key, text in change["accounts"].items()},
            portfolios={key: rows.portfolio(key, pnl=pnl) for key, pnl in change["portfolios"].items()},
            gone_accounts=change["gone"],
        )
        for seq, change in enumerate(told, start=1)
    ]
    one_by_one, in_batches, batch = Mirror(rows.snapshot()), rows.snapshot(), None
    for delta in deltas:
        one_by_one.apply(delta)
        batch = merged(batch, delta)
        if data.draw(st.booleans()) or delta is deltas[-1]:
            assert batch["from_seq"] == in_batches["seq"] + 1
            _apply(in_batches, batch)
            batch = None
    assert one_by_one.snapshot() == in_batches


def _apply(state: Snapshot, batch: Deltas) -> None:
    """Take a batch as a browser does."""
    for account_id in batch["gone_accounts"]:
        state["accounts"].pop(account_id, None)
        state["portfolios"].pop(account_id, None)
    state["accounts"].update(batch["accounts"])
    state["portfolios"].update(batch["portfolios"])
    state["orders"].update(batch["orders"])
    state["seq"] = batch["to_seq"]
