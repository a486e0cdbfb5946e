"""How a refused configuration reads."""

from app.ports.config_store import ConfigProblem, ConfigRefusedError

PROBLEM = ConfigProblem(
    file="accounts_config.json",
    line=4,
    path="[1].ps_multiplier",
    reason="0 is no multiplier.",
    example='"ps_multiplier": "2.5"',
)


def test_a_problem_says_where_what_and_how_it_would_be_right() -> None:
    assert str(PROBLEM) == (
        "accounts_config.json:4 at [1].ps_multiplier: 0 is no multiplier. "
        'Right would be: "ps_multiplier": "2.5"'
    )


def test_a_problem_of_a_whole_file_names_no_line() -> None:
    problem = ConfigProblem(file="copier.json", line=None, path="$", reason="It is missing.", example="{}")
    assert str(problem) == "copier.json at $: It is missing. Right would be: {}"


def test_a_refusal_tells_every_problem_on_its_own_line() -> None:
    error = ConfigRefusedError((PROBLEM, PROBLEM))
    assert str(error).splitlines() == [str(PROBLEM)] * 2
    assert error.problems == (PROBLEM, PROBLEM)
