"""A seed replays exactly, in another process and under another hash seed as well."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SEED = 5
ROOT = Path(__file__).parents[2]


@pytest.mark.process
def test_a_seed_is_the_same_run_under_any_hash_seed() -> None:
    digests = set()
    for hash_seed in ("0", "1", "12345"):
        command = [sys.executable, "-m", "tests.simulation", "--seed", str(SEED)]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        digests.add(done.stdout.split(" digest ")[-1])
    assert len(digests) == 1
    assert len(digests.pop().split()[0]) == 32
