"""The web application over a FakeService, in the asynchronous mode that WEB_TEST_ASYNC_MODE names."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient

from app.web import sign_in
from app.web.application import create_app, live_of
from app.web.options import LinkAddress, WebOptions
from tests.fakes.service import FakeService

PORT = 5000
BASE = f"http://localhost:{PORT}"
MODE = cast("Any", os.environ.get("WEB_TEST_ASYNC_MODE", "threading"))


class Clock:
    """The time, set by the test."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 4, 0, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Site:
    """An application with its engine, its clock and its visitors."""

    app: Flask
    engine: FakeService
    clock: Clock
    options: WebOptions

    def visitor(self) -> FlaskClient:
        """Return a browser that is not signed in."""
        client = self.app.test_client()
        client.environ_base["HTTP_HOST"] = f"localhost:{PORT}"
        return client

    def operator(self) -> FlaskClient:
        """Return a browser that is signed in."""
        client = self.visitor()
        token = sign_in.issue(self.options.sign_in_folder)
        assert client.post("/sign-in", base_url=BASE, data={"token": token}).status_code == 204
        return client

    def socket(self, browser: FlaskClient) -> SocketIOTestClient:
        """Connect a browser to the live stream."""
        return live_of(self.app).socketio.test_client(self.app, namespace="/live", flask_test_client=browser)

    def publish(self) -> None:
        """Do what the publisher's thread does, now."""
        live_of(self.app).publisher.publish()


def build_site(folder: Path, clock: Clock | None = None) -> Site:
    """Build a site on a data folder; building it again is what a restart of the web process is."""
    options = WebOptions(link=LinkAddress(port=1, secret="x" * 32), data=folder, port=PORT, async_mode=MODE)
    engine, clock = FakeService(), clock or Clock()
    app = create_app(options, engine, clock)
    app.testing = False
    return Site(app, engine, clock, options)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    built = build_site(tmp_path)
    yield built
    live_of(built.app).publisher.close()


@pytest.fixture
def operator(site: Site) -> FlaskClient:
    return site.operator()
