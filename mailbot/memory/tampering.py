"""What a later rewrite of the memory breaks: the company's chain, looked at whole, and held against a head of before.

The rule kept here: somebody can change, drop or add a line and compute every hash anew, but the head that went out in a
weekly summary no longer fits then. The heads at hand tell between which two links the rewrite began.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot import chain
from mailbot.chain import Link
from mailbot.model import Status
from mailbot.store import Unit, ledger
from mailbot.store.codec import from_doc

#: Where a fault of the company's chain is said to be.
CHAIN = "chain"


def current_head(unit: Unit) -> str:
    """The head of the company's chain as people copy it; empty while there is none."""
    number, head = ledger.newest(unit)
    return chain.head_code(number, head) if number else ""


def faults(unit: Unit) -> Iterator[tuple[str, str]]:
    """Links that do not follow from those before; lines and cases that the chain does not know, or misses."""
    lines, links, cases = _read(unit)
    sealed = [one for one in links if one.what == ledger.LINE]
    yield from _broken_links(unit, links)
    yield from _lost_lines(sealed, lines)
    yield from _unsealed(lines.keys() - {(one.ref, one.seq) for one in sealed})
    yield from _lost_cases(unit, cases, {one.ref for one in sealed})
    yield from _changed_remains(unit, cases, {one.ref: one.hash for one in links if one.what == ledger.REMAINS})


def _broken_links(unit: Unit, links: Sequence[Link]) -> Iterator[tuple[str, str]]:
    number, previous = 0, chain.START
    for one in links:
        if one.number != number + 1:
            yield CHAIN, f"{_named(number + 1, one.number - 1)} missing"
        elif not chain.is_next(one, previous, one.number):
            where = _link_in_words(one)
            yield CHAIN, f"link {where} does not follow from the one before: it was changed, or put elsewhere"
        number, previous = one.number, one.head
    newest, head = ledger.newest(unit)
    if (number, previous) != (newest, head):
        yield CHAIN, f"it ends at link {number}, and link {newest} was the newest"


def _lost_lines(sealed: Sequence[Link], lines: Mapping[tuple[str, int], str]) -> Iterator[tuple[str, str]]:
    """Lines of histories that are gone, or have another hash than the chain has; each is sealed once."""
    left, lost = dict(lines), dict[str, list[int]]()
    for one in sealed:
        if left.pop((one.ref, one.seq), None) != one.hash:
            lost.setdefault(one.ref, []).append(one.seq)
    yield from (
        (ref, f"{_lines(seqs)} of its history gone or changed: the chain has another") for ref, seqs in lost.items()
    )


def _changed_remains(unit: Unit, cases: Mapping[str, str], remains: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Cases whose person was forgotten, as they say or as the chain says, that are not what was sealed then."""
    unproven = {ref for ref, status in cases.items() if status == Status.ANONYMISED} - remains.keys()
    yield from ((ref, "it says that its person was forgotten, and the chain does not") for ref in sorted(unproven))
    yield from (
        (ref, "what stayed of it was changed") for ref, hash in remains.items() if ledger.remains_of(unit, ref) != hash
    )


def _read(unit: Unit) -> tuple[dict[tuple[str, int], str], list[Link], dict[str, str]]:
    """The hash of every line of every history, the links in order, and every case with its status."""
    lines: dict[tuple[str, int], str] = {}
    links: list[Link] = []
    cases: dict[str, str] = {}
    for table, id, doc in unit.tables.everything():
        if table == "history":
            lines[doc["ref"], doc["seq"]] = doc["hash"]
        elif table == ledger.TABLE:
            links.append(from_doc(Link, doc))
        elif table == "cases":
            cases[id] = doc["status"]
    return lines, links, cases


def _lost_cases(unit: Unit, cases: Mapping[str, str], sealed: set[str]) -> Iterator[tuple[str, str]]:
    """Cases that are gone, and those that no list shows because they are not found by their keys."""
    listed = {str(doc["ref"]) for doc in unit.tables.by("cases", "all", "~", "<=")}
    yield from ((ref, "the case is gone: the chain has its history") for ref in sorted(sealed - cases.keys()))
    yield from ((ref, "the case is on file, and no list shows it") for ref in sorted(cases.keys() - listed))


def _unsealed(lines: Iterable[tuple[str, int]]) -> Iterator[tuple[str, str]]:
    """Lines of histories that the chain does not know."""
    added: dict[str, list[int]] = {}
    for ref, seq in sorted(lines):
        added.setdefault(ref, []).append(seq)
    yield from ((ref, f"{_lines(seqs)} of its history, and not in the chain") for ref, seqs in added.items())


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a head of before says of the chain of now."""

    holds: bool
    message: str


def compare(unit: Unit, marks: Sequence[str]) -> Comparison:
    """Whether the chain still leads through these heads of before. Raises ValueError for what is no head."""
    read = sorted({chain.read_head_code(text) for text in marks})
    good: Link | None = None
    for number, mark in read:
        found = ledger.link_at(unit, number)
        if found is None or chain.head_code(number, found.head) != mark:
            return Comparison(False, _broken(unit, number, found, good))
        good = found
    newest, _ = ledger.newest(unit)
    message = f"unchanged up to link {_link_in_words(good)}" if good else "no head was given"
    return Comparison(True, f"{message}; {newest - (good.number if good else 0)} links since")


def _broken(unit: Unit, number: int, found: Link | None, good: Link | None) -> str:
    """From which point a rewrite shows."""
    newest, _ = ledger.newest(unit)
    if found is None:
        what = f"the chain ends at link {newest}, and this head is of link {number}: what came in between is gone"
    else:
        since = f"after link {_link_in_words(good)}" if good else "anywhere from the first link on"
        what = f"link {_link_in_words(found)} is not the one that this head was made from; it was rewritten {since}"
        what += f", up to link {number} at the latest"
    back = [_link_in_words(one) for one in _restored(unit) if not good or one.number > good.number]
    if back:
        what += f". The memory was put back from a backup, link {', link '.join(back)}"
        what += ": a head from between the making of that backup and that day holds no longer"
    elif not good:
        what += ". Give an older head too, with a second --against, to see between which two it was"
    return what


def _restored(unit: Unit) -> list[Link]:
    return [one for one in _read(unit)[1] if one.what == ledger.RESTORED]


def _link_in_words(link: Link | None) -> str:
    return f"{link.number} ({_day(link.at)})" if link else "none"


def _day(at: datetime) -> str:
    return at.date().isoformat()


def _named(first: int, last: int) -> str:
    return f"link {first} is" if first >= last else f"links {first} to {last} are"


def _lines(seqs: list[int]) -> str:
    return f"line {seqs[0]} is" if len(seqs) == 1 else f"lines {', '.join(map(str, seqs))} are"
