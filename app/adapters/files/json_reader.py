"""JSON with positions: what a file says, exactly, and on which line each part of it stands.

The standard library's decoder reads the scalars; it tells no positions of values, and no library that
does so is maintained, hence the few lines for objects and arrays here. Stricter than the standard
library: no duplicate keys, no NaN or Infinity, numbers exact (int and Decimal).
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn

Path = tuple[str | int, ...]

MAX_DEPTH = 20
MAX_DIGITS = 30
MAX_VALUES = 50_000
"""Many more than any configuration has; without a bound, a wrong file would keep us busy for minutes."""
_SPACE = re.compile(r"[ \t\n\r]*")


class JsonError(Exception):
    """The text is no JSON that we read; `offset` is where."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, number, true, false or null, and where it stands."""

    path: Path
    start: int
    end: int
    value: str | int | Decimal | bool | None


@dataclass(slots=True)
class JsonDocument:
    """A text's value, where each part begins and ends (a member of an object begins at its key).

    `scalars` has those under duplicate keys too, each in its place; `spans` and `starts` have the last.
    """

    text: str
    value: Any = None
    spans: dict[Path, tuple[int, int]] = field(default_factory=dict)
    starts: dict[Path, int] = field(default_factory=dict)
    duplicates: list[tuple[Path, int]] = field(default_factory=list)
    scalars: list[Scalar] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Return the line of a part, or of the nearest part around it that is there."""
        while path not in self.starts:
            path = path[:-1]
        return line_of(self.text, self.starts[path])


def line_of(text: str, offset: int) -> int:
    """Return the line number, from 1, of an offset."""
    return text.count("\n", 0, offset) + 1


def shown(path: Path) -> str:
    """Write a path as operators know it from other tools: `$[1].ps_multiplier`."""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def read_json(text: str) -> JsonDocument:
    """Read a whole text; JsonError at the first place that is no JSON."""
    return _Reader(text).read()


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number.")


def _integer(digits: str) -> int:
    return int(_short(digits))


def _decimal(digits: str) -> Decimal:
    return Decimal(_short(digits))


def _short(digits: str) -> str:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"A number with more than {MAX_DIGITS} characters.")
    return digits


_SCALARS = JSONDecoder(parse_constant=_no_number, parse_int=_integer, parse_float=_decimal)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._document = JsonDocument(text)
        self._values = 0

    def read(self) -> JsonDocument:
        self._document.starts[()] = self._skip(0)
        value, end = self._value(self._skip(0), ())
        end = self._skip(end)
        if end != len(self._text):
            raise JsonError("The file goes on after the end of its JSON.", end)
        self._document.value = value
        return self._document

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _peek(self, at: int) -> str:
        return self._text[at : at + 1]

    def _value(self, at: int, path: Path) -> tuple[Any, int]:
        if len(path) > MAX_DEPTH:
            raise JsonError(f"Nested deeper than {MAX_DEPTH} levels.", at)
        self._values += 1
        if self._values > MAX_VALUES:
            raise JsonError(f"More than {MAX_VALUES} values, so it is no configuration.", at)
        self._document.starts.setdefault(path, at)
        match self._peek(at):
            case "{":
                value, end = self._object(at, path)
            case "[":
                value, end = self._array(at, path)
            case _:
                value, end = self._scalar(at)
                self._document.scalars.append(Scalar(path, at, end, value))
        self._document.spans[path] = (at, end)
        return value, end

    def _object(self, start: int, path: Path) -> tuple[Any, int]:
        found: dict[str, Any] = {}
        at = self._skip(start + 1)
        if self._peek(at) == "}":
            return found, at + 1
        while True:
            if self._peek(at) != '"':
                raise JsonError("A key in double quotes is expected here.", at)
            key, end = self._scalar(at)
            member = (*path, key)
            if key in found:
                self._document.duplicates.append((member, at))
            self._document.starts[member] = at
            colon = self._skip(end)
            if self._peek(colon) != ":":
                raise JsonError("A colon is expected here, after the key.", colon)
            found[key], end = self._value(self._skip(colon + 1), member)
            at = self._skip(end)
            if self._peek(at) == "}":
                return found, at + 1
            at = self._after_comma(at, "}")

    def _array(self, start: int, path: Path) -> tuple[Any, int]:
        found: list[Any] = []
        at = self._skip(start + 1)
        if self._peek(at) == "]":
            return found, at + 1
        while True:
            value, end = self._value(at, (*path, len(found)))
            found.append(value)
            at = self._skip(end)
            if self._peek(at) == "]":
                return found, at + 1
            at = self._after_comma(at, "]")

    def _after_comma(self, at: int, closing: str) -> int:
        if self._peek(at) != ",":
            raise JsonError(f'A comma or "{closing}" is expected here.', at)
        behind = self._skip(at + 1)
        if self._peek(behind) == closing:
            raise JsonError(f'A comma must not stand before "{closing}".', at)
        return behind

    def _scalar(self, at: int) -> tuple[Any, int]:
        try:
            value, end = _SCALARS.raw_decode(self._text, at)
        except JSONDecodeError as e:
            reason = "A value is expected here." if e.msg == "Expecting value" else f"{e.msg}."
            raise JsonError(reason, min(e.pos, len(self._text))) from e
        except ValueError as e:
            raise JsonError(str(e), at) from e
        if isinstance(value, str) and not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError as e:
                raise JsonError("Half of a character (a lone surrogate) stands here.", at) from e
        return value, end
