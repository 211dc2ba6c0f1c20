"""How much of the core the tests hold: its rules are spoiled one at a time, and a test must notice each.

`python tests/bench/mutants.py [MODULE ...] [--sample N] [--seconds N]` collects the core's tests once, notes which test
calls which function, and then forks a process for each mutant: the function's code is swapped, the tests that call it
run, quickest first, until one fails. What survives is listed; whether that matters is for a reader to say.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import os
import pkgutil
import random
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

TESTS = Path(__file__).parent.parent
CORE = ("mailbot.decide", "mailbot.deadlines", "mailbot.proof")
#: The quick tests of the core.
NAMES = """
    decide deadlines deadlines_answers deadlines_told ladder measures proof plan plan_ends at_once standing known
    replying
"""
KILLED, SURVIVED, TIMED_OUT = 1, 0, 3

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In},
}
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr},
}


@dataclass(frozen=True)
class Mutant:
    """One spoiled place: the statement of the module that holds it, and what was done there."""

    module: str
    line: int
    what: str
    statement: ast.stmt  # the whole spoiled top-level statement


def spoiled(tree: ast.Module) -> Iterator[tuple[int, str, ast.stmt]]:
    """Every way in which a module is spoiled, one place at a time; the tree is as it was after each."""
    for top in tree.body:
        if isinstance(top, ast.Import | ast.ImportFrom) or _is_text(top):
            continue
        for node, field, at in _places(top):
            old = getattr(node, field) if at is None else getattr(node, field)[at]
            for what, new in _instead(node, field, old):
                _put(node, field, at, new)
                yield getattr(old, "lineno", getattr(node, "lineno", 0)), what, top
                _put(node, field, at, old)


def _places(top: ast.stmt) -> Iterator[tuple[ast.AST, str, int | None]]:
    notes = {id(part) for node in ast.walk(top) for part in _of_types(node)}
    for node in ast.walk(top):
        if id(node) in notes:
            continue
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                yield from ((node, field, at) for at in range(len(value)) if id(value[at]) not in notes)
            elif id(value) not in notes:
                yield node, field, None


def _of_types(node: ast.AST) -> Iterator[ast.AST]:
    """What only says types, and decorators."""
    parts: list[ast.AST | None] = [getattr(node, "annotation", None), getattr(node, "returns", None)]
    parts += getattr(node, "decorator_list", []) if not isinstance(node, ast.Module) else []
    for part in filter(None, parts):
        yield from ast.walk(part)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _put(node: ast.AST, field: str, at: int | None, new: Any) -> None:
    if at is None:
        setattr(node, field, new)
    else:
        getattr(node, field)[at] = new


def _instead(node: ast.AST, field: str, old: Any) -> Iterator[tuple[str, Any]]:
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
        case ast.Constant(value=int() as value):
            yield f"{value} -> {value + 1}", ast.copy_location(ast.Constant(value + 1), old)
        case ast.Constant(value=str() as value) if _names_something(node, value):
            yield f"'{value}' -> other", ast.copy_location(ast.Constant(f"{value}x"), old)
        case ast.Raise() | ast.Expr() if field in ("body", "orelse") and not _is_text(old):
            yield f"gone: {ast.unparse(old)[:50]}", ast.copy_location(ast.Pass(), old)
    if field == "test" and isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(old, ast.UnaryOp):
        yield "if -> if not", ast.copy_location(ast.UnaryOp(ast.Not(), old), old)
    if field == "ifs":
        yield "every one", ast.copy_location(ast.Constant(True), old)


def _names_something(node: ast.AST, value: str) -> bool:
    """A word of the program (a state, a template, a step), not one for people."""
    inside = not isinstance(node, ast.JoinedStr | ast.FormattedValue | ast.Expr)
    return (
        inside
        and bool(value)
        and value.isascii()
        and value.replace("_", "a").replace("-", "a").isalpha()
        and value.islower()
    )


# --- swapping ---------------------------------------------------------------------------------------------------------


def apply(mutant: Mutant, touched: dict[str, set[str]]) -> None:
    """Let the mutant's code be what everybody runs, in this process."""
    module = sys.modules[mutant.module]
    fresh = ModuleType(mutant.module)
    fresh.__dict__.update(module.__dict__)
    tree = ast.fix_missing_locations(ast.Module([mutant.statement], []))
    exec(compile(tree, str(module.__file__), "exec", dont_inherit=True, flags=_FUTURE), fresh.__dict__)
    for name in _names_of(mutant.statement):
        _swap(module, name, getattr(module, name), fresh.__dict__[name])
    for other in list(sys.modules.values()):
        if getattr(other, "__name__", "").startswith("mailbot"):
            for value in list(vars(other).values()):
                if callable(clear := getattr(value, "cache_clear", None)):
                    clear()


