"""Tells at the end of a test run how much was simulated in it."""

from collections import Counter

import pytest

from tests.simulation.volume import summed_up


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add up what the seeds' tests have noted, in whichever process they ran."""
    total: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, counts in report.user_properties:
                total.update(counts if name == "simulated" else {})
    if total:
        terminalreporter.line(summed_up(total))
