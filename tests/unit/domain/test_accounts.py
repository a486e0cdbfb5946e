"""Finding an account in the rulebook."""

from app.domain.ids import AccountId
from tests.builders.rulebook import PRIMARY, a_rulebook, accounts


def test_an_account_is_found_by_its_id_whatever_its_role() -> None:
    book = a_rulebook(*accounts(["1", "2.5"]))
    assert book.account(PRIMARY) is book.primary
    assert book.account(AccountId("SA0002")) is book.secondaries[1]


def test_an_account_that_is_not_configured_is_none() -> None:
    assert a_rulebook().account(AccountId("ZZ9999")) is None
