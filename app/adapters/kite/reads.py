"""What a read was answered: the data in Kite's envelope, or why there is none."""

import asyncio
from dataclasses import replace

import msgspec

from app.adapters.kite.answers import Answer, UnreadableBodyError, WireResult
from app.adapters.kite.envelope import Envelope, read_envelope
from app.adapters.kite.wire import MAX_READ_ANSWER_BYTES
from app.ports.broker import BrokerUnavailableError, SessionExpiredError

LONG_BODY_BYTES = 32 * 1024
"""Packed ones of this size take milliseconds to unpack, and a bomb a hundred times that."""


def answered(result: WireResult, where: str) -> Answer:
    """Return the answer, whatever it says; BrokerUnavailableError, beginning with `where`, without one."""
    if not isinstance(result, Answer):
        raise BrokerUnavailableError(f"{where} {result.message}")
    return result


async def data_of(answer: Answer, where: str) -> msgspec.Raw:
    """Return the data of a good answer, not yet decoded.

    SessionExpiredError where the token is dead, BrokerUnavailableError for every other answer; both
    begin with `where`.
    """
    envelope = await _unpacked(answer)
    if envelope is None:
        raise BrokerUnavailableError(f"{where} HTTP {answer.status} came without an answer of Kite's.")
    if answer.status == 403 and envelope.error_type == "TokenException":
        raise SessionExpiredError(f"{where} {envelope.words} Log this account in again.")
    if answer.status != 200 or envelope.status != "success":
        raise BrokerUnavailableError(f"{where} HTTP {answer.status}: {envelope.words}")
    return envelope.data


async def _unpacked(answer: Answer) -> Envelope | None:
    """Read the envelope; a long packed answer is unpacked beside the loop, where no order waits for it."""
    if len(answer.body) < LONG_BODY_BYTES or not answer.content_encoding:
        return read_envelope(answer, MAX_READ_ANSWER_BYTES)
    try:
        content = await asyncio.to_thread(answer.content, MAX_READ_ANSWER_BYTES)
    except UnreadableBodyError:
        return None
    return read_envelope(replace(answer, body=content, content_encoding=""), MAX_READ_ANSWER_BYTES)
