"""The operator's configuration files: shown, checked, saved."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from app.web.schemas.body import Body
from app.web.schemas.problems import Problem

Revision = Annotated[str, msgspec.Meta(max_length=64, description="Of the file as it was shown.")]


class ConfigProblemRow(Body, frozen=True):
    """One thing wrong with a file: where, why, and what would be right."""

    file: str
    line: int | None
    path: str
    reason: str
    example: str


class ConfigFileRow(Body, frozen=True):
    """A file, its secrets masked. `is_shown` is false where it is no JSON: it cannot be masked then."""

    name: str
    text: str
    is_shown: bool
    revision: str
    schema: Mapping[str, Any]
    problems: tuple[ConfigProblemRow, ...]


class ConfigResponse(Body, frozen=True):
    """All files."""

    files: tuple[ConfigFileRow, ...]
    can_save: bool


class CheckRequest(Body, frozen=True):
    """What would be wrong with this text in a file's place?"""

    text: str


class CheckResponse(Body, frozen=True):
    """What would keep a text from being saved; empty where nothing would."""

    problems: tuple[ConfigProblemRow, ...]


class SaveRequest(Body, frozen=True):
    """Put this text in a file's place, if the file is still that of `revision`."""

    text: str
    revision: Revision


class RestoreRequest(Body, frozen=True):
    """Put an old version in a file's place, if the file is still that of `revision`."""

    revision: Revision


class AccountRequest(Body, frozen=True):
    """Change an account's multiplier, its mode or both in the accounts file; null leaves it as it is."""

    multiplier: Annotated[str, msgspec.Meta(min_length=1, max_length=30)] | None = None
    mode: Literal["on", "close_only", "off"] | None = None


class SavedResponse(Body, frozen=True):
    """A file after a save, its secrets masked, and in words what the save changes."""

    name: str
    text: str
    revision: str
    message: str
    changes: tuple[str, ...]


class VersionRow(Body, frozen=True):
    """A version that a later save replaced; `saved_at` is when it was written itself."""

    version: str
    saved_at: str
    bytes: int


class HistoryResponse(Body, frozen=True):
    """The versions of a file that are kept, newest first."""

    versions: tuple[VersionRow, ...]


class VersionResponse(Body, frozen=True):
    """A version's text, its secrets masked."""

    text: str


class ConfigRefusal(Problem, frozen=True):
    """A refusal about configuration: `problems` says what is wrong with the text, line by line."""

    problems: tuple[ConfigProblemRow, ...] = ()
