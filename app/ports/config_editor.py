"""The operator's configuration files as a page edits them: secrets masked, nobody's work written over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.ports.config_store import ConfigProblem


class ConfigChangedError(Exception):
    """A file was changed by somebody else since it was read; nothing was saved."""


class ConfigNotFoundError(Exception):
    """There is no such file, version or account."""


class ConfigHiddenError(Exception):
    """A text cannot be shown: it is no JSON, so that its secrets could not be told from the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditableFile:
    """A configuration file as it stands, its secrets masked.

    `revision` names exactly the bytes on the disk. `text` is empty where `is_shown` is false: such a file
    is no JSON, so that its secrets could not be told from the rest.
    """

    name: str
    text: str
    is_shown: bool
    revision: str
    schema: Mapping[str, Any]
    problems: tuple[ConfigProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFile:
    """A file after a save, its secrets masked. `changes` says what the edit means, without any secret."""

    name: str
    text: str
    revision: str
    message: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVersion:
    """A version that a later save replaced. `version` names it among those of its file."""

    version: str
    saved_at: datetime
    size_bytes: int


class ConfigEditor(Protocol):
    """Shows, checks and saves the operator's files. No text that it returns or raises holds a secret.

    Every call may raise ConfigNotFoundError, and OSError where a file cannot be read or written. A secret
    that comes back masked, under the account and key it was shown at, is put in again from the file.
    """

    def can_save(self) -> bool:
        """Tell whether the files may be written here."""
        ...

    def files(self) -> tuple[EditableFile, ...]:
        """Return every file with all that is wrong with it."""
        ...

    def check(self, name: str, text: str) -> tuple[ConfigProblem, ...]:
        """Return what would keep this text from being saved; saves nothing."""
        ...

    def save(self, name: str, text: str, expected_revision: str) -> SavedFile:
        """Replace a file; the version before is kept.

        ConfigChangedError where the file is no longer that of `expected_revision`, ConfigRefusedError where
        the configuration would have problems. Nothing is changed then.
        """
        ...

    def versions(self, name: str) -> tuple[FileVersion, ...]:
        """Return the versions of a file that are kept, newest first."""
        ...

    def version(self, name: str, version: str) -> str:
        """Return the masked text of a version; ConfigHiddenError where it cannot be masked."""
        ...

    def restore(self, name: str, version: str, expected_revision: str) -> SavedFile:
        """Save an old version, as `save` does; accounts that are there keep their credentials of today."""
        ...

    def set_account(self, account_id: str, *, multiplier: str | None, mode: str | None) -> SavedFile:
        """Write an account's multiplier, mode or both in their place in the file, as `save` does.

        Nothing else in the file changes, not even its layout. None leaves a value as it is.
        """
        ...
