"""Bugs in what an answer, or none, is taken to prove (rule 4)."""

from collections.abc import Iterable
from typing import Any
from unittest.mock import patch

from app.adapters.kite import broker, outcomes
from app.adapters.kite.answers import Answer, Lost
from app.adapters.kite.wire import Wire
from app.domain.copies import AT_BROKER, MOVES, CopyState
from app.engine import answering
from app.engine.lane import Lane
from app.ports.broker import NeverSent, Rejected, Unknown
from tests.simulation.planted.registry import Patch, bug, instead, plant
from tests.simulation.planted.stages import (
    ANSWERS_LOST,
    DEAD_TOKENS,
    GATEWAY,
    LOST_ANSWERS,
    OFTEN_TOO_MANY,
    REDIRECTED,
)


@plant(answering, "_result_of", 4, stage=LOST_ANSWERS)
def blind_retry(original: Any, outcome: Any) -> Any:
    """A lost answer counts as never sent."""
    return original(NeverSent(outcome.message) if isinstance(outcome, Unknown) else outcome)


@plant(answering, "_result_of", 4, stage=LOST_ANSWERS)
def unknown_is_refused(original: Any, outcome: Any) -> Any:
    """A lost answer counts as a refusal."""
    return original(Rejected(outcome.message, "") if isinstance(outcome, Unknown) else outcome)


@bug(4, stage=ANSWERS_LOST, alone="I13")
def refused_until_found() -> Iterable[Patch]:
    """A lost answer counts as a refusal, which is taken back when the order turns up."""
    return [
        instead(answering, "_result_of", unknown_is_refused),
        patch.dict(MOVES, {CopyState.REJECTED: AT_BROKER}),
    ]


@plant(broker, "outcome_of", 4, stage=LOST_ANSWERS)
def http_400_is_final(original: Any, result: Any) -> Any:
    """HTTP 400 is always a refusal."""
    if getattr(result, "status", None) == 400:
        return Rejected("refused", "OrderException")
    return original(result)


@plant(broker, "outcome_of", 4, stage=LOST_ANSWERS)
def server_error_is_proof(original: Any, result: Any) -> Any:
    """A 5xx says that the order was not taken."""
    if isinstance(result, Answer) and result.status >= 500:
        return NeverSent(f"HTTP {result.status}")
    return original(result)


@plant(broker, "outcome_of", 4, stage=LOST_ANSWERS)
def lost_connection_is_proof(original: Any, result: Any) -> Any:
    """A connection that breaks, or an answer that stays away, says that nothing was sent."""
    return NeverSent(result.message) if isinstance(result, Lost) else original(result)


@plant(outcomes, "_outcome_of_answer", 4, stage=GATEWAY)
def gateway_page_is_proof(original: Any, answer: Answer) -> Any:
    """Any 429 is Kite's, a gateway's page too."""
    return NeverSent("Too many requests.") if answer.status == 429 else original(answer)


@plant(answering, "_block_if_refused", 4, stage=DEAD_TOKENS, alone="I14")
def dead_token_does_not_block(original: Any, *_: Any) -> None:
    """A refused token stops nothing."""


@plant(Lane, "has_looked_since", 4, 5, stage=OFTEN_TOO_MANY, alone="look")
def no_look_before_resend(original: Any, _lane: Lane, _moment_s: float) -> bool:
    """Nothing waits for a look."""
    return True


@plant(Wire, "ask", 4, stage=REDIRECTED)
async def redirect_is_followed(original: Any, wire: Wire, *request: Any) -> Any:
    """A redirect is followed, as most HTTP clients do by themselves."""
    result = await original(wire, *request)
    is_elsewhere = isinstance(result, Answer) and 300 <= result.status < 400
    return await original(wire, *request) if is_elsewhere else result
