"""A person answers: with his own words, or with one of the replies that exist.

The rules kept here: a reply that lacks what the law wants in it is not written (rules B); a no has a ground from
the closed list, reasons, and leaves within the month (A-35).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot import checklist, events
from mailbot.checklist.catalogue import UNDENIABLE
from mailbot.checklist.grounds import against
from mailbot.decide import erasing, fulfilment, outcomes, sending, stopping
from mailbot.decide.decision import Decision
from mailbot.decide.known_facts import known_facts
from mailbot.decide.wording import draft_of, reply_draft, untrue
from mailbot.errors import Refused
from mailbot.model import Case, Item, Kind, MatchState, Outcome, Policy
from mailbot.sender.proof import PERSON_ONLY, Proof, still_needed
from mailbot.sender.redaction import find

#: Outcomes of own words that leave what is on record as it is, or replace it whatever it is.
_FITS_ANY_RECORD = (Outcome.ANSWERED, Outcome.WITHDRAWN)
#: The ground of which the law says what happens meanwhile: the data are not used (article 18(1)(a)).
_NOBODY_KNOWS = "accuracy_unknown"


def answer(decision: Decision, event: events.Answered, policy: Policy) -> None:
    """The person's own words, in the frame that names authority and court."""
    case = decision.case
    if event.outcome is Outcome.REFUSED:
        raise Refused(
            f"A refusal has a ground and reasons: `mailbot refuse {case.ref} --ground ... --reason ...`", "A-35"
        )
    token = f"{case.ref}:answer:{event.number}"
    kinds = _untold_kinds(case, event.instead)
    _refuse_without_effect(event.outcome, kinds, case)
    if event.outcome in (Outcome.GRANTED, Outcome.PARTLY):
        refuse_unproven(case, kinds)
    fulfilment.refuse_answer(case, kinds, event.outcome, policy)
    erasing.refuse_letter(case, kinds, event.outcome, policy)
    refuse_draft(draft_of(case, policy, decision.now, event.text, kinds, event.outcome), override=event.override)
    if event.override.strip():
        decision.do(do.Remark(f"asks for an identity document all the same: {event.override} (C-06)"))
    decision.do(sending.to_requester(token, "answer", case, policy, body=event.text, released=True))
    items = outcomes.with_outcome(case, kinds, event.outcome, event.actor, decision.now)
    decision.do(do.SetItems(outcomes.with_letter(items, kinds, token)), _needs_left(case))


def reply(decision: Decision, event: events.Replied, policy: Policy) -> None:
    """One of the replies that exist. Raises Refused, naming what it lacks, when it is not complete."""
    case = decision.case
    chosen = _chosen(event, policy)
    kinds = about(chosen, event.kinds, case)
    _check_reply(chosen, event.facts, kinds, case, policy)
    outcome = outcome_of(chosen, kinds, case)
    fulfilment.refuse_answer(case, kinds, outcome, policy)
    erasing.refuse_letter(case, kinds, outcome, policy)
    facts = checklist.checked(chosen, event.facts, known_facts(case, policy))
    checklist.require(chosen, facts)
    refuse_draft(reply_draft(chosen, facts, kinds, outcome, case, policy, decision.now), event.late)
    _write(decision, chosen, event, kinds, outcome, tuple(facts.items()), policy)


def objections(case: Case, event: events.StaffActed, policy: Policy, now: datetime) -> tuple[checklist.Objection, ...]:
    """Everything that speaks against the words of a letter that a person writes, also what does not stop it."""
    match event:
        case events.Answered():
            kinds = _untold_kinds(case, event.instead)
            return checklist.lint(draft_of(case, policy, now, event.text, kinds, event.outcome))
        case events.Replied():
            chosen = _chosen(event, policy)
            kinds = about(chosen, event.kinds, case)
            facts = checklist.checked(chosen, event.facts, known_facts(case, policy))
            outcome = outcome_of(chosen, kinds, case)
            found = checklist.lint(reply_draft(chosen, facts, kinds, outcome, case, policy, now))
            return (*found, *untrue(chosen, case, policy))
    return ()


def _untold_kinds(case: Case, instead: tuple[str, ...]) -> tuple[Kind, ...]:
    """The rights that no letter tells: own words answer these. A no is told again by its own letter only (A-35)."""
    return tuple(item.kind for item in case.items if not item.letter or _is_lost(item, instead))


