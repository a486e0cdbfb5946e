"""What the editor shows, checks, saves and restores, over real files."""

import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.adapters.files import saving
from app.adapters.files.config_editor import JsonConfigEditor
from app.adapters.files.config_store import JsonConfigStore
from app.adapters.vault.secrets import VaultSecrets
from app.adapters.vault.vault import Vault
from app.ports.config_editor import (
    ConfigChangedError,
    ConfigEditor,
    ConfigHiddenError,
    ConfigNotFoundError,
    EditableFile,
    SavedFile,
)
from app.ports.config_store import ConfigRefusedError
from tests.builders.config_folder import CONTENTS, PRIMARY, SECONDARY, make_config, open_config, write_json

ACCOUNTS = "accounts_config.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_config(tmp_path / "config")


@pytest.fixture
def editor(folder: Path) -> ConfigEditor:
    return JsonConfigEditor(open_config(folder))


def opened(editor: ConfigEditor, name: str = ACCOUNTS) -> EditableFile:
    return next(file for file in editor.files() if file.name == name)


def save(editor: ConfigEditor, change: Callable[[str], str], name: str = ACCOUNTS) -> SavedFile:
    file = opened(editor, name)
    return editor.save(name, change(file.text), file.revision)


def rows_in(folder: Path) -> Any:
    return json.loads((folder / ACCOUNTS).read_text())


def test_every_file_is_shown_with_its_schema_and_without_secrets(editor: ConfigEditor) -> None:
    files = editor.files()
    assert [file.name for file in files] == list(CONTENTS)
    assert all(file.is_shown and not file.problems and file.schema["$schema"] for file in files)
    assert editor.can_save()
    assert "canary" not in repr(files)
    assert '"cred2": "••••5678"' in opened(editor).text


def test_a_save_of_what_was_shown_keeps_every_secret(editor: ConfigEditor, folder: Path) -> None:
    saved = save(editor, lambda text: text.replace("2.5", "3"))
    assert rows_in(folder) == [PRIMARY, SECONDARY | {"ps_multiplier": 3}]
    assert saved.changes == ("CD5678: multiplier 2.5 → 3",)
    assert saved.message == "Saved; new orders use it within a second or two."
    assert "canary" not in repr(saved)
    assert (saved.text, saved.revision) == (opened(editor).text, opened(editor).revision)


def test_a_save_without_meaning_says_so(editor: ConfigEditor) -> None:
    assert "Nothing was changed" in save(editor, lambda text: text).message
    assert editor.versions(ACCOUNTS) == ()
    assert "Only the layout" in save(editor, lambda text: text + "\n").message


def test_another_primary_is_said_to_take_a_restart(editor: ConfigEditor) -> None:
    rows = json.loads(opened(editor).text)
    rows[0]["primary"], rows[1]["primary"] = False, True
    saved = save(editor, lambda _: json.dumps(rows))
    assert "takes a restart" in saved.message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\ufeff[]", "byte order mark"),
        ("[]\0", "binary"),
        ("\ud800", "not UTF-8"),
        ('[{"a": 1, "a": 2}]', "there twice"),
        ("{}", "list of accounts"),
        ('"text"', "list of accounts"),
        ("", "A value is expected"),
        ("[" + " " * 1_000_001 + "]", "larger than 1 MB"),
        ("[" + "0," * 60_000 + "0]", "More than 50000 values"),
        ("[" * 10_000, "Nested deeper"),
    ],
)
def test_what_is_no_configuration_is_refused_and_nothing_is_lost(
    editor: ConfigEditor, folder: Path, text: str, reason: str
) -> None:
    before = (folder / ACCOUNTS).read_bytes()
    assert reason in editor.check(ACCOUNTS, text)[0].reason
    with pytest.raises(ConfigRefusedError, match=reason):
        save(editor, lambda _: text)
    assert (folder / ACCOUNTS).read_bytes() == before
    assert not (folder / "history").exists()


