"""A mail as the sorter reads it: its sentences, and the features that the linear models weigh."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from mailbot.classify import grammar, grams, normal
from mailbot.classify.clusters import WordClusters
from mailbot.classify.facts import facts_of
from mailbot.classify.grams import Keys
from mailbot.classify.normal import Sentence
from mailbot.classify.rules import Rules

#: An own text of fewer words can be an answer to the question in the quote.
SHORT_ANSWER = 40
_LONGEST_SUBJECT = 500
#: A reply to what a machine answered has the machine's words in its subject.
_MACHINE_ANSWERED = re.compile(
    r"^\s*(?:(?:re|antw|aw|sv|fw|fwd|doorst|tr|rép?)\s*:\s*)+"
    r"(?:automatisch antwoord|automatic reply|auto(?:matische)?[- ]?(?:reply|antwort)|réponse automatique|out of office"
    r"|afwezig(?:heid)?)\s*:\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reading:
    """Sentences of subject and own text, and those of the quote when the own text may be a short answer to it.

    `whole`: nothing of subject and own text was left unread.
    """

    own: tuple[Sentence, ...]
    quoted: tuple[Sentence, ...]
    whole: bool = True

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The words of subject and own text."""
        return tuple(word for sentence in self.own for word in grams.words(sentence.folded))


def read(subject: str, text: str, quoted: str = "") -> Reading:
    """Reads a mail once, within the bounds of `normal`."""
    said = _MACHINE_ANSWERED.sub("Re: ", subject[:_LONGEST_SUBJECT])
    own = (*normal.sentences(said, "subject"), *normal.sentences(text))
    size = sum(sentence.folded.count(" ") + 1 for sentence in own if sentence.part == "text")
    asked = normal.sentences(quoted[:3000], "quoted") if quoted and size <= SHORT_ANSWER else []
    return Reading(own, tuple(asked), len(subject) <= _LONGEST_SUBJECT and len(text) <= normal.LONGEST)


def features_of(reading: Reading, rules: Rules, clusters: WordClusters) -> tuple[Keys, ...]:
    """The features of a mail, block by block: character n-grams, words and facts, coarse and fine word clusters,
    grammar; hashed, with repeats."""
    tokens = list(reading.tokens)
    subject = [word for sentence in reading.own if sentence.part == "subject" for word in grams.words(sentence.folded)]
    words = [*grams.word_names(tokens), *(f"subject {word}" for word in subject)]
    facts = facts_of(reading.own, reading.quoted, reading.tokens, rules)
    return (
        grams.char_keys(tokens),
        grams.name_keys([*words, *facts]),
        grams.name_keys(clusters.names(reading.own, 0)),
        grams.name_keys(clusters.names(reading.own, 1)),
        grams.name_keys(grammar.names_of(reading.own)),
    )
