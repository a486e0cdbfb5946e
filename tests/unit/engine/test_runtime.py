"""The engine's loops at work on a real event loop: polling, pushes, sending apart, edits, ends."""

from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import NoReturn

import pytest

from app.domain.accounts import CopyMode
from app.domain.copies import CopyState
from app.domain.ids import AccountId, CopyId
from app.domain.pacing import Limits
from app.engine.rows import Delta
from app.engine.service import CopyOrders, SetMode, StopCopying
from app.ports.config_store import ConfigProblem, ConfigRefusedError
from app.ports.journal import JournalError
from app.ports.order_feed import FeedState
from tests.builders.copier import PRIMARY, an_order_for
from tests.builders.eventually import eventually_async
from tests.builders.running import Running, running
from tests.fakes.broker import Twist

S1, S2 = AccountId("S1"), AccountId("S2")


def _state_of(engine: Running, order_id: str, account_id: str = "S1") -> CopyState | None:
    copy = engine.runtime.engine.state.copies.get(CopyId(f"{order_id}:{account_id}"))
    return copy.state if copy else None


async def test_an_order_of_the_primary_is_copied_and_followed_to_its_fill() -> None:
    async with running({"S1": "1", "S2": "2.5"}) as engine:
        order = engine.primary.desk.take(an_order_for(order_type="MARKET"), None)
        await eventually_async(lambda: _state_of(engine, order.order_id) is CopyState.FILLED)
        await eventually_async(lambda: _state_of(engine, order.order_id, "S2") is CopyState.FILLED)
        assert [taken.order.quantity for taken in engine.broker(S2).accepted] == [25]


async def test_a_push_makes_the_next_look_come_at_once() -> None:
    async with running(poll_interval_s=3600) as engine:
        await eventually_async(lambda: engine.primary.reads >= 2)
        engine.primary.desk.take(an_order_for(), None)
        engine.feed.pushed.set()
        await eventually_async(lambda: engine.broker(S1).accepted)


async def test_an_account_that_hangs_does_not_delay_the_others() -> None:
    async with running({"S1": "1", "S2": "1"}) as engine:
        await eventually_async(lambda: engine.runtime.engine.lanes[S1].looked_at_s)
        engine.broker(S1).always("place", Twist.HANG)
        engine.broker(S1).always("order_list", Twist.HANG)
        for _ in range(5):
            order_id = engine.primary.desk.take(an_order_for(order_type="MARKET"), None).order_id
            is_filled = partial(_is_in, engine, order_id, CopyState.FILLED)
            await eventually_async(is_filled)
        assert engine.broker(S1).accepted == []


async def test_what_waits_for_its_moment_leaves_in_it_and_not_at_the_next_tick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for seldom in ("app.engine.runtime.TICK_S", "app.engine.reconciler.LOOK_WHILE_OPEN_S"):
        monkeypatch.setattr(seldom, 3600.0)
    async with running(poll_interval_s=3600) as engine:
        await eventually_async(lambda: engine.primary.reads >= 2)
        for _ in range(Limits().per_second + 1):
            engine.primary.desk.take(an_order_for(), None)
        engine.feed.pushed.set()
        await eventually_async(lambda: len(engine.broker(S1).accepted) == Limits().per_second + 1)


async def test_a_lost_answer_is_found_by_the_looks_that_follow() -> None:
    async with running() as engine:
        engine.broker(S1).script("place", Twist.LOSE_ANSWER)
        order = engine.primary.desk.take(an_order_for(), None)
        await eventually_async(lambda: _state_of(engine, order.order_id) is CopyState.OPEN)
        assert len(engine.broker(S1).accepted) == 1


async def test_an_unforeseen_failure_while_sending_is_a_doubt() -> None:
    async with running() as engine:
        engine.broker(S1).desk.take = _break_down  # type: ignore[method-assign]  # a broken promise
        order = engine.primary.desk.take(an_order_for(), None)
        await eventually_async(lambda: _state_of(engine, order.order_id) is CopyState.IN_DOUBT)


async def test_a_change_and_a_cancellation_reach_the_copy() -> None:
    async with running() as engine:
        order = engine.primary.desk.take(an_order_for(), None)
        [taken] = await eventually_async(lambda: engine.broker(S1).accepted)
        engine.primary.desk.update(order.order_id, price=an_order_for().price + 5)
        await eventually_async(lambda: engine.broker(S1).orders[taken.order_id].price == 1505)
        engine.primary.desk.cancel(order.order_id)
        await eventually_async(lambda: _state_of(engine, order.order_id) is CopyState.CANCELLED)


async def test_a_primary_that_cannot_be_read_is_shown_and_read_again() -> None:
    async with running() as engine:
        engine.primary.script("order_list", Twist.FAIL)
        await eventually_async(lambda: engine.runtime.snapshot()["status"]["looking_fails"])
        engine.feed.pushed.set()
        await eventually_async(lambda: engine.runtime.snapshot()["status"]["looking_fails"] is None)


async def test_a_dead_session_of_the_primary_is_shown_and_ends_with_a_new_login() -> None:
    async with running() as engine:
        engine.primary.is_session_dead = True
        await eventually_async(lambda: _account(engine, PRIMARY)["state"] == "blocked")
        engine.primary.is_session_dead = False
        engine.renewed = frozenset({PRIMARY})
        engine.config.edit(engine.config.rulebook)
        await eventually_async(lambda: _account(engine, PRIMARY)["state"] == "ready")


