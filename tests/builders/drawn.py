"""Whatever the engine holds, drawn as plain values: to compare before and after."""

from collections import deque
from dataclasses import fields, is_dataclass
from typing import Any


def drawn(value: object) -> Any:
    """Draw a value, and all that it holds, however deep."""
    if isinstance(value, dict):
        return {key: drawn(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    if isinstance(value, list | deque | tuple):
        return [drawn(inner) for inner in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: drawn(getattr(value, field.name)) for field in fields(value)}
    if type(value).__module__.startswith("app.") and getattr(value, "__dict__", None):
        return {name: drawn(inner) for name, inner in vars(value).items()}
    return repr(value)
