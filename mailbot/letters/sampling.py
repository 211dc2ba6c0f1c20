"""Every letter of an installation, written for people who do not exist: what `mailbot check` looks at.

The rule kept here: each template is filled with a full and with a bare case before it is ever needed, and
every fault found is told at once, with its file. Of companies that are alike (`likeness`) the letters are filled in
every case for the first one, and of letters that say the same one is finished.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailbot.checklist import POLICY_CHANGED
from mailbot.errors import ConfigError, Problem
from mailbot.letters.compose import TRANSLATED, Letters
from mailbot.letters.likeness import Alike, Printing, Shown, kind_of, mould_of, settings_of
from mailbot.letters.render import Template, Value
from mailbot.letters.samples import CASE_LETTERS, COMPANY_LETTERS, PROCESSOR_LETTERS, REQUESTER_LETTERS, Sample, samples
from mailbot.letters.values import FOREIGN
from mailbot.model import Letter, Policy

KEY = "00" * 32


def sample_letters(letters: Letters, policy: Policy, now: datetime, alike: Alike | None = None) -> Iterator[Letter]:
    """Every template with a full and a bare case. Raises ConfigError with every template that cannot be rendered.

    `alike` remembers, from company to company too, what need not be looked at again: every template is filled in every
    case, but a letter that differs from an earlier one in printed values only is left out. Nothing that was found for
    another company stands for one that words letters itself.
    """
    if alike and (letters.replies / "tenants" / policy.tenant).exists():
        alike = Alike()
    look = _Look(letters, policy, now, Printing(policy, alike.moulds if alike else None), alike)
    look.problems.extend(_strays(letters, policy))
    yield from look.letters_of_all()
    if look.problems:
        raise ConfigError(list(dict.fromkeys(look.problems)))


@dataclass(frozen=True, slots=True)
class _Look:
    """One company's letters, looked at."""

    letters: Letters
    policy: Policy
    now: datetime
    printing: Printing
    alike: Alike | None
    problems: list[Problem] = field(default_factory=list)

    def letters_of_all(self) -> Iterator[Letter]:
        """Template by template, what was not looked at before."""
        plain = settings_of(self.policy)
        for path, (names, of_it) in self._by_template().items():
            kind = path, kind_of(plain, of_it[0][0].template, names)
            enough = self.alike.enough(kind) if self.alike else None
            yield from self._everything(path, of_it, kind) if enough is None else self._own_words(of_it, enough)

    def _by_template(self) -> dict[str, tuple[frozenset[str], list[Sample]]]:
        """All samples, by the template that they are made from, each with the names that it and its frame use."""
        hang_on = self.policy.country, self.policy.zone, self.now
        if self.alike and hang_on in self.alike.samples:
            known: dict[str, tuple[frozenset[str], list[Sample]]] = self.alike.samples[hang_on]
            return known
        found: dict[str, list[Sample]] = {}
        for sample in samples(self.policy, self.now):
            try:
                found.setdefault(self.letters.template_for(*sample[:2], self.policy).path, []).append(sample)
            except ConfigError as error:
                self.problems.extend(error.problems)
        named = {path: (names, found[path]) for path, names in self._names(found)}
        if self.alike and not self.problems:
            self.alike.samples[hang_on] = named
        return named

    def _names(self, paths: Iterable[str]) -> Iterator[tuple[str, frozenset[str]]]:
        for path in paths:
            try:
                yield path, self.letters.renderer.names_in(path).union(self.letters.renderer.layout_names)
            except ConfigError as error:
                self.problems.extend(error.problems)

    def _everything(self, path: str, of_it: list[Sample], kind: Hashable) -> Iterator[Letter]:
        """The template in every case; of those letters that say the same, one."""
        faults = len(self.problems)
        enough: dict[Shown, int] = {}
        for number, sample in enumerate(of_it):
            try:
                template, values = self._filled(sample)
                if number == 0 and (unknown := self._unknown(template, values)):
                    self.problems.extend(unknown)
                    return
                mould = self._mould(sample, template, values) if self.alike else None
                if self.printing.shows_nothing_new(mould):
                    shown = self.printing.shown_by(mould)
                else:
                    yield (letter := self._written(sample, template, values))
                    shown = self.printing.add(letter, mould)
                for one in shown:
                    enough.setdefault(one, number)
            except ConfigError as error:
                self.problems.extend(error.problems)
        if self.alike and len(self.problems) == faults:
            self.alike.note(kind, enough)

    def _own_words(self, of_it: list[Sample], enough: Mapping[Shown, int]) -> Iterator[Letter]:
        """The company's words wherever this template shows them and none before it did; all else was in order."""
        for shown, number in enough.items():
            if not self.printing.has_seen(shown):
                try:
                    yield (letter := self._written(of_it[number], *self._filled(of_it[number])))
                    self.printing.add(letter)
                except ConfigError as error:
                    self.problems.extend(error.problems)

    def _filled(self, sample: Sample) -> tuple[Template, dict[str, Value]]:
        send, case, extra = sample
        return self.letters.filled(send, case, self.policy, self.now, extra)

    def _written(self, sample: Sample, template: Template, values: dict[str, Value]) -> Letter:
        send, case, _ = sample
        return self.letters.written(send, case, self.policy, self.now, KEY, template, values)

    def _mould(self, sample: Sample, template: Template, values: dict[str, Value]) -> Hashable:
        send, case, _ = sample
        said = self.letters.renderer.words(template, values).text
        frame = {name: values.get(name, "") for name in self.letters.renderer.layout_names}
        return mould_of(said, send, case, template, frame)

    def _unknown(self, template: Template, values: dict[str, Value]) -> list[Problem]:
        """Names that a template uses and nobody fills, in branches that no sample takes too."""
        names = self.letters.renderer.unknown_names(template, values)
        return [Problem(f"replies/{template.path}", f"{name} is not a name that this letter knows") for name in names]


def _strays(letters: Letters, policy: Policy) -> Iterator[Problem]:
    """Files of the company that no letter is looked for under, so that a typing error does not go unseen."""
    known = {*REQUESTER_LETTERS, *CASE_LETTERS, *COMPANY_LETTERS, *PROCESSOR_LETTERS}
    for path in sorted((letters.replies / "tenants" / policy.tenant).glob("*/*.md")):
        is_known = path.stem in known or path.stem.startswith(POLICY_CHANGED.name)
        spoken = path.parent.name in ("nl", *(FOREIGN if path.stem in TRANSLATED else _written_in(path.stem)))
        if not is_known or not spoken:
            where = f"replies/{path.relative_to(letters.replies).as_posix()}"
            yield Problem(where, f"is no letter that exists; letters are {', '.join(sorted(known))}")


def _written_in(letter: str) -> tuple[str, ...]:
    return ("en",) if letter in PROCESSOR_LETTERS else ()
