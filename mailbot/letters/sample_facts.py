"""Facts for people who do not exist: what `mailbot check` and `mailbot replies` fill a reply with."""

from __future__ import annotations

from mailbot.checklist import GROUNDS, REPLIES, Form, Reply

Facts = tuple[tuple[str, tuple[str, ...]], ...]

_WORDS = "Dit is een voorbeeld van wat u hier schrijft."
_BY_FORM: dict[Form, tuple[str, ...]] = {
    Form.WORDS: (_WORDS,),
    Form.LINES: ("eerste voorbeeld", "tweede voorbeeld: met * en _ en <tekens>"),
    Form.DAY: ("2026-03-02",),
    Form.KEPT: ("facturen van 2025 | de wet verplicht ons daartoe (artikel 52, lid 4, AWR) | 2032-12-31",),
    Form.GROUND: (next(iter(GROUNDS)),),
}


def sample_facts(name: str, only_needed: bool = False) -> Facts:
    """Something for every fact that the reply of this name takes."""
    reply = REPLIES.get(name)
    return facts_for(reply, only_needed) if reply else ()


def facts_for(reply: Reply, only_needed: bool = False) -> Facts:
    """Something for every fact of this letter."""
    return tuple((fact.name, _BY_FORM[fact.form]) for fact in reply.facts if fact.needed or not only_needed)
