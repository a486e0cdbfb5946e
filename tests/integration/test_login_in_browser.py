"""The daily login from the page, in a whole paper run: there and back over sockets, and copying goes on."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.builders.eventually import eventually
from tests.builders.tandem import Tandem, held, tandem

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

ACCOUNT = "PA0002"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tandem]:
    with tandem(tmp_path_factory.mktemp("data"), "--paper") as run:
        yield run.wait_ready()


def accounts_file(paper: Tandem) -> Path:
    return paper.data / "paper" / "config" / "accounts_config.json"


def row_of(paper: Tandem, account_id: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = json.loads(accounts_file(paper).read_text())
    return next(row for row in rows if row["account_id"] == account_id)


def edit(paper: Tandem, account_id: str, **values: object) -> None:
    rows = json.loads(accounts_file(paper).read_text())
    next(row for row in rows if row["account_id"] == account_id).update(values)
    accounts_file(paper).write_text(json.dumps(rows, indent=2))


def begin(paper: Tandem, account_id: str) -> requests.Response:
    """Follow the page's link, as far as the broker's address."""
    return paper.sign_in().get(f"{paper.url}/login/{account_id}", allow_redirects=False, timeout=60)


def at_the_broker(paper: Tandem, login_page: str, user_id: str) -> requests.Response:
    """Sign in on the broker's page and return where it leads; nothing of ours is sent along."""
    paper.control("PUT", f"/accounts/{user_id}", {"redirect_url": f"{paper.url}/kite/callback"})
    with requests.Session() as browser:
        browser.trust_env = False
        form = browser.get(login_page, timeout=10).text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
        return browser.post(
            f"{paper.root}/connect/login",
            data=hidden | {"user_id": user_id},
            allow_redirects=False,
            timeout=10,
        )


def back(begun: requests.Response, led: requests.Response) -> requests.Response:
    """Come back with the cookies that a browser sends after another site's redirect: none that is strict."""
    lax = "; ".join(
        cookie.split(";")[0] for cookie in begun.raw.headers.getlist("Set-Cookie") if "SameSite=Lax" in cookie
    )
    headers = {"Cookie": lax, "Sec-Fetch-Site": "cross-site"}
    with requests.Session() as browser:
        browser.trust_env = False
        return browser.get(led.headers["Location"], headers=headers, timeout=120)


def opens(paper: Tandem, account_id: str, token: str) -> bool:
    kite = paper.kite(account_id)
    kite.set_access_token(token)
    return bool(kite.profile()["user_id"] == account_id)


def state_of(paper: Tandem, account_id: str) -> tuple[str, str | None]:
    row = paper.snapshot()["accounts"][account_id]
    return row["state"], (row["reason"] or {}).get("code")


def test_a_login_in_the_browser_lets_a_dead_account_copy_again(paper: Tandem) -> None:
    eventually(lambda: state_of(paper, ACCOUNT) == ("ready", None))
    before = row_of(paper, ACCOUNT)["cred2"]
    engine = paper.programs()["engine"]
    paper.control("POST", f"/accounts/{ACCOUNT}/expire")
    eventually(lambda: state_of(paper, ACCOUNT) == ("blocked", "SESSION_EXPIRED"), timeout_s=60)

    begun = begin(paper, ACCOUNT)
    assert begun.status_code == 303, begun.text
    login_page = begun.headers["Location"]
    assert login_page.startswith(f"{paper.root}/connect/login?")
    led = at_the_broker(paper, login_page, ACCOUNT)
    assert led.status_code == 302, led.text
    done = back(begun, led)

    assert done.status_code == 200, done.text
    assert f"{ACCOUNT} is logged in" in done.text
    token = row_of(paper, ACCOUNT)["cred2"]
    assert token != before
    assert opens(paper, ACCOUNT, token)
    eventually(lambda: state_of(paper, ACCOUNT) == ("ready", None), timeout_s=60)
    order_id = place(paper)
    eventually(lambda: is_copied(paper, order_id), timeout_s=60, what="a copy in the account logged in")
    assert paper.programs()["engine"] == engine
    request_token = parse_qs(urlsplit(led.headers["Location"]).query)["request_token"][0]
    assert token not in done.text + paper.output
    assert request_token not in done.text + paper.output
    assert back(begun, led).status_code == 400, "the way back is good once"


def test_the_login_of_somebody_else_changes_nothing(paper: Tandem) -> None:
    """Two accounts of one app, signed in as the wrong one."""
    edit(paper, "PA0004", cred1="paperkeypa0003", api_secret="papersecretpa0003")
    before = accounts_file(paper).read_bytes()

    begun = begin(paper, "PA0004")
    done = back(begun, at_the_broker(paper, begun.headers["Location"], "PA0003"))

    assert done.status_code == 409
    assert "login of PA0003, not of PA0004" in done.text
    assert "Nothing was stored" in done.text
    assert accounts_file(paper).read_bytes() == before


def test_what_the_broker_refuses_changes_nothing(paper: Tandem) -> None:
    before = accounts_file(paper).read_bytes()
    begun = begin(paper, "PA0003")
    state = parse_qs(parse_qs(urlsplit(begun.headers["Location"]).query)["redirect_params"][0])["state"][0]
    led = requests.Response()
    led.headers["Location"] = f"{paper.url}/kite/callback?status=success&request_token=invented&state={state}"

    done = back(begun, led)

    assert done.status_code == 409
    assert "Kite did not accept the login" in done.text
    assert accounts_file(paper).read_bytes() == before


def test_an_account_without_its_secret_is_told_apart_and_refused(paper: Tandem) -> None:
    edit(paper, "PA0003", api_secret=None)

    told = paper.sign_in().get(f"{paper.url}/api/v1/logins", timeout=30).json()
    refused = begin(paper, "PA0003")

    assert told == {"PA0001": True, "PA0002": True, "PA0003": False, "PA0004": True}
    assert refused.status_code == 409
    assert "no api_secret" in refused.text
    assert begin(paper, "XY0001").status_code == 409


def place(paper: Tandem) -> str:
    """Let the primary buy something and return its order's number."""
    params = {
        "exchange": "NSE",
        "tradingsymbol": "SBIN",
        "transaction_type": "BUY",
        "quantity": "4",
        "product": "MIS",
        "order_type": "MARKET",
        "market_protection": "-1",
    }
    placed = paper.control("POST", "/orders", {"user_id": "PA0001", "params": params})
    return str(placed["order_id"])


def is_copied(paper: Tandem, order_id: str) -> bool:
    copy = held(paper.snapshot(), ACCOUNT).get(order_id)
    return copy is not None and copy["state"] == "FILLED"
