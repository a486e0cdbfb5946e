"""What each answer to an order call means: the table of outcomes, row by row, and Unknown for all else."""

import gzip

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.kite.answers import Answer, Lost, NotSent, NotSentReason, WireResult
from app.adapters.kite.outcomes import outcome_of
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

ORDER_ID = "1953341975595868160"
TIMED_OUT = "Order request timed out. Please check the order book and confirm before placing again."
NO_FUNDS = "Insufficient funds. Required margin is 228365.92 but available margin is 228358.50."


def answered(status: int, body: object, content_type: str = "application/json") -> Answer:
    return Answer(status=status, content_type=content_type, body=msgspec.json.encode(body))


def refused(status: int, error_type: str | None, message: str | None = "No.") -> Answer:
    return answered(status, {"status": "error", "message": message, "error_type": error_type, "data": None})


def accepted(data: object, status: int = 200) -> Answer:
    return answered(status, {"status": "success", "data": data})


TABLE: list[tuple[WireResult, type[Outcome]]] = [
    (accepted({"order_id": ORDER_ID}), Accepted),
    (accepted({"order_id": int(ORDER_ID)}), Accepted),
    # Success that does not say which order.
    (accepted({}), Unknown),
    (accepted({"order_id": ""}), Unknown),
    (accepted({"order_id": None}), Unknown),
    (accepted({"order_id": True}), Unknown),
    (accepted([{"order_id": ORDER_ID}]), Unknown),
    (accepted(None), Unknown),
    (accepted({"order_id": ORDER_ID}, status=202), Unknown),
    # Final refusals.
    (refused(400, "InputException", "Missing or empty field `product`"), Rejected),
    (refused(400, "MarginException", NO_FUNDS), Rejected),
    (refused(400, "MarginException", NO_FUNDS + " Check the orderbook for open orders."), Rejected),
    (refused(400, "HoldingException"), Rejected),
    (refused(400, "OrderException", "Couldn't find that `order_id`."), Rejected),
    (refused(400, "NetworkException", "Maximum allowed order modifications exceeded."), Rejected),
    (refused(429, "NetworkException", "Maximum allowed order modifications exceeded."), Rejected),
    # A 400 that is no refusal.
    (refused(400, "OrderException", TIMED_OUT), Unknown),
    (refused(400, "InputException", TIMED_OUT), Unknown),
    (refused(400, "OrderException", "The exchange is busy, please TRY AGAIN"), Unknown),
    (
        refused(400, "OrderException", "Order cannot be modified as it is being processed. Try later."),
        Unknown,
    ),
    (refused(400, "OrderException", "Request time out"), Unknown),
    (refused(400, "MarginException", "Margin check timed-out"), Unknown),
    (refused(400, "GeneralException"), Unknown),
    (refused(400, "UserException"), Unknown),
    (refused(400, "BrandNewException"), Unknown),
    (refused(400, None), Unknown),
    (refused(400, "TokenException"), Unknown),
    # The session, and what may not be.
    (refused(403, "TokenException", "Incorrect `api_key` or `access_token`."), SessionExpired),
    (refused(403, "PermissionException"), NotPermitted),
    (refused(400, "PermissionException"), NotPermitted),
    (refused(403, "InputException"), Unknown),
    *(
        (refused(status, error_type, message), NotPermitted)
        for status in (400, 403)
        for error_type in ("PermissionException", "InputException", "OrderException", "TokenException", None)
        for message in (
            "No IPs configured for this app. Add allowed IPs on the Kite developer console.",
            "IP (2001:db8::1) is not allowed to place orders for this app. Update it and try again.",
        )
    ),
    # Too many: Kite's gate, or somebody else's.
    (refused(429, "NetworkException", "Too many requests"), NeverSent),
    (refused(429, None, None), NeverSent),
    (Answer(status=429, content_type="text/html", body=b"<html>slow down</html>"), Unknown),
    (Answer(status=429, content_type="application/json", body=b"slow down"), Unknown),
    (answered(429, {"detail": "slow down"}), Unknown),
    # Anything else.
    *((refused(status, "OrderException"), Unknown) for status in (404, 405, 410, 428, 500, 502, 503, 504)),
    (refused(502, "NetworkException", "Request failed (kitetrade-oms)"), Unknown),
    (refused(200, "InputException"), Unknown),
    (refused(500, "InputException", "No IPs configured"), Unknown),
    (Answer(status=200, content_type="text/html", body=b"<html>Welcome to the hotel's wifi</html>"), Unknown),
    (answered(200, {"status": "success", "data": {"order_id": "1"}}, "text/html"), Unknown),
    (Answer(status=302), Unknown),
    (Answer(status=200, content_type="application/json", body=b""), Unknown),
    (Answer(status=200, content_type="application/json", body=b'{"status":"succ'), Unknown),
    (
        Answer(status=200, content_type="application/json", body=b'{"status":"success","data":"\xff"}'),
        Unknown,
    ),
    (Answer(status=200, content_type="application/json", body=b"[" * 100_000), Unknown),
    (
        Answer(
            status=200,
            content_type="application/json",
            body=b'{"status":"success","data":' + b"[" * 100_000,
        ),
        Unknown,
    ),
    (
        Answer(
            status=200,
            content_type="application/json",
            content_encoding="gzip",
            body=gzip.compress(b" " * 10_000_000),
        ),
        Unknown,
    ),
    # The wire itself.
    (Lost("Sent, but 7 s passed before an answer came."), Unknown),
    *((NotSent(reason, "Not sent."), NeverSent) for reason in NotSentReason),
]


