"""Replacing a configuration file: whole or not at all, with the version before it kept."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import portalocker

HISTORY = "history"
KEPT = 50
LOCK_TIMEOUT_S = 5.0
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_VERSION = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}Z")


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep every other program of ours from saving to the file's folder meanwhile; TimeoutError.

    Editors know nothing of the lock: whoever saves compares the file with what was read of it, inside.
    """
    folder = path.resolve().parent / HISTORY
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        with portalocker.Lock(folder / ".lock", timeout=LOCK_TIMEOUT_S):
            yield
    except portalocker.exceptions.LockException:
        text = f"another program is saving to {path.parent}; nothing was saved. Try again"
        raise TimeoutError(None, text) from None


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` in the place of a file, keeping its mode (0600 for a new one). OSError.

    The version before goes to the folder `history` beside it, where the newest of each file are kept.
    """
    target = path.resolve()
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
    draft = target.with_name(f".{target.name}.new")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        _keep(target)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(target.parent)


def versions_of(path: Path) -> tuple[str, ...]:
    """Return the names of the versions that are kept of a file, newest first."""
    target = path.resolve()
    known = (_named(kept, target) for kept in (target.parent / HISTORY).glob(_every(target)))
    return tuple(sorted((name for name in known if name), reverse=True))


def version_path(path: Path, version: str) -> Path | None:
    """Return where a version is kept, None where there is none of that name."""
    target = path.resolve()
    kept = _kept(target, version)
    return kept if _named(kept, target) == version and kept.is_file() else None


def _keep(path: Path) -> None:
    """Copy a file to its history, with the time it was written at: that is when the version began."""
    if not path.exists():
        return
    (path.parent / HISTORY).mkdir(mode=0o700, exist_ok=True)
    kept = _kept(path, datetime.now(UTC).strftime(_STAMP))
    with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(path.read_bytes())
    written = path.stat()
    os.utime(kept, ns=(written.st_atime_ns, written.st_mtime_ns))
    for version in versions_of(path)[KEPT:]:
        _kept(path, version).unlink()


def _kept(path: Path, version: str) -> Path:
    return path.parent / HISTORY / f"{path.stem}.{version}{path.suffix}"


def _every(path: Path) -> str:
    return f"{path.stem}.*{path.suffix}"


def _named(kept: Path, path: Path) -> str | None:
    """Return the version that a kept file's name tells, None where it is none of ours."""
    version = kept.name[len(path.stem) + 1 : len(kept.name) - len(path.suffix)]
    return version if _VERSION.fullmatch(version) else None


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; Windows has no such call and needs none."""
    if os.name == "posix":
        held = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)
