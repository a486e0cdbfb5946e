"""Edits are noticed however they are made, judged once whole, and reported if they mean something."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from app.adapters.files.config_store import JsonConfigStore
from app.adapters.files.watching import settled
from app.adapters.vault.secrets import VaultSecrets
from app.adapters.vault.vault import Vault
from app.domain.accounts import Rulebook
from app.domain.ids import AccountId
from app.ports.config_store import ConfigRefusedError
from tests.builders.config_folder import PRIMARY, SECONDARY, make_config, open_config, write_json
from tests.builders.eventually import eventually_async

ACCOUNTS = "accounts_config.json"
CD5678 = AccountId("CD5678")

Seen = list[Rulebook | ConfigRefusedError]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_config(tmp_path / "config")


@pytest.fixture
def store(folder: Path) -> JsonConfigStore:
    store = open_config(folder)
    store.load()
    return store


@pytest.fixture
async def seen(store: JsonConfigStore) -> AsyncIterator[Seen]:
    found: Seen = []
    following = asyncio.create_task(follow(store, found))
    yield found
    following.cancel()
    await asyncio.wait([following])


async def follow(store: JsonConfigStore, found: Seen) -> None:
    async with aclosing(store.changes()) as changes:
        async for change in changes:
            found.append(change)


def multiplied(folder: Path, by: float) -> str:
    return (folder / ACCOUNTS).read_text().replace("2.5", str(by))


async def first(seen: Seen, count: int = 1) -> Rulebook:
    await eventually_async(lambda: len(seen) >= count, what=f"{count} reported changes")
    assert len(seen) == count
    change = seen[-1]
    assert isinstance(change, Rulebook), change
    return change


async def refusal(seen: Seen, count: int = 1) -> str:
    await eventually_async(lambda: len(seen) >= count, what=f"{count} reported changes")
    assert len(seen) == count
    assert isinstance(seen[-1], ConfigRefusedError)
    return str(seen[-1])


async def test_an_edit_in_place_is_reported(folder: Path, seen: Seen) -> None:
    (folder / ACCOUNTS).write_text(multiplied(folder, 3))
    assert (await first(seen)).secondaries[0].multiplier == 3


async def test_an_editor_that_renames_a_new_file_over_the_old_is_noticed(folder: Path, seen: Seen) -> None:
    for count, by in enumerate((3, 4), 1):
        draft = folder / ".accounts_config.json.swp"
        draft.write_text(
            (folder / ACCOUNTS).read_text().replace('r": ' + ("2.5", "3")[count - 1], f'r": {by}')
        )
        draft.replace(folder / ACCOUNTS)
        assert (await first(seen, count)).secondaries[0].multiplier == by


async def test_a_new_token_alone_is_reported(folder: Path, store: JsonConfigStore, seen: Seen) -> None:
    before = store.load()
    (folder / ACCOUNTS).write_text((folder / ACCOUNTS).read_text().replace("canaryTokenOfCD", "newTokenOfCD"))
    after = await first(seen)
    assert after.revision != before.revision
    assert after.secondaries == before.secondaries
    assert store.credentials(CD5678).access_token == "newTokenOfCD5678"


async def test_a_new_token_in_the_vault_is_reported(tmp_path: Path, folder: Path) -> None:
    vault = Vault(tmp_path)
    vault.set("TOKEN", "old")
    write_json(folder, ACCOUNTS, [PRIMARY, SECONDARY | {"cred2": "vault:TOKEN"}])
    store = JsonConfigStore(folder, VaultSecrets({}, vault), also_watched=[vault.path])
    store.load()
    seen: Seen = []
    following = asyncio.create_task(follow(store, seen))
    vault.set("TOKEN", "new")
    await first(seen)
    assert store.credentials(CD5678).access_token == "new"
    following.cancel()
    await asyncio.wait([following])


async def test_edits_without_meaning_are_not_reported(folder: Path, seen: Seen) -> None:
    original = (folder / ACCOUNTS).read_text()
    for text in (original, original + "\n\n"):
        (folder / ACCOUNTS).write_text(text)
        (folder / "unrelated.json").write_text(text)
        await asyncio.sleep(0)
    (folder / ACCOUNTS).write_text(multiplied(folder, 3))
    assert (await first(seen)).secondaries[0].multiplier == 3


async def test_a_file_still_being_written_is_not_judged(
    folder: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.adapters.files.watching.SETTLE_S", 1.0)
    text = multiplied(folder, 3)
    with (folder / ACCOUNTS).open("w") as file:
        for start in range(0, len(text), 20):
            file.write(text[start : start + 20])
            file.flush()
            await asyncio.sleep(0.02)
    assert (await first(seen)).secondaries[0].multiplier == 3


async def test_a_file_is_settled_only_when_two_looks_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    states = iter([(None,), ((1, 1, 1),), ((1, 2, 1),), ((1, 2, 1),)])
    monkeypatch.setattr("app.adapters.files.watching.stamp_of", lambda _paths: next(states))
    monkeypatch.setattr("app.adapters.files.watching.SETTLE_S", 0)
    assert await settled([]) == ((1, 2, 1),)


def test_a_look_at_unchanged_rules_is_no_news(folder: Path, store: JsonConfigStore) -> None:
    assert store._judge() is None
    (folder / ACCOUNTS).write_text((folder / ACCOUNTS).read_text() + "\n\n")
    assert store._judge() is None


async def test_a_bad_edit_is_reported_once_and_the_old_rules_stay(
    folder: Path, store: JsonConfigStore, seen: Seen
) -> None:
    good = (folder / ACCOUNTS).read_text()
    (folder / ACCOUNTS).write_text(multiplied(folder, 0))
    assert "$[1].ps_multiplier" in await refusal(seen)
    assert store.credentials(CD5678).access_token == "canaryTokenOfCD5678"
    (folder / ACCOUNTS).write_text((folder / ACCOUNTS).read_text() + "\n")
    (folder / ACCOUNTS).write_text(good)
    assert (await first(seen, 2)).secondaries[0].multiplier == SECONDARY["ps_multiplier"]


async def test_a_deleted_file_is_refused_until_it_is_back(
    folder: Path, store: JsonConfigStore, seen: Seen
) -> None:
    good = (folder / ACCOUNTS).read_text()
    (folder / ACCOUNTS).unlink()
    assert "The file is missing" in await refusal(seen)
    assert store.credentials(CD5678).access_token == "canaryTokenOfCD5678"
    (folder / ACCOUNTS).write_text(good)
    await first(seen, 2)


async def test_a_folder_that_goes_away_and_comes_back_is_followed_again(folder: Path, seen: Seen) -> None:
    away = folder.with_name("away")
    shutil.move(folder, away)
    assert "The file is missing" in await refusal(seen)
    shutil.copytree(away, folder)
    (folder / ACCOUNTS).write_text(multiplied(folder, 3))
    await eventually_async(lambda: isinstance(seen[-1], Rulebook) and seen[-1].secondaries[0].multiplier == 3)


async def test_a_save_is_reported_like_any_edit(store: JsonConfigStore, seen: Seen) -> None:
    opened = store.text(ACCOUNTS)
    store.save(ACCOUNTS, opened.text.replace("2.5", "3"), opened.revision)
    assert (await first(seen)).secondaries[0].multiplier == 3
