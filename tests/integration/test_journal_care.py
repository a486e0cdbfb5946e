"""Backup, restore, verify and export as commands beside the whole program in paper trading."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.builders.eventually import eventually
from tests.builders.tandem import tandem

pytestmark = pytest.mark.process


def test_a_day_is_backed_up_verified_exported_and_restored(tmp_path: Path) -> None:
    with tandem(tmp_path, TANDEM_SOCKETIO="threading") as run:
        run.wait_ready()
        eventually(lambda: len(run.snapshot()["copies"]) >= 6, timeout_s=60)
        backed_up = run.command("backup")
        assert backed_up.returncode == 0, backed_up.stderr
        (backup,) = (tmp_path / "paper" / "backups").glob("*.db")
        verified = run.command("verify")
        assert verified.returncode == 0, verified.stdout
        exported = run.command("export", "copies", "--format", "json")
        assert len(json.loads(exported.stdout)) >= 6
        refused = run.command("restore", str(backup))
        assert refused.returncode == 2
        assert "is in use" in refused.stderr or "runs" in refused.stderr

        def is_agreed() -> bool:
            compared = run.command("verify", "--brokers")
            assert compared.returncode == 0, compared.stdout
            return True

        eventually(is_agreed, timeout_s=60)
    restored = run.command("restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    with closing(sqlite3.connect(tmp_path / "paper" / "journal.db")) as raw:
        raw.execute("UPDATE fact SET body = '{}' WHERE seq = 2")
        raw.commit()
    spoilt = run.command("verify")
    assert spoilt.returncode == 1
    assert "Fact 2" in spoilt.stdout
