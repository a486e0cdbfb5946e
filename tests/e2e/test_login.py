"""The daily login in a real browser: to the broker on another site and back, still signed in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.builders.browser import chromium
from tests.builders.eventually import eventually
from tests.builders.tandem import Tandem, tandem

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

ACCOUNT = "PA0002"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tandem]:
    with tandem(tmp_path_factory.mktemp("data"), "--paper") as run:
        yield run.wait_ready()


def state_of(paper: Tandem) -> str:
    state: str = paper.snapshot()["accounts"][ACCOUNT]["state"]
    return state


def test_a_dead_account_is_logged_in_and_the_page_is_back(paper: Tandem) -> None:
    """The broker is 127.0.0.1, the page localhost: two sites, so that no strict cookie comes along."""
    paper.control("PUT", f"/accounts/{ACCOUNT}", {"redirect_url": f"{paper.url}/kite/callback"})
    paper.control("POST", f"/accounts/{ACCOUNT}/expire")
    eventually(lambda: state_of(paper) == "blocked", timeout_s=60)
    link = paper.command("sign-in", "--paper").stdout.strip()
    with chromium(1600, 1000) as screen:
        page = screen.page
        page.goto(link)
        page.wait_for_url(f"{paper.url}/")
        page.evaluate(f"location.assign('/login/{ACCOUNT}')")
        page.wait_for_url(f"{paper.root}/connect/login**")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading")).to_have_text(f"{ACCOUNT} is logged in")
        assert screen.complaints() == []
        assert "request_token" in page.url
        page.wait_for_url(f"{paper.url}/")
        eventually(lambda: state_of(paper) == "ready", timeout_s=60)
        (session,) = [c for c in page.context.cookies() if c.get("name") == f"tandem_{paper.web_port}"]
        assert session.get("sameSite") == "Strict"
        assert not [c for c in page.context.cookies() if "login" in c.get("name", "")]
