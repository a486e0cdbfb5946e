"""Nothing answers without a session but the few open addresses, and no other site's page may act."""

import pytest
from flask.testing import FlaskClient

from app.web.application import live_of
from tests.web.conftest import BASE, Site

OPEN = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/sign-in"), ("POST", "/sign-in")}


def routes(site: Site) -> list[tuple[str, str]]:
    """Every method and address of the application, with something put in for its variables."""
    return [
        (method, rule.rule.replace("<path:filename>", "app/main.js"))
        for rule in site.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


PAGES = {"/", "/positions", "/analytics", "/config", "/activity"}


def test_every_route_wants_a_session_but_the_open_ones(site: Site) -> None:
    found = routes(site)
    assert set(found) >= OPEN | {("POST", "/api/v1/stop"), ("GET", "/"), ("GET", "/static/app/main.js")}
    for method, path in found:
        response = site.visitor().open(path, method=method, base_url=BASE)
        if method == "GET" and path in PAGES:
            assert (response.status_code, response.location) == (303, "/sign-in")
        elif (method, path) in OPEN:
            assert "snapshot" not in response.text
        else:
            assert response.status_code == 401, f"{method} {path} answers without a session"
    assert site.engine.commands == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("OPTIONS", "/api/v1/stop"),
        ("DELETE", "/api/v1/snapshot"),
        ("GET", "/static/sign-in/../app/main.js"),
        ("GET", "/static/sign-in/%2e%2e/app/main.js"),
        ("GET", "/static/sign-in/../../run.py"),
        ("GET", "/static/../run.py"),
        ("GET", "/static/app/main.css"),
    ],
)
def test_nor_do_side_doors_answer(site: Site, method: str, path: str) -> None:
    assert site.visitor().open(path, method=method, base_url=BASE).status_code == 401


def test_the_sign_in_page_and_its_files_are_open(site: Site) -> None:
    for path in ("/sign-in", "/static/sign-in/sign_in.js", "/static/sign-in/sign_in.css"):
        with site.visitor().get(path, base_url=BASE) as response:
            assert response.status_code == 200


def test_the_live_stream_is_the_only_namespace_and_wants_a_session(site: Site) -> None:
    server = live_of(site.app).socketio.server
    assert set(server.handlers) == {"/live"}
    assert not server.namespace_handlers
    assert not site.socket(site.visitor()).is_connected("/live")
    elsewhere = live_of(site.app).socketio.test_client(
        site.app, namespace="/", flask_test_client=site.operator()
    )
    assert not elsewhere.is_connected("/")


def test_the_socket_opens_no_transport_without_a_session(site: Site) -> None:
    path = "/socket.io/?EIO=4&transport=polling"
    assert site.visitor().get(path, base_url=BASE).status_code == 401
    assert site.operator().get(path, base_url=BASE).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:5000",
        "localhost",
        "localhost:5001",
        "127.0.0.1.evil.example:5000",
        "",
        "[::1]",
    ],
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/sign-in", "/socket.io/?EIO=4&transport=polling"])
def test_foreign_host_names_are_refused_everywhere(operator: FlaskClient, host: str, path: str) -> None:
    response = operator.get(path, base_url=BASE, headers={"Host": host})
    assert (response.status_code, (response.json or {})["error"]) == (400, "wrong_host")


@pytest.mark.parametrize("host", ["localhost:5000", "127.0.0.1:5000", "[::1]:5000", "LOCALHOST:5000"])
def test_our_own_names_are_answered(site: Site, host: str) -> None:
    assert site.visitor().get("/healthz", base_url=BASE, headers={"Host": host}).text == "ok"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost:5000", "Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/api/v1/stop", "/api/v1/copies", "/sign-in", "/sign-out"])
def test_other_sites_cannot_act(
    site: Site, operator: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    response = operator.post(path, base_url=BASE, headers=headers)
    assert (response.status_code, (response.json or {})["error"]) == (403, "cross_site")
    assert site.engine.commands == []


def test_our_own_page_can_act(operator: FlaskClient) -> None:
    ours = {"Origin": "http://localhost:5000", "Sec-Fetch-Site": "same-origin"}
    assert operator.post("/api/v1/stop", base_url=BASE, headers=ours).status_code == 200


def test_another_sites_page_cannot_open_the_socket(operator: FlaskClient) -> None:
    path = "/socket.io/?EIO=4&transport=polling"
    for origin in ("https://evil.example", "http://localhost:3000", "null"):
        assert operator.get(path, base_url=BASE, headers={"Origin": origin}).status_code == 403
    assert operator.get(path, base_url=BASE, headers={"Origin": BASE}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/sign-in", "/healthz", "/api/v1/snapshot", "/nowhere", "/socket.io/?EIO=4&transport=polling"],
)
def test_every_answer_carries_the_protective_headers(operator: FlaskClient, path: str) -> None:
    headers = operator.get(path, base_url=BASE).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_request_too_large_is_refused(operator: FlaskClient) -> None:
    body = b'{"command_id":"' + b"x" * (2 << 20) + b'"}'
    response = operator.post("/api/v1/stop", base_url=BASE, data=body, content_type="application/json")
    assert (response.status_code, (response.json or {})["error"]) == (413, "too_large")
