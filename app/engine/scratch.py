"""A turn that may be tried out and thrown away: nothing done in it reaches what the engine knows."""

from collections import deque
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from app.domain.ids import AccountId
from app.engine.turn import Turn

T = TypeVar("T")

_CONTAINERS = (dict, list, set, deque)


def scratch_turn(turn: Turn, accounts: Iterable[AccountId]) -> Turn:
    """Return a turn over copies of the state and of these accounts' lanes; other lanes must not be touched.

    What cannot change (orders, copies, legs, rules) is shared: a copy of a long day takes milliseconds.
    """
    lanes = {
        account_id: _apart(turn.lanes[account_id]) for account_id in accounts if account_id in turn.lanes
    }
    return replace(turn, state=_apart(turn.state), lanes={**turn.lanes, **lanes}, facts=[], effects=[])


def _apart(value: T) -> T:
    """Copy what can change, and what it holds of that kind, however deep. A dict's values are of one kind."""
    if not _may_change(value):
        return value
    made: Any
    if isinstance(value, dict):
        made = value.copy()  # keeps a defaultdict's factory
        if value and _may_change(next(iter(value.values()))):
            for key, inner in value.items():
                made[key] = _apart(inner)
    elif isinstance(value, list | set | deque):
        made = value.copy()
    else:
        made = object.__new__(type(value))
        for name in _fields(type(value)) or vars(value):  # type: ignore[arg-type]  # as below
            setattr(made, name, _apart(getattr(value, name)))
    result: T = made
    return result


def _may_change(value: object) -> bool:
    """Tell containers and our own objects from values."""
    return _is_changing(type(value))  # type: ignore[arg-type]  # mypy doubts that a class can be hashed


@cache
def _is_changing(kind: type) -> bool:
    if issubclass(kind, _CONTAINERS):
        return True
    if is_dataclass(kind):
        return not getattr(kind, "__dataclass_params__").frozen  # noqa: B009 - its type is not declared
    return kind.__module__.startswith("app.") and not issubclass(kind, Enum | str)


@cache
def _fields(kind: type) -> tuple[str, ...]:
    """Return the fields of a dataclass, none for other classes."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
