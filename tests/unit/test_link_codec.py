"""The lines of the link: what is written is read again, and what is not ours is refused."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.accounts import CopyMode
from app.domain.copies import CopyState
from app.domain.ids import AccountId, CopyId, OrderId
from app.engine.link_codec import (
    AnswerLine,
    BeatLine,
    DeltaLine,
    HelloLine,
    LineSplitter,
    LineUp,
    MalformedLineError,
    PreviewLine,
    SnapshotLine,
    decode_command,
    decode_hello,
    decode_up,
    encode,
    encode_command,
)
from app.engine.service import (
    Answer,
    Asked,
    CancelCopies,
    CopyOrders,
    LookNow,
    PreviewCopies,
    PreviewRetries,
    Result,
    ResumeCopying,
    RetryCopies,
    SetMode,
    SkipCopies,
    SquareOff,
    StopCopying,
    Ticked,
)
from tests.builders import shown_rows as rows


def _named(name: str, command: bytes) -> bytes:
    return b'{"type":"command","request":1,"name":"%b","command":%b}' % (name.encode(), command)


COMMANDS: list[Asked] = [
    CopyOrders(
        command_id="c1", by="op", orders=(OrderId("1234567890123456789"),), accounts=(AccountId("A"),)
    ),
    RetryCopies(
        command_id="c2", by="op", copies=(Ticked(copy_id=CopyId("1:A"), seen_state=CopyState.FAILED),)
    ),
    SkipCopies(command_id="c7", by="op", orders=(OrderId("1"),), accounts=(AccountId("A"),)),
    CancelCopies(command_id="c8", by="op", count=2, copies=(CopyId("1:A"),)),
    SquareOff(command_id="c9", by="op", accounts=(AccountId("A"),), count=1, instruments=("NSE:INFY",)),
    SetMode(command_id="c3", by="op", mode=CopyMode.MANUAL),
    StopCopying(command_id="c4", by="op"),
    ResumeCopying(command_id="c5", by="op"),
    LookNow(command_id="c6", by="op", accounts=(AccountId("A"),)),
    PreviewCopies(orders=(OrderId("1234567890123456789"),), accounts=(AccountId("A"),)),
    PreviewRetries(copies=(CopyId("1:A"),)),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: type(c).__name__)
def test_a_command_is_read_as_it_was_written(command: Asked) -> None:
    line = encode_command(7, command)
    assert line.endswith(b"\n")
    assert decode_command(line.rstrip()) == (7, command)


@pytest.mark.parametrize(
    "line",
    [
        SnapshotLine(
            snapshot=rows.snapshot(5, orders={"100": rows.order()}, copies={"100:AB1234": rows.copy()})
        ),
        DeltaLine(delta=rows.delta(6, status=rows.status(), alerts=[rows.alert()])),
        AnswerLine(
            request=1,
            answer=Answer(
                command_id="c",
                accepted=True,
                message="m",
                results=(Result(key="k", accepted=False, message="n"),),
            ),
        ),
        PreviewLine(request=2, preview=rows.a_preview()),
        BeatLine(),
    ],
    ids=lambda line: type(line).__name__,
)
def test_a_line_of_the_engine_is_read_as_it_was_written(line: LineUp) -> None:
    assert decode_up(encode(line)) == line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"", "no command"),
        (b"nonsense", "no command"),
        (b"\xff\xfe", "no command"),
        (b"[]", "no command"),
        (b'{"type":"hello","secret":"x"}', "no command"),
        (b'{"type":"command","request":"1","name":"stop_copying","command":{}}', "no command"),
        (b'{"type":"command","request":1,"name":"stop_copying","command":{},"more":1}', "no command"),
        (
            b'{"type":"command","request":1,"name":"sell_all","command":{"command_id":"c9"}}',
            "no command 'sell_all'",
        ),
        (b'{"type":"command","request":1,"name":"set_mode","command":{"command_id":"c9"}}', "set_mode"),
        (_named("set_mode", b'{"command_id":"c9","by":"op","mode":"fast"}'), "set_mode"),
        (_named("copy_orders", b'{"command_id":"c9","by":"op","orders":[12]}'), "copy_orders"),
        (
            b'{"type":"command","request":1,"name":"stop_copying","command":{"command_id":"","by":"o"}}',
            "empty",
        ),
        (b'{"type":"command","request":1,"name":"stop_copying","command":[1]}', "stop_copying"),
        (b"[" * 100_000, "no command"),
    ],
)
def test_what_is_no_command_is_refused_in_words(line: bytes, said: str) -> None:
    with pytest.raises(MalformedLineError, match=said):
        decode_command(line)


def test_a_refusal_knows_whose_command_it_refuses() -> None:
    line = b'{"type":"command","request":3,"name":"set_mode","command":{"command_id":"c9","by":1}}'
    with pytest.raises(MalformedLineError) as refused:
        decode_command(line)
    assert (refused.value.request, refused.value.command_id) == (3, "c9")


def test_deep_nesting_inside_a_command_is_refused() -> None:
    body = b'{"command_id":"c9","by":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    line = b'{"type":"command","request":3,"name":"stop_copying","command":' + body + b"}"
    with pytest.raises(MalformedLineError):
        decode_command(line)


@pytest.mark.parametrize("line", [b"", b"{}", b'{"type":"hello"}', b'{"type":"hello","secret":1}', b"\xff"])
def test_what_is_no_greeting_is_refused(line: bytes) -> None:
    with pytest.raises(MalformedLineError):
        decode_hello(line)


def test_a_greeting_does_not_show_its_secret() -> None:
    hello = HelloLine(secret="canary")
    assert "canary" not in repr(hello)
    assert decode_hello(encode(hello)) == hello


def test_an_unreadable_line_of_the_engine_is_refused() -> None:
    with pytest.raises(MalformedLineError):
        decode_up(b'{"type":"delta","delta":{"seq":"1"}}')


@given(st.lists(st.binary(max_size=20).filter(lambda b: b"\n" not in b), max_size=8), st.data())
def test_lines_come_out_whole_however_they_are_cut(lines: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    splitter, got = LineSplitter(longest=20), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        got += splitter.feed(stream[start:end])
    assert got == lines


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    splitter = LineSplitter(longest=10)
    splitter.feed(b"12345")
    with pytest.raises(MalformedLineError):
        splitter.feed(b"678901")


def test_a_row_the_engine_got_wrong_does_not_pass() -> None:
    bad = rows.snapshot()
    bad["status"]["is_stopped"] = "no"  # type: ignore[typeddict-item]  # on purpose
    with pytest.raises(MalformedLineError):
        decode_up(msgspec.json.encode(SnapshotLine(snapshot=bad)))
