"""What valid files mean, and how they are saved."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.adapters.files.checking import TradeLogPlace
from app.adapters.files.config_store import JsonConfigStore
from app.domain.accounts import AccountMode, CopyRules, RestPolicy
from app.domain.ids import AccountId
from app.domain.orders import OrderType
from app.domain.pacing import Limits
from app.ports.config_editor import ConfigChangedError
from app.ports.config_store import ConfigRefusedError, ConfigStore
from tests.builders.config_folder import CONTENTS, PRIMARY, SECONDARY, make_config, open_config, write_json

ACCOUNTS = "accounts_config.json"
CD5678 = AccountId("CD5678")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_config(tmp_path / "config")


@pytest.fixture
def store(folder: Path) -> JsonConfigStore:
    store = open_config(folder, {"TOKEN": "canaryFromTheEnvironment"})
    store.load()
    return store


def test_the_users_two_files_alone_are_enough(folder: Path) -> None:
    (folder / "copier.json").unlink()
    store = open_config(folder)
    as_port: ConfigStore = store
    rulebook = as_port.load()
    assert rulebook.primary.account_id == "AB1234"
    assert [account.multiplier for account in rulebook.secondaries] == [Fraction(5, 2)]
    defaults = CopyRules(order_types=frozenset({OrderType.LIMIT, OrderType.MARKET, OrderType.SL}))
    assert rulebook.rules.order_types == defaults.order_types
    assert rulebook.rules.products == defaults.products
    assert rulebook.rules.market_protection == defaults.market_protection
    assert rulebook.rules.restart_gap_s == defaults.restart_gap_s
    assert rulebook.rules.freeze_quantities["NIFTY"] == 1800
    assert store.pace.limits == Limits()
    assert store.pace.poll_interval_s == 1.0
    assert store.pace.is_push_on


@pytest.mark.parametrize(
    ("written", "exact"), [(1, Fraction(1)), (0.1, Fraction(1, 10)), ("2.30", Fraction(23, 10)), (1000, 1000)]
)
def test_multipliers_are_exact(folder: Path, written: object, exact: Fraction) -> None:
    write_json(folder, ACCOUNTS, [PRIMARY, SECONDARY | {"ps_multiplier": written}])
    assert open_config(folder).load().secondaries[0].multiplier == exact


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.decimals("0.000000000001", 1000, places=12))
def test_a_multiplier_is_never_rounded(folder: Path, value: Decimal) -> None:
    text = (make_config(folder) / ACCOUNTS).read_text().replace("2.5", str(value))
    (folder / ACCOUNTS).write_text(text)
    assert open_config(folder).load().secondaries[0].multiplier == Fraction(value)


@pytest.mark.parametrize("multiplier", [0, "banana", None])
def test_the_primarys_multiplier_is_ignored(folder: Path, multiplier: object) -> None:
    write_json(folder, ACCOUNTS, [PRIMARY | {"ps_multiplier": multiplier}, SECONDARY])
    assert open_config(folder).load().primary.multiplier == 1


@pytest.mark.parametrize(
    ("changes", "mode"),
    [
        ({}, AccountMode.ON),
        ({"mode": "close_only"}, AccountMode.CLOSE_ONLY),
        ({"enabled": False}, AccountMode.OFF),
        ({"enabled": False, "mode": "close_only"}, AccountMode.OFF),
    ],
)
def test_a_disabled_account_is_off(folder: Path, changes: dict[str, object], mode: AccountMode) -> None:
    write_json(folder, ACCOUNTS, [PRIMARY, SECONDARY | changes])
    assert open_config(folder).load().secondaries[0].mode is mode


def test_optional_keys_reach_their_place(folder: Path) -> None:
    extra = {
        "name": "Mother",
        "api_secret": "canarySecret",
        "egress": {"proxy": "env:PROXY"},
        "max_quantity": 5000,
        "when_primary_filled": "market",
        "rest_limit_s": 20,
        "symbols": {"allow": ["INFY", "M&M"], "deny": ["SBIN"]},
    }
    write_json(folder, ACCOUNTS, [PRIMARY, SECONDARY | extra])
    write_json(folder, "copier.json", {"budget": {"per_day": 100}, "push": False, "exit_wait_s": 0.5})
    store = open_config(folder, {"PROXY": "http://user:canary@127.0.0.1:3128"})
    account = store.load().secondaries[0]
    assert (account.name, account.max_quantity) == ("Mother", 5000)
    assert (account.when_primary_filled, account.rest_limit_s) == (RestPolicy.MARKET, 20.0)
    assert (account.allow, account.deny) == (frozenset({"INFY", "M&M"}), frozenset({"SBIN"}))
    credentials = store.credentials(CD5678)
    assert credentials.api_secret == "canarySecret"
    assert credentials.egress.proxy == "http://user:canary@127.0.0.1:3128"
    assert store.pace.limits == Limits(per_day=100)
    assert not store.pace.is_push_on


def test_copies_behind_a_filled_primary_are_left_unless_the_operator_says_otherwise(folder: Path) -> None:
    account = open_config(folder).load().secondaries[0]
    assert (account.when_primary_filled, account.rest_limit_s) == (RestPolicy.LEAVE, 5.0)


def test_freeze_quantities_are_added_to_the_defaults(folder: Path) -> None:
    write_json(folder, "copier.json", {"freeze_quantities": {"NIFTY": 1755, "SENSEX": 1000}})
    found = open_config(folder).load().rules.freeze_quantities
    assert (found["NIFTY"], found["SENSEX"], found["BANKNIFTY"]) == (1755, 1000, 600)


def test_no_repr_shows_a_credential(store: JsonConfigStore) -> None:
    credentials = store.credentials(CD5678)
    assert credentials.access_token == "canaryTokenOfCD5678"
    shown = [repr(credentials), str(credentials), repr(store), repr(store.text(ACCOUNTS)), repr(store.load())]
    assert "canary" not in " ".join([*shown, f"{credentials.egress}"])


def test_the_revision_names_the_meaning_not_the_layout(folder: Path, store: JsonConfigStore) -> None:
    before = store.load().revision
    text = (folder / ACCOUNTS).read_text()
    (folder / ACCOUNTS).write_text(text.replace("\n", "\n\n").replace("2.5", '"2.50"'))
    assert store.load().revision == before
    (folder / ACCOUNTS).write_text(text.replace("canaryTokenOfCD5678", "newToken"))
    assert store.load().revision != before
    assert store.credentials(CD5678).access_token == "newToken"


def test_nothing_is_known_before_the_first_load(folder: Path) -> None:
    with pytest.raises(RuntimeError, match="not loaded"):
        open_config(folder).credentials(CD5678)


def test_saving_replaces_the_file_and_keeps_the_version_before(folder: Path, store: JsonConfigStore) -> None:
    (folder / ACCOUNTS).chmod(0o640)
    opened = store.text(ACCOUNTS)
    saved = store.save(ACCOUNTS, opened.text.replace("2.5", "3"), opened.revision)
    assert store.text(ACCOUNTS) == saved
    assert store.load().secondaries[0].multiplier == 3
    assert (folder / ACCOUNTS).stat().st_mode & 0o777 == 0o640
    history = list((folder / "history").glob("*.json"))
    assert [file.read_text() for file in history] == [opened.text]
    assert history[0].stat().st_mode & 0o777 == 0o600
    assert {file.name for file in folder.iterdir()} == {*CONTENTS, "history"}


def test_an_invalid_save_changes_nothing(folder: Path, store: JsonConfigStore) -> None:
    opened = store.text(ACCOUNTS)
    with pytest.raises(ConfigRefusedError, match="ps_multiplier"):
        store.save(ACCOUNTS, opened.text.replace("2.5", "0"), opened.revision)
    assert store.text(ACCOUNTS) == opened
    assert not (folder / "history").exists()


def test_a_save_over_somebody_elses_change_is_refused(folder: Path, store: JsonConfigStore) -> None:
    opened = store.text(ACCOUNTS)
    (folder / ACCOUNTS).write_text(opened.text.replace("2.5", "4"))
    with pytest.raises(ConfigChangedError, match="changed by somebody else"):
        store.save(ACCOUNTS, opened.text.replace("2.5", "3"), opened.revision)
    assert store.load().secondaries[0].multiplier == 4


def test_only_the_three_files_can_be_saved(store: JsonConfigStore) -> None:
    for name in ("../secrets.json", "other.json", ""):
        with pytest.raises(ValueError, match="none of the configuration files"):
            store.save(name, "{}", "")
        with pytest.raises(ValueError, match="none of the configuration files"):
            store.text(name)


def test_a_file_that_was_not_there_can_be_saved(folder: Path, store: JsonConfigStore) -> None:
    (folder / "copier.json").unlink()
    opened = store.text("copier.json")
    store.save("copier.json", '{"push": false}', opened.revision)
    assert (folder / "copier.json").stat().st_mode & 0o777 == 0o600
    store.load()
    assert not store.pace.is_push_on


def test_a_symbolic_link_stays_one(folder: Path, store: JsonConfigStore, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.json"
    (folder / ACCOUNTS).rename(real)
    (folder / ACCOUNTS).symlink_to(real)
    opened = store.text(ACCOUNTS)
    store.save(ACCOUNTS, opened.text.replace("2.5", "3"), opened.revision)
    assert (folder / ACCOUNTS).is_symlink()
    assert '"ps_multiplier": 3' in real.read_text()


def test_a_crash_while_saving_leaves_the_old_file(
    folder: Path, store: JsonConfigStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = store.text(ACCOUNTS)

    def full(_held: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.adapters.files.saving.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.save(ACCOUNTS, opened.text.replace("2.5", "3"), opened.revision)
    assert store.text(ACCOUNTS) == opened
    assert {file.name for file in folder.iterdir()} == {*CONTENTS, "history"}
    assert not list((folder / "history").glob("*.json"))


def test_history_keeps_the_newest(
    folder: Path, store: JsonConfigStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.adapters.files.saving.KEPT", 3)
    revision = store.text("copier.json").revision
    for wait in range(1, 7):
        revision = store.save("copier.json", f'{{"exit_wait_s": {wait}}}', revision).revision
    kept = [file.read_text() for file in sorted((folder / "history").glob("*.json"))]
    assert kept == ['{"exit_wait_s": 3}', '{"exit_wait_s": 4}', '{"exit_wait_s": 5}']


def test_the_trade_log_is_nowhere_unless_it_is_named(tmp_path: Path) -> None:
    store = open_config(make_config(tmp_path))
    store.load()
    assert store.trade_log == TradeLogPlace(is_on=True, spreadsheet=None, key_file=None)
    named = {"spreadsheet": "k" * 44, "key_file": "key.json"}
    write_json(tmp_path, "copier.json", {"trade_log": named})
    store.load()
    assert store.trade_log == TradeLogPlace(is_on=True, spreadsheet="k" * 44, key_file="key.json")
    write_json(tmp_path, "copier.json", {"trade_log": {"spreadsheet": "k" * 44}})
    with pytest.raises(ConfigRefusedError, match="belong together"):
        store.load()
