"""Replacing a configuration file: whole or not at all, with the version before it kept."""

import os
from datetime import UTC, datetime
from pathlib import Path

HISTORY = "history"
KEPT = 50


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


def _keep(path: Path) -> None:
    if not path.exists():
        return
    folder = path.parent / HISTORY
    folder.mkdir(mode=0o700, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    kept = folder / f"{path.stem}.{stamp}{path.suffix}"
    with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(path.read_bytes())
    for old in sorted(folder.glob(f"{path.stem}.*{path.suffix}"))[:-KEPT]:
        old.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; Windows has no such call and needs none."""
    if os.name == "posix":
        held = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)
