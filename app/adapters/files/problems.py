"""What is wrong with a value, said for the operator: where, why, and what would be right."""

import json
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from app.adapters.files.json_reader import JsonDocument, Path, shown
from app.ports.config_store import ConfigProblem

MOST_PROBLEMS = 100
"""Of one file; more are of no use to whoever mends it, and take long to put into words."""

_REASONS = {
    "string_type": "Text in double quotes is expected.",
    "string_too_short": "The text is empty.",
    "string_too_long": "The text is longer than {max_length} characters.",
    "bool_type": "true or false is expected, without quotes.",
    "int_type": "A whole number is expected, without quotes.",
    "float_type": "A number is expected, without quotes.",
    "is_instance_of": "A number is expected, without quotes.",
    "list_type": "A list in square brackets is expected.",
    "model_type": "An object in curly brackets is expected.",
    "dict_type": "An object in curly brackets is expected.",
    "literal_error": "It must be one of {expected}.",
    "greater_than": "It must be more than {gt:g}.",
    "greater_than_equal": "It must be at least {ge:g}.",
    "less_than_equal": "It must be at most {le:g}.",
    "too_short": "The list is empty.",
    "value_error": "{error}",
}


def problems_of(
    error: ValidationError, model: type[BaseModel], file: str, document: JsonDocument, at: Path = ()
) -> list[ConfigProblem]:
    """Return a problem for each thing that `model` refused in the part of a document that is `at`."""
    errors = error.errors(include_url=False)[:MOST_PROBLEMS]
    return [_problem(found, model, file, document, at) for found in errors]


def problem_at(file: str, document: JsonDocument, path: Path, reason: str, example: str) -> ConfigProblem:
    """Return a problem of one part of a document."""
    return ConfigProblem(
        file=file, line=document.line(path), path=shown(path), reason=reason, example=example
    )


def _problem(
    found: ErrorDetails, model: type[BaseModel], file: str, document: JsonDocument, at: Path
) -> ConfigProblem:
    loc = tuple(found["loc"])
    path = (*at, *loc)
    owner, field = _walk(model, loc)
    key = loc[-1] if loc else ""
    match found["type"]:
        case "extra_forbidden":
            reason, example = _unknown_key(str(key), owner)
        case "missing":
            reason, example = f"The key {key} is missing.", _member(str(key), field)
        case kind:
            reason = _REASONS.get(kind, f"{found['msg']}.").format(**found.get("ctx", {}))
            example = _example(field) if field else _object_of(owner)
    return problem_at(file, document, path, reason, example)


def _walk(model: type[BaseModel], loc: Path) -> tuple[type[BaseModel], FieldInfo | None]:
    """Return the model that holds the last key of `loc`, and the field of it, where there is one."""
    owner = model
    field: FieldInfo | None = None
    for part in loc:
        if isinstance(part, int):
            continue
        if field is not None:
            inner = _model_in(field.annotation)
            if inner is None:
                continue  # a key that the operator chose, as in freeze_quantities
            owner = inner
        field = _fields(owner).get(part)
    return owner, field


def _model_in(annotation: Any) -> type[BaseModel] | None:
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, BaseModel):
            return part
    return None


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _unknown_key(key: str, owner: type[BaseModel]) -> tuple[str, str]:
    fields = _fields(owner)
    near = get_close_matches(key, fields, n=1)
    if near:
        return f"There is no key {key}; did you mean {near[0]}?", _member(near[0], fields[near[0]])
    return f"There is no key {key}.", f"one of the keys {_listed(fields)}."


def _member(key: str, field: FieldInfo | None) -> str:
    return f"{json.dumps(key)}: {_example(field)}"


def _example(field: FieldInfo | None) -> str:
    return json.dumps(field.examples[0]) if field and field.examples else "see the example file"


def _object_of(model: type[BaseModel]) -> str:
    required = {key: field for key, field in _fields(model).items() if field.is_required()}
    return "{" + ", ".join(_member(key, field) for key, field in required.items()) + "}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
