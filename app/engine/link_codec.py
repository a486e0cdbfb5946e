"""The lines engine and web exchange over the link: one JSON object each, told apart by `type`."""

import msgspec

from app.engine.preview_rows import PreviewRow
from app.engine.rows import Delta, Snapshot
from app.engine.service import (
    Answer,
    AnyQuery,
    Asked,
    CancelCopies,
    CopyOrders,
    LookNow,
    PreviewCopies,
    PreviewRetries,
    ResumeCopying,
    RetryCopies,
    SetMode,
    SkipCopies,
    SquareOff,
    StopCopying,
)

LONGEST_LINE_DOWN = 1 << 20
"""Bytes of a command: many thousand order ids."""
LONGEST_LINE_UP = 256 << 20
"""Bytes of a snapshot: more than a day of orders for a hundred accounts."""

_ASKED: dict[str, type[Asked]] = {
    "copy_orders": CopyOrders,
    "retry_copies": RetryCopies,
    "skip_copies": SkipCopies,
    "cancel_copies": CancelCopies,
    "square_off": SquareOff,
    "set_mode": SetMode,
    "stop_copying": StopCopying,
    "resume_copying": ResumeCopying,
    "look_now": LookNow,
    "preview_copies": PreviewCopies,
    "preview_retries": PreviewRetries,
}
_NAMES = {kind: name for name, kind in _ASKED.items()}


class MalformedLineError(Exception):
    """A line is none of ours. `request` and `command_id` are set as far as they could be read."""

    def __init__(self, message: str, *, request: int = 0, command_id: str = "") -> None:
        super().__init__(message)
        self.request = request
        self.command_id = command_id


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    pass


class HelloLine(_Line, frozen=True, tag="hello"):
    """The first line down: the secret of this start."""

    secret: str

    def __repr__(self) -> str:
        return "HelloLine(secret=…)"


class CommandLine(_Line, frozen=True, tag="command"):
    """A command or a question. `request` numbers those of one connection, so that no answer is mistaken."""

    request: int
    name: str
    command: msgspec.Raw


class SnapshotLine(_Line, frozen=True, tag="snapshot"):
    """The whole state: the first line up."""

    snapshot: Snapshot


class DeltaLine(_Line, frozen=True, tag="delta"):
    """What changed since the line before."""

    delta: Delta


class AnswerLine(_Line, frozen=True, tag="answer"):
    """The engine's answer to a command."""

    request: int
    answer: Answer


class PreviewLine(_Line, frozen=True, tag="preview"):
    """The engine's answer to a question."""

    request: int
    preview: PreviewRow


class FaultLine(_Line, frozen=True, tag="fault"):
    """The engine failed while carrying out a command: what became of it is not known."""

    request: int
    message: str


class BeatLine(_Line, frozen=True, tag="beat"):
    """The engine lives but has nothing to tell."""


LineUp = SnapshotLine | DeltaLine | AnswerLine | PreviewLine | FaultLine | BeatLine

_encoder = msgspec.json.Encoder()
_hello = msgspec.json.Decoder(HelloLine)
_command = msgspec.json.Decoder(CommandLine)
_up: msgspec.json.Decoder[LineUp] = msgspec.json.Decoder(LineUp)


def encode(line: HelloLine | LineUp) -> bytes:
    """Write a line, with its line end."""
    return _encoder.encode(line) + b"\n"


def encode_command(request: int, asked: Asked) -> bytes:
    """Write a command's or a question's line, with its line end."""
    body = msgspec.Raw(_encoder.encode(asked))
    return _encoder.encode(CommandLine(request=request, name=_NAMES[type(asked)], command=body)) + b"\n"


def decode_hello(line: bytes) -> HelloLine:
    """Read the first line down; MalformedLineError for anything else."""
    try:
        return _hello.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise MalformedLineError(f"This is no greeting: {e}.") from e


def decode_command(line: bytes) -> tuple[int, Asked]:
    """Read a command or question and the number of its request; MalformedLineError says what is wrong."""
    try:
        envelope = _command.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as e:
        raise MalformedLineError(f"This line is no command: {e}.") from e
    request, command_id = envelope.request, _command_id(envelope.command)
    kind = _ASKED.get(envelope.name)
    if kind is None:
        known = ", ".join(_ASKED)
        raise MalformedLineError(
            f"There is no command {envelope.name!r}; there are {known}.",
            request=request,
            command_id=command_id,
        )
    try:
        asked: Asked = msgspec.json.decode(envelope.command, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as e:
        raise MalformedLineError(f"{envelope.name}: {e}.", request=request, command_id=command_id) from e
    if not isinstance(asked, AnyQuery) and not asked.command_id:
        raise MalformedLineError(f"{envelope.name}: the command id is empty.", request=request)
    return request, asked


def decode_up(line: bytes) -> LineUp:
    """Read a line of the engine; MalformedLineError for anything else."""
    try:
        return _up.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise MalformedLineError(f"The engine sent a line that cannot be read: {e}.") from e


def _command_id(body: msgspec.Raw) -> str:
    try:
        found = msgspec.json.decode(body, type=dict[str, object]).get("command_id")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""


class LineSplitter:
    """Cut a stream of bytes into lines. `feed` raises MalformedLineError for a line above the limit."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._parts: list[bytes] = []
        self._length = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes and return the lines that they complete, without their ends."""
        first, *rest = chunk.split(b"\n")
        self._keep(first)
        lines = []
        for piece in rest:
            lines.append(b"".join(self._parts))
            self._parts, self._length = [], 0
            self._keep(piece)
        return lines

    def _keep(self, piece: bytes) -> None:
        self._length += len(piece)
        if self._length > self._longest:
            raise MalformedLineError(f"A line is longer than {self._longest} bytes.")
        self._parts.append(piece)