def _is_lost(item: Item, instead: tuple[str, ...]) -> bool:
    """Whether the letter that was to tell this right did not leave, or came back."""
    denied = item.outcome is Outcome.REFUSED or bool(item.ground)
    return item.told_at is None and item.letter in instead and not denied


def check_words(case: Case, policy: Policy, now: datetime, words: str) -> None:
    """Raises Refused for words that no letter may hold, in a text that goes into another letter."""
    refuse_draft(replace(draft_of(case, policy, now, words, (), None), late=""))


def about(chosen: checklist.Reply, named: tuple[Kind, ...], case: Case) -> tuple[Kind, ...]:
    """The rights of this case that a reply is about. Raises Refused for a right that it cannot be about."""
    for kind in named:
        if kind not in case.kinds:
            raise Refused(f"{case.ref} does not ask {kind}; it asks {', '.join(case.kinds) or 'nothing yet'}")
        if kind not in chosen.kinds:
            raise Refused(f"{chosen.name} is no reply about {kind}")
    if named:
        return named
    open_ones = [item for item in case.items if item.kind in chosen.kinds and not (chosen.ends and item.told_at)]
    fitting = [item for item in open_ones if not chosen.ends or _can_tell(chosen, item)]
    if not fitting and case.items:
        names = ", ".join(sorted(chosen.kinds))
        raise Refused(f"{case.ref} asks nothing that {chosen.name} tells; that is for {names}")
    return tuple(item.kind for item in fitting)


def _can_tell(chosen: checklist.Reply, item: Item) -> bool:
    """Whether the reply goes with what is on record. Who takes back what he asked does so whatever was decided."""
    withdrawn = chosen.outcomes == (Outcome.WITHDRAWN,) and item.told_at is None
    return withdrawn or item.outcome in (Outcome.OPEN, *chosen.outcomes)


def _refuse_other_outcome(chosen: checklist.Reply, kinds: tuple[Kind, ...], case: Case) -> None:
    """Raises Refused where the letter would tell another outcome than the one on record."""
    for item in case.items:
        if chosen.ends and item.kind in kinds and not _can_tell(chosen, item):
            raise _other_outcome(case.ref, item, chosen.name)


def _refuse_without_effect(outcome: Outcome, kinds: tuple[Kind, ...], case: Case) -> None:
    """Raises Refused where own words would decide something, and everything that they answer was decided otherwise."""
    items = [item for item in case.items if item.kind in kinds]
    if outcome in _FITS_ANY_RECORD or any(item.outcome in (Outcome.OPEN, outcome) for item in items):
        return
    for item in items:
        raise _other_outcome(case.ref, item, f"an answer with the outcome {outcome}")


def _other_outcome(ref: str, item: Item, letter: str) -> Refused:
    return Refused(
        f"{item.kind} is on record as {item.outcome}, and {letter} tells something else; "
        f"`mailbot decide {ref} {item.kind} OUTCOME --reason ...` first",
        "other_outcome",
    )


def outcome_of(chosen: checklist.Reply, kinds: Iterable[Kind], case: Case) -> Outcome | None:
    """What the reply decides: what a person decided before, where the reply can tell that."""
    decided = {item.outcome for item in case.items if item.kind in kinds} & set(chosen.outcomes)
    return next(iter(decided)) if len(decided) == 1 else next(iter(chosen.outcomes), None)


def _chosen(event: events.Replied, policy: Policy) -> checklist.Reply:
    if (chosen := checklist.REPLIES.get(event.reply)) is None:
        raise Refused(f"There is no reply {event.reply}; `mailbot replies` lists them")
    if chosen.verb not in ("reply", "refuse"):
        raise Refused(f"{chosen.name} is written by `mailbot {chosen.verb}`")
    if policy.country not in chosen.countries:
        raise Refused(f"{chosen.name} is not for a company in {policy.country}")
    return chosen


