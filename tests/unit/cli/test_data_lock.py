"""One program per data folder, also while only the orphans of a killed one hold it."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.supervisor.data_lock import FolderInUseError, take
from tests.architecture.project_files import ROOT
from tests.builders.eventually import eventually

HOLD = "import pathlib, sys; from app.cli.supervisor.data_lock import take; "
HOLD += "lock = take(pathlib.Path(sys.argv[1])); print('held', flush=True); input()"
ORPHAN = """
import os, pathlib, subprocess, sys
from app.cli.supervisor.data_lock import take
lock = take(pathlib.Path(sys.argv[1]))
child = subprocess.Popen([sys.executable, "-c", "input()"], pass_fds=[lock.fileno()], stdin=0)
print(child.pid, flush=True)
os._exit(9)
"""


def test_a_folder_is_taken_once_and_again_after_its_release(tmp_path: Path) -> None:
    lock = take(tmp_path)
    with pytest.raises(FolderInUseError, match="Another Tandem"):
        take(tmp_path, wait_s=0)
    lock.close()

    take(tmp_path, wait_s=0).close()


@pytest.mark.process
def test_a_second_program_is_refused_with_the_first_one_s_number(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        with pytest.raises(FolderInUseError, match=f"process {holder.pid}"):
            take(tmp_path)
        holder.kill()

    take(tmp_path).close()


@pytest.mark.process
def test_the_orphans_of_a_killed_program_are_waited_for(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as gone:
        assert gone.stdout is not None
        assert gone.stdin is not None
        assert int(gone.stdout.readline())
        eventually(lambda: gone.poll() is not None)

        with pytest.raises(FolderInUseError):
            take(tmp_path, wait_s=0.3)
        gone.stdin.close()

        take(tmp_path, wait_s=20).close()
