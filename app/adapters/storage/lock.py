"""One program per data folder: a second start is refused while the first one lives."""

import os
from pathlib import Path
from types import TracebackType

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
        # A bare descriptor: a file object would let go as soon as nobody refers to this lock any more.
        self._held: int | None = None

    def acquire(self) -> None:
        """Take the folder, made (0700) where it does not exist. DataFolderInUseError where it is taken."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = os.open(self.folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            portalocker.lock(held, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.exceptions.AlreadyLocked as e:
            holder = _holder(held)
            os.close(held)
            raise DataFolderInUseError(
                f"Tandem already runs on the data folder {self.folder} ({holder}). Nothing was started: two "
                "programs on one folder would copy every order twice. Stop the other one, or choose another "
                "folder."
            ) from e
        os.ftruncate(held, 0)
        os.write(held, f"{os.getpid()}\n".encode())
        self._held = held

    def release(self) -> None:
        """Let the folder go. Idempotent. The lock file stays: removing it could unlock a newer holder."""
        if self._held is not None:
            portalocker.unlock(self._held)
            os.close(self._held)
            self._held = None

    def __enter__(self) -> "DataFolderLock":
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _holder(file: int) -> str:
    try:
        pid = os.read(file, 20).decode(errors="replace").strip()
    except OSError:  # Windows lets nobody read a locked file
        pid = ""
    return f"process {pid}" if pid.isdigit() else "process unknown"
