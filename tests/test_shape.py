"""The house keeps its shape: imports go down, the core is pure, one clock, short functions, plain names."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

import mailbot
from mailbot import worker

PACKAGE = Path(__file__).parent.parent / "mailbot"

#: The layers, lowest first. A module may import only from layers below its own, or from its own.
#: A package stands in one layer; a module of it that keeps a lower layer's rules is named there.
LAYERS = {
    "words": """
        accounts
        actions
        chain
        checklist
        csv_format
        dates
        domains
        errors
        events
        model
        smtp_replies
        smtp_wire
        sql_drivers
    """,
    "core": """
        acts.permissions
        airlock
        attachment_text
        classify
        contacts
        deadlines
        deadlines.calendars
        decide
        marketing
        parse
        plan
        reports.charts
        reports.digest
        reports.figures
        reports.html_page
        reports.roundup
        sender
        setup.autoconfig
        setup.changed_settings
        setup.company_toml
        setup.confirming
        setup.customers_toml
        setup.foreign_settings
        setup.policy_company
        setup.policy_contradictions
        setup.policy_parties
        setup.policy_promises
        setup.policy_retention
        setup.policy_terms
        setup.policy_text
        setup.table
        setup.table_answers
        setup.toml_words
        staff.named_moments
        staff.replywords
        staff.reservations
    """,
    "edges": """
        casefiles
        config
        customers
        hooks
        intake_attempts
        letters
        mailbox
        oauth
        operation.heartbeat
        operation.systemd
        private_files
        promises
        regular_files
        shop_database
        setup.public_records
        signatures
        smtp
        sources
        store
        tls
    """,
    "shell": """
        absence
        acts
        app
        audit
        clockwork
        cursors
        demo
        dispatch
        execute
        fulfil
        incoming
        isolation
        memory
        operation
        outgoing
        preview
        reports
        safekeeping
        setup
        staff
        suppression_hook
        worker
    """,
    "entry": """
        __main__
        cli
    """,
}
RANK = {name: rank for rank, names in enumerate(LAYERS.values()) for name in names.split()}
PURE = ("words", "core")
#: What a pure module may not touch: the clock, files, sockets, processes, chance, logs.
IMPURE = {
    "os",
    "pathlib",
    "socket",
    "logging",
    "random",
    "secrets",
    "subprocess",
    "time",
    "threading",
    "tempfile",
}
#: Edges know words and their own library; these few pairs are one edge in several files, and whoever reads a file that
#: people name reads it by the same rule.
ONE_EDGE = {("mailbox", "tls"), ("smtp", "tls"), ("promises", "config")}
ONE_EDGE |= {(reader, "regular_files") for reader in ("config", "customers", "letters", "sources", "tls")}
ONE_EDGE |= {(reader, "shop_database") for reader in ("customers", "sources")}
ONE_EDGE |= {("casefiles", "regular_files"), ("casefiles", "private_files"), ("oauth", "private_files")}
FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|services?|engine|info)($|_)|^(process|handle)_")
#: aiosmtpd calls these hooks by name.
HOOKS = {"handle_RCPT", "handle_DATA"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def unit_of(file: Path) -> str:
    """The module or package of the layer table that a file belongs to."""
    return unit_named(".".join(file.relative_to(PACKAGE).with_suffix("").parts))


def unit_named(module: str) -> str:
    """The same for a module's name within mailbot, such as "setup.autoconfig"."""
    inside = ".".join(module.split(".")[:2])
    return inside if inside in RANK else module.split(".")[0]


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


@cache
def imports_of(tree: ast.Module) -> tuple[tuple[str, int], ...]:
    """What a module imports, and in which line."""
    return tuple(_imports_of(tree))


def _imports_of(tree: ast.Module) -> Iterator[tuple[str, int]]:
    typing_only = {id(node) for block in ast.walk(tree) if _is_typing_block(block) for node in ast.walk(block)}
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            package = node.module.removeprefix("mailbot.")
            names = [alias.name for alias in node.names]
            inside = [name for name in names if node.module == "mailbot" or f"{package}.{name}" in RANK]
            yield from ((f"{node.module}.{name}", node.lineno) for name in inside)
            if len(inside) < len(names):
                yield node.module, node.lineno


