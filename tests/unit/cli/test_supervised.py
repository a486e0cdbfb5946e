"""A child ends with its supervisor, however that ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.architecture.project_files import ROOT
from tests.builders.eventually import eventually

pytestmark = pytest.mark.process

CHILD = """
import signal, sys, threading
from app.cli.supervised import attend
stop = threading.Event()
if {deaf}: signal.signal(signal.SIGTERM, signal.SIG_IGN)
else: signal.signal(signal.SIGTERM, lambda *_: stop.set())
print("told", attend(), flush=True)
stop.wait()
print("clean end", flush=True)
"""
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {child!r}], stdin=subprocess.PIPE, start_new_session=True)
child.stdin.write(b'{"link_port": 1}\\n'); child.stdin.flush()
print(child.pid, flush=True)
child.wait()
"""


@pytest.fixture
def child() -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(deaf=False)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        yield process
        process.kill()


def test_it_hears_the_first_line_and_ends_cleanly_when_the_pipe_closes(
    child: "subprocess.Popen[str]",
) -> None:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write('{"link_port": 1}\n')
    child.stdin.flush()
    assert child.stdout.readline() == "told {'link_port': 1}\n"

    child.stdin.close()

    assert child.stdout.readline() == "clean end\n"
    assert child.wait(20) == 0


def test_started_by_hand_it_says_what_to_do(child: "subprocess.Popen[str]") -> None:
    output, _ = child.communicate("\n", 20)

    assert "started by `python run.py`" in output
    assert child.returncode == 1


def test_it_ends_when_its_supervisor_is_killed() -> None:
    """Even where it hears no SIGTERM."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT.replace("{child!r}", repr(CHILD.format(deaf=True)))],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        lines = {parent.stdout.readline(), parent.stdout.readline()}
        child_id = next(int(line) for line in lines if line.strip().isdigit())

        os.kill(parent.pid, signal.SIGKILL)
        eventually(lambda: not _is_alive(child_id), timeout_s=30)


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return _state(process_id) != "Z"


def _state(process_id: int) -> str:
    """A child whose parent is gone may wait for ever to be reaped, where nothing reaps (containers)."""
    shown = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process_id)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()[:1] or "Z"
