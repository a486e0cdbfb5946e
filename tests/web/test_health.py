"""The two health addresses: what they say, and to whom."""

from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient

from app.records.status import SILENT_AFTER_S, STATUS_FILE, LogStatus, StatusFile
from tests.builders import shown_rows as rows
from tests.web.conftest import BASE, Site


def failing(operator: FlaskClient) -> set[str]:
    """Return the names of the checks that fail, having checked that the status agrees."""
    response = operator.get("/readyz", base_url=BASE)
    body = response.json
    assert body is not None
    bad = {name for name, check in body["checks"].items() if not check["is_ok"]}
    assert (response.status_code, body["status"]) == ((503, "not ready") if bad else (200, "ready"))
    assert all(check["message"] for check in body["checks"].values())
    return bad


def test_a_live_process_says_ok_and_nothing_else(site: Site) -> None:
    site.engine.never_heard()
    response = site.visitor().get("/healthz", base_url=BASE)
    assert (response.status_code, response.text) == (200, "ok")


def test_a_stranger_learns_the_status_only(site: Site) -> None:
    assert site.visitor().get("/readyz", base_url=BASE).json == {"status": "ready", "checks": {}}
    site.engine.lose_link()
    response = site.visitor().get("/readyz", base_url=BASE)
    assert (response.status_code, response.json) == (503, {"status": "not ready", "checks": {}})


def test_ready_when_all_is_well(operator: FlaskClient) -> None:
    assert failing(operator) == set()


def test_not_ready_without_the_link(site: Site, operator: FlaskClient) -> None:
    site.engine.lose_link()
    assert failing(operator) == {"link"}


def test_not_ready_before_the_engine_was_heard(site: Site, operator: FlaskClient) -> None:
    site.engine.never_heard()
    assert failing(operator) == {"link", "looking", "copying"}


def test_not_ready_when_the_primary_was_not_looked_at_lately(site: Site, operator: FlaskClient) -> None:
    site.clock.at += timedelta(seconds=15)
    assert failing(operator) == {"looking"}
    site.engine.show(status=rows.status(looked_at=None))
    assert failing(operator) == {"looking"}
    site.engine.show(status=rows.status(looking_fails="The session expired."))
    body = operator.get("/readyz", base_url=BASE).json
    assert body is not None
    assert "The session expired." in body["checks"]["looking"]["message"]


def test_not_ready_when_the_trade_logs_program_is_silent(
    site: Site, operator: FlaskClient, tmp_path: Path
) -> None:
    now = site.clock.at
    for age_s, bad in ((SILENT_AFTER_S - 1, set()), (SILENT_AFTER_S + 1, {"trade_log"})):
        StatusFile(tmp_path).write(
            LogStatus(is_on=True, at=(now - timedelta(seconds=age_s)).isoformat(), queued=2)
        )
        assert failing(operator) == bad
    (tmp_path / STATUS_FILE).write_text('{"is_on": true, "at": "yesterday"}')
    assert failing(operator) == set()
    StatusFile(tmp_path).write(LogStatus(is_on=False, at="2026-01-01T00:00:00+00:00"))
    assert failing(operator) == set()


def test_not_ready_while_copying_is_stopped(site: Site, operator: FlaskClient) -> None:
    site.engine.show(status=rows.status(is_stopped=True, stopped_by="operator"))
    assert failing(operator) == {"copying"}


def test_not_ready_while_the_journal_cannot_be_written(site: Site, operator: FlaskClient) -> None:
    site.engine.show(status=rows.status(journal_fails="The disk is full."))
    assert failing(operator) == {"journal"}


def test_pushes_that_are_away_are_told_and_not_wrong(site: Site, operator: FlaskClient) -> None:
    site.engine.show(status=rows.status(feed={"is_on": True, "is_up": False, "connections": 2}))
    assert failing(operator) == set()
    told = operator.get("/readyz", base_url=BASE).json
    assert told is not None
    assert "polling meanwhile" in told["checks"]["feed"]["message"]
