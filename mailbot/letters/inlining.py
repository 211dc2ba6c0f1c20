"""Templates are read with the parts that they include joined in, so that a letter is filled in one go.

The rule kept here: a joined part says what an included one would; it may name what its template may, and what it sets
stays inside it. Only the program's own parts are joined, for they stay the same while it runs; a company's own are
looked up at each letter.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from mailbot.letters.template_loader import TemplateLoader


class InliningEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox for the templates of a shelf."""

    def __init__(self, loader: TemplateLoader, **options: Any) -> None:
        super().__init__(loader=loader, **options)
        self._loader = loader
        self._parts: dict[str, nodes.Template] = {}

    def make_globals(self, d: Mapping[str, Any] | None) -> MutableMapping[str, Any]:
        """A plain mapping: a chain of them, which Jinja makes to let them change, is walked through at each letter."""
        return {**self.globals, **(d or {})}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        read: nodes.Template = _Inliner(self).visit(super()._parse(source, name, filename))
        return read

    def part(self, include: nodes.Include) -> nodes.Template | None:
        """The part that is included, if it is one to join. One that holds itself ends in a RecursionError, as it does
        where it is included."""
        path = include.template.value if isinstance(include.template, nodes.Const) else ""
        if not self._loader.is_installed(path) or not include.with_context:
            return None
        if path not in self._parts:  # some stand in thirty templates
            source, file, _ = self._loader.get_source(self, path)
            self._parts[path] = self._parse(source, path, file)
        return self._parts[path]


class _Inliner(NodeTransformer):
    """Puts the parts of a template in the place of the words that include them."""

    def __init__(self, environment: InliningEnvironment) -> None:
        self._environment = environment

    def visit_Include(self, include: nodes.Include) -> nodes.Node:
        part = self._environment.part(include)
        if part is None:
            return include
        joined = nodes.Scope(part.body, lineno=include.lineno)
        joined.set_environment(self._environment)
        return joined
