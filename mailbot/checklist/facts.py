"""Facts: what people, the settings and the case say goes into a reply, in the form that it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from mailbot.checklist.reply import Fact, Form, Reply
from mailbot.errors import Refused, Usage
from mailbot.model.work import RetainedDocument

#: A fact's name and its lines.
Facts = tuple[tuple[str, tuple[str, ...]], ...]


def parse_facts(pairs: Iterable[str]) -> Facts:
    """Facts from `name=value` words; a name that comes again adds a line. Raises Usage for another form."""
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip().isidentifier():
            raise Usage("write a fact as name=value, as in --set erased_on=2026-03-02")
        found[name.strip()] = (*found.get(name.strip(), ()), value.strip())
    return tuple(found.items())


def checked(
    reply: Reply, given: Facts, known: Mapping[str, tuple[str, ...]] | None = None
) -> dict[str, tuple[str, ...]]:
    """The facts that a letter takes, each in its form: as given, else as `known`. Raises Refused for any other fact."""
    for name, _ in given:
        if reply.fact(name) is None:
            names = ", ".join(fact.name for fact in reply.facts) or "no facts at all"
            raise Refused(f"{reply.name} takes no fact {name}; it takes {names}")
    said = {name: tuple(line for line in lines if line.strip()) for name, lines in given}
    filled = {fact.name: said.get(fact.name) or (known or {}).get(fact.name, ()) for fact in reply.facts}
    for fact in reply.facts:
        _check_form(fact, filled[fact.name])
    return filled


def require(reply: Reply, filled: Mapping[str, tuple[str, ...]]) -> None:
    """Raises Refused that names every fact that the letter still needs, with its rule."""
    if lacking := list(missing(reply, filled)):
        asked = "; ".join(f"--set {fact.name}=... {fact.ask} ({fact.rule})" for fact in lacking)
        raise Refused(f"{reply.name} lacks: {asked}")


def missing(reply: Reply, filled: Mapping[str, tuple[str, ...]]) -> Iterator[Fact]:
    """The facts without which this reply is not written."""
    yield from (fact for fact in reply.facts if fact.needed and not filled.get(fact.name))


def _kept_rows(lines: Iterable[str]) -> list[tuple[str, str, date]]:
    """What stays, why and until when. Raises Refused for a line that does not say all three."""
    rows = []
    for line in lines:
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3 or not all(parts):
            raise Refused("Write what stays as: what | why, with its article | until YYYY-MM-DD", "B-12")
        rows.append((parts[0], parts[1], _date(parts[2], "kept")))
    return rows


def _check_form(fact: Fact, lines: tuple[str, ...]) -> None:
    if fact.form is Form.DAY and lines:
        if len(lines) > 1:
            raise Refused(f"{fact.name} is one day", fact.rule)
        _date(lines[0], fact.name)
    if fact.form is Form.KEPT:
        _kept_rows(lines)


def _date(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{name}: write a day as 2026-03-31") from None


def in_lines(found: Iterable[RetainedDocument]) -> Iterator[str]:
    """What stays, one line for each duty and end: what | why, with its article | until."""
    groups: dict[tuple[date, str, str], list[str]] = {}
    for one in found:
        groups.setdefault((one.until, one.basis, one.what), []).append(one.document)
    for (until, basis, what), numbers in sorted(groups.items()):
        named = f"{what} {numbers[0]}" if len(numbers) == 1 else f"{what}: {', '.join(sorted(numbers))}"
        yield f"{named} | wij moeten dit bewaren op grond van {basis} | {until.isoformat()}"
