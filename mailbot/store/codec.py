"""Values to JSON documents and back, for the stores and the history. Both directions are exact."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import TypeAdapter

if TYPE_CHECKING:
    from mailbot import actions

T = TypeVar("T")


@cache
def _action_kinds() -> dict[str, type]:
    from mailbot import actions  # many: who reads cases and letters only does without

    return {kind.__name__: kind for kind in get_args(actions.CaseAction)}


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_doc(value: object) -> dict[str, Any]:
    """A frozen dataclass as a JSON document; moments as ISO 8601 with their offset."""
    doc: dict[str, Any] = _adapter(type(value)).dump_python(value, mode="json")  # type: ignore[arg-type]
    return doc


def from_doc(kind: type[T], doc: dict[str, Any]) -> T:
    """The dataclass that `to_doc` made the document from."""
    value: T = _adapter(kind).validate_python(doc)  # type: ignore[arg-type]
    return value


def action_to_doc(action: actions.CaseAction) -> dict[str, Any]:
    """An action with its name under "do"."""
    return {"do": type(action).__name__} | (to_doc(action) if fields(action) else {})


def action_from_doc(doc: dict[str, Any]) -> actions.CaseAction:
    """The action that `action_to_doc` wrote."""
    kind = _action_kinds()[doc["do"]]
    value: actions.CaseAction = from_doc(kind, {name: part for name, part in doc.items() if name != "do"})
    return value
