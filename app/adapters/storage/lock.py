"""One program per data folder: a second start is refused while the first one lives."""

import os
from pathlib import Path
from types import TracebackType
from typing import IO

import portalocker

LOCK_FILE = "tandem.lock"


class DataFolderInUseError(Exception):
    """Another program works on this data folder; nothing was started."""


class DataFolderLock:
    """Holds a data folder for this process, from `acquire` to `release` or the end of the process.

    The operating system drops the lock when its holder dies, so a crash leaves nothing to clean up.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the folder, made (0700) where it does not exist. DataFolderInUseError where it is taken."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / LOCK_FILE
        file = path.open("a+", encoding="ascii")
        try:
            portalocker.lock(file, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.exceptions.AlreadyLocked as e:
            holder = _holder(file)
            file.close()
            raise DataFolderInUseError(
                f"Tandem already runs on the data folder {self.folder} ({holder}). Nothing was started: two "
                "programs on one folder would copy every order twice. Stop the other one, or choose another "
                "folder."
            ) from e
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file

    def release(self) -> None:
        """Let the folder go. Idempotent. The lock file stays: removing it could unlock a newer holder."""
        if self._file is not None:
            portalocker.unlock(self._file)
            self._file.close()
            self._file = None

    def __enter__(self) -> "DataFolderLock":
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _holder(file: IO[str]) -> str:
    try:
        file.seek(0)
        pid = file.read(20).strip()
    except OSError:  # Windows lets nobody read a locked file
        pid = ""
    return f"process {pid}" if pid.isdigit() else "process unknown"
