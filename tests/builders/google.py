"""The stand-in for Google on a thread of its own, and the real gspread on it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gspread
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials
from requests.adapters import HTTPAdapter

from app.google.server import GoogleOptions, RunningGoogle
from app.google.service import Service

EMAIL = "log@tests.invalid"
TITLE = "Trade log"


class Redirect(HTTPAdapter):
    """Sends what is meant for Google, whichever of its hosts, to the stand-in; gspread stays as it is."""

    def __init__(self, root: str) -> None:
        super().__init__()
        self._root = root

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send to the other address."""
        assert request.url is not None
        request.url = self._root + "/" + request.url.split("/", 3)[3]
        return super().send(request, *args, **kwargs)


class LocalGoogle:
    """A running stand-in with one account and one spreadsheet shared with it."""

    def __init__(self, google: RunningGoogle) -> None:
        self.root = google.root
        self.service: Service = google.service
        self.key = self.control("accounts", email=EMAIL)
        self.spreadsheet_id: str = self.control("spreadsheets", title=TITLE)["id"]
        self.control("share", id=self.spreadsheet_id, email=EMAIL)

    def control(self, what: str, **told: object) -> Any:
        """Do something by the control API; AssertionError with its sentence where it refuses."""
        answer = requests.post(f"{self.root}/control/{what}", json=told, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def cells(self, worksheet: str) -> list[list[Any]]:
        """Return a worksheet's cells as they are stored."""
        answer = requests.get(f"{self.root}/control/cells", params={"id": self.spreadsheet_id}, timeout=10)
        return list(answer.json()[worksheet]["cells"])

    def client(self) -> gspread.Client:
        """Return an unmodified gspread client whose requests go to the stand-in."""
        scopes = ["https://www.googleapis.com/auth/spreadsheets"]
        plain = requests.Session()
        credentials = Credentials.from_service_account_info(self.key, scopes=scopes)  # type: ignore[no-untyped-call]  # google-auth
        session = AuthorizedSession(credentials, auth_request=Request(plain))  # type: ignore[no-untyped-call]  # as above
        for one in (plain, session):  # google-auth asks iamcredentials.googleapis.com by itself
            one.mount("https://", Redirect(self.root))
        client = gspread.Client(credentials, session=session)
        client.set_timeout((2.0, 1.0))
        return client


@contextmanager
def google(*, state_dir: Path | None = None, key_file: Path | None = None) -> Iterator[LocalGoogle]:
    """Run a stand-in while the block lasts."""
    started: list[RunningGoogle] = []
    failed: list[Exception] = []
    is_up, is_over = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def live() -> None:
        running = RunningGoogle(GoogleOptions(port=0, state_dir=state_dir, key_file=key_file))
        await running.start()
        started.append(running)
        is_up.set()
        await is_over.wait()
        await running.stop()

    def run() -> None:
        try:
            loop.run_until_complete(live())
        except (OSError, ValueError) as e:
            failed.append(e)
        finally:
            is_up.set()
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    is_up.wait(10)
    try:
        assert started, f"The stand-in did not start: {failed}"
        yield LocalGoogle(started[0])
    finally:
        if started:
            loop.call_soon_threadsafe(is_over.set)
        thread.join(10)
