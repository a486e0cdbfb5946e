"""The ready block says where to go, what runs, and on which accounts."""

from fractions import Fraction
from pathlib import Path

import pytest

from app.cli.supervisor.ready_block import multiplier_text, ready_block
from app.domain.accounts import Account, AccountMode, CopyRules, Rulebook
from app.domain.ids import AccountId
from app.settings import Settings, Venue


def _account(name: str, multiplier: Fraction, mode: AccountMode = AccountMode.ON) -> Account:
    return Account(account_id=AccountId(name), name=name, is_primary=False, multiplier=multiplier, mode=mode)


RULES = Rulebook(
    primary=_account("PA0001", Fraction(1)),
    secondaries=(
        _account("PA0002", Fraction(5, 2)),
        _account("PA0003", Fraction(1, 2), AccountMode.CLOSE_ONLY),
    ),
    rules=CopyRules(order_types=frozenset()),
    revision="r",
)


def test_it_names_the_link_the_mode_the_accounts_and_the_folders() -> None:
    settings = Settings(data=Path("/d"), config=Path("/c"))

    text = ready_block(settings, Venue.PAPER, RULES, "http://localhost:5000/sign-in#token")

    assert "http://localhost:5000/sign-in#token" in text
    assert "paper" in text
    assert "PA0001, primary" in text
    assert "PA0002 × 2.5" in text
    assert "PA0003 × 0.5, close_only" in text
    assert "/d/paper" in text
    assert "Ctrl-C" in text


def test_live_is_said_loudly() -> None:
    text = ready_block(Settings(config=Path("/c")), Venue.LIVE, RULES, "link")

    assert "LIVE" in text
    assert "manual" in text
    assert "/c (edit while it runs)" in text


@pytest.mark.parametrize(
    ("multiplier", "text"), [("1", "1"), ("2.5", "2.5"), ("0.333", "0.333"), ("12", "12")]
)
def test_multipliers_read_as_the_operator_wrote_them(multiplier: str, text: str) -> None:
    assert multiplier_text(Fraction(multiplier)) == text