@pytest.mark.parametrize(("result", "outcome"), TABLE, ids=lambda case: str(case)[:90])
def test_each_row_of_the_table(result: WireResult, outcome: type[Outcome]) -> None:
    got = outcome_of(result)
    assert type(got) is outcome, got


def test_an_order_id_is_text_with_all_its_digits() -> None:
    assert outcome_of(accepted({"order_id": int(ORDER_ID)})) == Accepted(OrderId(ORDER_ID))


@pytest.mark.parametrize(
    "order_id",
    ["<b>1</b>", "1 2", "1\r\nX: y", "../1", "9" * 200, "", " ", "\u0661", None, True, 1.5, ["1"], {}],
)
def test_what_is_no_order_id_accepts_nothing(order_id: object) -> None:
    assert isinstance(outcome_of(accepted({"order_id": order_id})), Unknown)


def test_kites_words_are_shown_on_one_line_and_cut() -> None:
    got = outcome_of(refused(400, "InputException", "no\r\n\x1b[2J" + "x" * 10_000))
    assert isinstance(got, Rejected)
    assert got.message.isprintable()
    assert len(got.message) <= 500


def test_a_rejection_has_kites_own_words_and_kind() -> None:
    assert outcome_of(refused(400, "MarginException", NO_FUNDS)) == Rejected(NO_FUNDS, "MarginException")


def test_an_address_refusal_says_what_to_do() -> None:
    got = outcome_of(refused(403, "PermissionException", "No IPs configured for this app."))
    assert isinstance(got, NotPermitted)
    assert "Nothing was placed" in got.message
    assert "developer console" in got.message


def test_only_the_stop_is_a_stop() -> None:
    stopped = [
        reason
        for reason in NotSentReason
        if isinstance(got := outcome_of(NotSent(reason, "Not sent.")), NeverSent) and got.is_stopped
    ]
    assert stopped == [NotSentReason.STOPPED]


def test_a_page_of_a_proxy_is_not_quoted() -> None:
    got = outcome_of(Answer(status=502, content_type="text/html", body=b"<html>token k:t</html>"))
    assert isinstance(got, Unknown)
    assert "token" not in got.message


@given(
    status=st.integers(100, 599),
    content_type=st.sampled_from(["application/json", "application/json; charset=utf-8", "text/html", ""]),
    encoding=st.sampled_from(["", "gzip", "br"]),
    body=st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["status", "data", "message", "error_type", "order_id"]), inner)
        ),
        max_leaves=8,
    ).map(msgspec.json.encode),
)
def test_whatever_comes_has_an_outcome_and_nothing_else_permits_a_resend(
    status: int, content_type: str, encoding: str, body: bytes
) -> None:
    got = outcome_of(Answer(status=status, content_type=content_type, content_encoding=encoding, body=body))
    if isinstance(got, NeverSent):
        assert status == 429
    if isinstance(got, Accepted):
        assert status == 200
    if isinstance(got, Rejected):
        assert status in {400, 429}
