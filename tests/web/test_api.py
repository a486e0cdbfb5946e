"""The JSON API: what reaches the engine, and what an answer, a refusal or a lost link looks like."""

from collections.abc import Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts import CopyMode
from app.domain.copies import CopyState
from app.domain.ids import AccountId, CopyId, OrderId
from app.engine.service import (
    Answer,
    AnyCommand,
    CancelCopies,
    CopyOrders,
    LookNow,
    Result,
    ResumeCopying,
    RetryCopies,
    SetMode,
    SkipCopies,
    SquareOff,
    StopCopying,
    Ticked,
)
from app.web.engine_service import OutcomeUnknownError
from tests.builders import shown_rows as rows
from tests.web.conftest import BASE, Site

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
RETRY = {"copy_id": "100:AB1234", "seen_state": "FAILED"}


def copying(orders: list[str], accounts: Sequence[str] = ()) -> CopyOrders:
    return CopyOrders(
        command_id=ID,
        by="operator",
        orders=tuple(map(OrderId, orders)),
        accounts=tuple(map(AccountId, accounts)),
    )


def post(operator: FlaskClient, path: str, body: object) -> TestResponse:
    return operator.post(f"/api/v1/{path}", base_url=BASE, json=body)


def refusal(response: TestResponse) -> dict[str, Any]:
    """Return the problem, having checked that it has all its parts."""
    problem = response.json
    assert isinstance(problem, dict)
    assert set(problem) == {"error", "message", "not_done", "request_id", "command_id", "results"}
    assert problem["message"]
    assert problem["not_done"]
    assert problem["request_id"] == response.headers["X-Request-Id"]
    return problem


@pytest.mark.parametrize(
    ("path", "body", "command"),
    [
        ("copies", {"orders": ["100", "101"]}, copying(["100", "101"])),
        ("copies", {"orders": ["100"], "accounts": ["AB1234"]}, copying(["100"], ["AB1234"])),
        (
            "retries",
            {"copies": [RETRY]},
            RetryCopies(
                command_id=ID,
                by="operator",
                copies=(Ticked(copy_id=CopyId("100:AB1234"), seen_state=CopyState.FAILED),),
            ),
        ),
        (
            "skips",
            {"orders": ["100"], "accounts": ["AB1234"]},
            SkipCopies(
                command_id=ID, by="operator", orders=(OrderId("100"),), accounts=(AccountId("AB1234"),)
            ),
        ),
        (
            "cancellations",
            {"count": 2, "copies": ["100:AB1234"]},
            CancelCopies(command_id=ID, by="operator", count=2, copies=(CopyId("100:AB1234"),)),
        ),
        ("cancellations", {"count": 1}, CancelCopies(command_id=ID, by="operator", count=1)),
        (
            "square-offs",
            {"accounts": ["AB1234"], "count": 2, "instruments": ["NSE:INFY"]},
            SquareOff(
                command_id=ID,
                by="operator",
                accounts=(AccountId("AB1234"),),
                count=2,
                instruments=("NSE:INFY",),
            ),
        ),
        ("mode", {"mode": "manual"}, SetMode(command_id=ID, by="operator", mode=CopyMode.MANUAL)),
        ("stop", {}, StopCopying(command_id=ID, by="operator")),
        ("resume", {}, ResumeCopying(command_id=ID, by="operator")),
        ("look", {}, LookNow(command_id=ID, by="operator")),
        (
            "look",
            {"accounts": ["AB1234"]},
            LookNow(command_id=ID, by="operator", accounts=(AccountId("AB1234"),)),
        ),
    ],
)
def test_a_command_reaches_the_engine_as_it_was_given(
    site: Site, operator: FlaskClient, path: str, body: dict[str, object], command: AnyCommand
) -> None:
    response = post(operator, path, {"command_id": ID, **body})
    assert response.status_code == 200
    assert response.json == {"command_id": ID, "accepted": True, "message": "Done.", "results": []}
    assert site.engine.commands == [command]


