"""How much of the core the tests hold: its rules are mutated one at a time, and a test must notice each.

`python tests/bench/mutants.py [MODULE ...] [--quick] [--sample N] [--seconds N] [--again FILE]` runs the tests of the
core once and notes which test runs which line. Then it takes one mutant after the other: its code is swapped in, and
the tests that run its line follow, those first that caught its neighbours, until one fails. What survives is listed;
whether that matters is for a reader to say. With `--quick` only tests without fixtures judge, all in one process, at a
few thousandths of a second for a mutant; without it each mutant has a process and every test. `--again` judges only
what the list of an earlier run names.
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib
import inspect
import os
import pkgutil
import random
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import hypothesis
import pytest
from _pytest.runner import runtestprotocol
from mutation import DoesNotLoad, Mutant, apply, mutants_of, names_of

TESTS = Path(__file__).parent.parent
IDENTITY = tuple(f"mailbot.sender.{name}" for name in ("lookup", "proof", "authenticity", "passed_on", "capacity"))
CORE = ("mailbot.deadlines", *IDENTITY, "mailbot.checklist.barred", "mailbot.decide", "mailbot.airlock")
#: The tests of the core that need no server.
NAMES = """
    absence after_answer airlock airlock_rules apply arrival at_once authenticity breaches calendar_entries calendars
    call_batching calling capacity chasing clock closing correcting deadlines deadlines_answers deadlines_oracle
    deadlines_told decide erasing escalation further_mail identity joined joining known_facts ladder letter_settled
    lookup marketing measures order passed_on plan processors proof recipient refusals replying sending steps stopping
    undeniable unproven working_hours
