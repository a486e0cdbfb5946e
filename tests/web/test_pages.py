"""The pages: what they load, that nothing in them needs a looser policy, and the licence of foreign code."""

import re

import pytest
from flask.testing import FlaskClient

from app.settings import PROJECT
from tests.web.conftest import BASE

PAGES = ["/", "/sign-in"]
SCRIPTS = [*(PROJECT / "static" / "page").glob("*.js"), *(PROJECT / "static" / "sign-in").glob("*.js")]


@pytest.mark.parametrize("page", PAGES)
def test_everything_a_page_names_is_served(operator: FlaskClient, page: str) -> None:
    html = operator.get(page, base_url=BASE).text
    named = re.findall(r'(?:href|src)="([^"]+)"', html)
    assert named
    for path in named:
        with operator.get(path, base_url=BASE) as response:
            assert response.status_code == 200, path


@pytest.mark.parametrize("page", PAGES)
def test_no_page_has_script_or_style_inside(operator: FlaskClient, page: str) -> None:
    html = operator.get(page, base_url=BASE).text
    assert not re.findall(r"<script(?![^>]*\bsrc=)", html)
    assert "<style" not in html
    assert not re.findall(r"\s(?:on\w+|style)=", html)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_of_ours_makes_elements_from_text(script: object) -> None:
    text = (PROJECT / str(script)).read_text(encoding="utf-8")
    assert not re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text
    )


def test_stop_is_a_plain_form_that_needs_no_script(operator: FlaskClient) -> None:
    html = operator.get("/", base_url=BASE).text
    assert re.search(r'<form id="stop" method="post" action="/api/v1/stop"><button class="stop">', html)


def test_the_socket_io_client_is_served_by_us_with_its_licence() -> None:
    folder = PROJECT / "static" / "vendor" / "socket.io-client"
    assert "MIT License" in (folder / "LICENSE").read_text(encoding="utf-8")
    assert "Socket.IO v4.8.4" in (folder / "socket.io.min.js").read_text(encoding="utf-8")[:200]
