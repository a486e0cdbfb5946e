"""/metrics: what Prometheus reads. Everything about copies is counted from the engine's own state.

Counts are of the trading day and begin anew with the next, which Prometheus takes as a restart.
"""

import os
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from hmac import compare_digest
from pathlib import Path

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)

from app.domain.copies import CopyState
from app.engine.rows import LegRow, Snapshot
from app.records.status import read_status
from app.web.access import current_session
from app.web.engine_service import EngineService, LinkChanged, News
from app.web.options import WebOptions
from app.web.problems import RefusedError

TOKEN_FILE = "metrics.token"  # noqa: S105 - a file's name
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
STAGES = (("queued", "planned_at", "sent_at"), ("broker", "sent_at", "answered_at"))
"""Name, from, to: how long a copy waited in Tandem, and for the broker's answer."""
_WAITING = (CopyState.PENDING, CopyState.SENDING, CopyState.IN_DOUBT)


def blueprint(engine: EngineService, options: WebOptions, now: Callable[[], datetime]) -> Blueprint:
    """Build the route. It takes a session or the token in `metrics.token`, for account ids are in it."""
    routes = Blueprint("metrics", __name__)
    token = _token(options.data / TOKEN_FILE)
    registry = CollectorRegistry()
    registry.register(_Collector(engine, options, now))
    ProcessCollector(namespace="tandem_web", registry=registry)

    @routes.get("/metrics")
    def metrics() -> Response:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        is_known = scheme.casefold() == "bearer" and compare_digest(given.strip().encode(), token)
        if current_session() is None and not is_known:
            text = f"Send the token in {TOKEN_FILE} as Authorization: Bearer, or sign in."
            raise RefusedError(401, "sign_in_needed", text)
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return routes


def _token(path: Path) -> bytes:
    """Return the token that Prometheus shows, made at the first start and readable by the owner only."""
    try:
        return path.read_bytes().strip()
    except FileNotFoundError:
        token = secrets.token_urlsafe(32).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(token + b"\n")
    return token


class _Collector:
    """Reads everything at the moment of asking, so that nothing has to be kept in step."""

    def __init__(self, engine: EngineService, options: WebOptions, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._options = options
        self._now = now
        self._links_lost = 0
        engine.subscribe(self._hear)

    def collect(self) -> Iterator[Metric]:
        """Yield every figure."""
        link = self._engine.link()
        yield _gauge("tandem_engine_link_up", "1 while the web process hears the engine.", link.is_up)
        lost = CounterMetricFamily("tandem_engine_link_lost", "How often the link was lost.")
        lost.add_metric([], self._links_lost)
        yield lost
        yield from self._of_this_machine()
        snapshot = self._engine.snapshot()
        if snapshot is not None:
            yield from _of_status(snapshot, self._now())
            yield from _of_accounts(snapshot)
            yield from _of_copies(snapshot)

    def _of_this_machine(self) -> Iterator[Metric]:
        free = shutil.disk_usage(self._options.data).free if self._options.data.is_dir() else 0
        yield _gauge("tandem_disk_free_bytes", "Free space where the journal lies.", free)
        log = read_status(self._options.data, self._now())
        if log is not None:
            yield _gauge("tandem_trade_log_on", "1 where a trade log is kept.", log.is_on)
            yield _gauge("tandem_trade_log_queued_rows", "Rows that wait to be written.", log.queued)
            yield _gauge("tandem_trade_log_failing", "1 while the log cannot be written.", bool(log.problem))

    def _hear(self, news: News) -> None:
        if isinstance(news, LinkChanged) and not news.link.is_up:
            self._links_lost += 1


def _of_status(snapshot: Snapshot, now: datetime) -> Iterator[Metric]:
    status = snapshot["status"]
    about = InfoMetricFamily("tandem_engine", "The engine as a whole.")
    about.add_metric([], {name: str(status[name]) for name in ("venue", "copy_mode", "trade_date")})
    yield about
    yield _gauge("tandem_stopped", "1 while copying is stopped.", status["is_stopped"])
    if status["looked_at"] is not None:
        age_s = (now - datetime.fromisoformat(status["looked_at"])).total_seconds()
        yield _gauge("tandem_primary_look_age_seconds", "Since the primary's orders were read.", age_s)
    yield _gauge(
        "tandem_journal_writable", "0 while nothing can be recorded.", status["journal_fails"] is None
    )
    yield _gauge("tandem_feed_up", "1 while the broker's pushes come.", status["feed"]["is_up"])
    made = CounterMetricFamily("tandem_feed_connections", "Connections to the broker's pushes.")
    made.add_metric([], status["feed"]["connections"])
    yield made
    yield _gauge("tandem_primary_orders", "Orders of the primary today.", len(snapshot["orders"]))


def _of_accounts(snapshot: Snapshot) -> Iterator[Metric]:
    sent = CounterMetricFamily(
        "tandem_orders_sent", "Requests to place or change, today.", labels=["account"]
    )
    left = GaugeMetricFamily("tandem_order_budget_left", "Requests left for today.", labels=["account"])
    ready = GaugeMetricFamily("tandem_account_ready", "1 while an account may send.", labels=["account"])
    for account_id, account in snapshot["accounts"].items():
        sent.add_metric([account_id], account["orders_today"])
        left.add_metric([account_id], max(account["orders_limit"] - account["orders_today"], 0))
        ready.add_metric([account_id], float(account["state"] == "ready"))
    yield sent
    yield left
    yield ready


def _of_copies(snapshot: Snapshot) -> Iterator[Metric]:
    states = Counter((copy["account_id"], copy["state"]) for copy in snapshot["copies"].values())
    copies = GaugeMetricFamily("tandem_copies", "Copies of today by state.", labels=["account", "state"])
    waiting = GaugeMetricFamily("tandem_queue_depth", "Copies unsent or in doubt.", labels=["account"])
    for (account_id, state), count in sorted(states.items()):
        copies.add_metric([account_id, state.lower()], count)
    for account_id in snapshot["accounts"]:
        waiting.add_metric([account_id], sum(states[account_id, state] for state in _WAITING))
    yield copies
    yield waiting
    yield _stages(snapshot)


def _stages(snapshot: Snapshot) -> HistogramMetricFamily:
    """Return how long copies took, by account and stage."""
    text = "How long copies took, by stage."
    family = HistogramMetricFamily("tandem_copy_stage_seconds", text, labels=["account", "stage"])
    took: dict[tuple[str, str], list[float]] = {}
    for copy in snapshot["copies"].values():
        for leg in copy["legs"]:
            for stage, begin, end in STAGES:
                if (seconds := _between(leg, begin, end)) is not None:
                    took.setdefault((copy["account_id"], stage), []).append(seconds)
    for (account_id, stage), times in sorted(took.items()):
        counts = [(str(limit), float(sum(one <= limit for one in times))) for limit in BUCKETS_S]
        buckets = [*counts, ("+Inf", float(len(times)))]
        family.add_metric([account_id, stage], buckets=buckets, sum_value=sum(times))
    return family


def _between(leg: LegRow, begin: str, end: str) -> float | None:
    moments = {"planned_at": leg["planned_at"], "sent_at": leg["sent_at"], "answered_at": leg["answered_at"]}
    first, last = moments[begin], moments[end]
    if first is None or last is None:
        return None
    seconds = (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()
    return max(seconds, 0.0)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=float(value))
