"""In CI a skipped test, a skipped module and an expected failure end the session red."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.project_files import ROOT

SKIPS = {
    "a test": "import pytest\n@pytest.mark.skip\ndef test_it(): pass\ndef test_other(): pass",
    "a module": "import pytest\npytest.skip('no', allow_module_level=True)",
    "an expected failure": "import pytest\n@pytest.mark.xfail\ndef test_it(): assert False",
}


def _session(folder: Path, code: str, *, ci: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(ROOT / "tests/conftest.py", folder)
    (folder / "test_planted.py").write_text(code)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        env={**environment, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("what", SKIPS)
def test_what_does_not_run_fails_in_ci(tmp_path: Path, what: str) -> None:
    judged = _session(tmp_path, SKIPS[what], ci="true")

    assert judged.returncode == 1, judged.stdout
    assert "test_planted.py" in judged.stdout.partition("skipped, which is a failure in CI")[2]


def test_a_skip_is_no_failure_at_a_desk(tmp_path: Path) -> None:
    assert _session(tmp_path, SKIPS["a test"], ci="").returncode == 0


def test_a_session_without_skips_passes_in_ci(tmp_path: Path) -> None:
    assert _session(tmp_path, "def test_it(): pass", ci="true").returncode == 0
