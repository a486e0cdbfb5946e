"""What a request can come to on the wire: an answer, proof that it never left, or neither."""

import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import lru_cache

_GZIP_WINDOW = 31  # zlib's way to ask for a gzip header and the largest window
_YEARS = range(2020, 2100)
"""A Date header outside of them is a broken clock's or a proxy's; calendars may not even reach there."""


class NotSentReason(StrEnum):
    """Why not one byte of a request left. Each is proof that the broker never took it."""

    STOPPED = "stopped"
    """`may_send` said no, with the connection at hand."""
    NO_SUCH_HOST = "no such host"
    REFUSED = "connection refused"
    CONNECT_TIMEOUT = "connect timeout"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate refused"
    HANDSHAKE = "TLS handshake failed"
    PROXY = "proxy refused"
    CLOSED = "closed by us"


@dataclass(frozen=True, slots=True)
class NotSent:
    """No byte of the request was written."""

    reason: NotSentReason
    message: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The request was written, wholly or in part, and no whole answer came back."""

    message: str


class UnreadableBodyError(Exception):
    """A body that is too large unpacked, broken off, or packed in a way nobody asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One whole HTTP answer, its body still as it came over the wire."""

    status: int
    content_type: str = ""
    content_encoding: str = ""
    date: str = ""
    body: bytes = field(default=b"", repr=False)

    @property
    def is_json(self) -> bool:
        """True where the answer says it is JSON, as each of Kite's own is; a proxy's page is not."""
        return "json" in self.content_type.lower()

    @property
    def broker_time(self) -> datetime | None:
        """The broker's own clock, from the Date header; None where there is none that makes sense."""
        return _moment(self.date)

    def content(self, max_bytes: int) -> bytes:
        """Return the body unpacked; UnreadableBodyError above `max_bytes`, so a gzip bomb costs nothing."""
        match self.content_encoding.strip().lower():
            case "" | "identity":
                content = self.body
            case "gzip" | "x-gzip":
                content = _gunzip(self.body, max_bytes)
            case other:
                raise UnreadableBodyError(f"it is packed as {other!r}, which was not asked for")
        if len(content) > max_bytes:
            raise UnreadableBodyError(f"it is larger than {max_bytes} bytes")
        return content


WireResult = Answer | NotSent | Lost


@lru_cache(maxsize=64)
def _moment(date: str) -> datetime | None:
    """Read a Date header; all answers of one second have the same."""
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    if moment.year not in _YEARS:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _gunzip(packed: bytes, max_bytes: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    try:
        content = unpacker.decompress(packed, max_bytes + 1)
    except zlib.error:
        raise UnreadableBodyError("its gzip is broken") from None
    if len(content) > max_bytes:
        raise UnreadableBodyError(f"it is larger than {max_bytes} bytes unpacked")
    if not unpacker.eof or unpacker.unused_data:
        raise UnreadableBodyError("its gzip breaks off or has something behind it")
    return content
