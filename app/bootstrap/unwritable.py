"""What the engine process does while its journal cannot be written: it says so, sends nothing and waits."""

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from app.bootstrap.options import Link
from app.engine.link import LinkServer
from app.engine.preview_rows import PreviewRow
from app.engine.rows import Delta, Snapshot
from app.engine.service import Answer, AnyCommand, AnyQuery, StopCopying
from app.ports.journal import Journal, JournalError

TRY_EVERY_S = 1.0
ROOM_BYTES = 1 << 20
"""What has to be free before the engine starts again."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_log = logging.getLogger("tandem.engine")


class Mute:
    """The engine's service while nothing can be recorded: shows the last state and why, does nothing."""

    def __init__(self, snapshot: Snapshot, why: str) -> None:
        self._why = f"Nothing is copied: {why} Copying goes on by itself once that is mended."
        self._snapshot: Snapshot = {
            **snapshot,
            "status": {**snapshot["status"], "looking_fails": self._why, "journal_fails": why},
        }

    def snapshot(self) -> Snapshot:
        """Return what was last true and recorded."""
        return self._snapshot

    def subscribe(self, listener: Callable[[Delta], None]) -> Callable[[], None]:  # noqa: ARG002 - the protocol's
        """Promise news; there are none."""
        return lambda: None

    async def preview(self, query: AnyQuery) -> PreviewRow:  # noqa: ARG002 - the protocol's
        """Say that nothing would be sent."""
        return {
            "at": datetime.now(UTC).isoformat(),
            "order_count": 0,
            "orders": [],
            "copies": [],
            "accounts": [],
            "warnings": [self._why],
        }

    async def execute(self, command: AnyCommand) -> Answer:
        """Refuse: what cannot be recorded is not done."""
        stop = " A stop would not be remembered either: if copying must not go on, end Tandem (Ctrl-C)."
        text = f"{self._why} Nothing was done.{stop if isinstance(command, StopCopying) else ''}"
        return Answer(command_id=command.command_id, accepted=False, message=text)


async def until_writable(journal: Journal, file: Path, snapshot: Snapshot, why: str, link: Link) -> bool:
    """Wait until the journal takes a write again, showing why on the link; False if asked to end meanwhile.

    The engine has to be started anew after it: its state may hold what never became a fact. The journal
    stays open until then, because opening one takes room as well.
    """
    if _is_writable(journal, file):
        return True
    asked_to_end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_end.set)
    server = LinkServer(Mute(snapshot, why), link.secret)
    port = await server.start(port=link.port)
    print(f"engine ready 127.0.0.1:{port}", flush=True)  # noqa: T201 - the supervisor waits for it
    _log.critical("Nothing is sent until the journal can be written again: %s", why)
    try:
        while not asked_to_end.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(asked_to_end.wait(), TRY_EVERY_S)
            if _is_writable(journal, file):
                _log.critical("The journal can be written again; the engine starts from it.")
                return True
        return False
    finally:
        await server.close()


def _is_writable(journal: Journal, file: Path) -> bool:
    """Write what is there already, the moment of the last look, and see that there is room for more.

    The write alone would prove little: it may fit where the one that failed did not.
    """
    room = file.with_name(f"{file.name}.room")
    try:
        room.write_bytes(bytes(ROOM_BYTES))
        journal.note_look(journal.last_look() or _NEVER)
    except (JournalError, OSError):
        return False
    finally:
        room.unlink(missing_ok=True)
    return True
