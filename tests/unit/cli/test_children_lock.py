"""A new start waits for the orphans of a killed one, and not for ever."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.supervisor.children_lock import OrphansError, take
from tests.architecture.project_files import ROOT
from tests.builders.eventually import eventually

KILLED = """
import os, pathlib, subprocess, sys
from app.cli.supervisor.children_lock import take
lock = take(pathlib.Path(sys.argv[1]))
subprocess.Popen([sys.executable, "-c", "input()"], pass_fds=[lock.fileno()], stdin=0)
os._exit(9)
"""


def test_a_folder_is_locked_until_the_file_is_closed(tmp_path: Path) -> None:
    lock = take(tmp_path)
    with pytest.raises(OrphansError, match="still work on"):
        take(tmp_path, wait_s=0)
    lock.close()

    take(tmp_path, wait_s=0).close()


@pytest.mark.process
def test_the_orphans_of_a_killed_program_are_waited_for(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE
    ) as gone:
        assert gone.stdin is not None
        eventually(lambda: gone.poll() is not None)

        with pytest.raises(OrphansError):
            take(tmp_path, wait_s=0.3)
        gone.stdin.close()

        take(tmp_path, wait_s=20).close()
