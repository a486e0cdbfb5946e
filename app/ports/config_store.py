"""The operator's rules, read from where they edit them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from app.domain.accounts import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigProblem:
    """One thing wrong with a configuration file, said so that the operator can mend it."""

    file: str
    line: int | None
    path: str
    reason: str
    example: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where} at {self.path}: {self.reason} Right would be: {self.example}"


class ConfigRefusedError(Exception):
    """The configuration has problems; what ran before goes on running."""

    def __init__(self, problems: tuple[ConfigProblem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class ConfigStore(Protocol):
    """Gives the rules now, and each time they change."""

    def load(self) -> Rulebook:
        """Read and check all files; ConfigRefusedError with every problem found."""
        ...

    def changes(self) -> AsyncIterator[Rulebook | ConfigRefusedError]:
        """Yield the new rules after each edit that changes them, or why an edit was refused."""
        ...
