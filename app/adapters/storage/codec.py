"""Facts as JSON text and back, exact: what is read equals what was written."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from fractions import Fraction
from operator import attrgetter
from typing import Any, get_args, get_type_hints

import msgspec

from app.domain.events import Fact
from app.ports.journal import JournalError


def kind_of(fact: Fact) -> str:
    """Return the name under which a fact is stored: that of its class, which is never renamed."""
    return type(fact).__name__


def encode(fact: Fact) -> str:
    """Write a fact as one JSON object.

    Times keep their offset, because orders are sorted by their stamps' text. JournalError for a time
    without an offset and for text that is no Unicode: neither could be read back as it was.
    """
    for path, read in _MOMENTS[type(fact)]:
        moment = read(fact)
        if moment is not None and moment.tzinfo is None:
            raise JournalError(f"A {kind_of(fact)} was not recorded: its {path} has no time zone.")
    try:
        return _ENCODER.encode(fact).decode()
    except (TypeError, ValueError) as e:
        raise JournalError(f"A {kind_of(fact)} was not recorded: it cannot be written as JSON ({e}).") from e


def decode(kind: str, body: str) -> Fact:
    """Read a fact back. JournalError where this version does not know the kind or its form."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        raise JournalError(
            f"The journal holds a fact of the kind {kind!r}, which this version of Tandem does not know. "
            "Start the version that wrote it, or a newer one."
        )
    try:
        fact: Fact = decoder.decode(body)
    except (msgspec.DecodeError, ValueError) as e:
        raise JournalError(f"The journal holds a {kind} that cannot be read ({e}).") from e
    return fact


def _write_fraction(value: object) -> str:
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _read_fraction(wanted: type, value: object) -> object:
    if wanted is Fraction and isinstance(value, str):
        return Fraction(value)
    raise TypeError(f"{wanted.__name__} has no JSON form")


def _moments(cls: type, prefix: str = "") -> list[tuple[str, Callable[[object], datetime | None]]]:
    """Find the fields of a fact, and of what it holds directly, that are times."""
    found: list[tuple[str, Callable[[object], datetime | None]]] = []
    hints = get_type_hints(cls)
    for field in fields(cls):
        path = prefix + field.name
        for part in (hints[field.name], *get_args(hints[field.name])):
            if part is datetime:
                found.append((path, attrgetter(path)))
            elif part is hints[field.name] and is_dataclass(part) and isinstance(part, type):
                found += _moments(part, f"{path}.")
    return found


_KINDS: tuple[type, ...] = get_args(Fact)
_ENCODER = msgspec.json.Encoder(enc_hook=_write_fraction)
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    cls.__name__: msgspec.json.Decoder(cls, dec_hook=_read_fraction) for cls in _KINDS
}
_MOMENTS = {cls: _moments(cls) for cls in _KINDS}