_FUTURE = __import__("__future__").annotations.compiler_flag


def _names_of(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def _swap(module: ModuleType, name: str, old: Any, new: Any) -> None:
    inner_old, inner_new = inspect.unwrap(old) if callable(old) else old, inspect.unwrap(new) if callable(new) else new
    if isinstance(inner_old, FunctionType) and isinstance(inner_new, FunctionType):
        inner_old.__code__ = inner_new.__code__
        inner_old.__defaults__, inner_old.__kwdefaults__ = inner_new.__defaults__, inner_new.__kwdefaults__
        return
    if isinstance(old, type):
        for part, value in vars(new).items():
            mine = vars(old).get(part)
            for one, other in ((mine, value), (getattr(mine, "fget", None), getattr(value, "fget", None))):
                if isinstance(one, FunctionType) and isinstance(other, FunctionType):
                    one.__code__, one.__defaults__ = other.__code__, other.__defaults__
        return
    for holder in list(sys.modules.values()):
        if getattr(holder, "__name__", "").startswith("mailbot") and vars(holder).get(name) is old:
            setattr(holder, name, new)


# --- running ----------------------------------------------------------------------------------------------------------


class Runner:
    """The pytest plugin: it takes the place of the loop that runs the tests."""

    def __init__(self, modules: list[str], sample: int, seconds: float) -> None:
        self.modules, self.sample, self.seconds = modules, sample, seconds
        self.callers: dict[str, set[int]] = defaultdict(set)  # "module:function" -> tests
        self.took: dict[int, float] = {}
        self.results: Counter[tuple[str, str]] = Counter()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        started = time.process_time()
        self._first_run(session)
        print(f"{len(session.items)} tests pass, {time.process_time() - started:.0f} s", flush=True)
        mutants = [mutant for name in self.modules for mutant in _mutants(name)]
        chosen = mutants
        if self.sample and len(mutants) > self.sample:
            chosen = sorted(
                random.Random(20260302).sample(mutants, self.sample), key=lambda one: (one.module, one.line)
            )
        print(f"{len(chosen)} of {len(mutants)} mutants, {len(session.items)} tests", flush=True)
        for name in self.modules:
            for mutant in _mutants(name):  # made anew: the tree is spoiled only while it is at hand
                if any((mutant.line, mutant.what) == (one.line, one.what) and one.module == name for one in chosen):
                    self._judge(session, mutant)
        self._tell()
        return True

    def _first_run(self, session: pytest.Session) -> None:
        for number, item in enumerate(session.items):
            started = time.perf_counter()

            def seen(frame: Any, event: str, _: Any, number: int = number) -> None:
                name = frame.f_globals.get("__name__", "")
                if event == "call" and name.startswith("mailbot."):
                    self.callers[f"{name}:{frame.f_code.co_firstlineno}"].add(number)

            sys.setprofile(seen)
            reports = runtestprotocol(item, nextitem=None, log=False)
            sys.setprofile(None)
            self.took[number] = time.perf_counter() - started
            if number % 200 == 0:
                print(f"{number} of {len(session.items)} tests looked at", flush=True)
            if any(report.failed for report in reports):
                raise SystemExit(f"{item.nodeid} fails without any mutant")

    def _judge(self, session: pytest.Session, mutant: Mutant) -> None:
        numbers = self._tests_of(mutant)
        verdict = self._fork(session, mutant, numbers) if numbers else SURVIVED
        word = {KILLED: "killed", TIMED_OUT: "killed", SURVIVED: "survived" if numbers else "never called"}[verdict]
        self.results[mutant.module, word] += 1
        if word != "killed":
            print(f"{mutant.module}:{mutant.line}: {mutant.what} ({word}; {len(numbers)} tests)", flush=True)

    def _tests_of(self, mutant: Mutant) -> list[int]:
        statement = mutant.statement
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            first, last = statement.lineno - len(statement.decorator_list), statement.end_lineno or statement.lineno
            lines = [f"{mutant.module}:{line}" for line in range(first, last + 1)]
            found = set().union(*(self.callers.get(line, set()) for line in lines))
        else:
            users = {holder for holder in sys.modules if holder.startswith("mailbot") and _uses(holder, statement)}
            found = set().union(*(tests for place, tests in self.callers.items() if place.partition(":")[0] in users))
        return sorted(found, key=lambda number: self.took[number])

    def _fork(self, session: pytest.Session, mutant: Mutant, numbers: list[int]) -> int:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGALRM, lambda *_: os._exit(TIMED_OUT))
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            try:
                apply(mutant, {})
            except BaseException:
                os._exit(KILLED)
            signal.setitimer(signal.ITIMER_PROF, self.seconds)
            signal.signal(signal.SIGPROF, lambda *_: os._exit(SURVIVED if self._is_slow else TIMED_OUT))
            for number in numbers:
                self._is_slow = self.took[number] > self.seconds / 4
                reports = runtestprotocol(session.items[number], nextitem=None, log=False)
                if any(report.failed for report in reports):
                    os._exit(KILLED)
            os._exit(SURVIVED)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else KILLED

    _is_slow = False

    def _tell(self) -> None:
        for name in sorted({module for module, _ in self.results}):
            killed, lived, unseen = (self.results[name, word] for word in ("killed", "survived", "never called"))
            total = killed + lived + unseen
            print(
                f"{name:32} {killed:4}/{total:4} {100 * killed / total:5.1f}%  survived {lived}, never called {unseen}"
            )
        killed, tried = sum(n for (_, word), n in self.results.items() if word == "killed"), sum(self.results.values())
        print(f"{'all':32} {killed:4}/{tried:4} {100 * killed / max(tried, 1):5.1f}%")


