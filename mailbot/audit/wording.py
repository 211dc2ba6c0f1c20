"""What a mail of the company says of a request, by its words: a receipt, a question back, an extension, an outcome.

The rule kept here: a mail is an answer unless its words say that the answer is still to come. The words only sort; the
report shows where each mail lies, so that a person can look.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.model import Kind


def _any(words: str) -> re.Pattern[str]:
    return re.compile("|".join(line.strip() for line in words.strip().splitlines()), re.IGNORECASE)


_LATER = _any(r"""
    (?:verzoek|bericht|mail|vraag|aanvraag)[^.!?]{0,60}\b(?:goed )?(?:ontvangen|binnengekomen)|\bontvangstbevestiging
    \bin goede orde ontvangen|\b(?:nemen|hebben|is|wordt)\b[^.!?]{0,60}\bin behandeling
    \b(?:komen|kom)\b[^.!?]{0,60}\b(?:bij (?:u|je|jou)|hierop|erop|daarop) terug
    \bwe (?:have )?received your (?:request|message|e-?mail)|\b(?:we )?will get back to you
    \bbien reçu votre|\baccus(?:é|ons) (?:de )?réception|\breviendrons vers vous
    \bihre (?:anfrage|nachricht)[^.!?]{0,40}\b(?:erhalten|eingegangen)|\bwerden uns bei ihnen melden
""")
_ASKS_BACK = _any(r"""
    \b(?:kunt|kun|wilt|wil) (?:u|je)\b[^.!?]{0,120}\b(?:bevestigen|aantonen|identi\w+|klantnummer|aangeven|toelichten)
    \b(?:om|voordat) [^.!?]{0,80}\b(?:uw|je) identiteit|\bwie u bent\b
    \b(?:could|can|please) [^.!?]{0,60}\b(?:confirm|verify|specify)\b[^.!?]{0,60}\b(?:identity|who you are|which)
    \b(?:confirmer|justifier) (?:de )?votre identité|\bihre identität (?:bestätigen|nachweisen)
""")
_EXTENDS = _any(r"""
    \b(?:termijn|periode|antwoordtermijn)\b[^.!?]{0,80}\bverleng|\bverleng\w*\b[^.!?]{0,80}\b(?:termijn|maand)
    \b(?:twee|2) (?:extra )?maanden (?:langer|extra|meer)
    \bextend\w*\b[^.!?]{0,80}\b(?:period|term|deadline|month)|\bprolong\w*\b[^.!?]{0,80}\b(?:délai|mois)
    \bfrist\b[^.!?]{0,60}\bverlänger
""")
_REFUSES = _any(r"""
    \b(?:weigeren|wijzen)\b[^.!?]{0,80}\b(?:verzoek|af)\b|\bverzoek[^.!?]{0,60}\b(?:afgewezen|geweigerd|niet (?:in|uit))
    \b(?:kunnen|mogen|moeten)\b[^.!?]{0,80}\b(?:niet (?:inwilligen|voldoen|verwijderen|wissen|verstrekken)|bewaren)
    \bgeen (?:persoons)?gegevens\b[^.!?]{0,60}\b(?:van (?:u|je|jou)|gevonden|aangetroffen)|\bniet bekend\b
    \b(?:refuse|reject|cannot comply|no personal data|do not hold)\b|\bne pouvons (?:pas )?(?:donner suite|accéder)
    \b(?:lehnen|können)\b[^.!?]{0,60}\b(?:ab|nicht entsprechen)
