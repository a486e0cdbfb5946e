"""The whole start: programs up in order, down in the opposite order, and one refusal ends all."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.supervisor.child import Program
from app.cli.supervisor.supervisor import Supervisor
from tests.builders.eventually import eventually_async
from tests.unit.cli import programs
from tests.unit.cli.programs import Heard, program

pytestmark = pytest.mark.process


@pytest.fixture
def heard() -> Heard:
    return Heard()


def three(log: Path) -> list[Program]:
    return [program(name, programs.LIVES, log=log) for name in ("exchange", "engine", "web")]


async def test_up_in_order_and_down_in_the_opposite_order(heard: Heard, tmp_path: Path) -> None:
    log = tmp_path / "log"
    supervisor = Supervisor(three(log), heard.say)
    ready: list[bool] = []

    run = asyncio.create_task(supervisor.run(lambda: ready.append(True)))
    await eventually_async(lambda: ready)
    os.kill(os.getpid(), signal.SIGTERM)

    assert await asyncio.wait_for(run, 20) == 0
    assert [line.split()[0] for line in heard.lines if "ready" in line] == ["exchange", "engine", "web"]
    assert log.read_text().split("\n")[:3] == ["web stopped", "engine stopped", "exchange stopped"]


async def test_a_later_refusal_ends_what_runs_already(heard: Heard, tmp_path: Path) -> None:
    log = tmp_path / "log"
    supervisor = Supervisor(
        [program("exchange", programs.LIVES, log=log), program("engine", programs.REFUSES)], heard.say
    )

    code = await asyncio.wait_for(supervisor.run(lambda: None), 20)

    assert code == 2
    assert log.read_text() == "exchange stopped\n"


async def test_a_first_death_delays_the_start_only(heard: Heard, tmp_path: Path) -> None:
    supervisor = Supervisor([program("engine", programs.DIES_ONCE, log=tmp_path / "log")], heard.say)
    ready: list[bool] = []

    run = asyncio.create_task(supervisor.run(lambda: ready.append(True)))
    await eventually_async(lambda: ready)
    os.kill(os.getpid(), signal.SIGINT)

    assert await asyncio.wait_for(run, 20) == 0
    assert supervisor.children[0].starts == 2


async def test_a_second_signal_kills_at_once(heard: Heard) -> None:
    supervisor = Supervisor([program("web", programs.DEAF, stop_within_s=600)], heard.say)
    ready: list[bool] = []

    run = asyncio.create_task(supervisor.run(lambda: ready.append(True)))
    await eventually_async(lambda: ready)
    os.kill(os.getpid(), signal.SIGTERM)
    await eventually_async(lambda: "SIGTERM: stopping." in heard)
    os.kill(os.getpid(), signal.SIGTERM)

    assert await asyncio.wait_for(run, 20) == 0


async def test_stopping_while_it_starts_leaves_nothing_behind(heard: Heard) -> None:
    never_ready = "import threading; threading.Event().wait()"
    supervisor = Supervisor([program("exchange", never_ready), program("web", programs.DIES)], heard.say)

    run = asyncio.create_task(supervisor.run(lambda: None))
    await eventually_async(lambda: supervisor.children[0].process_id)
    os.kill(os.getpid(), signal.SIGINT)

    assert await asyncio.wait_for(run, 20) == 0
    assert supervisor.children[0].process_id is None
    assert supervisor.children[1].starts == 0


async def test_nothing_waits_for_what_is_not_vital_nor_ends_with_it(heard: Heard, tmp_path: Path) -> None:
    side = [
        replace(program("google", programs.REFUSES), is_vital=False),
        replace(program("records", programs.LIVES, log=tmp_path / "log"), is_vital=False),
    ]
    vital = program("engine", programs.LIVES, log=tmp_path / "log")
    supervisor = Supervisor([*side, vital], heard.say)
    ready: list[int] = []

    run = asyncio.create_task(supervisor.run(lambda: ready.append(len(heard.lines))))
    await eventually_async(lambda: supervisor.children[0].starts >= 3)
    await eventually_async(supervisor.children[1].ready.is_set)
    assert [line.split()[0] for line in heard.lines[: ready[0]]] == ["engine"]
    assert not run.done()
    os.kill(os.getpid(), signal.SIGTERM)

    assert await asyncio.wait_for(run, 20) == 0
