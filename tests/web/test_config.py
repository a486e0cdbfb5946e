"""Configuration over HTTP: shapes, refusals, and no secret in any answer or log."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.adapters.files.config_editor import JsonConfigEditor
from app.ports.config_editor import ConfigChangedError, ConfigEditor, ConfigHiddenError, ConfigNotFoundError
from app.ports.config_store import ConfigRefusedError
from app.web.application import create_app
from tests.builders.config_folder import PRIMARY, SECONDARY, make_config, open_config
from tests.fakes.config_editor import PROBLEM, FakeEditor
from tests.web.conftest import BASE, Site, build_site

ACCOUNTS = "config/accounts_config.json"
ROW = {"file": "a.json", "line": 3, "path": "$[1].x", "reason": "It is too much.", "example": "2.5"}
SAVED = {
    "name": "a.json",
    "text": "••••",
    "revision": "r2",
    "message": "Saved.",
    "changes": ["AB1234: multiplier 2 → 3"],
}
SAVE = {"text": "[]", "revision": "r1"}
HISTORY = "config/a.json/history"


def signed_in(folder: Path, editor: ConfigEditor | None) -> FlaskClient:
    built = build_site(folder)
    options = replace(built.options, config=editor)
    app = create_app(options, built.engine, built.clock)
    return Site(app, built.engine, built.clock, options).operator()


@pytest.fixture
def fake() -> FakeEditor:
    return FakeEditor()


@pytest.fixture
def operator(tmp_path: Path, fake: FakeEditor) -> FlaskClient:
    return signed_in(tmp_path, fake)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_config(tmp_path / "config")


@pytest.fixture
def real(tmp_path: Path, folder: Path) -> FlaskClient:
    return signed_in(tmp_path, JsonConfigEditor(open_config(folder)))


def ask(client: FlaskClient, method: str, path: str, body: object = None) -> TestResponse:
    return client.open(f"/api/v1/{path}", method=method, base_url=BASE, json=body)


def told(response: TestResponse) -> dict[str, Any]:
    assert isinstance(response.json, dict)
    return response.json


@pytest.mark.parametrize(
    ("method", "path", "body", "asked", "answer"),
    [
        (
            "GET",
            "config",
            None,
            ("files",),
            {
                "files": [
                    {
                        "name": "a.json",
                        "text": "••••",
                        "is_shown": True,
                        "revision": "r1",
                        "schema": {"type": "array"},
                        "problems": [ROW],
                    }
                ],
                "can_save": True,
            },
        ),
        ("POST", "config/a.json/check", {"text": "[]"}, ("check", "a.json", "[]"), {"problems": [ROW]}),
        ("PUT", "config/a.json", SAVE, ("save", "a.json", "[]", "r1"), SAVED),
        (
            "GET",
            HISTORY,
            None,
            ("versions", "a.json"),
            {"versions": [{"version": "v1", "saved_at": "2026-11-20T04:00:00+00:00", "bytes": 7}]},
        ),
        ("GET", f"{HISTORY}/v1", None, ("version", "a.json", "v1"), {"text": "••••"}),
        ("POST", f"{HISTORY}/v1/restore", {"revision": "r1"}, ("restore", "a.json", "v1", "r1"), SAVED),
        ("POST", "accounts/AB1234", {"multiplier": "3"}, ("set_account", "AB1234", "3", None), SAVED),
        ("POST", "accounts/AB1234", {"mode": "off"}, ("set_account", "AB1234", None, "off"), SAVED),
        (
            "POST",
            "accounts/AB1234",
            {"multiplier": "2.5", "mode": "on"},
            ("set_account", "AB1234", "2.5", "on"),
            SAVED,
        ),
    ],
)
def test_each_route_asks_the_editor_and_answers_in_its_shape(
    operator: FlaskClient,
    fake: FakeEditor,
    *,
    method: str,
    path: str,
    body: object,
    asked: tuple[str, ...],
    answer: object,
) -> None:
    response = ask(operator, method, path, body)
    assert (response.status_code, response.json) == (200, answer)
    assert response.headers["Cache-Control"] == "no-store"
    assert fake.asked == [asked]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ConfigRefusedError((PROBLEM,)), 422, "config_refused"),
        (ConfigRefusedError((PROBLEM, PROBLEM)), 422, "config_refused"),
        (ConfigChangedError("Somebody saved it."), 409, "config_changed"),
        (ConfigNotFoundError("No such file."), 404, "not_found"),
        (ConfigHiddenError("It is not shown."), 409, "config_hidden"),
        (OSError(28, "No space left on device"), 503, "config_unreachable"),
    ],
)
def test_each_refusal_has_its_status_and_says_what_was_not_done(
    operator: FlaskClient, fake: FakeEditor, error: Exception, status: int, code: str
) -> None:
    def fail() -> None:
        raise error

    fake.fail = fail
    response = ask(operator, "PUT", "config/a.json", SAVE)
    problem = told(response)
    assert (response.status_code, problem["error"]) == (status, code)
    assert problem["not_done"].startswith("Nothing was")
    assert problem["request_id"] == response.headers["X-Request-Id"]
    expected = len(error.problems) if isinstance(error, ConfigRefusedError) else 0
    assert problem["problems"] == [ROW] * expected
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("accounts/AB1234", {}),
        ("accounts/AB1234", {"mode": "sideways"}),
        ("accounts/AB1234", {"multiplier": 3}),
        ("accounts/AB1234", {"multiplier": "1" * 31}),
        ("accounts/AB1234", {"multiplier": "3", "primary": True}),
        ("config/a.json/check", {}),
        (f"{HISTORY}/v1/restore", {}),
    ],
)
def test_a_body_that_does_not_fit_reaches_nobody(
    operator: FlaskClient, fake: FakeEditor, path: str, body: object
) -> None:
    assert ask(operator, "POST", path, body).status_code == 400
    assert fake.asked == []


@pytest.mark.parametrize("body", [b"\xff\xfe[]", b'{"text": "\xff", "revision": ""}', b"\0" * 99, b""])
def test_a_binary_upload_is_malformed(operator: FlaskClient, fake: FakeEditor, body: bytes) -> None:
    response = operator.put(
        "/api/v1/config/a.json", base_url=BASE, data=body, content_type="application/json"
    )
    assert (response.status_code, told(response)["error"]) == (400, "malformed")
    assert fake.asked == []


def test_a_form_or_a_file_of_its_own_type_is_malformed(operator: FlaskClient, fake: FakeEditor) -> None:
    for content_type in ("multipart/form-data", "text/plain", "application/x-www-form-urlencoded"):
        response = operator.put("/api/v1/config/a.json", base_url=BASE, data=b"{}", content_type=content_type)
        assert response.status_code == 400
    assert fake.asked == []


def test_five_megabytes_are_too_large(operator: FlaskClient, fake: FakeEditor) -> None:
    response = ask(operator, "PUT", "config/a.json", {"text": "x" * 5_000_000, "revision": "r1"})
    assert (response.status_code, told(response)["error"]) == (413, "too_large")
    assert fake.asked == []


def test_other_sites_and_strangers_are_kept_out(operator: FlaskClient, fake: FakeEditor) -> None:
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "same-site"}):
        response = operator.put("/api/v1/config/a.json", base_url=BASE, json=SAVE, headers=headers)
        assert response.status_code == 403
    stranger = operator.application.test_client()
    for method, path in (("GET", "config"), ("GET", HISTORY), ("PUT", "config/a.json")):
        assert ask(stranger, method, path, SAVE).status_code == 401
    assert fake.asked == []


def test_without_an_editor_there_are_no_such_routes(tmp_path: Path) -> None:
    assert ask(signed_in(tmp_path, None), "GET", "config").status_code == 404


def edit(client: FlaskClient, change: Callable[[str], str]) -> TestResponse:
    file = told(ask(client, "GET", "config"))["files"][0]
    return ask(client, "PUT", ACCOUNTS, {"text": change(file["text"]), "revision": file["revision"]})


def test_a_file_is_edited_and_a_stale_tab_is_refused(real: FlaskClient, folder: Path) -> None:
    stale = told(ask(real, "GET", "config"))["files"][0]
    saved = edit(real, lambda text: text.replace("2.5", "3"))
    assert told(saved)["changes"] == ["CD5678: multiplier 2.5 → 3"]
    again = ask(real, "PUT", ACCOUNTS, {"text": stale["text"], "revision": stale["revision"]})
    assert (again.status_code, told(again)["error"]) == (409, "config_changed")
    refused = edit(real, lambda text: text.replace('": 3', '": 0'))
    assert refused.status_code == 422
    assert [row["path"] for row in told(refused)["problems"]] == ["$[1].ps_multiplier"]
    assert json.loads((folder / "accounts_config.json").read_text()) == [
        PRIMARY,
        SECONDARY | {"ps_multiplier": 3},
    ]


@pytest.mark.parametrize("name", ["..%2Fsecrets.json", "%2Fetc%2Fpasswd", "history", "copier.schema.json"])
def test_no_other_file_is_reached(real: FlaskClient, name: str) -> None:
    for method, path in (
        ("GET", f"config/{name}/history"),
        ("PUT", f"config/{name}"),
        ("GET", f"config/copier.json/history/{name}"),
    ):
        assert ask(real, method, path, SAVE).status_code == 404


def test_no_secret_is_in_any_answer_or_log(
    real: FlaskClient, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rows = [PRIMARY, SECONDARY | {"api_secret": "canarySecret", "egress": {"proxy": "http://canary@h:1"}}]
    (folder / "accounts_config.json").write_text(json.dumps(rows, indent=2))
    answers = [ask(real, "GET", "config"), edit(real, lambda text: text.replace("2.5", "3"))]
    text, revision = told(answers[-1])["text"], told(answers[-1])["revision"]
    for typed in (
        text.replace("••••1234", "canary typed"),
        text + "canary",
        text.replace('"cred1"', "canary"),
    ):
        answers.append(ask(real, "POST", f"{ACCOUNTS}/check", {"text": typed}))
        assert told(answers[-1])["problems"]
        answers.append(ask(real, "PUT", ACCOUNTS, {"text": typed, "revision": revision}))
        assert answers[-1].status_code == 422
    (version,) = told(ask(real, "GET", f"{ACCOUNTS}/history"))["versions"]
    answers.append(ask(real, "GET", f"{ACCOUNTS}/history/{version['version']}"))
    restore = f"{ACCOUNTS}/history/{version['version']}/restore"
    answers += [ask(real, "POST", restore, {"revision": "old"})]
    answers += [ask(real, "POST", restore, {"revision": revision})]
    answers += [ask(real, "POST", "accounts/CD5678", {"multiplier": "4", "mode": "off"})]
    (folder / "accounts_config.json").write_text('[{"cred2": "canaryInABrokenFile",,')
    answers += [ask(real, "GET", "config"), ask(real, "POST", "accounts/CD5678", {"multiplier": "4"})]
    (folder / "accounts_config.json").unlink()
    (folder / "accounts_config.json").mkdir()
    answers += [ask(real, "GET", "config"), ask(real, "PUT", ACCOUNTS, SAVE)]
    assert [answer.status_code for answer in answers[-2:]] == [200, 503]
    shown = "\n".join([*(answer.text for answer in answers), caplog.text])
    assert "canary" not in shown
