"""The pages: what they load, and that nothing in them needs a looser policy."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.settings import PROJECT
from tests.web.conftest import BASE

PAGES = ["/", "/positions", "/analytics", "/config", "/activity", "/sign-in"]
SCRIPTS = [*(PROJECT / "static" / "sign-in").glob("*.js")]


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


def test_stop_is_a_plain_form_where_there_is_no_script(operator: FlaskClient) -> None:
    html = operator.get("/", base_url=BASE).text
    assert re.search(r'<noscript>.*<form method="post" action="/api/v1/stop"><button>', html, re.DOTALL)


def test_each_answer_of_the_page_has_a_nonce_of_its_own_in_its_policy(operator: FlaskClient) -> None:
    nonces = set()
    for page in PAGES[:-1]:
        response = operator.get(page, base_url=BASE)
        nonce = re.search(r'name="csp-nonce" content="([^"]{20,})"', response.text)
        assert nonce is not None
        nonces.add(nonce[1])
        policy = response.headers["Content-Security-Policy"]
        assert f"style-src 'self' 'nonce-{nonce[1]}'; " in policy
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
    assert len(nonces) == len(PAGES) - 1


def test_a_missing_bundle_is_said_instead_of_a_blank_page(operator: FlaskClient, tmp_path: Path) -> None:
    operator.application.static_folder = str(tmp_path)
    response = operator.get("/", base_url=BASE)
    assert response.status_code == 503
    assert "make ui" in response.text
