"""What holds for every test: in CI nothing may be skipped, for a skipped test proves nothing."""

import os

import pytest

_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember tests that did not run; an expected failure is reported as skipped, too."""
    if report.skipped:
        _skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Remember modules that were skipped whole."""
    if report.skipped:
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a CI session that skipped something."""
    if _must_fail() and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was skipped."""
    if _must_fail():
        terminalreporter.section("skipped, which is a failure in CI")
        for nodeid in sorted(set(_skipped)):
            terminalreporter.line(nodeid)


def _must_fail() -> bool:
    return bool(_skipped) and os.environ.get("CI") == "true"
