"""The data folder: one program at a time, one key for good, and facts that survive a kill."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.adapters.storage.install_key import install_key
from app.adapters.storage.journal import SqlJournal
from app.adapters.storage.lock import DataFolderInUseError, DataFolderLock
from app.ports.journal import JournalError
from tests.builders.facts import FRIDAY
from tests.fakes.clock import FakeClock

ROOT = Path(__file__).parents[3]

HOLD_FOLDER = """
import sys, pathlib
from app.adapters.storage.lock import DataFolderLock
DataFolderLock(pathlib.Path(sys.argv[1])).acquire()
print("held", flush=True)
sys.stdin.read()
"""

WRITE_UNTIL_KILLED = """
import sys, pathlib
from app.adapters.storage.journal import SqlJournal
from app.domain.events import AlertRaised
from tests.builders.facts import FRIDAY
from tests.fakes.clock import FakeClock
journal = SqlJournal(pathlib.Path(sys.argv[1]), FakeClock())
while True:
    written = journal.append([AlertRaised(text="one"), AlertRaised(text="two")], day=FRIDAY)
    print(written[-1].seq, flush=True)
"""


def start(code: str, argument: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(argument)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def kill(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    return rest


def test_a_second_holder_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with DataFolderLock(folder) as first:
        with pytest.raises(DataFolderInUseError) as caught:
            DataFolderLock(folder).acquire()
        assert str(folder) in str(caught.value)
        assert f"process {os.getpid()}" in str(caught.value)
        first.release()
        with DataFolderLock(folder):
            pass
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.process
def test_another_process_holds_it_until_it_dies(tmp_path: Path) -> None:
    holder = start(HOLD_FOLDER, tmp_path)
    try:
        assert line_of(holder) == "held"
        with pytest.raises(DataFolderInUseError, match=f"process {holder.pid}"):
            DataFolderLock(tmp_path).acquire()
    finally:
        kill(holder)
    with DataFolderLock(tmp_path):
        pass


@pytest.mark.process
def test_what_was_written_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    writer = start(WRITE_UNTIL_KILLED, path)
    seen = [line_of(writer) for _ in range(20)]
    seen += kill(writer).split()
    journal = SqlJournal(path, FakeClock())
    numbers = [recorded.seq for recorded in journal.recover(FRIDAY)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) % 2 == 0, "batches are whole"
    assert numbers[-1] >= int(seen[-1])
    journal.close()


def test_the_install_key_is_made_once(tmp_path: Path) -> None:
    key = install_key(tmp_path)
    assert len(key) == 32
    assert install_key(tmp_path) == key
    assert (tmp_path / "install.key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["install.key"]


def test_a_damaged_install_key_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "install.key").write_bytes(b"short")
    with pytest.raises(JournalError, match="damaged: 5 bytes instead of 32"):
        install_key(tmp_path)
    assert (tmp_path / "install.key").read_bytes() == b"short"


def test_an_install_key_is_not_replaced_beside_a_journal(tmp_path: Path) -> None:
    SqlJournal(tmp_path / "journal.db", FakeClock()).close()
    with pytest.raises(JournalError, match="missing although there is a journal"):
        install_key(tmp_path)


def test_an_unreadable_or_unwritable_install_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="cannot be written"):
        install_key(tmp_path / "nowhere")
    (tmp_path / "install.key").mkdir()
    with pytest.raises(JournalError, match="cannot be read"):
        install_key(tmp_path)
