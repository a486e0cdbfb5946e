"""The project's own files, as these tests look at them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_NOT_OURS = frozenset({".git", ".venv", "data", "node_modules", "__pycache__"})


@cache
def tracked() -> tuple[Path, ...]:
    """Return the project's files: what git keeps or would keep; in an unpacked archive, all there is."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        )
        found = {ROOT / name for name in listed.stdout.split("\0") if name}
    else:
        # tests/data is ours, a data folder at the top is the operator's
        found = {path for path in ROOT.rglob("*") if path.relative_to(ROOT).parts[0] not in _NOT_OURS}
    return tuple(sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts))


def sources(*folders: str) -> list[Path]:
    """Return the Python files below folders of the project."""
    tops = [ROOT / folder for folder in folders]
    return [path for path in tracked() if path.suffix == ".py" and any(top in path.parents for top in tops)]


def tree(path: Path) -> ast.Module:
    """Parse a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def named(path: Path) -> str:
    """Name a file for people: relative to the project."""
    return str(path.relative_to(ROOT))


def documents() -> str:
    """Return every word of README and docs/ (decision records apart: they tell the past)."""
    files = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)
