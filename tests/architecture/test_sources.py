"""Form of the sources: small files, honest names, a sentence at the top of each, reasons for exceptions."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.project_files import ROOT, named, sources, tracked, tree

LONGEST_FILE = 400
_NAMES_OF_NOTHING = frozenset({"utils", "util", "common", "helpers", "helper", "models", "misc"})
_GENERATED = re.compile(
    r"app/adapters/storage/migrations/|static/app/|frontend/.*lock|frontend/src/api/types.ts"
)
ALL = [*sources("app", "tests", "bench"), ROOT / "run.py"]


def test_no_file_is_longer_than_its_reader_can_hold() -> None:
    long = {
        named(path): lines
        for path in tracked()
        if path.suffix in {".py", ".ts", ".tsx", ".js", ".css", ".html", ".toml"}
        and not _GENERATED.search(named(path))
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long, f"split by reason to change: {long}"


def test_no_module_is_named_after_nothing() -> None:
    found = [
        named(path) for path in ALL if _NAMES_OF_NOTHING & {*path.relative_to(ROOT).with_suffix("").parts}
    ]
    assert not found, f"put these lines where their reader would look for them: {found}"


@pytest.mark.parametrize("path", ALL, ids=named)
def test_every_module_says_what_lives_in_it(path: Path) -> None:
    said = ast.get_docstring(tree(path))
    if path.name == "__init__.py" and path.is_relative_to(ROOT / "tests"):
        return
    assert said, "the first line of a module is a docstring of one sentence"
    assert said.splitlines()[0].endswith((".", ":", "?")), "its first line is a whole sentence"


@pytest.mark.parametrize("path", ALL, ids=named)
def test_exceptions_from_the_linters_have_a_reason(path: Path) -> None:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if mark := re.search(r"#\s*(noqa|type:\s*ignore)\b(?P<rest>.*)", line):
            told = re.sub(r"^(:\s*[A-Z0-9, ]+|\[[a-z, -]+\])", "", mark["rest"])
            assert re.search(r"\w{2,}", told), f"{named(path)}:{number} does not say why"


def test_each_rule_switched_off_in_pyproject_has_a_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text[text.index("\nignore = [") : text.index("[tool.ruff.lint.flake8-tidy-imports]")]
    for line in block.splitlines():
        if re.search(r'"[A-Z]{1,4}\d+"', line):
            assert re.search(r"#.*\w{2,}", line), f"say why in: {line.strip()}"


_CLOCKS = frozenset({"now", "utcnow", "today"})
_CLOCK_OWNERS = frozenset({"datetime", "date"})


@pytest.mark.parametrize("path", sources("app/domain", "app/ports", "app/engine"), ids=named)
def test_the_core_asks_no_clock_but_the_port(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr in _CLOCKS:
            owner = node.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            assert name not in _CLOCK_OWNERS, f"{named(path)}:{node.lineno} reads the wall clock"
