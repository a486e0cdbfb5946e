"""The lock that the children hold: a data folder stays taken until the last of them is gone."""

import time
from io import TextIOWrapper
from pathlib import Path

import portalocker

_NAME = "children.lock"


class OrphansError(Exception):
    """Programs of an earlier start, whose supervisor is gone, still work on the folder."""


def take(home: Path, *, wait_s: float = 20.0) -> TextIOWrapper:
    """Lock a folder for the children to come; they inherit the returned file and with it the lock.

    The supervisor has its own lock (DataFolderLock), which ends with it. This one outlives a killed
    supervisor as long as a child does, so wait until those have noticed; OrphansError where they do not.
    """
    file = (home / _NAME).open("a+", encoding="ascii")
    deadline = time.monotonic() + wait_s
    while True:
        try:
            portalocker.lock(file, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.exceptions.AlreadyLocked:
            if time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            file.close()
            raise OrphansError(
                f"Programs of an earlier Tandem still work on {home}, though its supervisor is gone, so this "
                f"one was not started.\n`fuser {home / _NAME}` names them: stop those, then try again."
            ) from None
        return file
