"""From pydantic's errors to problems that say which key is wrong and what to type.

The rule kept here: a problem never repeats the value that was typed; it might be a secret.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mailbot.config.files import Source
from mailbot.errors import Problem

_TYPES = {
    "string_type": 'must be text between quotes: "..."',
    "int_type": "must be a whole number without quotes",
    "float_type": "must be a number without quotes",
    "bool_type": "must be true or false, without quotes",
    "list_type": 'must be a list: ["...", "..."]',
    "dict_type": "must be a table",
    "model_type": "must be a table: put it under its own [heading]",
    "model_attributes_type": "must be a table: put it under its own [heading]",
    "date_type": "must be a date without quotes: 2026-12-31",
    "datetime_type": "must be a date or a moment without quotes: 2026-12-31 or 2026-12-31T09:00:00",
}
#: Keys of earlier versions, by their last part, and what to do about a file that still has one.
_GONE = {
    "form_of_address": 'changed nothing and is gone: take the line out. Our letters say "u"; a company that says "je" '
    "has letters of its own in replies/tenants/ID/nl",
    "rules": "changed nothing and is gone: take the line out. What a colleague must mind at a kind stands under duties",
}


def problems(error: ValidationError, model: type[BaseModel], source: Source) -> list[Problem]:
    """One problem for each fault that pydantic found in a file of this form."""
    return [
        Problem(source.where(_key(fault["loc"])), _cure(fault, model)) for fault in error.errors(include_input=False)
    ]


def _key(loc: Iterable[int | str]) -> str:
    """("processors", 0, "name") -> "processors[1].name", counted as people count."""
    key = ""
    for part in loc:
        if part == "[key]":
            continue
        key += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return key.lstrip(".")


def _cure(fault: ErrorDetails, model: type[BaseModel]) -> str:
    match fault["type"]:
        case "extra_forbidden":
            return _unknown(str(fault["loc"][-1]), _siblings(model, fault["loc"]))
        case "missing":
            return f"is missing: type {fault['loc'][-1]} = {_example(model, fault['loc'])}"
        case "literal_error":
            return f"must be one of {fault['ctx']['expected']}"
        case kind if kind in _TYPES:
            return _TYPES[kind]
        case _:
            return fault["msg"].removeprefix("Value error, ")


def _unknown(name: str, known: list[str]) -> str:
    if name in _GONE and name not in known:
        return _GONE[name]
    close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    if close:
        return f"is not a known key; did you mean {close[0]}?"
    return f"is not a known key; known here: {', '.join(known)}"


def _siblings(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    owner = _owner(model, loc)
    return sorted(owner.model_fields) if owner else []


def _example(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    owner = _owner(model, loc)
    field = owner.model_fields.get(str(loc[-1])) if owner else None
    if field is None or not field.examples:
        return "..."
    example = field.examples[0]
    return f'"{example}"' if isinstance(example, str) else str(example)


def _owner(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model that holds the last part of `loc`; steps over list numbers and keys of free tables."""
    here: Any = model
    for part in loc[:-1]:
        if _is_model(here) and isinstance(part, str):
            field = here.model_fields.get(part)
            here = field.annotation if field else None
        else:
            here = get_args(here)[-1] if get_origin(here) in (list, dict) else None
        here = _bare(here)
    return here if _is_model(here) else None


def _bare(annotation: Any) -> Any:
    """The annotation without Annotated and without "| None"."""
    if hasattr(annotation, "__metadata__"):
        return _bare(annotation.__origin__)
    if get_origin(annotation) in (list, dict) or _is_model(annotation):
        return annotation
    choices = [choice for choice in get_args(annotation) if choice is not type(None)]
    return _bare(choices[0]) if len(choices) == 1 else annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
