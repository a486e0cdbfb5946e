"""Kite's JSON envelope around every answer (Kite docs, response structure)."""

import re
from typing import Any

import msgspec

from app.adapters.kite.answers import Answer, UnreadableBodyError

BROKEN_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""Every way in which msgspec says that bytes are not the JSON they were taken for."""
_MAX_MESSAGE_CHARS = 500
_ORDER_ID = re.compile(r"[0-9A-Za-z_-]{1,40}")


class Envelope(msgspec.Struct, frozen=True):
    """What Kite wraps each answer in: data on success, error_type and message on refusal."""

    status: str
    data: msgspec.Raw = msgspec.Raw(b"null")
    message: str | None = None
    error_type: str | None = None

    @property
    def words(self) -> str:
        """Kite's own sentence, on one line and of a length that can be shown."""
        return printable(self.message or "(no message)", _MAX_MESSAGE_CHARS)


_decode_envelope = msgspec.json.Decoder(Envelope).decode
_decode_data = msgspec.json.Decoder(Any).decode


def read_envelope(answer: Answer, max_bytes: int) -> Envelope | None:
    """Return the envelope of an answer, or None where it has none: a proxy's page, broken JSON, a bomb."""
    if not answer.is_json:
        return None
    try:
        return _decode_envelope(answer.content(max_bytes))
    except (*BROKEN_JSON, UnreadableBodyError):
        return None


def order_id_of(envelope: Envelope) -> str | None:
    """Return the order number an order call was answered with, always as text, or None without a real one."""
    try:
        data = _decode_data(envelope.data)
    except BROKEN_JSON:
        return None
    found = data.get("order_id") if isinstance(data, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    text = str(found).strip()
    return text if is_order_id(text) else None


def is_order_id(text: str) -> bool:
    """Tell whether a text can be an order number: up to 40 letters and digits (Kite: 15 or 19 digits).

    What cannot is never taken for one: it would name no order, or travel in the path of a request.
    """
    return _ORDER_ID.fullmatch(text) is not None


def printable(text: str, max_chars: int) -> str:
    """Return a broker's text cut to a length, each run of what does not print as one space."""
    text = text[:max_chars]
    return (
        text if text.isprintable() else " ".join("".join(c if c.isprintable() else " " for c in text).split())
    )