def test_line_ends_are_kept_as_they_are(editor: ConfigEditor, folder: Path) -> None:
    save(editor, lambda text: text.replace("\n", "\r\n"))
    assert (folder / ACCOUNTS).read_bytes().count(b"\r\n") == opened(editor).text.count("\r\n") > 10
    assert rows_in(folder) == [PRIMARY, SECONDARY]
    assert editor.set_account("CD5678", multiplier="3", mode=None).changes
    assert (folder / ACCOUNTS).read_bytes().count(b"\r\n") == opened(editor).text.count("\n")


def test_problems_name_the_lines_of_the_text_that_was_sent(editor: ConfigEditor, folder: Path) -> None:
    text = opened(editor).text.replace("2.5", "0").replace("••••1234", "••••0000")
    found = [(problem.line, problem.path) for problem in editor.check(ACCOUNTS, text)]
    assert found == [(5, "$[0].cred2"), (13, "$[1].ps_multiplier")]
    assert "canary" not in str(editor.check(ACCOUNTS, text))
    assert not (folder / "history").exists()


def test_an_unresolved_mask_is_one_problem_and_not_a_repeated_token(editor: ConfigEditor) -> None:
    rows = json.loads(opened(editor).text)
    rows += [rows[1] | {"account_id": name} for name in ("EF1", "EF2")]
    paths = [problem.path for problem in editor.check(ACCOUNTS, json.dumps(rows))]
    assert paths == ["$[2].cred1", "$[2].cred2", "$[3].cred1", "$[3].cred2"]


def test_a_stale_save_is_refused_before_its_text_is_looked_at(editor: ConfigEditor, folder: Path) -> None:
    file = opened(editor)
    other = (folder / ACCOUNTS).read_text().replace("canaryTokenOfCD5678", "canaryTokenOfToday")
    (folder / ACCOUNTS).write_text(other)
    with pytest.raises(ConfigChangedError, match="somebody else"):
        editor.save(ACCOUNTS, file.text.replace("2.5", "3"), file.revision)
    assert (folder / ACCOUNTS).read_text() == other


def saved_over(editor: ConfigEditor, text: str, revision: str) -> SavedFile:
    return editor.save(ACCOUNTS, text, revision)


def at_once(calls: list[Callable[[ConfigEditor], SavedFile]], folder: Path) -> list[object]:
    """Make the calls at the same moment, each with an editor of its own, and return what came of each."""
    ready = threading.Barrier(len(calls))

    def make(call: Callable[[ConfigEditor], SavedFile]) -> object:
        mine = JsonConfigEditor(open_config(folder))
        ready.wait()
        try:
            return call(mine)
        except ConfigChangedError as e:
            return e

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(make, calls))


def test_of_saves_at_the_same_moment_exactly_one_wins(editor: ConfigEditor, folder: Path) -> None:
    for round_ in range(8):
        file = opened(editor)
        rows = json.loads(file.text)
        texts = [
            json.dumps([rows[0], rows[1] | {"ps_multiplier": 100 + 10 * round_ + number}])
            for number in range(4)
        ]
        outcomes = at_once([partial(saved_over, text=text, revision=file.revision) for text in texts], folder)
        (won,) = [outcome for outcome in outcomes if isinstance(outcome, SavedFile)]
        assert opened(editor).revision == won.revision
        assert len(editor.versions(ACCOUNTS)) == round_ + 1


def test_edits_of_single_values_at_the_same_moment_are_all_kept(editor: ConfigEditor, folder: Path) -> None:
    outcomes = at_once(
        [
            lambda mine: mine.set_account("CD5678", multiplier="7", mode=None),
            lambda mine: mine.set_account("CD5678", multiplier=None, mode="off"),
        ],
        folder,
    )
    assert all(isinstance(outcome, SavedFile) for outcome in outcomes)
    assert rows_in(folder)[1] == SECONDARY | {"ps_multiplier": 7, "mode": "off"}


