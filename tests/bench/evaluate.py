"""`make eval`: how well the shipped model sorts mails that it was not trained on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import corpus
from mailbot.classify import load_classifier
from mailbot.model import REQUEST_KINDS, Kind, Verdict

#: The worst mistakes of the part that may be looked at; never of the test part.
MISTAKES = Path("eval-mistakes.txt")

Judged = list[tuple[corpus.Labelled, Verdict]]


def main() -> None:
    """Prints the figures of both held-out parts and writes the mistakes of `dev` to a file."""
    parts = {name: judged(corpus.read(f"heldout/{name}.jsonl")) for name in ("dev", "test")}
    for name, rows in parts.items():
        print(f"\n{name}: {len(rows)} mails, written by others than the training mails")
        report(rows)
    wrong = [row for row in parts["dev"] if not exact(*row)]
    wrong.sort(key=lambda row: -row[1].certainty)
    MISTAKES.write_text("\n\n".join(told(*row) for row in wrong), "utf-8")
    print(f"\n{len(wrong)} mistakes of dev, most certain first: {MISTAKES}")


def judged(mails: list[corpus.Labelled]) -> Judged:
    """Each mail with its verdict."""
    sorter = load_classifier()
    return [(mail, sorter.classify(mail.subject, mail.text, quoted=mail.quoted, rules=mail.rules)) for mail in mails]


def exact(mail: corpus.Labelled, verdict: Verdict) -> bool:
    """Whether exactly the right kinds were named."""
    return set(mail.kinds) == set(verdict.kinds)


def asks(kinds: tuple[Kind, ...]) -> bool:
    """Whether any of the kinds is a request."""
    return any(kind in REQUEST_KINDS for kind in kinds)


def report(rows: Judged) -> None:
    """Figures of one part."""
    auto = [row for row in rows if row[1].act == "auto"]
    requests = [row for row in rows if asks(row[0].kinds)]
    nothing = [row for row in rows if row[0].kinds == (Kind.NOT_A_REQUEST,)]
    missed = sum(1 for mail, verdict in auto if asks(mail.kinds) and not asks(verdict.kinds))
    found = sum(1 for _, verdict in requests if asks(verdict.kinds) or verdict.act == "triage")
    print(f"  exact set            {share(sum(exact(*row) for row in rows), len(rows))}")
    print(f"  recorded unchecked   {share(len(auto), len(rows))}")
    print(f"  exact among them     {share(sum(exact(*row) for row in auto), len(auto))}")
    print(f"  requests found       {share(found, len(requests))}, missed unchecked: {missed}")
    print(f"  nothing asked, taken for a request {share(sum(asks(v.kinds) for _, v in nothing), len(nothing))}")
    scores = [per_kind(kind, rows) for kind in Kind]
    print(f"  macro F1             {sum(scores) / len(scores):.3f}")
    by_language = Counter(mail.language for mail, _ in rows)
    for language, many in by_language.most_common():
        right = sum(exact(mail, verdict) for mail, verdict in rows if mail.language == language)
        print(f"  exact in {language}          {share(right, many)}")


def per_kind(kind: Kind, rows: Judged) -> float:
    """Prints precision, recall and F1 of a kind; gives F1."""
    hit = sum(kind in mail.kinds and kind in verdict.kinds for mail, verdict in rows)
    named = sum(kind in verdict.kinds for _, verdict in rows)
    asked = sum(kind in mail.kinds for mail, _ in rows)
    f1 = 2 * hit / max(named + asked, 1)
    precision, recall = hit / max(named, 1), hit / max(asked, 1)
    print(f"    {kind:<20} precision {precision:.2f}  recall {recall:.2f}  F1 {f1:.2f}  ({asked})")
    return f1


def share(part: int, whole: int) -> str:
    """A share with its count."""
    return f"{part / max(whole, 1):.3f} ({part}/{whole})"


def told(mail: corpus.Labelled, verdict: Verdict) -> str:
    """One mistake, to read."""
    kinds = (
        f"asked {', '.join(mail.kinds)}; understood {', '.join(verdict.kinds)} ({verdict.certainty:.2f}, {verdict.act})"
    )
    return f"{mail.id}  {kinds}\n{mail.subject}\n{mail.text}"


if __name__ == "__main__":
    main()
