"""What an answer to an order call means for the order: one table, read from the top, Unknown by default.

The sources are Kite's documents (exceptions), staff in Kite's forum (numbers in the rows) and order
protocol rule 4: only proof that the broker never took an order permits another send.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.adapters.kite.answers import Answer, Lost, NotSent, NotSentReason, WireResult
from app.adapters.kite.envelope import Envelope, order_id_of, read_envelope
from app.domain.ids import OrderId
from app.ports.broker import (
    Accepted,
    NeverSent,
    NotPermitted,
    Outcome,
    Rejected,
    SessionExpired,
    Unknown,
)

MAX_CONTENT_BYTES = 256 * 1024

FINAL_REFUSALS = frozenset({"InputException", "MarginException", "HoldingException", "OrderException"})
_ANY = frozenset[str]()
_CLIENT_ERRORS = frozenset(range(400, 500))

_ADDRESS_HELP = (
    "Register this machine's public address for the app on Kite's developer console (or send this "
    "account through the address that is registered there), then resume the account."
)
_PERMISSION_HELP = "Look at the app's permissions on Kite's developer console, then resume the account."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A refusal in Kite's envelope that we know. `error_types` empty means any; `words` is searched for."""

    statuses: frozenset[int]
    error_types: frozenset[str] = _ANY
    words: re.Pattern[str] | None = None
    outcome: Callable[[Envelope], Outcome]

    def applies(self, status: int, envelope: Envelope) -> bool:
        """Tell whether an answer is what this rule is about."""
        if status not in self.statuses:
            return False
        if self.error_types and envelope.error_type not in self.error_types:
            return False
        return self.words is None or self.words.search(envelope.words) is not None


def _says(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _rejected(envelope: Envelope) -> Outcome:
    return Rejected(envelope.words, envelope.error_type or "")


def _unknown(envelope: Envelope) -> Outcome:
    return Unknown(f"Kite answered: {envelope.words} That does not say whether it took the order.")


RULES: tuple[Rule, ...] = (
    # The error_type of the static-IP refusals has changed over time, so only the words count
    # (Zerodha support, static-ip; forum 52316).
    Rule(
        statuses=_CLIENT_ERRORS,
        words=_says(r"\bIP \(.*\) is not allowed|\bNo IPs configured"),
        outcome=lambda e: NotPermitted(f"{e.words} Nothing was placed. {_ADDRESS_HELP}"),
    ),
    Rule(
        statuses=frozenset({403}),
        error_types=frozenset({"TokenException"}),
        outcome=lambda e: SessionExpired(f"{e.words} Nothing was placed. Log this account in again."),
    ),
    Rule(
        statuses=frozenset({400, 403}),
        error_types=frozenset({"PermissionException"}),
        outcome=lambda e: NotPermitted(f"{e.words} Nothing was placed. {_PERMISSION_HELP}"),
    ),
    # Said as NetworkException, as if it were the network, and final for this order (forum 31294).
    Rule(
        statuses=frozenset({400, 429}),
        words=_says(r"^Maximum allowed order modifications exceeded"),
        outcome=_rejected,
    ),
    # Refused by the gate in front, before any order system; the body tells Kite's gate from a CDN's.
    Rule(
        statuses=frozenset({429}),
        outcome=lambda e: NeverSent(f"Kite's rate limit: {e.words}"),
    ),
    # Kite's margin refusal may end in "Check the orderbook for open orders.": advice, not doubt.
    Rule(
        statuses=frozenset({400}),
        error_types=FINAL_REFUSALS,
        words=_says(r"^Insufficient (funds|stock holding)\b"),
        outcome=_rejected,
    ),
    # HTTP 400 and yet placed, seconds later (forum 35732).
    Rule(
        statuses=frozenset({400}),
        words=_says(r"timed?[ -]?out|check the order ?book|try (again|later)"),
        outcome=_unknown,
    ),
    Rule(statuses=frozenset({400}), error_types=FINAL_REFUSALS, outcome=_rejected),
)


def outcome_of(result: WireResult) -> Outcome:
    """Translate what came of placing, modifying or cancelling an order; whatever comes has an outcome."""
    match result:
        case NotSent(reason, message):
            return NeverSent(message, is_stopped=reason is NotSentReason.STOPPED)
        case Lost(message):
            return Unknown(f"{message} The order may or may not exist.")
        case Answer():
            return _outcome_of_answer(result)


def _outcome_of_answer(answer: Answer) -> Outcome:
    envelope = read_envelope(answer, MAX_CONTENT_BYTES)
    if envelope is None:
        return Unknown(f"HTTP {answer.status} came without Kite's envelope: it may be a proxy's, not Kite's.")
    if answer.status == 200 and envelope.status == "success":
        order_id = order_id_of(envelope)
        return Accepted(OrderId(order_id)) if order_id else Unknown("Kite said success without an order_id.")
    if envelope.status == "error":
        for rule in RULES:
            if rule.applies(answer.status, envelope):
                return rule.outcome(envelope)
    return Unknown(f"HTTP {answer.status}, {envelope.error_type}: {envelope.words}")
