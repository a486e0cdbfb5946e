"""All configuration files checked together: every problem of every file at once, or the rules they give."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.adapters.files.accounts import ACCOUNTS_FILE, check_accounts
from app.adapters.files.credentials import Credentials
from app.adapters.files.entries import TODAYS_FREEZE_QUANTITIES, CopierEntry, OrderTypesEntry
from app.adapters.files.json_reader import JsonDocument, JsonError, line_of, read_json, shown
from app.adapters.files.problems import MOST_PROBLEMS, problems_of
from app.adapters.files.reading import as_text
from app.domain.accounts import Account, CopyRules, Rulebook
from app.domain.ids import AccountId
from app.domain.orders import OrderType
from app.domain.pacing import Limits
from app.ports.config_store import ConfigProblem, ConfigRefusedError
from app.ports.secrets import Secrets

ORDER_TYPES_FILE = "allowed_order_types.json"
COPIER_FILE = "copier.json"
FILES = (ACCOUNTS_FILE, ORDER_TYPES_FILE, COPIER_FILE)
_OPTIONAL = {COPIER_FILE}

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How the engine looks and sends; applies from the next look on."""

    limits: Limits
    poll_interval_s: float
    is_push_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeLogPlace:
    """Where copies are written down. Both None: nowhere is named. `key_file` is as the operator wrote it."""

    is_on: bool
    spreadsheet: str | None
    key_file: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What all files say together."""

    rulebook: Rulebook
    pace: Pace
    trade_log: TradeLogPlace
    credentials: Mapping[AccountId, Credentials]


def check(contents: Mapping[str, bytes | None], secrets: Secrets) -> Configuration:
    """Return what the files' contents mean (None: no such file); ConfigRefusedError with every problem."""
    problems: list[ConfigProblem] = []
    documents = {name: _document(name, contents.get(name), problems) for name in FILES}
    accounts = None
    if (document := documents[ACCOUNTS_FILE]) is not None:
        accounts = check_accounts(document, secrets)
        problems += accounts.problems
    order_types = _entry(ORDER_TYPES_FILE, documents[ORDER_TYPES_FILE], OrderTypesEntry, problems)
    copier = _entry(COPIER_FILE, documents[COPIER_FILE], CopierEntry, problems)
    if problems or accounts is None or order_types is None or copier is None:
        raise ConfigRefusedError(tuple(sorted(problems, key=_place)[:MOST_PROBLEMS]))
    return _configuration(accounts.accounts, accounts.credentials, order_types, copier)


def trade_log_in(content: bytes | None) -> TradeLogPlace:
    """Return what copier.json says of the trade log; ConfigRefusedError where the file is not valid.

    Reads nothing else and resolves no credential, for the program that keeps the log needs none.
    """
    problems: list[ConfigProblem] = []
    copier = _entry(COPIER_FILE, _document(COPIER_FILE, content, problems), CopierEntry, problems)
    if copier is None:
        raise ConfigRefusedError(tuple(problems))
    return TradeLogPlace(**copier.trade_log.model_dump())


def _place(problem: ConfigProblem) -> tuple[int, int]:
    return FILES.index(problem.file), problem.line or 0


def _document(name: str, content: bytes | None, problems: list[ConfigProblem]) -> JsonDocument | None:
    """Read one file as JSON; what keeps it from being that is added to `problems`."""
    if content is None and name in _OPTIONAL:
        content = b"{}"
    if content is None:
        reason = "The file is missing."
        example = f"a copy of {name.replace('.json', '.example.json')} with your own values"
        problems.append(ConfigProblem(file=name, line=None, path="$", reason=reason, example=example))
        return None
    text = as_text(name, content)
    if isinstance(text, ConfigProblem):
        problems.append(text)
        return None
    try:
        document = read_json(text)
    except JsonError as e:
        example = '{"key": "text", "other": 2.5, "list": [1, 2]}'
        line = line_of(text, e.offset)
        problems.append(ConfigProblem(file=name, line=line, path="$", reason=e.reason, example=example))
        return None
    for path, offset in document.duplicates[:MOST_PROBLEMS]:
        reason = f"The key {path[-1]} is there twice in one object."
        problems.append(
            ConfigProblem(
                file=name,
                line=line_of(text, offset),
                path=shown(path),
                reason=reason,
                example="each key once",
            )
        )
    return document


def _entry(
    name: str, document: JsonDocument | None, model: type[Model], problems: list[ConfigProblem]
) -> Model | None:
    if document is None:
        return None
    try:
        return model.model_validate(document.value)
    except ValidationError as e:
        problems += problems_of(e, model, name, document)
        return None


def _configuration(
    accounts: list[Account],
    credentials: dict[AccountId, Credentials],
    order_types: OrderTypesEntry,
    copier: CopierEntry,
) -> Configuration:
    rules = CopyRules(
        order_types=frozenset(OrderType(word) for word in order_types.order_types),
        products=frozenset(copier.products),
        market_protection=copier.market_protection,
        freeze_quantities={**TODAYS_FREEZE_QUANTITIES, **copier.freeze_quantities},
        market_age_limit_s=copier.market_age_limit_s,
        resting_age_limit_s=copier.resting_age_limit_s,
        restart_gap_s=copier.restart_gap_s,
        exit_wait_s=copier.exit_wait_s,
    )
    pace = Pace(
        limits=Limits(**copier.budget.model_dump()),
        poll_interval_s=copier.poll_interval_s,
        is_push_on=copier.push,
    )
    rulebook = Rulebook(
        primary=next(account for account in accounts if account.is_primary),
        secondaries=tuple(account for account in accounts if not account.is_primary),
        rules=rules,
        revision=_revision(accounts, credentials, rules, pace),
    )
    trade_log = TradeLogPlace(**copier.trade_log.model_dump())
    return Configuration(rulebook=rulebook, pace=pace, trade_log=trade_log, credentials=credentials)


def _revision(
    accounts: list[Account], credentials: dict[AccountId, Credentials], rules: CopyRules, pace: Pace
) -> str:
    """Name the meaning of the files: layout does not count, a new token does (it is hashed, not shown)."""
    parts = (
        [asdict(account) for account in accounts],
        {account_id: asdict(found) for account_id, found in credentials.items()},
        asdict(rules),
        asdict(pace),
    )
    text = json.dumps(parts, sort_keys=True, default=_plain)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)
