"""One program per data folder: two engines on one journal would send everything twice."""

import os
import time
from io import TextIOWrapper
from pathlib import Path

import portalocker

_NAME = "lock"


class FolderInUseError(Exception):
    """Another program works on this data folder."""


def take(home: Path, *, wait_s: float = 15.0) -> TextIOWrapper:
    """Lock a data folder until the returned file is closed; FolderInUseError where someone has it.

    Children inherit the file, so the folder stays locked until the last of them is gone. When only such
    orphans hold it (their supervisor was killed), wait for them to notice and end.
    """
    file = (home / _NAME).open("a+", encoding="ascii")
    deadline = time.monotonic() + wait_s
    while True:
        try:
            portalocker.lock(file, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.exceptions.AlreadyLocked:
            owner = _owner(file)
            if _is_alive(owner) or time.monotonic() > deadline:
                file.close()
                raise FolderInUseError(_refusal(home, owner)) from None
            time.sleep(0.1)
        else:
            break
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def _owner(file: TextIOWrapper) -> int | None:
    file.seek(0)
    text = file.read().strip()
    return int(text) if text.isdigit() else None


def _is_alive(process_id: int | None) -> bool:
    if process_id is None:
        return False
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _refusal(home: Path, owner: int | None) -> str:
    who = f"process {owner}" if owner else "a process that did not say its number"
    return (
        f"Another Tandem ({who}) works on {home}. Two on one folder would copy everything twice, so this one "
        f"was not started.\nUse the running one, or stop it first; another folder: TANDEM_DATA=…"
    )
