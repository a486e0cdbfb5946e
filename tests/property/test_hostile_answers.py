"""Valid answers of Kite, damaged at random: nothing raises, and nothing counts without its proof."""

import asyncio
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.adapters.kite.answers import Answer
from app.adapters.kite.envelope import BROKEN_JSON, read_envelope
from app.adapters.kite.order_lists import ReadRows, read_rows
from app.adapters.kite.outcomes import FINAL_REFUSALS, outcome_of
from app.domain.ids import AccountId, our_tags_in
from app.ports.broker import Accepted, NeverSent, NotPermitted, Rejected, SessionExpired
from tests.unit.kite.test_mapping import ROW

ME = AccountId("PA0002")
TYPES = [*sorted(FINAL_REFUSALS), "TokenException", "NetworkException", "GeneralException"]
_odd: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -1,
        7.5,
        10**18,
        10**30,
        1e308,
        "",
        " ",
        "NaN",
        "1e400",
        "\x00",
        "<b>",
        [],
        {},
        [[None]],
    ]
)
_odd_values = _odd | st.text(max_size=6) | st.integers() | st.lists(_odd, max_size=2)


@st.composite
def damaged(draw: st.DrawFn, whole: Any) -> Any:
    """Drop, retype, nest or replace something anywhere in a JSON value."""
    if isinstance(whole, dict) and whole and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(whole)))
        rest = {key: value for key, value in whole.items() if key != name}
        return rest if draw(st.booleans()) else {**rest, name: draw(damaged(whole[name]))}
    if isinstance(whole, list) and whole and draw(st.booleans()):
        place = draw(st.integers(0, len(whole) - 1))
        return [*whole[:place], draw(damaged(whole[place])), *whole[place:]]
    return draw(st.sampled_from([[whole], {"data": whole}, str(whole)]) | _odd_values)


@st.composite
def bytes_of(draw: st.DrawFn, whole: Any) -> bytes:
    """Write a damaged value as JSON, and perhaps cut it off or flip some of its bytes."""
    for _ in range(draw(st.integers(0, 3))):
        whole = draw(damaged(whole))
    body = bytearray(json.dumps(whole, ensure_ascii=False).encode("utf-8", errors="surrogatepass"))
    for _ in range(draw(st.integers(0, 3))):
        if body:
            body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    return bytes(body[: draw(st.integers(0, len(body)) | st.just(len(body)))])


def answered(body: bytes, status: int = 200) -> Answer:
    return Answer(status=status, content_type="application/json", body=body)


def list_of(body: bytes) -> ReadRows | None:
    envelope = read_envelope(answered(body), 10**6)
    if envelope is None:
        return None
    try:
        return asyncio.run(read_rows(envelope.data, ME, {}))
    except BROKEN_JSON:
        return None


@given(
    body=bytes_of({"status": "success", "data": [ROW, {**ROW, "order_id": "2", "tag": None, "tags": None}]})
)
def test_a_damaged_order_list_is_read_told_or_refused_and_never_raises(body: bytes) -> None:
    read = list_of(body)
    if read is None:
        return
    for order in read.orders.values():
        assert order.order_id
        assert 0 <= order.filled_quantity <= order.quantity <= 10**15
        assert order.price.is_finite()
        assert order.status.isprintable()
        assert order.seniority
    assert all(row.text.isprintable() for row in read.unreadable)


@given(row=bytes_of(ROW))
def test_our_tag_is_never_lost_with_the_row_that_carries_it(row: bytes) -> None:
    """Where its characters are whole, a row is either an order or leaves its tag behind."""
    read = list_of(b'{"status":"success","data":[%s]}' % row)
    if read is not None and not read.orders:
        traces = {tag for left in read.unreadable for tag in left.our_tags}
        assert traces == set(our_tags_in(row.decode("utf-8", errors="replace")))


@given(
    body=st.one_of(
        bytes_of({"status": "success", "data": {"order_id": "1953341975595868160"}}),
        st.sampled_from(TYPES).flatmap(
            lambda kind: bytes_of({"status": "error", "message": "No.", "error_type": kind, "data": None})
        ),
    ),
    status=st.sampled_from([200, 201, 204, 302, 400, 403, 429, 500, 502, 503]),
)
def test_a_damaged_answer_settles_nothing_without_the_proof_that_the_protocol_wants(
    body: bytes, status: int
) -> None:
    got = outcome_of(answered(body, status))
    if not isinstance(got, Accepted | Rejected | NeverSent | SessionExpired | NotPermitted):
        return
    said = json.loads(body)
    assert isinstance(said, dict)
    match got:
        case Accepted(order_id=order_id):
            assert (status, said["status"], str(said["data"]["order_id"]).strip()) == (
                200,
                "success",
                order_id,
            )
            assert order_id.isalnum() or set(order_id) & set("_-")
        case Rejected():
            assert (status, said["status"], said["error_type"] in FINAL_REFUSALS) == (400, "error", True)
        case NeverSent():
            assert (status, said["status"]) == (429, "error")
        case SessionExpired():
            assert (status, said["status"], said["error_type"]) == (403, "error", "TokenException")
        case NotPermitted():
            raise AssertionError("Nothing here says so.")
