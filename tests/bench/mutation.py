"""Mutation testing: how a module is mutated, one place at a time, and how the mutant becomes what everybody runs.

The rule kept here: what is mutated could change what is decided. Left alone are docstrings, types, decorators, words
for people and for the log, the text of an error and of an assertion, the words of an enumeration and of `__all__`, how
much of a long text is looked at (a bound of ten and more in a slice), and an "if not" that another place already is.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import EnumMeta
from functools import partial
from types import FunctionType, ModuleType
from typing import Any

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In},
}
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr},
}
_OPPOSITES = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
#: From this bound on a slice only says how much of something long is looked at.
_LONG = 10
_FUTURE = __import__("__future__").annotations.compiler_flag


@dataclass(frozen=True)
class Mutant:
    """One mutated place."""

    module: str
    line: int
    what: str
    extent: tuple[int, int]  # the lines of which one is run when the place is
    top: ast.stmt  # the whole mutated top-level statement, mutated only until the next mutant is asked for

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.what}"


def mutants_of(module: ModuleType, tree: ast.Module) -> Iterator[Mutant]:
    """Every mutant of a module, one place at a time; the tree is as it was after each."""
    for top in tree.body:
        if isinstance(top, ast.Import | ast.ImportFrom) or _is_text(top):
            continue
        extents = dict(_extents(top))
        for node, field, at in _places(top, vars(module)):
            old = getattr(node, field) if at is None else getattr(node, field)[at]
            for what, new in _replacements(node, field, old, vars(module)):
                line = getattr(old, "lineno", getattr(node, "lineno", top.lineno))
                _put(node, field, at, new)
                yield Mutant(module.__name__, line, what, extents.get(id(node), (line, line)), top)
                _put(node, field, at, old)


# --- where ------------------------------------------------------------------------------------------------------------


def _extents(node: ast.AST, inside: tuple[int, int] = (0, 0)) -> Iterator[tuple[int, tuple[int, int]]]:
    """For each part of a statement the lines of the innermost statement, or of the head of one that holds others."""
    if isinstance(node, ast.stmt | ast.match_case):
        first, last = _lines(node)
        held = getattr(node, "body", None) or getattr(node, "cases", None)
        if held and not isinstance(node, ast.FunctionDef | ast.ClassDef):
            last = max(first, _lines(held[0])[0] - 1)
        inside = (first, last)
    yield id(node), inside
    for child in ast.iter_child_nodes(node):
        yield from _extents(child, inside)


def _lines(node: ast.stmt | ast.match_case) -> tuple[int, int]:
    first, last = (node.pattern, node.body[-1]) if isinstance(node, ast.match_case) else (node, node)
    return first.lineno, last.end_lineno or first.lineno


def _places(top: ast.stmt, names: Mapping[str, Any]) -> Iterator[tuple[ast.AST, str, int | None]]:
    notes = {id(part) for node in ast.walk(top) for part in _not_mutated(node, names)}
    for node in ast.walk(top):
        if id(node) in notes:
            continue
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                yield from ((node, field, at) for at in range(len(value)) if id(value[at]) not in notes)
            elif id(value) not in notes:
                yield node, field, None


def _not_mutated(node: ast.AST, names: Mapping[str, Any]) -> Iterator[ast.AST]:
    """Types and decorators, assertions, texts of errors, the log, how a value is shown, words of enumerations."""
    parts: list[ast.AST | None] = [getattr(node, "annotation", None), getattr(node, "returns", None)]
    parts += getattr(node, "decorator_list", []) if not isinstance(node, ast.Module) else []
    match node:
        case ast.Assert() | ast.FunctionDef(name="__repr__" | "__str__"):
            parts.append(node)
        case ast.Raise(exc=ast.Call() as call):
            parts.append(call)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="log")))):
            parts.append(node)
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            parts.append(node)
        case ast.ClassDef(name=name) if isinstance(names.get(name), EnumMeta):
            parts += [part for part in node.body if isinstance(part, ast.Assign)]
    for part in filter(None, parts):
        yield from ast.walk(part)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _put(node: ast.AST, field: str, at: int | None, new: Any) -> None:
    if at is None:
        setattr(node, field, new)
    else:
        getattr(node, field)[at] = new


# --- by what ----------------------------------------------------------------------------------------------------------


def _replacements(node: ast.AST, field: str, old: Any, names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What stands in the place of `old`."""
    match old:
        case ast.cmpop() if type(old) in _COMPARED:
            new = _COMPARED[type(old)]
            yield f"{type(old).__name__} -> {new.__name__}", new()
        case ast.operator() if type(old) in _COUNTED:
            other = _COUNTED[type(old)]
            yield f"{type(old).__name__} -> {other.__name__}", other()
        case ast.And():
            yield "and -> or", ast.Or()
        case ast.Or():
            yield "or -> and", ast.And()
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield "not gone", inner
        case ast.Constant(value=bool() as value):
            yield f"{value} -> {not value}", ast.copy_location(ast.Constant(not value), old)
        case ast.Constant(value=int() as value) if not (isinstance(node, ast.Slice) and value >= _LONG):
            yield f"{value} -> {value + 1}", ast.copy_location(ast.Constant(value + 1), old)
        case ast.Constant(value=str() as value) if _names_something(node, value):
            yield f"'{value}' -> other", ast.copy_location(ast.Constant(f"{value}x"), old)
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if attr in (others := _members(names.get(name))):
            other_one = others[(others.index(attr) + 1) % len(others)]
            yield f"{name}.{attr} -> {other_one}", ast.copy_location(ast.Attribute(old.value, other_one, old.ctx), old)
        case ast.Raise() | ast.Expr() if field in ("body", "orelse") and not _is_text(old):
            yield f"gone: {ast.unparse(old)[:50]}", ast.copy_location(ast.Pass(), old)
    if field == "test" and isinstance(node, ast.If | ast.IfExp | ast.While) and not _is_mutated_anyhow(old):
        yield "if -> if not", ast.copy_location(ast.UnaryOp(ast.Not(), old), old)
    if field == "guard" and old is not None and not _is_mutated_anyhow(old):
        yield "if -> if not", ast.copy_location(ast.UnaryOp(ast.Not(), old), old)
    if field == "ifs":
        yield "every one", ast.copy_location(ast.Constant(True), old)


