"""The operator's rules in JSON files: loaded, followed while they are edited, and saved for the dashboard."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from app.adapters.files.checking import FILES, Configuration, Pace, TradeLogPlace, check
from app.adapters.files.credentials import Credentials
from app.adapters.files.reading import read_bytes
from app.adapters.files.saving import alone, replace_file
from app.adapters.files.watching import settled, stamp_of, stirrings
from app.domain.accounts import Rulebook
from app.domain.ids import AccountId
from app.ports.config_editor import ConfigChangedError
from app.ports.config_store import ConfigProblem, ConfigRefusedError
from app.ports.secrets import Secrets


@dataclass(frozen=True, slots=True)
class FileText:
    """A configuration file as it stands. `revision` names exactly these bytes."""

    text: str
    revision: str

    def __repr__(self) -> str:
        return f"FileText(revision={self.revision})"


class JsonConfigStore:
    """ConfigStore on a folder with the operator's files.

    `also_watched` are files that credentials come from (the vault), so that a new token is noticed too.
    What was loaded last stays in use until a whole, valid set of files replaces it.
    """

    def __init__(self, folder: Path, secrets: Secrets, also_watched: Sequence[Path] = ()) -> None:
        self.folder = folder
        self._secrets = secrets
        self._watched = [*(folder / name for name in FILES), *also_watched]
        self._current: Configuration | None = None
        self._refused: str | None = None

    def load(self) -> Rulebook:
        """Read and check all files; ConfigRefusedError with every problem found."""
        self._current = self._read()
        self._refused = None
        return self._current.rulebook

    async def changes(self) -> AsyncGenerator[Rulebook | ConfigRefusedError, None]:
        """Yield the rules after each edit that changes their meaning, or why an edit was refused.

        A new credential is a change as well (another `revision`). After a refusal, going back to the old
        content yields the old rules once more, so that the refusal can be taken down.
        """
        judged = None
        async for _ in stirrings(self._watched):
            if stamp_of(self._watched) == judged:
                continue
            judged = await settled(self._watched)
            change = await asyncio.to_thread(self._judge)
            if change is not None:
                yield change

    def credentials(self, account_id: AccountId) -> Credentials:
        """Return an account's credentials as last loaded; KeyError for an account that is not configured."""
        return self._loaded().credentials[account_id]

    @property
    def pace(self) -> Pace:
        """How the engine looks and sends, as last loaded."""
        return self._loaded().pace

    @property
    def trade_log(self) -> TradeLogPlace:
        """Where copies are written down, as last loaded."""
        return self._loaded().trade_log

    def text(self, file_name: str) -> FileText:
        """Return a file for editing; it may hold credentials. OSError where it cannot be read."""
        content = self.content(file_name)
        return FileText(content.decode(errors="replace"), revision_of(content))

    def content(self, file_name: str) -> bytes:
        """Return a file's bytes, none where there is no such file. OSError where it cannot be read."""
        return read_bytes(self.path(file_name)) or b""

    def path(self, file_name: str) -> Path:
        """Return where a configuration file lies; ValueError for any other name."""
        if file_name not in FILES:
            raise ValueError(f"{file_name!r} is none of the configuration files: {', '.join(FILES)}.")
        return self.folder / file_name

    def problems(self, instead: Mapping[str, str] | None = None) -> tuple[ConfigProblem, ...]:
        """Return all that is wrong with the files, with these texts in the place of theirs."""
        try:
            check(self._contents() | _encoded(instead or {}), self._secrets)
        except ConfigRefusedError as e:
            return e.problems
        return ()

    def save(self, file_name: str, text: str, expected_revision: str) -> FileText:
        """Replace a file if all files are valid with it; the version before is kept in `history`.

        ConfigRefusedError where they are not, ConfigChangedError where the file is no longer the one of
        `expected_revision`, OSError where it cannot be written. Nothing is changed then. The new rules
        come by `changes`, as with any other editor.
        """
        path = self.path(file_name)
        if problems := self.problems({file_name: text}):
            raise ConfigRefusedError(problems)
        content = text.encode()
        with alone(path):
            before = read_bytes(path)
            if revision_of(before or b"") != expected_revision:
                raise ConfigChangedError(
                    f"{file_name} was changed by somebody else since it was opened. Nothing was saved. Open "
                    "it again and repeat the edit."
                )
            if content != before:
                replace_file(path, content)
        return FileText(text, revision_of(content))

    def _judge(self) -> Rulebook | ConfigRefusedError | None:
        """Read the files and return what is new about them, None where nothing is."""
        try:
            found = self._read()
        except ConfigRefusedError as e:
            is_news = str(e) != self._refused
            self._refused = str(e)
            return e if is_news else None
        before = self._current
        is_news = self._refused is not None or before is None
        if before is None or before.rulebook.revision != found.rulebook.revision:
            is_news = True
        self._current, self._refused = found, None
        return found.rulebook if is_news else None

    def _read(self) -> Configuration:
        return check(self._contents(), self._secrets)

    def _contents(self) -> dict[str, bytes | None]:
        contents: dict[str, bytes | None] = {}
        problems: list[ConfigProblem] = []
        for name in FILES:
            try:
                contents[name] = read_bytes(self.folder / name)
            except OSError as e:
                reason = f"The file cannot be read: {e.strerror}."
                example = f"a file that may be read: chmod 600 {self.folder / name}"
                problems.append(ConfigProblem(file=name, line=None, path="$", reason=reason, example=example))
        if problems:
            raise ConfigRefusedError(tuple(problems))
        return contents

    def _loaded(self) -> Configuration:
        if self._current is None:
            raise RuntimeError("The configuration was not loaded yet.")
        return self._current


def _encoded(texts: Mapping[str, str]) -> dict[str, bytes | None]:
    # What is no text (half a character) becomes bytes that checking refuses, as it does those of a file.
    return {name: text.encode(errors="surrogatepass") for name, text in texts.items()}


def revision_of(content: bytes) -> str:
    """Return what tells two states of a file apart."""
    return blake2b(content, digest_size=8).hexdigest()
