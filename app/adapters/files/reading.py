"""A configuration file's bytes as text: small, UTF-8, and no other kind of file."""

from pathlib import Path

from app.ports.config_store import ConfigProblem

MAX_BYTES = 1_000_000
_SAVE_AS = "A file saved as UTF-8 without a byte order mark."
_MARKS = {
    b"\xef\xbb\xbf": "It begins with a byte order mark.",
    b"\xff\xfe": "It is UTF-16, not UTF-8.",
    b"\xfe\xff": "It is UTF-16, not UTF-8.",
}


def read_bytes(path: Path) -> bytes | None:
    """Return a file's content, or None where there is no file. OSError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None


def as_text(name: str, content: bytes) -> str | ConfigProblem:
    """Return the text of a file's bytes, or why it is none."""
    if len(content) > MAX_BYTES:
        reason = f"It is larger than {MAX_BYTES // 1_000_000} MB, so it is no configuration."
        return _problem(name, None, reason, "A file of a few kilobytes.")
    for mark, reason in _MARKS.items():
        if content.startswith(mark):
            return _problem(name, 1, reason, _SAVE_AS)
    if b"\0" in content:
        return _problem(name, _line(content, content.index(0)), "It is binary, not text.", _SAVE_AS)
    try:
        return content.decode()
    except UnicodeDecodeError as e:
        return _problem(name, _line(content, e.start), "It is not UTF-8 text.", _SAVE_AS)


def _line(content: bytes, offset: int) -> int:
    return content.count(b"\n", 0, offset) + 1


def _problem(name: str, line: int | None, reason: str, example: str) -> ConfigProblem:
    return ConfigProblem(file=name, line=line, path="$", reason=reason, example=example)