def _members(kind: Any) -> list[str]:
    return list(kind.__members__) if isinstance(kind, EnumMeta) else []


def _is_mutated_anyhow(test: ast.expr) -> bool:
    """Whether its "not" is what a comparison turned round or a "not" gone already is."""
    if isinstance(test, ast.Compare):
        return len(test.ops) == 1 and isinstance(test.ops[0], _OPPOSITES)
    return isinstance(test, ast.UnaryOp)


def _names_something(node: ast.AST, value: str) -> bool:
    """A word of the program (a state, a template, a step), not one for people."""
    inside = not isinstance(node, ast.JoinedStr | ast.FormattedValue | ast.Expr)
    letters = value.replace("_", "a").replace("-", "a")
    return inside and bool(value) and value.isascii() and letters.isalpha() and value.islower()


# --- putting it into the running program ------------------------------------------------------------------------------


class DoesNotLoad(Exception):
    """The mutated module could not even be loaded."""


def apply(mutant: Mutant, tree: ast.Module) -> list[Callable[[], None]]:
    """Let the mutant's code be what everybody runs, in this process. Returns what takes it back, latest first."""
    undo: list[Callable[[], None]] = []
    module = sys.modules[mutant.module]
    fresh = ModuleType(mutant.module)
    fresh.__dict__.update(vars(module))
    changed: set[str] = set()
    for statement in tree.body[tree.body.index(mutant.top) :]:
        if statement is mutant.top or (changed and _is_built_from(statement, changed)):
            try:
                code = ast.fix_missing_locations(ast.Module([statement], []))
                exec(compile(code, str(module.__file__), "exec", dont_inherit=True, flags=_FUTURE), fresh.__dict__)
            except Exception as error:
                raise DoesNotLoad from error
            for name in names_of(statement):
                undo[:0] = _swap(name, getattr(module, name), fresh.__dict__[name])
            changed |= set(names_of(statement)) if isinstance(statement, ast.Assign | ast.AnnAssign) else set()
    return undo


def _is_built_from(statement: ast.stmt, names: set[str]) -> bool:
    """Whether a value of the module is made of one that changed."""
    used = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    return isinstance(statement, ast.Assign | ast.AnnAssign) and bool(used & names)


def names_of(statement: ast.stmt) -> list[str]:
    """The names that a top-level statement gives."""
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def _swap(name: str, old: Any, new: Any) -> list[Callable[[], None]]:
    inner_old, inner_new = inspect.unwrap(old) if callable(old) else old, inspect.unwrap(new) if callable(new) else new
    if isinstance(inner_old, FunctionType) and isinstance(inner_new, FunctionType):
        return _swap_code(inner_old, inner_new)
    undo: list[Callable[[], None]] = []
    if isinstance(old, type):
        for part, value in vars(new).items():
            mine = vars(old).get(part)
            undo += _swap_code(mine, value) if _same_cells(mine, value) else _swap_whole(old, part, value)
            for inner in ("fget", "__func__", "func"):
                undo += _swap_code(getattr(mine, inner, None), getattr(value, inner, None))
        return undo
    for holder in list(sys.modules.values()):
        if getattr(holder, "__name__", "").startswith("mailbot") and vars(holder).get(name) is old:
            setattr(holder, name, new)
            undo.append(partial(setattr, holder, name, old))
    return undo


def _same_cells(old: Any, new: Any) -> bool:
    """Whether the one can have the code of the other; not where `super()` was all that needed a cell."""
    codes = [getattr(one, "__code__", None) for one in (old, new)]
    return None in codes or codes[0].co_freevars == codes[1].co_freevars


def _swap_whole(kind: type, part: str, new: Any) -> list[Callable[[], None]]:
    undo = partial(setattr, kind, part, vars(kind)[part])
    setattr(kind, part, new)
    return [undo]


def _swap_code(old: Any, new: Any) -> list[Callable[[], None]]:
    if not (isinstance(old, FunctionType) and isinstance(new, FunctionType)):
        return []
    before = old.__code__, old.__defaults__, old.__kwdefaults__

    def back() -> None:
        old.__code__, old.__defaults__, old.__kwdefaults__ = before

    old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__
    return [back]
