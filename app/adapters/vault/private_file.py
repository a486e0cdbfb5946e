"""Files that only their owner may read, written whole or not at all."""

import os
from pathlib import Path


class PrivateFileError(Exception):
    """A file with secrets is open to others, or cannot be read; the text says what to do."""


def read_private(path: Path) -> bytes:
    """Return a file's content; PrivateFileError where others may read it, FileNotFoundError as usual."""
    try:
        mode = path.stat().st_mode & 0o777
        if os.name == "posix" and mode & 0o077:
            raise PrivateFileError(
                f"{path} is open to others (mode {mode:04o}) and was not read. "
                f"Close it with: chmod 600 {path}"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as e:
        raise PrivateFileError(f"{path} cannot be read: {e.strerror}.") from e


def write_private(path: Path, content: bytes) -> None:
    """Replace a file by one with mode 0600; a crash leaves the old one or the new one. OSError."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
