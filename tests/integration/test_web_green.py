"""Everything that holds of the web application with real threads holds with green ones too."""

import os
import subprocess
import sys

import pytest

from app.settings import PROJECT

_PROGRAM = """
import eventlet
eventlet.monkey_patch()
import sys, pytest
# The other end of these tests' link is an asyncio loop, which cannot run among green threads.
sys.exit(pytest.main(["-q", "tests/web", "--ignore=tests/web/test_link_client.py", "--no-cov"]))
"""


@pytest.mark.process
def test_the_web_tests_pass_with_green_threads() -> None:
    # Eventlet warns on import that it is deprecated; within pytest all warnings are errors again.
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _PROGRAM],
        cwd=PROJECT,
        env=os.environ | {"WEB_TEST_ASYNC_MODE": "eventlet"},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