def _check_reply(
    chosen: checklist.Reply, facts: checklist.Facts, kinds: tuple[Kind, ...], case: Case, policy: Policy
) -> None:
    """Raises Refused when this reply cannot be sent in this case, now."""
    if chosen.ends and not case.is_open:
        raise Refused(f"{case.ref} is closed; `mailbot reopen {case.ref} --reason ...` opens it again")
    _refuse_other_outcome(chosen, kinds, case)
    if ground := " ".join(dict(facts).get("ground", ())):
        for kind in kinds:
            check_ground(ground, kind, policy, in_part=Outcome.PARTLY in chosen.outcomes)
    if ground == _NOBODY_KNOWS and (case.restricted_since is None or stopping.waits_for_stop(case)):
        raise Refused(
            f"The letter says that the data are not used as long as nobody knows. See to that first: `mailbot correct "
            f"{case.ref} rectification,restriction`, and `mailbot stopped {case.ref}` once it has stopped",
            "B-11",
        )
    waits = [item for item in outcomes.untold(case) if item.kind is Kind.ACCESS and item.kind not in kinds]
    if chosen.fact("erased_on") and waits and chosen.ends:
        raise Refused(f"{case.ref} also asks access: that comes first, then the erasure", "B-30")
    if chosen.fact("stopped_on") and stopping.waits_for_stop(case):
        raise Refused(f"Say first that it has stopped everywhere: `mailbot stopped {case.ref}`", "A-50")
    about_another = chosen.name == "nothing_found" and case.match in (MatchState.NAMED, MatchState.AMBIGUOUS)
    if about_another or {Outcome.GRANTED, Outcome.PARTLY} & set(chosen.outcomes):
        refuse_unproven(case, kinds)


def refuse_unproven(case: Case, kinds: Iterable[Kind]) -> None:
    """Raises Refused when something would be carried out for a person who is not proven yet (C-02)."""
    if case.recipient or still_needed(case, set(kinds) - PERSON_ONLY) is Proof.NOTHING:
        return
    raise Refused(
        "First who writes. Wait for the reply to our question, ask it with "
        f"`mailbot ask {case.ref}`, or say with `mailbot confirm {case.ref} --reason ...` how you know",
        "C-02",
    )


def check_ground(ground: str, kind: Kind, policy: Policy, in_part: bool) -> None:
    """Raises Refused, naming those that there are, for what is no ground against this right at this company."""
    if kind in UNDENIABLE:
        raise Refused(f"Nothing can refuse {kind}; it is carried out", "B-18")
    found = checklist.GROUNDS.get(ground)
    usable = ", ".join(one.id for one in checklist.grounds_for(kind, policy)) or "none"
    if found is None:
        raise Refused(f"{ground} is no ground; for {kind} there are: {usable}", "A-35")
    for why, rule in against(found, kind, policy, in_part):
        raise Refused(f"{why}. For {kind} there are: {usable}", rule)


def refuse_draft(draft: checklist.Draft, late: str = "", override: str = "") -> None:
    """Raises Refused with every objection that stops a draft; being late, or asking for an identity document where
    there is really no other way (C-06), needs a reason that stays on record."""
    if find(draft.words):
        raise Refused("There is an identity number in this text; it must not be sent or kept. Leave it out", "C-10")
    stops = [one for one in checklist.lint(draft) if one.stops and not (one.excused_by_late and late.strip())]
    stops = [one for one in stops if not (one.rule == "C-06" and override.strip())]
    if not stops:
        return
    told = "; ".join(f"{one.what} ({one.rule})" for one in stops)
    hint = ". It must go all the same? Say why: --late REASON" if any(one.excused_by_late for one in stops) else ""
    if any(one.rule == "C-06" for one in stops):
        hint += ". There is really no other way? Say why: --override REASON"
    raise Refused(f"This letter is stopped. It {told}{hint}")


def _write(
    decision: Decision,
    chosen: checklist.Reply,
    event: events.Replied,
    kinds: tuple[Kind, ...],
    outcome: Outcome | None,
    facts: tuple[tuple[str, tuple[str, ...]], ...],
    policy: Policy,
) -> None:
    case = decision.case
    token = f"{case.ref}:{chosen.name}:{event.number}"
    hold = "a second person reads this letter first" if event.waits else ""
    send = sending.to_requester(token, chosen.name, case, policy, hold=hold, released=not event.waits)
    decision.do(replace(send, facts=facts, about=kinds), do.Remark(f"reply {chosen.name} by {event.actor}"))
    if event.late.strip():
        decision.do(do.Remark(f"late, and sent all the same: {event.late}"))
    if outcome is None:
        return
    items = outcomes.with_outcome(
        case, kinds, outcome, event.actor, decision.now, " ".join(dict(facts).get("ground", ()))
    )
    decision.do(do.SetItems(outcomes.with_letter(items, kinds, token)))
    if all(item.outcome is not Outcome.OPEN for item in items):
        decision.do(_needs_left(case))


def _needs_left(case: Case) -> do.SetNeeds:
    """Answered; what must still stop must still stop."""
    return do.SetNeeds(tuple(need for need in case.needs if need in stopping.TO_STOP))
