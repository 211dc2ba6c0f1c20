"""`make eval`: how well the shipped model sorts mails that it was not trained on, beside two simple ways to sort.

`dev` may be looked at, and its mistakes are written to a file; of the others only figures are shown, for nobody to tune
on. `fresh` was written by three more writers, `said` by one more: people who say who they are beside what they ask;
`week` and `box` by two others: what an info@ box gets in some weeks, two in three to four in five asking nothing.
`near` was written by two: ordinary mail that sounds like a request, and requests that sound like ordinary mail; `hard`
by three more, who meant to mislead. `buried`, by one, has long mails about something else that ask in one line, or
nothing. `mixed` has all kinds as often as the examples, by three writers; `month` is what such a box gets in a month,
by two. `rules` by one more goes through the rules of the labels, each twice; in `people` one lets forty people write.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from math import sqrt
from pathlib import Path

import baselines
import numpy as np
from passages import pool_of, read_passages, with_passage

import corpus
from mailbot.classify import load_classifier
from mailbot.model import REQUEST_KINDS, Kind, Verdict
from mailbot.parse import answered

PARTS = ("dev", "test", "fresh", "said", "week", "box", "near", "hard", "buried", "mixed", "month", "rules", "people")
#: What people say beside what they ask, by a writer of its own.
PASSAGES = "heldout/beside.jsonl"
#: The worst mistakes of the part that may be looked at; never of the others.
MISTAKES = Path("eval-mistakes.txt")
#: Tags that make a mail hard, each shown by itself.
HARD = (
    "multi_label",
    "buried",
    "negation",
    "quoted_history",
    "on_behalf",
    "follow_up",
    "hard_negative",
    "short",
    "flemish",
)

Judged = list[tuple[corpus.Labelled, Verdict]]


def main() -> None:
    """Prints the figures of the held-out parts and writes the mistakes of `dev` to a file."""
    parts = {name: judged(corpus.read(f"heldout/{name}.jsonl")) for name in PARTS}
    for name, rows in parts.items():
        print(f"\n=== {name}: {len(rows)} mails, written by others than the training mails")
        figures(rows)
        print("  baselines, exact")
        for said, kinds in baselines.sorters().items():
            right = sum(set(kinds(mail)) == set(mail.kinds) for mail, _ in rows)
            print(f"    {said:<34} {with_interval(right, len(rows))}")
        for table in (by_kind, confusion, coverage, reliability, by_language, by_difficulty):
            table(rows)
        with_passages([mail for mail, _ in rows])
    wrong = [row for row in parts["dev"] if not exact(*row)]
    wrong.sort(key=lambda row: -row[1].certainty)
    MISTAKES.write_text("\n\n".join(told(*row) for row in wrong), "utf-8")
    print(f"\n{len(wrong)} mistakes of dev, most certain first: {MISTAKES}")


def judged(mails: list[corpus.Labelled]) -> Judged:
    """Each mail with its verdict."""
    sorter = load_classifier()
    return [
        (mail, sorter.classify(mail.subject, mail.text, quoted=answered(mail.quoted), rules=mail.rules))
        for mail in mails
    ]


def with_passages(mails: list[corpus.Labelled]) -> None:
    """The same figures when something that asks nothing is put into each mail."""
    rng, pool = np.random.default_rng(0), pool_of(read_passages(PASSAGES))
    told = [mail for mail in mails if mail.text.strip() and mail.language in pool]
    rows = judged(
        [with_passage(mail, pool[mail.language][int(rng.integers(len(pool[mail.language])))], rng) for mail in told]
    )
    print("  with what people say beside it, one passage a mail")
    figures(rows)


def exact(mail: corpus.Labelled, verdict: Verdict) -> bool:
    """Whether exactly the right kinds were named."""
    return set(mail.kinds) == set(verdict.kinds)


def asks(kinds: tuple[Kind, ...]) -> bool:
    """Whether any kind is a request."""
    return any(kind in REQUEST_KINDS for kind in kinds)


def figures(rows: Judged) -> None:
    """The figures that the sorter is judged by."""
    auto = [row for row in rows if row[1].act == "auto"]
    requests = [(m, v) for m, v in rows if asks(m.kinds)]
    nothing = [(m, v) for m, v in rows if m.kinds == (Kind.NOT_A_REQUEST,)]
    missed = sum(v.act == "auto" and not asks(v.kinds) for _, v in requests)
    found = sum(asks(v.kinds) or v.act == "triage" for _, v in requests)
    quoted = [
        reason.quote in f"{m.subject}\n{m.text}\n{m.quoted}" and bool(reason.quote)
        for m, v in rows
        for reason in v.reasons
    ]
    wanted = sum(kind in REQUEST_KINDS for _, v in rows for kind in v.kinds)
    print(f"  exact set of kinds          {with_interval(sum(exact(*row) for row in rows), len(rows))}")
    print(f"  macro F1 of the kinds       {sum(f1(kind, rows) for kind in Kind) / len(Kind):.3f}")
    print(f"  requests found              {with_interval(found, len(requests))}; none and unchecked: {missed}")
    print(f"  nothing taken for a request {with_interval(sum(asks(v.kinds) for _, v in nothing), len(nothing))}")
    print(f"  recorded unchecked          {with_interval(len(auto), len(rows))}")
    print(f"  exact among them            {with_interval(sum(exact(*row) for row in auto), len(auto))}")
    print(f"  requests with a true quote  {with_interval(sum(quoted), wanted)}")


def _hits(kind: Kind, rows: Judged) -> tuple[int, int, int]:
    hit = sum(kind in m.kinds and kind in v.kinds for m, v in rows)
    return hit, sum(kind in v.kinds for _, v in rows), sum(kind in m.kinds for m, _ in rows)


def f1(kind: Kind, rows: Judged) -> float:
    """The balance of precision and recall of a kind."""
    hit, named, asked = _hits(kind, rows)
    return 2 * hit / max(named + asked, 1)


def by_kind(rows: Judged) -> None:
    """Precision, recall and F1 of each kind."""
    print(f"  {'kind':<22}precision recall  F1   asked")
    for kind in Kind:
        hit, named, asked = _hits(kind, rows)
        print(f"    {kind:<20}{hit / max(named, 1):9.2f} {hit / max(asked, 1):6.2f} {f1(kind, rows):5.2f} {asked:6}")


def confusion(rows: Judged) -> None:
    """What was asked and not understood, and what was understood in its place."""
    pairs: Counter[str] = Counter()
    for mail, verdict in rows:
        lost, gained = set(mail.kinds) - set(verdict.kinds), set(verdict.kinds) - set(mail.kinds)
        pairs.update(f"{one} -> {other}" for one in lost or {"-"} for other in gained or {"-"} if lost or gained)
    print("  confusion (asked -> understood)")
    for pair, count in pairs.most_common(20):
        print(f"    {count:3}  {pair}")


def coverage(rows: Judged) -> None:
    """How many mails pass from which certainty, and how many of those are exactly right."""
    print("  certainty from   share   exact")
    for threshold in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98):
        above = [row for row in rows if row[1].certainty >= threshold]
        right = sum(exact(*row) for row in above)
        print(f"    {threshold:.2f}          {len(above) / len(rows):6.2f}   {with_interval(right, len(above))}")


def reliability(rows: Judged) -> None:
    """Whether certainty is calibrated: the mean of it beside the share that is exact, bin by bin."""
    print("  certainty  said   seen")
    bins = (0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)
    for low, high in itertools.pairwise(bins):
        inside = [row for row in rows if low <= row[1].certainty < high]
        if inside:
            mean = sum(verdict.certainty for _, verdict in inside) / len(inside)
            right = with_interval(sum(exact(*row) for row in inside), len(inside))
            print(f"    {low:.2f}-{high:.2f} {mean:6.2f}   {right}")


def by_language(rows: Judged) -> None:
    """Exact per language."""
    _by("language", {name: lambda m, name=name: m.language == name for name in ("nl", "fr", "en", "de")}, rows)


def by_difficulty(rows: Judged) -> None:
    """Exact per thing that makes mails hard."""
    _by("difficulty", {tag: lambda m, tag=tag: tag in m.tags for tag in HARD}, rows)


def _by(title: str, groups: dict[str, Callable[[corpus.Labelled], bool]], rows: Judged) -> None:
    print(f"  exact per {title}")
    for name, belongs in groups.items():
        inside = [row for row in rows if belongs(row[0])]
        print(f"    {name:<16}{with_interval(sum(exact(*row) for row in inside), len(inside))}")


def with_interval(part: int, whole: int) -> str:
    """A share with its count and its 95% interval (Wilson)."""
    if not whole:
        return "-"
    p, z = part / whole, 1.96
    center, half = p + z * z / (2 * whole), z * sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    low, high = (center - half) / (1 + z * z / whole), (center + half) / (1 + z * z / whole)
    return f"{p:.3f} ({part}/{whole}, {max(low, 0):.2f}-{min(high, 1):.2f})"


def told(mail: corpus.Labelled, verdict: Verdict) -> str:
    """One mistake, to read."""
    kinds = (
        f"asked {', '.join(mail.kinds)}; understood {', '.join(verdict.kinds)} ({verdict.certainty:.2f}, {verdict.act})"
    )
    return f"{mail.id}  {kinds}\n{mail.subject}\n{mail.text}"


if __name__ == "__main__":
    main()