def test_each_item_has_its_own_result(site: Site, operator: FlaskClient) -> None:
    results = (
        Result(key="100", accepted=True, message="3 copies."),
        Result(key="101", accepted=False, message="Gone."),
    )
    site.engine.answer = lambda c: Answer(
        command_id=c.command_id, accepted=True, message="1 of 2.", results=results
    )
    body = post(operator, "copies", {"command_id": ID, "orders": ["100", "101"]}).json
    assert body is not None
    assert [result["accepted"] for result in body["results"]] == [True, False]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("copies", None),
        ("copies", []),
        ("copies", {}),
        ("copies", {"command_id": ID}),
        ("skips", {"command_id": ID, "orders": []}),
        ("cancellations", {"command_id": ID}),
        ("cancellations", {"command_id": ID, "count": 0}),
        ("square-offs", {"command_id": ID, "count": 1, "accounts": []}),
        ("square-offs", {"command_id": ID, "accounts": ["AB1234"]}),
        ("cancellations", {"command_id": ID, "count": 1, "copies": [""]}),
        ("copies", {"command_id": ID, "orders": []}),
        ("copies", {"command_id": ID, "orders": "100"}),
        ("copies", {"command_id": ID, "orders": [100]}),
        ("copies", {"command_id": ID, "orders": [""]}),
        ("copies", {"command_id": ID, "orders": ["100"], "surprise": 1}),
        ("copies", {"command_id": ID, "orders": ["100"] * 1001}),
        ("copies", {"command_id": "short", "orders": ["100"]}),
        ("copies", {"command_id": ID + "\n", "orders": ["100"]}),
        ("copies", {"command_id": 12345678, "orders": ["100"]}),
        ("copies", {"orders": ["100"]}),
        ("retries", {"command_id": ID, "copies": [{"copy_id": "100:AB1234"}]}),
        ("retries", {"command_id": ID, "copies": [RETRY | {"seen_state": "BROKEN"}]}),
        ("mode", {"command_id": ID, "mode": "AUTO"}),
        ("mode", {"command_id": ID, "mode": True}),
        ("stop", {"command_id": "x"}),
        ("look", {}),
        ("look", {"command_id": ID, "accounts": [1]}),
        ("stop", []),
    ],
)
def test_what_does_not_fit_is_refused_and_never_reaches_the_engine(
    site: Site, operator: FlaskClient, path: str, body: object
) -> None:
    response = post(operator, path, body)
    assert response.status_code == 400
    assert refusal(response)["error"] == "malformed"
    assert site.engine.commands == []


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff", b"NaN", b"[" * 100_000, b'{"command_id":"\xed\xa0\x80"}']
)
def test_what_is_no_json_is_refused(site: Site, operator: FlaskClient, raw: bytes) -> None:
    response = operator.post("/api/v1/copies", base_url=BASE, data=raw, content_type="application/json")
    assert response.status_code == 400
    refusal(response)
    assert site.engine.commands == []


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_only_json_is_read_for_it_alone_cannot_be_sent_from_elsewhere(
    operator: FlaskClient, kind: str
) -> None:
    body = b'{"command_id":"0f8fad5b","orders":["100"]}'
    response = operator.post("/api/v1/copies", base_url=BASE, data=body, content_type=kind)
    assert response.status_code == 400
    assert "JSON" in refusal(response)["message"]


@pytest.mark.parametrize("path", ["stop", "resume"])
@pytest.mark.parametrize("how", [{}, {"data": {}}, {"data": {"press": "1"}}, {"content_type": "text/plain"}])
def test_stopping_works_with_any_post(
    site: Site, operator: FlaskClient, path: str, how: dict[str, Any]
) -> None:
    response = operator.post(f"/api/v1/{path}", base_url=BASE, headers={"Accept": "application/json"}, **how)
    assert response.status_code == 200
    (command,) = site.engine.commands
    assert (response.json or {})["command_id"] == command.command_id
    assert len(command.command_id) == 32


def test_a_form_without_script_is_led_back_to_the_page(operator: FlaskClient) -> None:
    response = operator.post("/api/v1/stop", base_url=BASE, data={}, headers={"Accept": "text/html"})
    assert response.status_code == 200
    pressed = operator.post(
        "/api/v1/stop", base_url=BASE, data={"press": "1"}, headers={"Accept": "text/html"}
    )
    assert (pressed.status_code, pressed.location) == (303, "/")