def test_an_edit_that_never_finds_the_file_at_rest_is_refused(
    editor: ConfigEditor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meddle(store: JsonConfigStore, name: str, text: str, expected: str) -> None:
        raise ConfigChangedError(
            f"{name} was changed by somebody else: {len(text)} {expected} {store.folder}"
        )

    monkeypatch.setattr(JsonConfigStore, "save", meddle)
    with pytest.raises(ConfigChangedError):
        editor.set_account("CD5678", multiplier="3", mode=None)


def test_a_broken_file_is_not_edited_in_place_but_its_problems_are_told(
    editor: ConfigEditor, folder: Path
) -> None:
    for text in ("[", '[{"account_id": "CD5678", "account_id": "CD5678", "primary": false}]'):
        (folder / ACCOUNTS).write_text(text)
        with pytest.raises(ConfigRefusedError) as caught:
            editor.set_account("CD5678", multiplier="3", mode=None)
        assert caught.value.problems[0].line == 1
        assert (folder / ACCOUNTS).read_text() == text


def test_an_edit_in_place_goes_through_the_same_check(editor: ConfigEditor, folder: Path) -> None:
    for account, values in (("CD5678", {"multiplier": "0"}), ("AB1234", {"mode": "off"})):
        with pytest.raises(ConfigRefusedError):
            editor.set_account(account, **({"multiplier": None, "mode": None} | values))
    assert rows_in(folder) == [PRIMARY, SECONDARY]


def test_a_file_that_is_no_json_is_not_shown_and_can_be_replaced(editor: ConfigEditor, folder: Path) -> None:
    (folder / ACCOUNTS).write_text('[{"cred2": "canaryOfAToken",\n}]')
    file = opened(editor)
    assert (file.is_shown, file.text, file.problems[0].line) == (False, "", 1)
    saved = editor.save(ACCOUNTS, json.dumps([PRIMARY, SECONDARY]), file.revision)
    assert saved.changes == ("AB1234: added as the primary", "CD5678: added as a secondary")
    (kept,) = editor.versions(ACCOUNTS)
    with pytest.raises(ConfigHiddenError, match="not shown"):
        editor.version(ACCOUNTS, kept.version)
    with pytest.raises(ConfigRefusedError):
        editor.restore(ACCOUNTS, kept.version, saved.revision)


def test_the_other_files_are_shown_whatever_they_say(editor: ConfigEditor, folder: Path) -> None:
    (folder / "copier.json").write_text("{")
    assert opened(editor, "copier.json").text == "{"
    (folder / "copier.json").write_bytes(b"\xff")
    assert not opened(editor, "copier.json").is_shown
    (folder / "copier.json").unlink()
    assert opened(editor, "copier.json").text == "{}\n"
    assert save(editor, lambda _: '{"push": false}', "copier.json").changes == ("push true → false",)


def test_history_lists_shows_and_restores(editor: ConfigEditor, folder: Path) -> None:
    os.utime(folder / ACCOUNTS, (1_700_000_000, 1_700_000_000))
    save(editor, lambda text: text.replace("2.5", "3"))
    save(editor, lambda text: text.replace("3,", "4,"))
    newest, oldest = editor.versions(ACCOUNTS)
    assert oldest.saved_at.isoformat() == "2023-11-14T22:13:20+00:00"
    assert newest.saved_at > oldest.saved_at
    assert newest.size_bytes == oldest.size_bytes - 2
    assert "2.5" in editor.version(ACCOUNTS, oldest.version)
    assert "canary" not in editor.version(ACCOUNTS, oldest.version)
    restored = editor.restore(ACCOUNTS, oldest.version, opened(editor).revision)
    assert restored.changes == ("CD5678: multiplier 4 → 2.5",)
    assert "Not brought back" not in restored.message
    assert rows_in(folder) == [PRIMARY, SECONDARY]


def test_a_restored_version_keeps_the_tokens_of_today(editor: ConfigEditor, folder: Path) -> None:
    save(editor, lambda text: text.replace("2.5", "3"))
    write_json(folder, ACCOUNTS, [PRIMARY, SECONDARY | {"ps_multiplier": 3, "cred2": "canaryOfToday"}])
    (old,) = editor.versions(ACCOUNTS)
    restored = editor.restore(ACCOUNTS, old.version, opened(editor).revision)
    assert rows_in(folder) == [PRIMARY, SECONDARY | {"cred2": "canaryOfToday"}]
    assert "Not brought back: the credentials of CD5678, which stay." in restored.message
    assert "canary" not in repr(restored)


def test_a_stale_restore_is_refused(editor: ConfigEditor, folder: Path) -> None:
    revision = save(editor, lambda text: text.replace("2.5", "3")).revision
    write_json(folder, ACCOUNTS, [PRIMARY, SECONDARY])
    with pytest.raises(ConfigChangedError):
        editor.restore(ACCOUNTS, editor.versions(ACCOUNTS)[0].version, revision)


def test_a_broken_version_is_not_restored(editor: ConfigEditor, folder: Path) -> None:
    for spoilt in (b"[\xff]", b"[", b"{}"):
        (folder / ACCOUNTS).write_bytes(spoilt)
        revision = opened(editor).revision
        revision = editor.save(ACCOUNTS, json.dumps([PRIMARY, SECONDARY]), revision).revision
        with pytest.raises(ConfigRefusedError):
            editor.restore(ACCOUNTS, editor.versions(ACCOUNTS)[0].version, revision)
    assert rows_in(folder) == [PRIMARY, SECONDARY]


@pytest.mark.parametrize(
    "version", ["", "..", "20261120T040005.000000Z", "../../copier", "20261120T040005.000000Z/../x"]
)
def test_only_versions_that_are_there_are_found(editor: ConfigEditor, version: str) -> None:
    save(editor, lambda text: text.replace("2.5", "3"))
    with pytest.raises(ConfigNotFoundError, match="no version"):
        editor.version(ACCOUNTS, version)
    with pytest.raises(ConfigNotFoundError):
        editor.restore(ACCOUNTS, version, opened(editor).revision)


def test_strange_files_in_the_history_are_left_alone(editor: ConfigEditor, folder: Path) -> None:
    (folder / "history").mkdir()
    strange = [folder / "history" / name for name in ("accounts_config.old.json", "accounts_config.json")]
    for path in strange:
        path.write_text("mine")
    save(editor, lambda text: text.replace("2.5", "3"))
    assert len(editor.versions(ACCOUNTS)) == 1
    assert all(path.read_text() == "mine" for path in strange)


@pytest.mark.parametrize("name", ["../secrets.json", "history", "", "accounts_config.schema.json"])
def test_only_the_three_files_are_found(editor: ConfigEditor, name: str) -> None:
    for call in (
        lambda: editor.check(name, "{}"),
        lambda: editor.save(name, "{}", ""),
        lambda: editor.versions(name),
        lambda: editor.version(name, "x"),
    ):
        with pytest.raises(ConfigNotFoundError, match="no configuration file"):
            call()


def test_a_closed_vault_is_said_plainly(tmp_path: Path, folder: Path) -> None:
    vault = Vault(tmp_path / "vault", tmp_path / "elsewhere.key")
    vault.set("TOKEN", "canaryInTheVault")
    write_json(folder, ACCOUNTS, [PRIMARY, SECONDARY | {"cred2": "vault:TOKEN"}])
    editor = JsonConfigEditor(JsonConfigStore(folder, VaultSecrets({}, vault), [vault.path]))
    assert opened(editor).problems == ()
    assert '"vault:TOKEN"' in opened(editor).text
    (tmp_path / "elsewhere.key").unlink()
    (problem,) = opened(editor).problems
    assert "The key" in problem.reason
    assert "of the vault is missing" in problem.reason
    with pytest.raises(ConfigRefusedError, match="of the vault is missing"):
        editor.set_account("CD5678", multiplier="3", mode=None)


def test_a_folder_that_may_not_be_written_is_said_to_be_so(
    editor: ConfigEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.adapters.files.config_editor.os.access", lambda *_: False)
    assert not editor.can_save()


def test_a_file_that_cannot_be_read_is_a_problem_and_not_a_failure(
    editor: ConfigEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("app.adapters.files.config_store.read_bytes", fail)
    file = opened(editor)
    assert not file.is_shown
    assert "cannot be read" in file.problems[0].reason


def test_a_save_waits_for_another_program_s_and_says_so_when_it_takes_too_long(
    editor: ConfigEditor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "LOCK_TIMEOUT_S", 0.01)
    with saving.alone(folder / ACCOUNTS), pytest.raises(TimeoutError, match="another program is saving"):
        save(editor, lambda text: text.replace("2.5", "3"))
