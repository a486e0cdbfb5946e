"""A ConfigEditor in memory: answers as it is told, and remembers what it was asked."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from app.ports.config_editor import EditableFile, FileVersion, SavedFile
from app.ports.config_store import ConfigProblem

PROBLEM = ConfigProblem(file="a.json", line=3, path="$[1].x", reason="It is too much.", example="2.5")
SAVED = SavedFile(
    name="a.json", text="••••", revision="r2", message="Saved.", changes=("AB1234: multiplier 2 → 3",)
)


class FakeEditor:
    """Give the same answers each time; `fail` may raise what a ConfigEditor may raise."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.fail: Callable[[], None] = lambda: None

    def can_save(self) -> bool:
        return True

    def files(self) -> tuple[EditableFile, ...]:
        self._ask("files")
        file = EditableFile(
            name="a.json",
            text="••••",
            is_shown=True,
            revision="r1",
            schema={"type": "array"},
            problems=(PROBLEM,),
        )
        return (file,)

    def check(self, name: str, text: str) -> tuple[ConfigProblem, ...]:
        self._ask("check", name, text)
        return (PROBLEM,)

    def save(self, name: str, text: str, expected_revision: str) -> SavedFile:
        self._ask("save", name, text, expected_revision)
        return SAVED

    def versions(self, name: str) -> tuple[FileVersion, ...]:
        self._ask("versions", name)
        at = datetime(2026, 11, 20, 4, tzinfo=UTC)
        return (FileVersion(version="v1", saved_at=at, size_bytes=7),)

    def version(self, name: str, version: str) -> str:
        self._ask("version", name, version)
        return "••••"

    def restore(self, name: str, version: str, expected_revision: str) -> SavedFile:
        self._ask("restore", name, version, expected_revision)
        return SAVED

    def set_account(self, account_id: str, *, multiplier: str | None, mode: str | None) -> SavedFile:
        self._ask("set_account", account_id, multiplier, mode)
        return SAVED

    def _ask(self, *what: Any) -> None:
        self.asked.append(what)
        self.fail()
