"""The accounts file checked as a whole: one primary, distinct accounts, credentials that are there."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from app.adapters.files.credentials import Credentials, Egress
from app.adapters.files.entries import AccountEntry
from app.adapters.files.json_reader import JsonDocument
from app.adapters.files.problems import MOST_PROBLEMS, problem_at, problems_of
from app.domain.accounts import Account, AccountMode, RestPolicy
from app.domain.ids import AccountId
from app.ports.config_store import ConfigProblem
from app.ports.secrets import Secrets, UnknownSecretError

ACCOUNTS_FILE = "accounts_config.json"
_TWO_ACCOUNTS = (
    '[{"account_id": "AB1234", …, "primary": true}, {"account_id": "CD5678", …, "primary": false}]'
)


@dataclass(slots=True)
class AccountsFound:
    """What the accounts file says; only to be used where `problems` stays empty."""

    accounts: list[Account]
    credentials: dict[AccountId, Credentials]
    problems: list[ConfigProblem]


def check_accounts(document: JsonDocument, secrets: Secrets) -> AccountsFound:
    """Check every account by itself and all of them together, and resolve their credentials."""
    found = AccountsFound([], {}, [])
    if not isinstance(document.value, list):
        reason = "A list of accounts in square brackets is expected."
        found.problems.append(problem_at(ACCOUNTS_FILE, document, (), reason, _TWO_ACCOUNTS))
        return found
    tokens: dict[str, AccountId] = {}
    for index, given in enumerate(document.value):
        if len(found.problems) >= MOST_PROBLEMS:
            break
        resolved = _resolve(given, index, document, secrets, found.problems)
        try:
            entry = AccountEntry.model_validate(given)
        except ValidationError as e:
            found.problems += problems_of(e, AccountEntry, ACCOUNTS_FILE, document, (index,))
            continue
        account = _account(entry)
        found.accounts.append(account)
        if resolved is not None:
            found.credentials[account.account_id] = _credentials(entry, resolved)
            _check_token(index, document, found, account.account_id, tokens)
    found.problems += _check_together(document)
    return found


def _resolve(
    given: Any, index: int, document: JsonDocument, secrets: Secrets, problems: list[ConfigProblem]
) -> dict[str, str] | None:
    """Return what an account's credentials stand for, as far as they are texts; None where one is unknown.

    Works on what was written, so that a wrong multiplier does not hide an unknown credential.
    """
    resolved: dict[str, str] = {}
    is_whole = True
    for path in (("cred1",), ("cred2",), ("api_secret",), ("egress", "proxy")):
        value = given
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if not isinstance(value, str):
            continue
        try:
            resolved[path[-1]] = secrets.resolve(value)
        except UnknownSecretError as e:
            is_whole = False
            example = f'"{path[-1]}": "env:NAME" or "vault:NAME" with a NAME that is set'
            problems.append(problem_at(ACCOUNTS_FILE, document, (index, *path), str(e), example))
    return resolved if is_whole else None


def _credentials(entry: AccountEntry, resolved: dict[str, str]) -> Credentials:
    return Credentials(
        api_key=resolved["cred1"],
        access_token=resolved["cred2"],
        api_secret=resolved.get("api_secret"),
        egress=Egress(
            source_address=entry.egress.source_address if entry.egress else None,
            proxy=resolved.get("proxy"),
        ),
    )


def _account(entry: AccountEntry) -> Account:
    return Account(
        account_id=AccountId(entry.account_id),
        name=entry.name or entry.account_id,
        is_primary=entry.primary,
        multiplier=entry.ps_multiplier,
        mode=AccountMode(entry.mode) if entry.enabled else AccountMode.OFF,
        max_quantity=entry.max_quantity,
        when_primary_filled=RestPolicy(entry.when_primary_filled),
        rest_limit_s=entry.rest_limit_s,
        allow=frozenset(entry.symbols.allow),
        deny=frozenset(entry.symbols.deny),
    )


def _check_token(
    index: int,
    document: JsonDocument,
    found: AccountsFound,
    account_id: AccountId,
    tokens: dict[str, AccountId],
) -> None:
    """A token pasted into two accounts would place both copies in one of them."""
    other = tokens.setdefault(found.credentials[account_id].access_token, account_id)
    if other != account_id:
        reason = f"Accounts {other} and {account_id} have the same access token; each has its own."
        example = f'"cred2": "vault:{account_id}_ACCESS_TOKEN"'
        found.problems.append(problem_at(ACCOUNTS_FILE, document, (index, "cred2"), reason, example))


def _check_together(document: JsonDocument) -> list[ConfigProblem]:
    """Compare the accounts with each other as they were written, so that a fault in one hides no other."""
    entries = [(i, entry) for i, entry in enumerate(document.value) if isinstance(entry, dict)]
    is_primary = [entry.get("primary") for _, entry in entries]
    problems = [
        *_repeated_ids(document, entries),
        *_second_primaries(document, entries),
        *_switched_off_primary(document, entries),
    ]
    if len(entries) < len(document.value) or not all(isinstance(flag, bool) for flag in is_primary):
        return problems
    if True not in is_primary:
        reason = "No account is the primary; exactly one has to be."
        problems.append(problem_at(ACCOUNTS_FILE, document, (), reason, '"primary": true'))
    if False not in is_primary:
        reason = "No account is a secondary, so nothing could be copied."
        problems.append(problem_at(ACCOUNTS_FILE, document, (), reason, _TWO_ACCOUNTS))
    return problems


def _repeated_ids(document: JsonDocument, entries: list[tuple[int, dict[str, Any]]]) -> list[ConfigProblem]:
    first: dict[str, tuple[int, dict[str, Any]]] = {}
    problems = []
    for index, entry in entries:
        account_id = entry.get("account_id")
        if not isinstance(account_id, str):
            continue
        other_index, other = first.setdefault(account_id, (index, entry))
        if other_index == index:
            continue
        line = document.line((other_index, "account_id"))
        if {entry.get("primary"), other.get("primary")} == {True, False}:
            reason = f"Account {account_id} is both primary and secondary (line {line})."
        else:
            reason = f"Account {account_id} is there twice (line {line})."
        example = "each account once, with an account_id of its own"
        problems.append(problem_at(ACCOUNTS_FILE, document, (index, "account_id"), reason, example))
    return problems


def _second_primaries(
    document: JsonDocument, entries: list[tuple[int, dict[str, Any]]]
) -> list[ConfigProblem]:
    primaries = [index for index, entry in entries if entry.get("primary") is True]
    if len(primaries) < 2:
        return []
    line = document.line((primaries[0], "primary"))
    reason = f"There is a primary already (line {line}); exactly one account may be it."
    return [
        problem_at(ACCOUNTS_FILE, document, (index, "primary"), reason, '"primary": false')
        for index in primaries[1:]
    ]


def _switched_off_primary(
    document: JsonDocument, entries: list[tuple[int, dict[str, Any]]]
) -> list[ConfigProblem]:
    reason = "The primary only trades for itself and cannot be switched off; nothing would be copied."
    example = "switch off the secondaries, or stop copying in the dashboard"
    return [
        problem_at(ACCOUNTS_FILE, document, (index, key), reason, example)
        for index, entry in entries
        for key, usual in (("enabled", True), ("mode", "on"))
        if entry.get("primary") is True and entry.get(key, usual) != usual
    ]
