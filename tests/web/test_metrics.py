"""/metrics: who may read it, what it says, and that the examples ask for what is there."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from app.records.status import LogStatus, StatusFile
from tests.builders import shown_rows as rows
from tests.web.conftest import BASE, Site

AT = "2026-11-20T04:00:00+00:00"
DEPLOY = Path(__file__).parents[2] / "deploy"
_OURS = re.compile(r"\btandem_[a-z_]+")


def figures(operator: FlaskClient) -> dict[tuple[str, str], float]:
    """Return each sample by its name and its labels' values, in the order of the labels' names."""
    text = operator.get("/metrics", base_url=BASE).text
    return {
        (sample.name, " ".join(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_stranger_gets_nothing(site: Site) -> None:
    assert site.visitor().get("/metrics", base_url=BASE).status_code == 401
    wrong = {"Authorization": "Bearer nonsense"}
    assert site.visitor().get("/metrics", base_url=BASE, headers=wrong).status_code == 401


def test_prometheus_shows_the_token_of_the_data_folder(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "metrics.token"
    assert path.stat().st_mode & 0o077 == 0
    right = {"Authorization": f"Bearer {path.read_text().strip()}"}
    assert site.visitor().get("/metrics", base_url=BASE, headers=right).status_code == 200


def test_copies_are_counted_by_account_and_state(site: Site, operator: FlaskClient) -> None:
    site.engine.show(
        copies={"100:AB1234": rows.copy(state="FILLED"), "101:AB1234": rows.copy(state="IN_DOUBT")}
    )
    told = figures(operator)
    assert told["tandem_copies", "AB1234 filled"] == 1
    assert told["tandem_queue_depth", "AB1234"] == 1


def test_stages_are_measured_from_the_stamps(site: Site, operator: FlaskClient) -> None:
    leg = rows.leg(
        planned_at="2026-11-20T04:00:00.000+00:00",
        sent_at="2026-11-20T04:00:00.004+00:00",
        answered_at="2026-11-20T04:00:00.104+00:00",
    )
    site.engine.show(copies={"100:AB1234": rows.copy(legs=[leg])})
    told = figures(operator)
    assert told["tandem_copy_stage_seconds_sum", "AB1234 queued"] == pytest.approx(0.004)
    assert told["tandem_copy_stage_seconds_bucket", "AB1234 0.1 broker"] == 1
    assert told["tandem_copy_stage_seconds_bucket", "AB1234 0.05 broker"] == 0


def test_the_engine_away_is_a_figure_and_no_error(site: Site, operator: FlaskClient) -> None:
    assert figures(operator)["tandem_engine_link_up", ""] == 1
    site.engine.lose_link()
    told = figures(operator)
    assert told["tandem_engine_link_up", ""] == 0
    assert told["tandem_engine_link_lost_total", ""] == 1
    site.engine.never_heard()
    assert ("tandem_primary_orders", "") not in figures(operator)


def test_the_age_of_the_last_look_grows(site: Site, operator: FlaskClient) -> None:
    before = figures(operator)["tandem_primary_look_age_seconds", ""]
    site.clock.at += timedelta(seconds=20)
    assert figures(operator)["tandem_primary_look_age_seconds", ""] == before + 20


def test_the_feed_the_journal_and_the_budget_are_figures(site: Site, operator: FlaskClient) -> None:
    told = figures(operator)
    assert (told["tandem_feed_up", ""], told["tandem_feed_connections_total", ""]) == (1, 1)
    assert told["tandem_journal_writable", ""] == 1
    assert told["tandem_order_budget_left", "AB1234"] == 4800
    away = {"is_on": True, "is_up": False, "connections": 3}
    site.engine.show(status=rows.status(journal_fails="The disk is full.", feed=away))
    told = figures(operator)
    assert (told["tandem_feed_up", ""], told["tandem_journal_writable", ""]) == (0, 0)


def test_the_trade_log_is_there(site: Site, operator: FlaskClient, tmp_path: Path) -> None:
    assert ("tandem_trade_log_on", "") not in figures(operator)
    StatusFile(tmp_path).write(
        LogStatus(is_on=True, at=AT, queued=7, problem="Share it.", needs_operator=True)
    )
    told = figures(operator)
    assert (told["tandem_trade_log_queued_rows", ""], told["tandem_trade_log_failing", ""]) == (7, 1)
    assert operator.get("/readyz", base_url=BASE).status_code == 503


@pytest.mark.parametrize("name", ["prometheus/tandem.rules.yml", "grafana/tandem.json"])
def test_the_examples_ask_for_figures_that_are_there(
    site: Site, operator: FlaskClient, tmp_path: Path, name: str
) -> None:
    StatusFile(tmp_path).write(LogStatus(is_on=True, at=AT))
    leg = rows.leg(planned_at="2026-11-20T04:00:00+00:00", sent_at="2026-11-20T04:00:01+00:00")
    site.engine.show(copies={"100:AB1234": rows.copy(legs=[leg])})
    there = {sample for sample, _ in figures(operator)}
    asked = set(_OURS.findall((DEPLOY / name).read_text(encoding="utf-8")))
    assert asked
    assert asked <= there


def test_the_dashboard_is_whole() -> None:
    told = json.loads((DEPLOY / "grafana/tandem.json").read_text(encoding="utf-8"))
    panels = told["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    spots = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}
    assert len(spots) == len(panels)
    assert all(target["expr"] for panel in panels for target in panel["targets"])
