"""docs/invariants.md is true: its rules, invariants, files and planted bugs are those of the code."""

import ast
import re

import pytest

from tests.architecture.project_files import ROOT, sources, tree
from tests.simulation.invariants import INVARIANTS, WITHOUT_A_BUG_OF_ITS_OWN
from tests.simulation.planted import PLANTED

RULES = range(1, 17)
_CODE = re.compile(r"`([^`]+)`")


def table(heading: str) -> dict[str, list[str]]:
    """Return the rows of the table under a heading: what its first cell has in code, to the other cells."""
    text = (ROOT / "docs/invariants.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    rows = [line.strip().strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return {_CODE.findall(first)[0]: [cell.strip() for cell in rest] for first, *rest in rows}


def test_every_rule_of_the_protocol_has_its_row_with_a_test_and_a_bug() -> None:
    rows = table("Order protocol")

    assert list(rows) == [str(rule) for rule in RULES]
    for rule, (text, kept, tests, bugs) in rows.items():
        assert text
        assert _files(kept, "app/"), f"rule {rule} is kept nowhere"
        assert _files(tests, "tests/"), f"rule {rule} is not tested"
        assert set(_CODE.findall(bugs)) == {bug.name for bug in PLANTED.values() if int(rule) in bug.rules}
        assert _CODE.findall(bugs), f"no planted bug breaks rule {rule}"


def test_every_invariant_has_its_row_and_the_bugs_that_only_it_catches() -> None:
    rows = table("Invariants of the simulation")

    assert {name: cells[0] for name, cells in rows.items()} == INVARIANTS
    for name, (_, checks, bugs) in rows.items():
        assert _files(checks, "tests/simulation/")
        assert set(_CODE.findall(bugs)) == {bug.name for bug in PLANTED.values() if bug.alone == name}
        assert _CODE.findall(bugs) or name in WITHOUT_A_BUG_OF_ITS_OWN


def test_every_planted_bug_is_in_the_document_with_what_it_does() -> None:
    rows = table("Planted bugs that several invariants catch")
    shared = [bug for bug in PLANTED.values() if bug.alone is None]

    assert {name: (about, rules) for name, (about, rules) in rows.items()} == {
        bug.name: (bug.about, ", ".join(map(str, bug.rules))) for bug in shared
    }
    assert all(bug.about for bug in PLANTED.values())


def test_the_invariants_that_the_checks_name_are_all_there_are() -> None:
    assert _named_by_checks() == set(INVARIANTS)


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_takes_the_place_of_something(name: str) -> None:
    assert list(PLANTED[name].patches()), "what it replaces is gone"


def _files(cell: str, folder: str) -> list[str]:
    """Return the files that a cell names; all of them have to be there."""
    files = _CODE.findall(cell)
    for file in files:
        assert file.startswith(folder), f"{file} is not in {folder}"
        assert (ROOT / file).is_file(), f"{file} is not there"
    return files


def _named_by_checks() -> set[str]:
    """Return the first argument of each `Violation(…)` and `_violation(…)` in the simulation."""
    found = set()
    for path in sources("tests/simulation"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in {"Violation", "_violation"}:
                    found.add(str(node.args[0].value))
    return found
