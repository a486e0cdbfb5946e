"""The trade log of one stack as a process of its own: real logger, real gspread, a stand-in for Google."""

import sys
from pathlib import Path
from threading import Event, Thread

from app.adapters.sheets.sheet_trade_log import SheetTradeLog
from app.adapters.storage.install_key import known_install_key
from app.adapters.storage.opening import JOURNAL_FILE
from app.adapters.storage.reader import SqlJournalReader
from app.adapters.system_clock import SystemClock
from app.bootstrap.records import CURSOR_FILE, STEP_S
from app.records.cursor import CursorFile
from app.records.rows import tags_of
from app.records.trade_logger import TradeLogger
from tests.builders.google import LocalGoogle, google

READY = "bench trade log ready"


def _logger(folder: Path, local: LocalGoogle) -> TradeLogger:
    key = known_install_key(folder)
    if key is None:
        raise FileNotFoundError(f"{folder} holds no engine's install key.")
    return TradeLogger(
        SheetTradeLog(local.key, local.spreadsheet_id, api_root=local.root),
        SqlJournalReader(folder / JOURNAL_FILE),
        CursorFile(folder / CURSOR_FILE, local.spreadsheet_id),
        SystemClock(),
        tags_of(key),
    )


def main(folder: Path) -> None:
    """Keep the log of the journal in `folder` until the standard input ends."""
    over = Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        over.set()

    Thread(target=wait_for_the_end, daemon=True).start()
    with google() as local:
        logger = _logger(folder, local)
        print(READY, flush=True)  # noqa: T201 - the line that whoever started this waits for
        while not over.wait(STEP_S):
            logger.step()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
