"""Previews over HTTP: asked of the engine, answered as it says, refused where they do not fit."""

import pytest
from flask.testing import FlaskClient

from app.domain.ids import AccountId, CopyId, OrderId
from app.engine.service import PreviewCopies, PreviewRetries
from tests.builders.shown_rows import a_preview
from tests.web.conftest import BASE, Site

URL = "/api/v1/previews"


def test_a_preview_is_the_engine_s_and_no_command(site: Site, operator: FlaskClient) -> None:
    answer = operator.post(URL, base_url=BASE, json={"orders": ["100"], "accounts": ["AB1234"]})
    assert (answer.status_code, answer.json) == (200, a_preview())
    operator.post(URL, base_url=BASE, json={"orders": ["100", "101"]})
    operator.post(f"{URL}/retries", base_url=BASE, json={"copies": ["100:AB1234"]})
    assert site.engine.queries == [
        PreviewCopies(orders=(OrderId("100"),), accounts=(AccountId("AB1234"),)),
        PreviewCopies(orders=(OrderId("100"), OrderId("101"))),
        PreviewRetries(copies=(CopyId("100:AB1234"),)),
    ]
    assert site.engine.commands == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {}),
        ("", {"orders": []}),
        ("", {"orders": ["100"], "command_id": "c" * 8}),
        ("", {"orders": ["100"] * 1001}),
        ("/retries", {"copies": [{"copy_id": "100:AB1234"}]}),
    ],
)
def test_what_does_not_fit_is_refused(
    site: Site, operator: FlaskClient, path: str, body: dict[str, object]
) -> None:
    answer = operator.post(f"{URL}{path}", base_url=BASE, json=body)
    assert (answer.status_code, (answer.json or {})["error"]) == (400, "malformed")
    assert site.engine.queries == []


def test_without_the_engine_there_is_none(site: Site, operator: FlaskClient) -> None:
    site.engine.lose_link()
    answer = operator.post(URL, base_url=BASE, json={"orders": ["100"]})
    assert (answer.status_code, (answer.json or {})["error"]) == (503, "engine_unreachable")
    assert (answer.json or {})["not_done"] == "Nothing was done."


def test_nobody_asks_without_a_session_or_from_another_site(site: Site, operator: FlaskClient) -> None:
    assert site.visitor().post(URL, base_url=BASE, json={"orders": ["100"]}).status_code == 401
    headers = {"Origin": "https://elsewhere.example"}
    assert operator.post(URL, base_url=BASE, json={"orders": ["100"]}, headers=headers).status_code == 403
