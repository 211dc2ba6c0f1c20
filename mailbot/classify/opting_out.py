"""A mail that says nothing but that mailings must end, as people answer a newsletter: "stop", "take me off this list".

The rule kept: one word is enough, and it is advertising that must end. Words that name no mailing count only as an
answer to advertising, and nothing counts in a mail that says anything else.
"""

from __future__ import annotations

import re

from mailbot.classify.normal import Sentence, fold
from mailbot.classify.reading import Reading
from mailbot.model import Kind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Leaving a mailing list, in one word.
_UNSUBSCRIBE = _words(
    """
    uitschrijven uitgeschreven uitschrijving afmelden afgemeld afmelding unsubscribe unsubscribed optout
    desabonner desabonnez desabonnement desinscrire desinscrivez desinscription abmelden abmeldung abbestellen
    austragen
    """
)
_STOP = _words("stop remove stopt stoppen stopzetten ophouden hou houd kappen arretez arreter aufhoren")
_REMOVE = _words(
    """
    remove delete take verwijder verwijdert verwijderen haal haalt halen schrap schrapt schrappen retirez
    """
)
_ME = _words("me se mij mijzelf ons us mich moi eraf eruit")
_MAILING = _words(
    """
    lijst list liste mailinglijst mailinglist maillijst verzendlijst verteiler mailing mailings mail mails
    mailtjes email emails nieuwsbrief nieuwsbrieven newsletter newsletters reclame reclamemails promoties
    aanbiedingen folder folders mailen spammen werbung publicite
    """
)
#: With what a mail begins and ends.
_GREETING = _words(
    """
    hoi hallo beste geachte heer mevrouw dag hi hello dear bonjour cordialement regards kind best groet groeten groetjes
    gr grt mvg met vriendelijke
    """
)
_COURTESY = _GREETING | _words(
    """
    aub svp alstublieft alsjeblieft ajb graag gelieve please pls plz kindly bitte merci dank danke bedankt thanks
    thank thx u je jij jullie you vous sie wel maar dus gewoon nu direct meteen now nee no non
    """
)
_BETWEEN = _words(
    """
    ik i wil wens zou kan kun kunt kunnen can could want would like to mochte will voudrais veux van voor uit op
    af er en of de den het die dit deze dat uw je al alle hier mee hiermee ermee daarmee the this these that
    your all from off out it la le les de vos votre cette vom von aus dem diesem ihrem worden sturen stuur
    ontvangen krijgen send sending receive recevoir meer more mehr plus niet geen not any anymore nicht keine ne
    pas
    """
)
_KNOWN = _UNSUBSCRIBE | _STOP | _REMOVE | _ME | _MAILING | _COURTESY | _BETWEEN
#: Who asks somebody; a question without them is the line below a newsletter.
_PERSONS = _words("ik i u je jij jullie you vous sie") | _ME
_NEGATES = _words("niet geen not nicht keine ne pas")
_NO_MORE = re.compile(r"\b(?:geen|niet|not|nicht|keine)\b.*\b(?:meer|more|any|anymore|mehr)\b|\bplus de\b|\bno more\b")
_ADVERTISING = re.compile(
    r"uitschrij|afmeld|unsubscribe|opt[- ]out|abmeld|abbestell|desabonn|desinscri|nieuwsbrief|newsletter|korting"
    r"|aanbieding|\bdeals?\b|\bsale\b|solden|uitverkoop|black friday|\d ?%|collecti"
)
#: What one may leave or stop that is no advertising.
_BUSINESS = re.compile(
    r"bestell?ing|\border|factu|invoice|afspraak|appointment|levering|deliver|pakket|retour|return|reserv|ticket|offerte"
    r"|\bles(?:sen)?\b|bijeenkomst|wedstrijd|toernooi|\bkvk\b|kamer van koophandel"
    r"|uitnodig|invit|workshop|cursus|training|webinar|vergadering|sollicit|abonnement|subscription|contract|account|event"
)
_REPLY = _words("re antw aw sv")
_WORD = re.compile(r"[a-z']+")
_ANY_WORD = re.compile(r"\w+")
#: Between the words of a name.
_PARTICLES = _words("van de der den het te ten ter en von du la le")
#: A line that names one of these is more than a name.
_RIGHTS = re.compile(
    r"inzage|kopie|copy|copie|gegeven|data|daten|donnees|wis|verwijder|vergeet|vergeten|erase|delete|losch|efface|klacht"
    r"|complaint|plainte|beschwerde|lek|overled|dood|account|profiel|bezwaar|recht|access|correct|wijzig|toestemming"
)
_OPT_OUT = re.compile(r"\bopt[- ]out\b")
_ADDRESS = re.compile(r"\S+@\S+")
#: So many words are a name, and so many lines a greeting and a signature.
_NAME_WORDS, _NAME_LINES = 4, 3