def _uses(holder: str, statement: ast.stmt) -> bool:
    return any(name in vars(sys.modules[holder]) for name in _names_of(statement))


def _mutants(name: str) -> Iterator[Mutant]:
    module = importlib.import_module(name)
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    for line, what, statement in spoiled(tree):
        yield Mutant(name, line, what, statement)


def modules_of(names: list[str]) -> list[str]:
    """The modules, those of packages included."""
    found = []
    for name in names:
        module = importlib.import_module(name)
        parts = pkgutil.iter_modules(module.__path__) if hasattr(module, "__path__") else []
        found += [name, *(f"{name}.{part.name}" for part in parts)]
    return sorted(set(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(CORE))
    parser.add_argument("--sample", type=int, default=0, help="so many mutants at random; 0 for all")
    parser.add_argument("--seconds", type=float, default=20.0, help="of the processor, for one mutant")
    given = parser.parse_args()
    hypothesis.settings.register_profile("mutants", derandomize=True, database=None, max_examples=15)
    hypothesis.settings.load_profile("mutants")
    files = [str(TESTS / f"test_{name}.py") for name in NAMES.split() if (TESTS / f"test_{name}.py").exists()]
    arguments = [
        "-q",
        "-p",
        "no:xdist",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:terminalreporter",
        "-s",
        "-m",
        "not soak and not real",
    ]
    runner = Runner(modules_of(given.modules), given.sample, given.seconds)
    sys.exit(pytest.main([*arguments, *files], plugins=[runner]))


if __name__ == "__main__":
    main()