"""
KILLED, SURVIVED, HUNG = 1, 0, 3
Place = tuple[str, int]  # a file and a line


class Runner:
    """The pytest plugin: it takes the place of the loop that runs the tests."""

    def __init__(self, given: argparse.Namespace, modules: list[str], again: frozenset[str]) -> None:
        self.sample, self.seconds, self.quick = given.sample, given.seconds, given.quick
        self.modules, self.again = modules, again
        self.files = {str(importlib.import_module(name).__file__) for name in modules}
        self.runs: dict[Place, set[int]] = defaultdict(set)  # a line of the core, the head of any function -> tests
        self.took: dict[int, float] = {}
        self.caught: dict[int, list[int]] = defaultdict(list)  # a top-level statement -> what noticed, latest first
        self.results: Counter[tuple[str, str]] = Counter()

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        hypothesis.settings.register_profile("mutants", derandomize=True, database=None, max_examples=15, deadline=None)
        hypothesis.settings.load_profile("mutants")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.quick:
            items[:] = [item for item in items if set(_arguments(item)) <= set(_given(item))]
        if not items:
            raise pytest.UsageError("No test is left that could notice anything")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        started = time.process_time()
        self._first_run(session)
        print(f"{len(session.items)} tests pass, {time.process_time() - started:.0f} s", flush=True)
        self.users, self.caches = _users(), list(_caches())
        gc.collect()
        gc.freeze()
        started = time.monotonic()
        for name in self.modules:
            self._judge_module(session, name)
        self._tell(time.monotonic() - started)
        return True

    def _judge_module(self, session: pytest.Session, name: str) -> None:
        module = importlib.import_module(name)
        tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
        chosen = self._chosen([str(mutant) for mutant in mutants_of(module, tree)])
        for number, mutant in enumerate(mutants_of(module, tree)):
            if number in chosen:
                self._judge(session, mutant, tree)
        print(f"# {name} done", flush=True)

    def _chosen(self, names: list[str]) -> set[int]:
        numbers = [number for number, name in enumerate(names) if not self.again or name in self.again]
        if self.sample and len(numbers) > self.sample:
            numbers = random.Random(20260302).sample(numbers, self.sample)
        return set(numbers)

    # --- which test runs what

    def _first_run(self, session: pytest.Session) -> None:
        for number, item in enumerate(session.items):
            started = time.process_time()
            watch = self._watch(number)
            sys.settrace(watch)
            threading.settrace(watch)
            passed = self._test(item)
            sys.settrace(None)
            threading.settrace(None)
            self.took[number] = time.process_time() - started
            if number % 100 == 0:
                print(f"# {number} of {len(session.items)} tests looked at", flush=True)
            if not passed:
                raise SystemExit(f"{item.nodeid} fails without any mutant")

    def _test(self, item: pytest.Item) -> bool:
        if self.quick:
            return _passes(item)
        return not any(report.failed for report in runtestprotocol(item, nextitem=None, log=False))

    def _watch(self, number: int) -> Any:
        def line(frame: Any, event: str, _: Any) -> Any:
            self.runs[frame.f_code.co_filename, frame.f_lineno].add(number)
            return line

        def call(frame: Any, event: str, _: Any) -> Any:
            file = frame.f_code.co_filename
            if "/mailbot/" not in file:
                return None
            self.runs[file, -frame.f_code.co_firstlineno].add(number)
            return line if file in self.files else None

        return call

    def _tests_of(self, mutant: Mutant, session: pytest.Session) -> list[int]:
        """Those that caught its neighbours, those named after the module, then one of each test function before a
        second one, the quickest first; as many as there is time for."""
        file, found = str(sys.modules[mutant.module].__file__), set[int]()
        if isinstance(mutant.top, ast.FunctionDef | ast.ClassDef):
            found = set().union(*(self.runs.get((file, line), set()) for line in range(*_upto(mutant.extent))))
        if not found:  # a value of the module, or a field of a class: who uses it
            users = set().union(*(self.users.get(name, set()) for name in names_of(mutant.top)))
            found = set().union(*(self.runs.get(place, set()) for place in users))
        before, word = self.caught[id(mutant.top)], f"test_{mutant.module.rpartition('.')[2]}"

        ranks, seen = {}, Counter[str]()
        for number in sorted(found, key=self.took.__getitem__):
            function = session.items[number].nodeid.partition("[")[0]
            ranks[number] = seen[function]
            seen[function] += 1

        def place(number: int) -> tuple[int, bool, int, float]:
            caught = before.index(number) if number in before else len(before)
            return caught, word not in session.items[number].nodeid, ranks[number], self.took[number]

        chosen: list[int] = []
        spent = 0.0
        for number in sorted(found, key=place):
            spent += self.took[number] / 2  # it ran under a trace
            if chosen and spent > self.seconds:
                break
            chosen.append(number)
        return chosen

    # --- judging

    def _judge(self, session: pytest.Session, mutant: Mutant, tree: ast.Module) -> None:
        numbers = self._tests_of(mutant, session)
        judge = self._here if self.quick else self._fork
        verdict, by = judge(session, mutant, tree, numbers) if numbers else (SURVIVED, -1)
        if by >= 0:
            caught = self.caught[id(mutant.top)]
            if by in caught:
                caught.remove(by)
            caught.insert(0, by)
        word = {KILLED: "killed", HUNG: "killed", SURVIVED: "survived" if numbers else "never run"}[verdict]
        self.results[mutant.module, word] += 1
        if word != "killed" or verdict == HUNG:
            print(f"{mutant} ({'hung' if verdict == HUNG else word}; {len(numbers)} tests)", flush=True)

    def _here(self, session: pytest.Session, mutant: Mutant, tree: ast.Module, numbers: list[int]) -> tuple[int, int]:
        """In this process, where it costs next to nothing; what noticed it must be content again without it."""

        def endless(*_: object) -> None:
            raise Endless

        signal.signal(signal.SIGPROF, endless)
        signal.setitimer(signal.ITIMER_PROF, 4 * self.seconds + 2)
        try:
            undo = apply(mutant, tree)
        except DoesNotLoad:
            return KILLED, -1
        found = -1
        try:
            self._forget()
            found = next((number for number in numbers if not _passes(session.items[number])), -1)
        except Endless:
            found = numbers[0]
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            for back in undo:
                back()
            self._forget()
        if found >= 0 and not _passes(session.items[found]):
            raise SystemExit(f"{session.items[found].nodeid} fails after {mutant} was taken back")
        return (KILLED if found >= 0 else SURVIVED), found

    def _forget(self) -> None:
        for clear in self.caches:
            clear()

    def _fork(self, session: pytest.Session, mutant: Mutant, tree: ast.Module, numbers: list[int]) -> tuple[int, int]:
        ears, mouth = os.pipe()
        child = os.fork()
        if child == 0:
            gc.disable()
            for alarm in (signal.SIGALRM, signal.SIGPROF):
                signal.signal(alarm, lambda *_: os._exit(HUNG))
            signal.setitimer(signal.ITIMER_PROF, 4 * self.seconds + 10)
            signal.alarm(180)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            os._exit(self._run(session, mutant, tree, numbers, mouth))
        os.close(mouth)
        _, status = os.waitpid(child, 0)
        said = os.read(ears, 20)
        os.close(ears)
        verdict = os.waitstatus_to_exitcode(status)
        return (verdict if verdict in (KILLED, SURVIVED, HUNG) else KILLED), int(said or b"-1")

    def _run(self, session: pytest.Session, mutant: Mutant, tree: ast.Module, numbers: list[int], mouth: int) -> int:
        try:
            apply(mutant, tree)
        except DoesNotLoad:
            return KILLED
        self._forget()
        for number in numbers:
            if not self._test(session.items[number]):
                os.write(mouth, str(number).encode())
                return KILLED
        return SURVIVED

    def _tell(self, seconds: float) -> None:
        for name in [*self.modules, ""]:
            killed, lived, unseen = (
                sum(count for (module, one), count in self.results.items() if one == word and name in (module, ""))
                for word in ("killed", "survived", "never run")
            )
            total = killed + lived + unseen
            share = 100 * killed / max(total, 1)
            print(f"{name or 'all':32} {killed:4}/{total:4} {share:5.1f}%  survived {lived}, never run {unseen}")
        print(f"{seconds:.0f} s")


class Endless(BaseException):
    """A mutant runs and runs."""


def _arguments(item: pytest.Item) -> list[str]:
    """What a test itself asks for; a fixture that every test has only tidies up after it."""
    return list(inspect.signature(item.obj).parameters)  # type: ignore[attr-defined]


def _given(item: pytest.Item) -> dict[str, Any]:
    """What a test gets by its parameters."""
    return dict(item.callspec.params) if hasattr(item, "callspec") else {}


def _passes(item: pytest.Item) -> bool:
    """Whether a test that needs nothing but its parameters passes."""
    try:
        item.obj(**_given(item))  # type: ignore[attr-defined]
    except (KeyboardInterrupt, SystemExit):
        raise
    except pytest.skip.Exception:
        return True
    except BaseException:
        return False
    return True


def _upto(extent: tuple[int, int]) -> tuple[int, int]:
    return extent[0], extent[1] + 1


def _users() -> dict[str, set[Place]]:
    """For each name of a value the functions that use it."""
    users: dict[str, set[Place]] = defaultdict(set)
    for name, module in list(sys.modules.items()):
        if name.startswith("mailbot") and getattr(module, "__file__", None):
            file = str(module.__file__)
            for code in _codes(compile(Path(file).read_text("utf-8"), file, "exec")):
                for used in code.co_names if code.co_name != "<module>" else ():
                    users[used].add((file, -code.co_firstlineno))
                    users[used].add((file, code.co_firstlineno))
            _pass_on(users, ast.parse(Path(file).read_text("utf-8")))
    return users


def _pass_on(users: dict[str, set[Place]], tree: ast.Module) -> None:
    """Who uses a value uses those that it is made of."""
    for statement in reversed(tree.body):
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and node.id not in names_of(statement):
                    users[node.id] |= set().union(*(users[name] for name in names_of(statement)))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _codes(part)


def _caches() -> Iterator[Any]:
    for name, module in list(sys.modules.items()):
        if name.startswith("mailbot"):
            yield from (clear for value in vars(module).values() if (clear := getattr(value, "cache_clear", None)))


def modules_of(names: list[str]) -> list[str]:
    """The modules, those of packages included."""
    found = []
    for name in names:
        module = importlib.import_module(name)
        parts = pkgutil.iter_modules(module.__path__) if hasattr(module, "__path__") else []
        found += [name, *(f"{name}.{part.name}" for part in parts)]
    return list(dict.fromkeys(found))


def _listed(file: Path | None) -> frozenset[str]:
    """The mutants that a list of an earlier run names."""
    lines = file.read_text("utf-8").splitlines() if file else []
    return frozenset(line.rpartition(" (")[0] for line in lines if line.startswith("mailbot"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(CORE))
    parser.add_argument("--sample", type=int, default=0, help="so many mutants of each module at random; 0 for all")
    parser.add_argument("--seconds", type=float, default=5.0, help="of tests for one mutant")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="only tests that need nothing but their parameters, without a process for each",
    )
    parser.add_argument("--again", type=Path, help="the output of an earlier run: only what it lists")
    parser.add_argument("--tests", nargs="*", default=NAMES.split(), help="the files of tests, test_NAME.py")
    given = parser.parse_args()
    files = [str(TESTS / f"test_{name}.py") for name in given.tests if (TESTS / f"test_{name}.py").exists()]
    quiet = ["-q", *("-p", "no:xdist", "-p", "no:cacheprovider", "-p", "no:terminalreporter"), "-s"]
    runner = Runner(given, modules_of(given.modules), _listed(given.again))
    sys.exit(pytest.main([*quiet, "-m", "not soak and not real", *files], plugins=[runner]))


if __name__ == "__main__":
    main()