async def test_a_dead_session_of_a_secondary_ends_with_a_new_login() -> None:
    async with running() as engine:
        await eventually_async(lambda: _account(engine, S1)["state"] == "ready")
        engine.broker(S1).is_session_dead = True
        order = engine.primary.desk.take(an_order_for(), None)
        await eventually_async(lambda: _account(engine, S1)["state"] == "blocked")
        engine.broker(S1).is_session_dead = False
        engine.renewed = frozenset({S1})
        engine.config.edit(engine.config.rulebook)
        await eventually_async(lambda: _state_of(engine, order.order_id) is CopyState.OPEN)


async def test_an_edited_multiplier_is_used_by_the_next_copy() -> None:
    async with running() as engine:
        rulebook = engine.config.rulebook
        doubled = tuple(replace(account, multiplier=Fraction(2)) for account in rulebook.secondaries)
        engine.config.edit(replace(rulebook, secondaries=doubled, revision="r2"))
        await eventually_async(lambda: engine.runtime.snapshot()["status"]["revision"] == "r2")
        engine.primary.desk.take(an_order_for(), None)
        [taken] = await eventually_async(lambda: engine.broker(S1).accepted)
        assert taken.order.quantity == 20


async def test_a_new_secondary_gets_a_lane_of_its_own() -> None:
    async with running() as engine:
        rulebook = engine.config.rulebook
        second = replace(rulebook.secondaries[0], account_id=S2, name="Second")
        engine.config.edit(replace(rulebook, secondaries=(*rulebook.secondaries, second), revision="r2"))
        await eventually_async(lambda: engine.runtime.engine.lanes.get(S2))
        engine.primary.desk.take(an_order_for(), None)
        await eventually_async(lambda: engine.broker(S2).accepted)


async def test_a_refused_edit_and_another_primary_leave_the_rules_in_force() -> None:
    async with running() as engine:
        problem = ConfigProblem(file="f.json", line=1, path="$", reason="bad", example="good")
        engine.config.edit(ConfigRefusedError((problem,)))
        await eventually_async(lambda: engine.runtime.snapshot()["status"]["config_refused"])
        rulebook = engine.config.rulebook
        other = replace(rulebook.primary, account_id=AccountId("OTHER"))
        engine.config.edit(replace(rulebook, primary=other, revision="r9"))
        text = "Another primary account takes a restart of Tandem."
        await eventually_async(lambda: engine.runtime.snapshot()["status"]["config_refused"] == text)
        assert engine.runtime.engine.rulebook.revision == "r1"


async def test_commands_go_through_the_service_and_deltas_are_contiguous() -> None:
    async with running(mode=CopyMode.MANUAL) as engine:
        deltas: list[Delta] = []
        end = engine.runtime.subscribe(deltas.append)
        first_seq = engine.runtime.snapshot()["seq"]
        order = engine.primary.desk.take(an_order_for(), None)
        await eventually_async(lambda: _state_of(engine, order.order_id) is CopyState.HELD)
        copy = CopyOrders(command_id="1", by="operator", orders=(order.order_id,))
        answer = await engine.runtime.execute(copy)
        assert answer.accepted
        await eventually_async(lambda: _state_of(engine, order.order_id) is CopyState.OPEN)
        await engine.runtime.execute(SetMode(command_id="2", by="operator", mode=CopyMode.AUTO))
        end()
        assert [delta["seq"] for delta in deltas] == list(range(first_seq + 1, first_seq + 1 + len(deltas)))
        assert any(delta["status"] and delta["status"]["copy_mode"] == "auto" for delta in deltas)


async def test_after_the_stop_is_answered_nothing_leaves() -> None:
    async with running() as engine:
        await eventually_async(lambda: engine.runtime.engine.lanes[S1].looked_at_s)
        for _ in range(20):
            engine.primary.desk.take(an_order_for(order_type="MARKET"), None)
        await eventually_async(lambda: engine.broker(S1).accepted)
        await engine.runtime.execute(StopCopying(command_id="1", by="operator"))
        left = len(engine.broker(S1).accepted)
        reads = engine.primary.reads
        await eventually_async(lambda: engine.primary.reads > reads + 5)
        assert len(engine.broker(S1).accepted) == left


async def test_a_journal_that_fails_ends_the_engine_with_nothing_sent() -> None:
    with pytest.raises(ExceptionGroup) as raised:  # noqa: PT012 - the block is what has to end
        async with running() as engine:
            engine.journal.failure = "disk full"
            engine.primary.desk.take(an_order_for(), None)
            await eventually_async(engine.task.done)
    assert raised.group_contains(JournalError)
    assert engine.broker(S1).accepted == []


async def test_the_feed_is_shown_as_it_stands() -> None:
    async with running() as engine:
        await eventually_async(lambda: engine.runtime.snapshot()["status"]["feed"]["connections"] == 1)
        engine.feed.state = FeedState(is_up=False, connections=2)
        away = {"is_on": True, "is_up": False, "connections": 2}
        await eventually_async(lambda: engine.runtime.snapshot()["status"]["feed"] == away)


async def test_a_notice_that_cannot_be_recorded_ends_the_engine_and_not_its_teller() -> None:
    with pytest.raises(ExceptionGroup) as raised:  # noqa: PT012 - the block is what has to end
        async with running() as engine:
            engine.journal.failure = "disk full"
            engine.runtime.notice("The instrument list is old.")
            await eventually_async(engine.task.done)
    assert raised.group_contains(JournalError)


def _is_in(engine: Running, order_id: str, state: CopyState) -> bool:
    return _state_of(engine, order_id, "S2") is state


def _break_down(*_: object, **__: object) -> NoReturn:
    raise RuntimeError("nobody foresaw this")


def _account(engine: Running, account_id: AccountId) -> dict[str, object]:
    return dict(engine.runtime.snapshot()["accounts"][account_id])
