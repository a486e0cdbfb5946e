"""The fault plan: which request goes wrong, how, and whether it was carried out nevertheless. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import NamedTuple


class FaultKind(StrEnum):
    """Every fault by name; `docs/google.md` has the same list in prose."""

    QUOTA_429 = "quota_429"
    QUOTA_403 = "quota_403"
    SERVER_ERROR_BEFORE = "503_before"
    SERVER_ERROR_AFTER = "503_after"
    HTML_BEFORE = "502_html_before"
    HTML_AFTER = "502_html_after"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    TRUNCATED = "truncated"
    HANG = "hang"
    LATE = "late"
    UNAUTHENTICATED = "401"


class Shape(NamedTuple):
    """What a fault does: is the request carried out (None: later), and what does the client get."""

    is_carried_out: bool | None
    reply: str


SHAPES: dict[FaultKind, Shape] = {
    FaultKind.QUOTA_429: Shape(False, "429"),
    FaultKind.QUOTA_403: Shape(False, "403"),
    FaultKind.SERVER_ERROR_BEFORE: Shape(False, "503"),
    FaultKind.SERVER_ERROR_AFTER: Shape(True, "503"),
    FaultKind.HTML_BEFORE: Shape(False, "html"),
    FaultKind.HTML_AFTER: Shape(True, "html"),
    FaultKind.RESET_BEFORE: Shape(False, "reset"),
    FaultKind.RESET_AFTER: Shape(True, "reset"),
    FaultKind.TRUNCATED: Shape(True, "truncated"),
    FaultKind.HANG: Shape(False, "hang"),
    FaultKind.LATE: Shape(None, "503"),
    FaultKind.UNAUTHENTICATED: Shape(False, "401"),
}


@dataclass(slots=True, kw_only=True)
class FaultRule:
    """A fault for the next `count` requests (None: for all) of a group: token, read, write or any."""

    kind: FaultKind
    group: str = "any"
    count: int | None = 1
    probability: float = 1.0
    delay_s: float = 1.0

    def __post_init__(self) -> None:
        if self.group not in {"any", "token", "read", "write"}:
            raise ValueError(f"There is no group {self.group!r} of requests.")
        if not 0 < self.probability <= 1 or self.delay_s < 0:
            raise ValueError("A probability lies in (0, 1], a delay is not negative.")


@dataclass(slots=True)
class FaultPlan:
    """The rules in force, asked in the order in which they were made."""

    random: Random
    rules: list[FaultRule] = field(default_factory=list)

    def next_for(self, group: str) -> FaultRule | None:
        """Return the fault that befalls a request, and use it up."""
        for rule in self.rules:
            if rule.group not in {"any", group} or rule.count == 0:
                continue
            if rule.probability < 1 and self.random.random() >= rule.probability:
                continue
            if rule.count is not None:
                rule.count -= 1
            return rule
        return None
