"""The documents say what the code does: every setting, command, reason, state, route and event is in them."""

import re
from pathlib import Path

import click
import pytest

from app.cli.main import COMMANDS, main
from app.domain.copies import RETRYABLE, CopyState
from app.domain.reasons import ReasonCode
from app.settings import Settings, variables
from tests.architecture.project_files import ROOT, named, sources, tracked

_ROUTE = re.compile(r"@routes\.(get|post|put|delete)\(\"([^\"]+)\"")
_PREFIX = re.compile(r"url_prefix=\"([^\"]+)\"")
_SENT = re.compile(r"\.send\(\"(\w+)\"")
_HEARD = re.compile(r"\(\"(\w+)\", self\._\w+\)")


def document(name: str) -> str:
    """Return the text of a file in docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def rows(text: str, heading: str) -> dict[str, list[str]]:
    """Return the rows of the table under a heading: first cell to the other cells."""
    section = text.split(f"\n## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("| `")
    ]
    return {first.strip("`"): rest for first, *rest in cells}


def test_every_reason_code_is_explained_and_no_other() -> None:
    explained = rows(document("glossary.md"), "Reasons")

    assert set(explained) == {code.value for code in ReasonCode}
    assert all(all(cells) for cells in explained.values()), "each says what it means and what to do"


def test_every_reason_code_is_given_by_someone() -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in sources("app") if p.name != "reasons.py")

    assert not [code for code in ReasonCode if f"ReasonCode.{code}" not in text]


def test_every_copy_state_is_explained_with_whether_it_may_be_retried() -> None:
    explained = rows(document("glossary.md"), "Copy states")

    assert set(explained) == {state.value for state in CopyState}
    assert {name for name, cells in explained.items() if cells[1] == "yes"} == {s.value for s in RETRYABLE}


def test_every_setting_is_explained_with_its_default() -> None:
    explained = rows(document("operations.md"), "Settings")

    assert set(explained) == set(variables())
    for name, field in Settings.model_fields.items():
        default = explained[f"TANDEM_{name.upper()}"][0].strip("`")
        actual = field.default
        shown = "none" if actual is None else actual.name if isinstance(actual, Path) else str(actual)
        assert default.rstrip("/") == shown, f"the default of {name}"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_explained(name: str) -> None:
    group = main
    assert isinstance(group, click.Group)
    command = group.get_command(click.Context(group), name)
    assert command is not None
    if command.hidden:
        return
    text = document("operations.md")

    assert f"run.py {name}" in text
    documents = text + document("exchange.md") + document("google.md")
    visible = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    missing = [option for p in visible for option in (*p.opts, *p.secondary_opts) if option not in documents]
    assert not missing
    for inner in command.commands if isinstance(command, click.Group) else ():
        assert f"run.py {name} {inner}" in text


def test_every_route_is_explained_and_no_other() -> None:
    served = set()
    for path in sources("app/web"):
        text = path.read_text(encoding="utf-8")
        prefix = found[1] if (found := _PREFIX.search(text)) else ""
        served |= {f"{method.upper()} {prefix}{rule}" for method, rule in _ROUTE.findall(text)}
    served.add("GET /static/<path:filename>")  # Flask adds this one

    assert set(rows(document("api.md"), "Routes")) == served


def test_every_live_event_is_explained_and_no_other() -> None:
    said = _SENT.findall((ROOT / "app/web/publisher.py").read_text(encoding="utf-8"))
    heard = _HEARD.findall((ROOT / "app/web/live.py").read_text(encoding="utf-8"))
    assert said
    assert heard

    explained = {
        name for cell in rows(document("api.md"), "Live stream") for name in re.findall(r"\w+", cell)
    }
    assert explained == {*said, *heard}


def test_every_relative_link_in_a_document_leads_somewhere() -> None:
    for path in (p for p in tracked() if p.suffix == ".md"):
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{named(path)} links to {target}"


def test_every_make_target_the_documents_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for path in (p for p in tracked() if p.suffix == ".md"):
        wanted = set(re.findall(r"`make ([a-z-]+)`", path.read_text(encoding="utf-8")))
        assert wanted <= targets, f"{named(path)} names {wanted - targets}"


def test_ci_runs_the_readme_s_test_command_and_nothing_else() -> None:
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line.strip() and not line.startswith("#")]

    assert len(commands) == 1
    assert "exec make test" in commands[0]
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_dashboards_keys_are_those_of_its_help() -> None:
    keymap = (ROOT / "frontend/src/shell/keymap.ts").read_text(encoding="utf-8")
    told = re.findall(r'\], "([^"]+)"\]', keymap)
    assert told
    text = document("dashboard.md")
    assert not [does for does in told if f"| {does} |" not in text]
