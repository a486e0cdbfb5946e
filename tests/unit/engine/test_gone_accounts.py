"""Accounts that leave the configuration, and come back: what the deltas say of them."""

from dataclasses import replace

from app.domain.ids import AccountId
from app.engine.messages import RulesReplaced
from app.engine.rows import Delta
from tests.builders.copier import Copier
from tests.builders.shown_rows import portfolio

S1, S2 = AccountId("S1"), AccountId("S2")


def _configure(copier: Copier, *account_ids: AccountId) -> None:
    kept = tuple(account for account in copier.rulebook.secondaries if account.account_id in account_ids)
    copier.handle(RulesReplaced(replace(copier.rulebook, secondaries=kept), copier.limits, "Edited."))


def _two_accounts() -> tuple[Copier, list[Delta]]:
    copier, told = Copier({"S1": "1", "S2": "1"}), list[Delta]()
    copier.engine.view.subscribe(told.append)
    for account_id in (S1, S2):
        copier.engine.view.show_portfolio(portfolio(account_id))
    return copier, told


def test_an_account_taken_out_is_told_as_gone_once_and_shown_no_more() -> None:
    copier, told = _two_accounts()
    order = copier.primary_places()
    _configure(copier, S1)
    assert [delta["gone_accounts"] for delta in told if delta["gone_accounts"]] == [["S2"]]
    shown = copier.engine.view.snapshot()
    assert (list(shown["accounts"]), list(shown["portfolios"])) == (["PRI001", "S1"], ["S1"])
    assert f"{order.order_id}:S2" in shown["copies"]
    copier.pass_time(1.0)
    copier.look()
    assert sum(bool(delta["gone_accounts"]) for delta in told) == 1


def test_a_portfolio_read_late_of_an_account_that_is_gone_is_not_shown() -> None:
    copier, told = _two_accounts()
    _configure(copier, S1)
    number = len(told)
    copier.engine.view.show_portfolio(portfolio("S2"))
    assert len(told) == number
    assert "S2" not in copier.engine.view.snapshot()["portfolios"]


def test_an_account_that_comes_back_is_shown_again_without_its_old_portfolio() -> None:
    copier, told = _two_accounts()
    _configure(copier, S1)
    _configure(copier, S1, S2)
    assert "S2" in told[-1]["accounts"]
    shown = copier.engine.view.snapshot()
    assert ("S2" in shown["accounts"], "S2" in shown["portfolios"]) == (True, False)


def test_a_portfolio_is_one_delta_with_nothing_else_in_it() -> None:
    copier, told = _two_accounts()
    delta = told[-1]
    assert delta["portfolios"] == {"S2": portfolio("S2")}
    assert (delta["accounts"], delta["orders"], delta["copies"], delta["alerts"]) == ({}, {}, {}, [])
    assert (delta["status"], delta["gone_accounts"]) == (None, [])
    assert copier.engine.view.snapshot()["seq"] == delta["seq"]
