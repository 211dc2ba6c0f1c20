"""Which of the four languages a mail is in: a vote of the small words that only one of them uses much."""

from __future__ import annotations

from collections import Counter

_WORDS = {
    "nl": "ik het een niet van mijn jullie uw wij dat voor met zijn aan bij ook nog maar wel graag geen naar heb mij "
    "de en of op te er je die we is was me dan als om uit kan mag moet wat hoe hij zij dit deze mn ge kunnen worden "
    "bedankt dank weer gewoon wie hebben had 't da nen ons onze ja nee",
    "en": "the and you my your is of to have please would with this that not are for what been was could from i it we "
    "me on do don't did if or any there how which will these thanks thank he she they yes no got withdraw our us can",
    "fr": "je vous mes mon les des une est pas pour que votre vos avec dans sur nous bonjour merci ne qui ma au le la "
    "de en me oui non tout tous par plus ce cette c'est moi et un l'ai j'ai du comme mais si svp plait veuillez "
    "allez comment quels quelle etre",
    "de": "ich sie und der die das nicht ist mein meine bitte mit von ihre ihnen auf zu den dem fur wir habe ein was "
    "kein keine bei als wann wie wo kann konnen konnten euch eure uns haben hat war wird alles danke dank nein so im "
    "am an aus noch schon zum zur viele grusse kommt da nur vielen ja",
}
_VOTES: dict[str, list[str]] = {}
for _language, _words in _WORDS.items():
    for _word in _words.split():
        _VOTES.setdefault(_word, []).append(_language)


def language_of(tokens: tuple[str, ...]) -> str:
    """The language with most votes, Dutch when nothing speaks against it. A word of two languages counts half."""
    votes: Counter[str] = Counter()
    for token in tokens[:2000]:
        for language in _VOTES.get(token, ()):
            votes[language] += 2 // len(_VOTES[token])
    best, count = max(votes.items(), key=lambda vote: vote[1], default=("nl", 0))
    return best if count > votes["nl"] and count >= 3 else "nl"
