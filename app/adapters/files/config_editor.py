"""ConfigEditor on the operator's JSON files: what a page may see of them, and how its edits reach them."""

import json
import os
from datetime import UTC, datetime
from functools import cache
from typing import Any

from app.adapters.files.accounts import ACCOUNTS_FILE
from app.adapters.files.checking import COPIER_FILE, FILES
from app.adapters.files.config_store import JsonConfigStore, revision_of
from app.adapters.files.editing import with_secrets_of, with_values
from app.adapters.files.json_reader import JsonDocument, JsonError, read_json
from app.adapters.files.masking import masked, unmasked
from app.adapters.files.reading import as_text, read_bytes
from app.adapters.files.saving import version_path, versions_of
from app.adapters.files.schemas import schemas
from app.adapters.files.telling import changes_between, primary_of
from app.ports.config_editor import (
    ConfigChangedError,
    ConfigHiddenError,
    ConfigNotFoundError,
    EditableFile,
    FileVersion,
    SavedFile,
)
from app.ports.config_store import ConfigProblem, ConfigRefusedError

SAVED = "Saved; new orders use it within a second or two."
_UNCHANGED = "Nothing was changed: the file says so already."
_SAME_MEANING = "Saved. Only the layout is different; copying goes on as before."
_NEW_PRIMARY = " Another primary account takes a restart of Tandem; until then the rules from before stay."
_HIDDEN = (
    "This text is no JSON, so that its secrets cannot be told from the rest, and it is not shown. Mend the "
    "file in an editor, save a whole new text over it, or restore a version: what is there now is kept."
)
_TRIES = 3


