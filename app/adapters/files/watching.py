"""Noticing that configuration files changed, and waiting until whoever writes them is done."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from watchfiles import Change, awatch

SETTLE_S = 0.2
LOOK_ANYWAY_MS = 2_000
_RETRY_S = 1.0

Stamp = tuple[tuple[int, int, int] | None, ...]


def stamp_of(paths: Sequence[Path]) -> Stamp:
    """Return what tells two states of the files apart without reading them; a new file has a new inode."""
    return tuple(_stamp(path) for path in paths)


async def settled(paths: Sequence[Path]) -> Stamp:
    """Return the files' stamp once nobody has written to them for a moment."""
    seen = stamp_of(paths)
    while True:
        await asyncio.sleep(SETTLE_S)
        now = stamp_of(paths)
        if now == seen:
            return now
        seen = now


async def stirrings(paths: Sequence[Path]) -> AsyncIterator[None]:
    """Yield whenever the files may have changed, and now and then anyway.

    Folders are watched rather than files, because editors replace a file by renaming another one over
    it. The look "anyway" is for network drives that report nothing, and for a folder that was away.
    """
    names = {path.name for path in paths}

    def is_ours(_change: Change, changed: str) -> bool:
        return Path(changed).name in names

    while True:
        folders = _folders(paths)
        try:
            async for _ in awatch(
                *(folder for folder, _ in folders),
                watch_filter=is_ours,
                debounce=100,
                step=20,
                recursive=False,
                rust_timeout=LOOK_ANYWAY_MS,
                yield_on_timeout=True,
            ):
                yield
                if _folders(paths) != folders:  # another folder of the same name is not watched yet
                    break
        except (OSError, RuntimeError):  # a folder was taken away, or cannot be watched
            yield
            await asyncio.sleep(_RETRY_S)


def _folders(paths: Sequence[Path]) -> frozenset[tuple[Path, int]]:
    found = set()
    for folder in {path.parent for path in paths}:
        try:
            found.add((folder, folder.stat().st_ino))
        except OSError:
            continue
    return frozenset(found)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)
