"""Frozen values with some fields changed, made faster than the standard library does."""

from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def changed(value: T, **new: Any) -> T:
    """Return a copy of a frozen dataclass with slots in which these fields are others.

    As `dataclasses.replace`, in less than half the time: each fact that is folded in makes a leg and a copy
    anew, of forty fields together, and a restart folds the whole day. Nothing is run that `__init__` would
    run beside setting the fields. TypeError for a name that is no field.
    """
    cls = type(value)
    read, writers = _access(cls)  # type: ignore[arg-type]  # mypy doubts that a class can be hashed
    copy = cls.__new__(cls)
    for write, old in zip(writers.values(), read(value), strict=True):
        write(copy, old)
    for name, one in new.items():
        if name not in writers:
            raise TypeError(f"{cls.__name__} has no field {name!r}")
        writers[name](copy, one)
    return copy


@cache
def _access(cls: type) -> tuple[Any, dict[str, Any]]:
    """Return what reads all fields of a class at once, and what writes each of them past its being frozen."""
    names = [field.name for field in fields(cls)]
    return attrgetter(*names), {name: cls.__dict__[name].__set__ for name in names}
