"""What is published: no secret, no path of anybody's machine, nothing the operator alone may hold."""

import re

from tests.architecture.project_files import ROOT, named, tracked

_BINARY = frozenset({".png", ".jpg", ".ico", ".woff2", ".gz", ".db"})
_SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=]{20}"),
    "a token of a code host": re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{50,}|glpat-[\w-]{20})"),
    "a Google API key": re.compile(r"\bAIza[\w-]{35}\b"),
    "a cloud access key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a signed token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    # Kite's keys are 16, its tokens and secrets 32 letters and digits of both kinds, all random.
    "a Kite credential": re.compile(
        r"""["'](?:cred[12]|api_key|api_secret|access_token)["']\s*:\s*["'](?=[a-zA-Z]*\d)(?=\d*[a-zA-Z])"""
        r"""(?:[a-z0-9]{16}|[A-Za-z0-9]{32})["']"""
    ),
}
_MACHINE_PATH = re.compile(r"(?<![\w.:/-])(/(home|Users|root|work|mnt|private/var)/[\w.-]+|[A-Z]:\\Users\\)")
_THIS_FILE = "tests/architecture/test_tracked_files.py"


def _texts() -> list[tuple[str, str]]:
    return [
        (named(path), path.read_text(encoding="utf-8"))
        for path in tracked()
        if path.suffix not in _BINARY and named(path) != _THIS_FILE
    ]


def test_no_secret_is_published() -> None:
    found = [
        f"{name}: {what}" for name, text in _texts() for what, form in _SECRETS.items() if form.search(text)
    ]
    assert not found


def test_no_path_of_one_machine_is_published() -> None:
    found = [f"{name}: {hit[0]}" for name, text in _texts() if (hit := _MACHINE_PATH.search(text))]
    assert not found


def test_what_belongs_to_the_operator_is_not_published() -> None:
    names = {named(path) for path in tracked()}
    assert "config/accounts_config.json" not in names
    assert not [
        name for name in names if name.startswith(("data/", ".venv/")) or name.endswith((".db", ".key"))
    ]
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {".venv/", "/data/", "/config/accounts_config.json", "/config/history/"} <= set(ignored)


def test_the_patterns_find_what_they_are_for() -> None:
    key = "0123456789abcdef"
    assert _SECRETS["a Kite credential"].search(f'"cred1": "{key}"')
    assert not _SECRETS["a Kite credential"].search('"cred1": "your api key"')
    assert _MACHINE_PATH.search("see /home/someone/tandem")
    assert not _MACHINE_PATH.search("see https://example.com/home/x and app/work/x")
