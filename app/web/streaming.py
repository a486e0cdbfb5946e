"""Long answers sent in pieces of a size that is worth a write."""

from collections.abc import Callable, Iterable, Iterator

_PIECE = 1 << 16


def in_pieces(lines: Iterable[str], breathe: Callable[[], None]) -> Iterator[str]:
    """Join short lines into pieces: one write per line would take most of the time."""
    held: list[str] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= _PIECE:
            yield "".join(held)
            held, size = [], 0
            breathe()
    yield "".join(held)
