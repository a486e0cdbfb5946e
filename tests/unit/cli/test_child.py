"""One supervised program, with real processes: heard, started again, stopped within its bound."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.supervisor.child import MOST_FAILED_STARTS, Child, Program
from app.cli.supervisor.pulse import Pulse
from tests.builders.eventually import eventually_async
from tests.unit.cli import programs
from tests.unit.cli.programs import Heard, program

pytestmark = pytest.mark.process


@pytest.fixture
def heard() -> Heard:
    return Heard()


@asynccontextmanager
async def running(
    what: Program, say: Callable[[str], None]
) -> AsyncIterator[tuple[Child, "asyncio.Task[int | None]"]]:
    """Run a child until the block ends."""
    child = Child(what, say)
    task = asyncio.create_task(child.run())
    try:
        yield child, task
    finally:
        await child.stop()
        await task


async def test_it_becomes_ready_and_its_words_are_passed_on(heard: Heard) -> None:
    async with running(program("web", programs.LIVES), heard.say) as (child, _):
        await asyncio.wait_for(child.ready.wait(), 20)

    assert "web      | web ready somewhere" in heard


async def test_it_is_told_its_secret_on_stdin_only(heard: Heard) -> None:
    what = program("web", programs.REPEATS_GREETING)
    async with running(what, heard.say) as (child, _):
        await asyncio.wait_for(child.ready.wait(), 20)

    assert 'heard {"word": "secret"}' in heard
    assert "secret" not in repr(what)


async def test_it_inherits_the_files_it_is_given_and_no_other(heard: Heard, tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock, (tmp_path / "other").open("w") as other:
        code = f"""
import os
os.fstat({lock.fileno()})
try: os.fstat({other.fileno()})
except OSError: print("web ready", flush=True)
input()
"""
        what = replace(program("web", code), files=(lock.fileno(),))
        async with running(what, heard.say) as (child, _):
            await asyncio.wait_for(child.ready.wait(), 20)


async def test_a_killed_program_is_started_again(heard: Heard) -> None:
    async with running(program("web", programs.LIVES), heard.say) as (child, task):
        await asyncio.wait_for(child.ready.wait(), 20)
        first = child.process_id
        assert first is not None
        os.kill(first, signal.SIGKILL)

        await eventually_async(lambda: child.process_id not in {None, first})
        assert not task.done()

    assert "web ended (killed by SIGKILL); it is started again in 0.2 s." in heard


async def test_a_program_that_refuses_its_configuration_is_not_started_again(heard: Heard) -> None:
    async with running(program("engine", programs.REFUSES), heard.say) as (child, task):
        assert await asyncio.wait_for(task, 20) == 2

    assert child.starts == 1
    assert "engine   | no such multiplier" in heard


async def test_a_program_that_never_comes_up_is_given_up(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.supervisor.backoff.FIRST_S", 0.001)
    async with running(program("engine", programs.DIES), heard.say) as (child, task):
        assert await asyncio.wait_for(task, 60) == 1

    assert child.starts == MOST_FAILED_STARTS
    assert "exit code 7" in heard


async def test_a_program_that_cannot_be_started_at_all_is_told(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.supervisor.backoff.FIRST_S", 0.001)
    nothing = Program(name="web", command=("/no/such/program",), greeting={})
    async with running(nothing, heard.say) as (_, task):
        assert await asyncio.wait_for(task, 20) == 1

    assert "web could not be started: No such file or directory." in heard


async def test_a_deaf_program_is_killed_after_its_bound(heard: Heard) -> None:
    child = Child(program("web", programs.DEAF, stop_within_s=0.2), heard.say)
    task = asyncio.create_task(child.run())
    await asyncio.wait_for(child.ready.wait(), 20)
    process_id = child.process_id
    assert process_id is not None

    await child.stop()

    assert await task is None
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)
    assert "did not stop within 0.2 s" in heard


async def test_a_line_without_end_stops_no_program(heard: Heard) -> None:
    async with running(program("web", programs.SHOUTS), heard.say) as (child, _):
        await asyncio.wait_for(child.ready.wait(), 20)


async def test_a_program_that_hangs_is_killed_and_started_again(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.supervisor.pulse.LOOK_EVERY_S", 0.02)
    async with running(program("engine", programs.HANGS, silent_limit_s=0.2), heard.say) as (child, task):
        await eventually_async(lambda: child.starts >= 2)
        assert not task.done()

    assert "engine has given no sign of life for 0.2 s and hangs; it is killed." in heard
    assert "engine ended (killed by SIGKILL); it is started again" in heard


async def test_a_program_that_beats_is_left_alone(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.supervisor.pulse.LOOK_EVERY_S", 0.2)
    looks = Looks(monkeypatch)
    async with running(program("engine", programs.BEATS, silent_limit_s=1.0), heard.say) as (child, _):
        await eventually_async(lambda: looks.count > 12)
        assert child.starts == 1

    assert "no sign of life" not in heard


async def test_a_program_nobody_listens_to_may_be_silent(heard: Heard) -> None:
    async with running(program("web", programs.REPEATS_GREETING), heard.say) as (child, _):
        await asyncio.wait_for(child.ready.wait(), 20)

    assert 'heard {"word": "secret"}' in heard


class Looks:
    """Counts how often a pulse was felt."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        really = Pulse._has_beaten

        def counted(pulse: Pulse) -> bool:
            self.count += 1
            return really(pulse)

        monkeypatch.setattr(Pulse, "_has_beaten", counted)
