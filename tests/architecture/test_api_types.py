"""The dashboard's types are those of the server's shapes."""

from pathlib import Path

from app.web.typescript import typescript

TYPES = Path(__file__).parents[2] / "frontend" / "src" / "api" / "types.ts"


def test_the_dashboards_types_are_what_the_server_says() -> None:
    assert TYPES.read_text(encoding="utf-8") == typescript(), "types.ts is old: make api-types"