def _is_typing_block(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def layer_of(unit: str) -> str:
    return next(layer for layer, names in LAYERS.items() if unit in names.split())


def test_every_module_has_its_place_in_the_layers_and_every_place_its_module() -> None:
    units = {unit_of(file) for file in modules()} - {"__init__"}
    assert (units - set(RANK), set(RANK) - units) == (set(), set())


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_go_down(file: Path) -> None:
    unit = unit_of(file)
    if unit == "__init__":
        return
    wrong = []
    for name, line in imports_of(tree_of(file)):
        other = unit_named(name.removeprefix("mailbot."))
        if not name.startswith("mailbot.") or other == unit:
            continue
        edge_to_edge = layer_of(unit) == layer_of(other) == "edges" and (unit, other) not in ONE_EDGE
        edge_to_core = layer_of(unit) == "edges" and layer_of(other) == "core"
        if RANK[other] > RANK[unit] or edge_to_edge or edge_to_core:
            wrong.append(f"line {line}: {unit} imports {other}")
    assert wrong == []


def test_the_map_of_the_program_names_every_part_of_it() -> None:
    named = set(re.findall(r"[a-z_]+", mailbot.__doc__ or ""))
    assert {file.relative_to(PACKAGE).with_suffix("").parts[0] for file in modules()} - named == {
        "__init__",
        "__main__",
    }


def test_what_the_map_names_inside_a_part_is_there() -> None:
    parts = {file.relative_to(PACKAGE).with_suffix("").parts[0] for file in modules()}
    inside = [pair for pair in re.findall(r"\b([a-z]+)\.([a-z_]+)", mailbot.__doc__ or "") if pair[0] in parts]
    gone = [pair for pair in inside if not (_is_module(*pair) or hasattr(import_module(f"mailbot.{pair[0]}"), pair[1]))]
    assert (len(inside) > 10, gone) == (True, [])


def _is_module(part: str, name: str) -> bool:
    return (PACKAGE / part / f"{name}.py").exists()


def test_the_drawing_of_a_round_shows_its_steps_in_their_order() -> None:
    drawn = (worker.__doc__ or "").split("once -> ")[-1]
    written = inspect.getsource(worker._write_into_mailbox)
    done = inspect.getsource(worker._once).replace("_write_into_mailbox(", written)
    assert steps_in(drawn) == steps_in(done)


def steps_in(text: str) -> list[str]:
    """The functions of other modules that the loop takes, as it names them."""
    return [name for name in re.findall(r"\b[a-z_]+(?:\.[a-z_]+)?\b", text) if _is_step(name)]


def _is_step(name: str) -> bool:
    part, _, function = name.partition(".")
    found = getattr(worker, part, None)
    if inspect.ismodule(found):
        return bool(function)
    return inspect.isfunction(found) and found.__module__.startswith("mailbot.") and found.__module__ != worker.__name__


def test_no_package_imports_one_that_imports_it_also_by_a_detour() -> None:
    imports: dict[str, set[str]] = {}
    for file in modules():
        named = {name for name, _ in imports_of(tree_of(file)) if name.startswith("mailbot.")}
        package = file.relative_to(PACKAGE).with_suffix("").parts[0]
        imports.setdefault(package, set()).update({name.split(".")[1] for name in named} - {package})
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        ring = error.args[1]
        pytest.fail(" imports ".join(reversed(ring)))


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_the_core_is_pure(file: Path) -> None:
    unit = unit_of(file)
    if unit == "__init__" or layer_of(unit) not in PURE or unit == "accounts":
        return
    touched = {name.split(".")[0] for name, _ in imports_of(tree_of(file))} & IMPURE
    assert touched == set()


def test_one_line_reads_the_clock() -> None:
    clock = re.compile(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(|time\.time\(\)")
    lines = [
        f"{file.relative_to(PACKAGE)}:{number}"
        for file in modules()
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if clock.search(line) and not line.lstrip().startswith("#")
    ]
    assert [line.partition(":")[0] for line in lines] == ["app.py"]


def test_only_one_module_speaks_imap_and_one_smtp() -> None:
    speakers = {
        (name.split(".")[0], unit_of(file))
        for file in modules()
        for name, _ in imports_of(tree_of(file))
        if name.split(".")[0] in ("imapclient", "aiosmtplib")
    }
    assert speakers == {("imapclient", "mailbox"), ("aiosmtplib", "smtp")}


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_module_fits_one_sitting(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= 300, "split it"


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_functions_are_short_and_plainly_named(file: Path) -> None:
    functions = [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [f"{node.name}: {node.end_lineno - node.lineno + 1} lines" for node in functions if _length(node) > 50]
    vague = [
        node.name for node in functions if FORBIDDEN_NAMES.search(node.name.lstrip("_")) and node.name not in HOOKS
    ]
    assert (long, vague) == ([], [])


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_every_module_says_what_it_is(file: Path) -> None:
    assert ast.get_docstring(tree_of(file)), "a module starts with what it is and the rule it keeps"