def test_two_bare_stops_are_two_commands(site: Site, operator: FlaskClient) -> None:
    for _ in range(2):
        operator.post("/api/v1/stop", base_url=BASE)
    first, second = site.engine.commands
    assert first.command_id != second.command_id


def test_a_refusal_of_the_engine_is_409_with_its_reasons(site: Site, operator: FlaskClient) -> None:
    results = (Result(key="100:AB1234", accepted=False, message="It is in doubt."),)
    site.engine.answer = lambda c: Answer(
        command_id=c.command_id, accepted=False, message="No.", results=results
    )
    response = post(operator, "retries", {"command_id": ID, "copies": [RETRY]})
    problem = refusal(response)
    assert (response.status_code, problem["error"], problem["message"]) == (409, "refused", "No.")
    assert problem["not_done"] == "Nothing was done."
    assert problem["results"][0]["message"] == "It is in doubt."


def test_without_the_engine_nothing_is_done_and_a_stop_says_so_loudly(
    site: Site, operator: FlaskClient
) -> None:
    site.engine.lose_link()
    response = post(operator, "mode", {"command_id": ID, "mode": "auto"})
    assert (response.status_code, refusal(response)["not_done"]) == (503, "Nothing was done.")
    stop = operator.post("/api/v1/stop", base_url=BASE)
    assert stop.status_code == 503
    assert "NOT stopped" in refusal(stop)["not_done"]


def test_a_lost_answer_is_said_to_be_unknown(site: Site, operator: FlaskClient) -> None:
    def lose(command: AnyCommand) -> Answer:
        raise OutcomeUnknownError(f"What became of command {command.command_id} is not known here.")

    site.engine.answer = lose
    response = post(operator, "copies", {"command_id": ID, "orders": ["100"]})
    problem = refusal(response)
    assert (response.status_code, problem["error"], problem["command_id"]) == (504, "outcome_unknown", ID)
    assert "not known" in problem["not_done"]
    assert "not known" in refusal(operator.post("/api/v1/stop", base_url=BASE))["not_done"]


def test_a_fault_of_ours_is_500_and_claims_nothing(site: Site, operator: FlaskClient) -> None:
    def fail(_command: AnyCommand) -> Answer:
        raise RuntimeError("planned")

    site.engine.answer = fail
    response = operator.post("/api/v1/stop", base_url=BASE)
    problem = refusal(response)
    assert (response.status_code, problem["error"]) == (500, "internal")
    assert "planned" not in response.text
    assert "not known" in problem["not_done"]


def test_the_snapshot_is_the_engines_with_the_state_of_the_link(site: Site, operator: FlaskClient) -> None:
    site.engine.show(orders={"100": rows.order()}, copies={"100:AB1234": rows.copy()})
    body = operator.get("/api/v1/snapshot", base_url=BASE).json
    assert body is not None
    assert body.pop("link") == {"is_up": True, "since": "2026-11-20T04:00:00+00:00"}
    assert body == site.engine.snapshot()


def test_a_frozen_snapshot_says_that_it_is_frozen(site: Site, operator: FlaskClient) -> None:
    site.engine.lose_link()
    body = operator.get("/api/v1/snapshot", base_url=BASE).json
    assert body is not None
    assert body["link"]["is_up"] is False


def test_before_the_engine_was_heard_there_is_no_snapshot(site: Site, operator: FlaskClient) -> None:
    site.engine.never_heard()
    response = operator.get("/api/v1/snapshot", base_url=BASE)
    assert (response.status_code, refusal(response)["error"]) == (503, "engine_unreachable")


def test_unknown_addresses_and_methods_are_problems_too(operator: FlaskClient) -> None:
    assert refusal(operator.get("/api/v1/nowhere", base_url=BASE))["error"] == "not_found"
    response = operator.get("/api/v1/stop", base_url=BASE)
    assert (response.status_code, refusal(response)["error"]) == (405, "method_not_allowed")
    assert "POST" in response.headers["Allow"]