#: "De afmeldknop doet niets", "ik kan me niet uitschrijven".
_LINK = r"(?:(?:afmeld|afgemeld|uitgeschreven|uitschrij)\w*|unsubscrib\w*|opt-?out)"
_IN_VAIN = re.compile(
    rf"\b{_LINK}\b[^.?!]{{0,40}}\b(?:lukt|lukte|werkt|werkte|gaat|doet|helpt|reageert)\b[^.?!]{{0,20}}"
    r"\b(?:niet|niks|niets)\b"
    rf"|\b{_LINK}\b[^.?!]{{0,40}}\bgeeft (?:steeds |alleen )?(?:een )?(?:fout\w*|error)\b"
    rf"|\b(?:kan|kon|krijg) (?:mij|me|mezelf|ons)\b[^.?!]{{0,25}}\b(?:niet|nergens)\b[^.?!]{{0,20}}\b{_LINK}"
)
#: A mail of more words says which list it is, and the model understands it.
_LITTLE = 25


def as_leaving_a_list(kinds: tuple[Kind, ...], reading: Reading) -> tuple[Kind, ...]:
    """The kinds, or that mailings must end where nothing was understood of who tries in vain to leave their list, and
    says little else."""
    if kinds != (Kind.NOT_A_REQUEST,) or len(reading.tokens) > _LITTLE:
        return kinds
    text = " . ".join(each.folded for each in reading.own)
    return (Kind.DIRECT_MARKETING,) if _IN_VAIN.search(text) and not _BUSINESS.search(text) else kinds


def opts_out(reading: Reading) -> str:
    """The sentence that ends the mailings, as it was written, if the mail says nothing else; else an empty text."""
    subject = [each for each in reading.own if each.part == "subject"]
    text = [each for each in reading.own if each.part == "text"]
    around = " . ".join(each.folded for each in (*subject, *reading.quoted))
    is_reply = bool(reading.quoted) or bool(subject and subject[0].folded in _REPLY)
    if _BUSINESS.search(around) or not (is_reply or all(_words_of(each) <= _KNOWN for each in subject)):
        return ""
    is_answer = is_reply and bool(_ADVERTISING.search(around))
    said = [each for each in text if _ends_mailings(each, is_answer=is_answer)]
    if not _is_only_addressed_and_signed(text, said):
        return ""
    said = said or [each for each in subject if _ends_mailings(each, is_answer=False)]
    return said[0].written if said else ""


def _ends_mailings(sentence: Sentence, *, is_answer: bool) -> bool:
    """Whether it says that mailings must end, and nothing else."""
    words, no_more = _words_of(sentence), bool(_NO_MORE.search(sentence.folded))
    if not words <= _KNOWN or (words & _NEGATES and not no_more) or (sentence.question and not words & _PERSONS):
        return False
    ends = no_more or bool(words & _STOP) or bool(words & _REMOVE and words & _ME)
    return bool(words & _UNSUBSCRIBE) or (ends and (is_answer or bool(words & _MAILING)))


def _is_only_addressed_and_signed(text: list[Sentence], said: list[Sentence]) -> bool:
    """Whether there is at most a greeting before what is said, and a name below."""
    others = [each for each in text if each not in said]
    before = text[: text.index(said[0])] if said else text
    return (
        len(others) <= _NAME_LINES
        and all(_is_name(each) for each in others)
        and all(_words_of(each) & _GREETING for each in before)
    )


def _is_name(sentence: Sentence) -> bool:
    """Whether it is a greeting, names, or both: nothing in it that could ask something."""
    words = _ANY_WORD.findall(sentence.written)
    others = [word for word in words if fold(word) not in _GREETING | _PARTICLES]
    return len(others) <= _NAME_WORDS and all(map(str.istitle, others)) and not _RIGHTS.search(sentence.folded)


def _words_of(sentence: Sentence) -> frozenset[str]:
    folded = _OPT_OUT.sub("optout", _ADDRESS.sub("", sentence.folded))
    return frozenset(_WORD.findall(folded.replace("a.u.b", "aub").replace("s.v.p", "svp").replace("e-mail", "email")))