class JsonConfigEditor:
    """ConfigEditor over a JsonConfigStore. Each call reads the files anew."""

    def __init__(self, store: JsonConfigStore) -> None:
        self._store = store

    def can_save(self) -> bool:
        """Tell whether the files may be written here."""
        folders = {self._store.path(name).resolve().parent for name in FILES}
        return all(os.access(folder, os.W_OK | os.X_OK) for folder in folders)

    def files(self) -> tuple[EditableFile, ...]:
        """Return every file with all that is wrong with it."""
        problems = self._store.problems()
        return tuple(self._file(name, problems) for name in FILES)

    def check(self, name: str, text: str) -> tuple[ConfigProblem, ...]:
        """Return what would keep this text from being saved; saves nothing."""
        return self._unmasked(name, text, self._content(name))[1]

    def save(self, name: str, text: str, expected_revision: str) -> SavedFile:
        """Replace a file with a text that may be masked; the version before is kept."""
        content = self._content(name)
        _refuse_stale(name, content, expected_revision)
        whole, problems = self._unmasked(name, text, content)
        if problems:
            raise ConfigRefusedError(problems)
        return self._save(name, whole, content, SAVED)

    def versions(self, name: str) -> tuple[FileVersion, ...]:
        """Return the versions of a file that are kept, newest first."""
        path = self._store.path(_known(name))
        found = []
        for version in versions_of(path):
            kept = version_path(path, version)
            if kept is not None:
                state = kept.stat()
                at = datetime.fromtimestamp(state.st_mtime, UTC)
                found.append(FileVersion(version=version, saved_at=at, size_bytes=state.st_size))
        return tuple(found)

    def version(self, name: str, version: str) -> str:
        """Return the masked text of a version; ConfigHiddenError where it cannot be masked."""
        shown = _shown(name, self._version(name, version))
        if shown is None:
            raise ConfigHiddenError(_HIDDEN)
        return shown

    def restore(self, name: str, version: str, expected_revision: str) -> SavedFile:
        """Save an old version; accounts that are there keep their credentials of today.

        Yesterday's access token is of no use, and a key that was changed was changed for a reason.
        """
        content, old = self._content(name), self._version(name, version)
        _refuse_stale(name, content, expected_revision)
        text = old.decode(errors="surrogateescape")  # what is no UTF-8 stays so, and checking says where
        message = SAVED
        before, document = _document(name, content), _document(name, old)
        if name == ACCOUNTS_FILE and before is not None and document is not None:
            text, kept = with_secrets_of(document, before)
            if kept:
                message = f"{SAVED} Not brought back: the credentials of {', '.join(kept)}, which stay."
        return self._save(name, text, content, message)

    def set_account(self, account_id: str, *, multiplier: str | None, mode: str | None) -> SavedFile:
        """Write an account's multiplier, mode or both in their place in the file.

        A save by somebody else meanwhile is no hindrance: the values are written into theirs.
        """
        for _ in range(_TRIES - 1):
            try:
                return self._set_account(account_id, multiplier, mode)
            except ConfigChangedError:
                continue
        return self._set_account(account_id, multiplier, mode)

    def _set_account(self, account_id: str, multiplier: str | None, mode: str | None) -> SavedFile:
        content = self._content(ACCOUNTS_FILE)
        document = _document(ACCOUNTS_FILE, content)
        if document is None or document.duplicates:
            raise ConfigRefusedError(self._store.problems())
        text = with_values(document, account_id, multiplier, mode)
        return self._save(ACCOUNTS_FILE, text, content, SAVED)

    def _save(self, name: str, text: str, content: bytes, message: str) -> SavedFile:
        """Save a whole text, with nothing masked, over a content that was read before."""
        saved = self._store.save(name, text, revision_of(content))
        before, after = _document(name, content or _when_missing(name)), read_json(text)
        changes = changes_between(name, before, after)
        if saved.revision == revision_of(content):
            message = _UNCHANGED
        elif not changes:
            message = _SAME_MEANING
        elif name == ACCOUNTS_FILE and primary_of(before) not in {None, primary_of(after)}:
            message += _NEW_PRIMARY
        shown = masked(name, after)
        return SavedFile(name=name, text=shown, revision=saved.revision, message=message, changes=changes)

    def _file(self, name: str, problems: tuple[ConfigProblem, ...]) -> EditableFile:
        try:
            content = self._content(name)
        except OSError:  # the problems say so
            content = b""
        shown = _shown(name, content or _when_missing(name))
        return EditableFile(
            name=name,
            text=shown or "",
            is_shown=shown is not None,
            revision=revision_of(content),
            schema=_schema(name),
            problems=tuple(problem for problem in problems if problem.file == name),
        )

    def _unmasked(self, name: str, text: str, content: bytes) -> tuple[str, tuple[ConfigProblem, ...]]:
        """Return a text with its secrets and all that keeps it from being saved."""
        whole, unknown = unmasked(name, text, _document(name, content))
        unknown_at = {problem.path for problem in unknown}
        others = [
            problem for problem in self._store.problems({name: whole}) if problem.path not in unknown_at
        ]
        return whole, tuple(sorted([*unknown, *others], key=lambda problem: problem.line or 0))

    def _content(self, name: str) -> bytes:
        return self._store.content(_known(name))

    def _version(self, name: str, version: str) -> bytes:
        kept = version_path(self._store.path(_known(name)), version)
        content = None if kept is None else read_bytes(kept)
        if content is None:
            raise ConfigNotFoundError(f"There is no version {version} of {name}; the oldest are forgotten.")
        return content


def _known(name: str) -> str:
    if name not in FILES:
        raise ConfigNotFoundError(f"There is no configuration file {name}; there are {', '.join(FILES)}.")
    return name


def _document(name: str, content: bytes) -> JsonDocument | None:
    """Read a content as JSON, whatever its meaning; None where it is none."""
    text = as_text(name, content)
    try:
        return read_json(text) if isinstance(text, str) else None
    except JsonError:
        return None


def _shown(name: str, content: bytes) -> str | None:
    """Return a content's masked text; None where it is no text, or no JSON and may hold secrets."""
    document = _document(name, content)
    if document is not None:
        return masked(name, document)
    text = as_text(name, content)
    return text if isinstance(text, str) and name != ACCOUNTS_FILE else None


def _when_missing(name: str) -> bytes:
    """Return what a file that is not there says: the optional one has nothing but defaults."""
    return b"{}\n" if name == COPIER_FILE else b""


def _refuse_stale(name: str, content: bytes, expected_revision: str) -> None:
    if revision_of(content) != expected_revision:
        raise ConfigChangedError(
            f"{name} was changed by somebody else since it was opened. Nothing was saved. Open it again and "
            "repeat the edit."
        )


@cache
def _schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schemas()[name.replace(".json", ".schema.json")])
    return found