""")
_OUTCOMES = {
    Kind.ACCESS: _any(r"""
        \bbijlage|\bbijgevoegd|\boverzicht\b|\bkopie\b|\binzage\b|\bgegevens (?:die|welke) (?:wij|we)\b
        \bvan (?:u|je|jou) (?:bewaren|hebben|verwerken) (?:wij|we)\b|\battached|\benclosed|\bcopy of|\boverview
        \bci-joint|\bpièce jointe|\bcopie\b|\banbei\b|\banhang\b|\bauskunft\b
    """),
    Kind.PORTABILITY: _any(r"\bbijlage|\bbijgevoegd|\bexport|\bbestand\b|\bcsv\b|\battached|\bci-joint|\banbei\b"),
    Kind.ERASURE: _any(r"""
        \bverwijder|\bgewist|\bwissen\b|\bvernietigd|\bopgeheven\b|\bgeanonimiseerd
        \b(?:deleted|erased|removed|anonymi[sz]ed)\b|\beffac|\bsupprim|\bgelöscht|\blöschen\b
    """),
    Kind.RECTIFICATION: _any(r"\baangepast|\bgewijzigd|\bgecorrigeerd|\bverbeterd|\bcorrected|\bupdated\b|\bcorrig"),
    Kind.RESTRICTION: _any(r"\bbeperk|\bbevroren|\bgeblokkeerd|\brestrict|\bfrozen|\blimit"),
    Kind.DIRECT_MARKETING: _any(r"""
        \bafgemeld|\buitgeschreven|\bgeen (?:reclame|nieuwsbrie\w+|mailings?)\b|\bverzendlijst|\bmailinglijst
        \bunsubscribed|\bopted out|\bno longer receive|\bdésinscri|\babgemeldet
    """),
    Kind.OBJECTION: _any(
        r"\bbezwaar|\bgestopt|\bstoppen\b|\bgestaakt|\bobjection|\bstopped|\bopposition|\bwiderspruch"
    ),
    Kind.CONSENT_WITHDRAWAL: _any(r"\btoestemming|\bingetrokken|\bconsent|\bconsentement|\beinwilligung"),
    Kind.AUTOMATED_DECISION: _any(r"\bgeautomatiseerd|\bmedewerker[^.!?]{0,60}\bbekeken|\bautomated|\bautomatisé"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What one sent mail says. `outcomes` are the rights of which it tells what was done, or that nothing was."""

    only_receipt: bool = False
    extends: bool = False
    refuses: bool = False
    outcomes: frozenset[Kind] = frozenset()

    @property
    def answers(self) -> bool:
        """Whether it brings the person an answer, whatever it is."""
        return not self.only_receipt


def said(text: str, attachments: int = 0) -> Said:
    """Sort one text, the company's own words without the quote."""
    words = text[:20_000]
    outcomes = frozenset(kind for kind, pattern in _OUTCOMES.items() if pattern.search(words))
    if attachments:
        outcomes |= {Kind.ACCESS, Kind.PORTABILITY}
    refuses = bool(_REFUSES.search(words))
    extends = bool(_EXTENDS.search(words))
    postpones = bool(extends or _LATER.search(words) or _ASKS_BACK.search(words))
    settled = refuses or attachments or _settles(words)
    return Said(postpones and not settled, extends, refuses, outcomes)


_DONE = _any(r"""
    \b(?:hebben|heb|zijn|is|werden?|wordt)\b[^.!?]{0,80}\b(?:verwijderd|gewist|vernietigd|aangepast|gewijzigd|gecorrigeerd)
    \b(?:hebben|heb|bent|ben|zijn|is)\b[^.!?]{0,80}\b(?:afgemeld|uitgeschreven|gestopt|gestaakt|beperkt|ingetrokken)
    \b(?:vindt|vind|treft) (?:u|je)\b[^.!?]{0,80}\b(?:bijlage|overzicht|kopie|hieronder)|\bbijgevoegd\b|\bhierbij\b
    \b(?:have|has been|are|were) (?:been )?(?:deleted|erased|removed|corrected|updated|unsubscribed)|\battached\b
    \b(?:avons|ont été|été) (?:effac|supprim|corrig)|\bci-joint|\bgelöscht\b|\banbei\b
""")


def _settles(words: str) -> bool:
    """Whether something was done, told in the past tense or handed over with the mail."""
    return bool(_DONE.search(words))
