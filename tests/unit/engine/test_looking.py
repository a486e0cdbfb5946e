"""Looking on demand, and what is shown of looks: when the last good one was, and why there is none."""

from app.domain.ids import AccountId
from app.engine.rows import AccountRow, Delta
from app.engine.service import LookNow, StopCopying
from app.web.mirror import Mirror
from tests.builders.copier import PRIMARY, Copier, an_order_for
from tests.builders.eventually import eventually_async
from tests.builders.running import Running, running
from tests.fakes.broker import Twist

S1, S2 = AccountId("S1"), AccountId("S2")


def _row(engine: Running, account_id: AccountId) -> AccountRow:
    return engine.runtime.snapshot()["accounts"][account_id]


def test_it_answers_with_every_account_it_reads() -> None:
    answer = Copier({"S1": "1", "S2": "1"}).command(LookNow)
    assert answer.message == "3 of 3 order lists are being read."
    assert [result.key for result in answer.results] == [PRIMARY, S1, S2]


def test_only_the_named_accounts_are_read_each_once() -> None:
    answer = Copier({"S1": "1", "S2": "1"}).command(LookNow, accounts=(S2, S2))
    assert [(result.key, result.accepted) for result in answer.results] == [(S2, True)]


def test_an_account_that_is_not_configured_is_refused_by_name() -> None:
    answer = Copier().command(LookNow, accounts=(AccountId("NOBODY"),))
    assert not answer.accepted
    assert "NOBODY is not in accounts_config.json" in answer.results[0].message


def test_a_repeated_command_gets_the_same_answer_and_writes_nothing() -> None:
    copier = Copier()
    first = copier.command(LookNow, command_id="look-1")
    facts = len(copier.journal.facts)
    assert copier.command(LookNow, command_id="look-1") == first
    assert len(copier.journal.facts) == facts


def test_a_snapshot_is_what_the_deltas_add_up_to_also_where_looks_bring_no_news() -> None:
    copier = Copier({"S1": "1", "S2": "1"})
    mirror = Mirror(copier.engine.view.snapshot())
    copier.engine.view.subscribe(mirror.apply)
    for _ in range(3):
        copier.pass_time(1.0)
        copier.look()
        copier.look_at_all()
        assert mirror.snapshot() == copier.engine.view.snapshot()
    copier.primary_places()
    copier.take_all()
    assert mirror.snapshot() == copier.engine.view.snapshot()


async def test_all_order_lists_are_read_at_once_even_while_stopped() -> None:
    async with running(poll_interval_s=3600) as engine:
        await eventually_async(lambda: engine.runtime.engine.lanes[S1].looked_at_s)
        await engine.runtime.execute(StopCopying(command_id="c1", by="operator"))
        reads = engine.primary.reads, engine.broker(S1).reads
        await engine.runtime.execute(LookNow(command_id="c2", by="operator"))
        await eventually_async(lambda: (engine.primary.reads, engine.broker(S1).reads) > reads)
        await eventually_async(lambda: engine.broker(S1).reads > reads[1])
        assert engine.primary.reads > reads[0]


async def test_the_account_that_is_not_named_is_left_alone() -> None:
    async with running(poll_interval_s=3600) as engine:
        await eventually_async(lambda: engine.runtime.engine.lanes[S1].looked_at_s)
        await eventually_async(lambda: engine.primary.reads == 2)
        reads = engine.broker(S1).reads
        await engine.runtime.execute(LookNow(command_id="c1", by="operator", accounts=(S1,)))
        await eventually_async(lambda: engine.broker(S1).reads > reads)
        assert engine.primary.reads == 2


async def test_what_the_operator_asked_for_is_drawn_again() -> None:
    async with running(poll_interval_s=3600) as engine:
        await eventually_async(lambda: _row(engine, S1)["looked_at"])
        deltas: list[Delta] = []
        engine.runtime.subscribe(deltas.append)
        before = _row(engine, S1)["looked_at"]
        await engine.runtime.execute(LookNow(command_id="c1", by="operator"))
        seen = await eventually_async(lambda: [d for d in deltas if S1 in d["accounts"]])
        assert seen[-1]["accounts"][S1]["looked_at"] != before


async def test_an_account_that_cannot_be_read_says_why_and_since_when() -> None:
    async with running() as engine:
        await eventually_async(lambda: _row(engine, S1)["looked_at"])
        engine.broker(S1).always("order_list", Twist.FAIL)
        await engine.runtime.execute(LookNow(command_id="c1", by="operator", accounts=(S1,)))
        await eventually_async(lambda: _row(engine, S1)["looking_fails"])
        assert "was not answered" in str(_row(engine, S1)["looking_fails"])
        since = _row(engine, S1)["looking_fails_since"]
        reads = engine.broker(S1).reads
        await engine.runtime.execute(LookNow(command_id="c2", by="operator", accounts=(S1,)))
        await eventually_async(lambda: engine.broker(S1).reads > reads)
        assert _row(engine, S1)["looking_fails_since"] == since
        engine.broker(S1).always("order_list", Twist.OK)
        await eventually_async(lambda: _row(engine, S1)["looking_fails"] is None)
        assert _row(engine, S1)["looking_fails_since"] is None


async def test_a_dead_session_is_tried_again_at_once_when_the_operator_asks() -> None:
    async with running() as engine:
        await eventually_async(lambda: _row(engine, S1)["looked_at"])
        engine.broker(S1).is_session_dead = True
        engine.primary.desk.take(an_order_for(), None)
        await eventually_async(lambda: _row(engine, S1)["looking_fails"])
        reads = engine.broker(S1).reads
        await engine.runtime.execute(LookNow(command_id="c1", by="operator", accounts=(S1,)))
        await eventually_async(lambda: engine.broker(S1).reads > reads)


def test_looks_without_news_are_drawn_every_few_seconds_only() -> None:
    copier = Copier()
    deltas: list[Delta] = []
    copier.engine.view.subscribe(deltas.append)
    for _ in range(4):
        copier.clock.advance(2)
        copier.look_at()
    assert [delta for delta in deltas if "S1" in delta["accounts"]] == deltas
    assert len(deltas) == 1
