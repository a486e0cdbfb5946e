"""While the journal cannot be written: shown on the link, nothing carried out, over once there is room."""

import asyncio
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.bootstrap import unwritable
from app.bootstrap.options import Link
from app.bootstrap.unwritable import Mute, until_writable
from app.domain.ids import OrderId
from app.engine.service import PreviewCopies, ResumeCopying, StopCopying
from app.ports.journal import JournalError
from tests.builders import shown_rows as rows
from tests.builders.eventually import eventually_async
from tests.fakes.clock import FakeClock
from tests.fakes.journal import MemoryJournal

WHY = "The journal could not be written: the disk is full."
LOOKED = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class FullDisk(MemoryJournal):
    """A journal that takes no write while `is_full`."""

    def __init__(self) -> None:
        super().__init__(FakeClock().now)
        self.is_full = False
        self.note_look(LOOKED)
        self.is_full = True

    def note_look(self, at: datetime) -> None:
        """Refuse while the disk is full."""
        if self.is_full:
            raise JournalError(WHY)
        super().note_look(at)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unwritable, "TRY_EVERY_S", 0.01)


@pytest.fixture
def link() -> Link:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return Link(port=free.getsockname()[1], secret="the secret of this start")


def test_a_journal_that_takes_a_write_is_not_waited_for(tmp_path: Path, link: Link) -> None:
    journal = FullDisk()
    journal.is_full = False

    assert asyncio.run(until_writable(journal, tmp_path / "journal.db", rows.snapshot(1), WHY, link))
    assert journal.last_look() == LOOKED
    assert not list(tmp_path.iterdir())


async def test_it_ends_when_there_is_room_again(
    tmp_path: Path, link: Link, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = FullDisk()
    waiting = asyncio.create_task(
        until_writable(journal, tmp_path / "journal.db", rows.snapshot(1), WHY, link)
    )
    await eventually_async(lambda: f"engine ready 127.0.0.1:{link.port}" in capsys.readouterr().out)
    assert not waiting.done()

    journal.is_full = False

    assert await asyncio.wait_for(waiting, 20)


async def test_a_write_that_fits_is_not_room_enough(tmp_path: Path, link: Link) -> None:
    journal = FullDisk()
    journal.is_full = False
    nowhere = tmp_path / "gone" / "journal.db"
    waiting = asyncio.create_task(until_writable(journal, nowhere, rows.snapshot(1), WHY, link))
    await asyncio.sleep(0)
    assert not waiting.done()

    nowhere.parent.mkdir()

    assert await asyncio.wait_for(waiting, 20)


async def test_it_shows_why_and_does_nothing() -> None:
    mute = Mute(rows.snapshot(1), WHY)
    stop = await mute.execute(StopCopying(command_id="c1", by="operator"))
    resume = await mute.execute(ResumeCopying(command_id="c2", by="operator"))

    assert WHY in (mute.snapshot()["status"]["looking_fails"] or "")
    assert mute.snapshot()["copies"] == rows.snapshot(1)["copies"]
    assert not stop.accepted
    assert not resume.accepted
    assert "end Tandem" in stop.message
    assert "end Tandem" not in resume.message
    preview = await mute.preview(PreviewCopies(orders=(OrderId("100"),)))
    assert (preview["order_count"], preview["copies"]) == (0, [])
    assert WHY in preview["warnings"][0]
