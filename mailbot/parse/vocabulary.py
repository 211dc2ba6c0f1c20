"""What mail programs, devices and lawyers write around people's words, in Dutch, French, German and English.

One phrase a line; a phrase may be a regular expression without nested repetition, so that matching stays linear.
"""

from __future__ import annotations


def phrases(block: str) -> tuple[str, ...]:
    """The lines of a block, without the empty ones."""
    return tuple(line.strip() for line in block.splitlines() if line.strip())


def any_of(block: str) -> str:
    """A pattern that matches any line of a block."""
    return "(?:" + "|".join(phrases(block)) + ")"


#: First words of a line that can open a quote. Every other line is left alone at once.
CANDIDATE = any_of("""
    op|on|am|le|den|quoting|citeren|citaat|zitat|citation|begin|anfang|début|debut
    van|from|von|de|afzender|absender|expéditeur|verzonden|gesendet|envoyé|sent|datum|date
    oorspronkelijk|oorspronkelijke|origineel|originele|original|ursprüngliche|originalnachricht|message
    doorgestuurd|doorgestuurde|doorgezonden|forwarded|weitergeleitete|mail|einde|ende|end|fin|courriel
""")
WROTE = r"\b(?:schreef|geschreven|wrote|writes|schrieb|geschrieben|a\s+[ée]crit)\b"
CITES = r"(?:quoting|citeren|citaat van|zitat von|citation de)\b"
#: "Op 3 maart schreef ik u:" and "heeft u mij geschreven": a person tells, no program quotes.
TELLS = any_of(r"""
    \b(?:schreef|wrote|schrieb|schrieben)\s+(?:ik|u|je|jij|jullie|we|wij|hij|zij|ze|mij|ons)\b
    \b(?:wrote|schrieb|schrieben)\s+(?:i|you|ich|sie|wir|er|ihr)\b
    \b(?:heb ik|hebt u|heeft u|heb je|hebben (?:we|wij|jullie|ze))\b[^<@]*\bgeschreven\b
    \b(?:you|we|i|he|she|they)\s+wrote\b
    \b(?:habe ich|haben sie)\b[^<@]*\bgeschrieben\b
    \b(?:il|elle|on) a écrit\b
""")

#: Somebody is spoken to: no program that writes no address does that. "Op 3 maart 2026 om 14:05 schreef uw collega:"
#: A shop may be called so: "schreef Mijn Kaviaarshop:".
SPOKEN_TO = (
    r"\b(?!(?-i:(?:Mijn|Ons|Onze|My|Our|Mon|Notre|Mein|Unser)\s[A-Z]))"
    r"(?:u|uw|jij|jouw|jullie|mij|mijn|me|ons|onze|you|your|my|us|our|vous|votre|vos|moi|mon|nous|ihr\w*|mein\w*)\b"
)

#: Field names of a quoted header block, by group.
FIELDS = {
    "from": "van|from|von|de|da|afzender|absender|expéditeur|expediteur",
    "sent": "verzonden|verzonden op|verstuurd|datum|date|sent|gesendet|gesendet am|envoyé|envoye|envoyé le"
    "|date d'envoi|message du",
    "to": "aan|to|an|à|a|destinataire|geadresseerde|ontvanger|empfänger|naar|pour",
    "copy": "cc|kopie|copie|copie à|bcc|cci",
    "subject": "onderwerp|subject|betreff|objet|sujet|betreft|oggetto",
    "other": "antwoord aan|beantwoorden|reply-to|bijlagen|attachments|prioriteit|belang|importance|anlagen"
    "|pièces jointes|antwort an|répondre à",
    # a block with one of these is a web form: the writer's own words
    "form": "bericht|message|nachricht|naam|name|telefoon|telefoonnummer|e-mail|email|e-mailadres|vraag|opmerking|nom"
    "|téléphone|telefon|ip-adres",
}
INLINE_FIELDS = "van|from|von|de|verzonden|sent|gesendet|envoyé|aan|to|an|à|onderwerp|subject|betreff|objet"
ORIGINAL = phrases("""
    oorspronkelijk bericht
    oorspronkelijke bericht
    oorspronkelijke e-mail
    oorspronkelijke afspraak
    origineel bericht
    originele bericht
    originele e-mail
    begin oorspronkelijk bericht
    begin origineel bericht
    antwoordbericht
    original message
    original email
    original appointment
    reply message
    ursprüngliche nachricht
    ursprüngliche mail
    originalnachricht
    original-nachricht
    message d'origine
    message original
    message initial
    message originel
    mail original
    e-mail d'origine
    email original
    courriel d'origine
""")
FORWARD = phrases("""
    doorgestuurd bericht
    doorgestuurde bericht
    doorgestuurde e-mail
    doorgezonden bericht
    begin doorgestuurd bericht
    begin van doorgestuurd bericht
    einde doorgestuurd bericht
    forwarded message
    forwarded mail
    begin forwarded message
    end of forwarded message
    weitergeleitete nachricht
    weitergeleitete mail
    anfang der weitergeleiteten nachricht
    anfang der weitergeleiteten e-mail
    ende der weitergeleiteten nachricht
    message transféré
    message transmis
    mail transféré
    message réexpédié
    courriel transféré
    début du message transféré
    début du message réexpédié
    fin du message transféré
""")

#: A version of a mail that only points to the other one, or to a page.
READ_ELSEWHERE = any_of(r"""
    \bhtml\b|\bopgemaakte? (?:e-?mails?|berichten)\b
    \bweb-?versie\b|\bonline (?:versie|version)\b|\bweb version\b|\bversion en ligne\b|\bonline-version\b
    \b(?:in|dans|im) (?:(?:je|uw|een|de|your|a|the|votre|ihrem|un|le) )?(?:web-?)?(?:browser|navigateur)\b
""")

#: The line above which a ticket system asks to type: everything under it is its own.
TYPE_ABOVE = any_of("""
    boven deze (?:regel|lijn)
    above this line
    au-dessus de cette ligne
    (?:über|oberhalb) dieser (?:zeile|linie)
""")

_PRODUCT = any_of(r"""
    outlook|hotmail|yahoo|gmail|proton\s?mail|thunderbird|spark|canary|em client|bluemail|tutanota|tuta
    samsung|iphone|ipad|ipod|galaxy|android|windows|huawei|xiaomi|oneplus|nokia|blackberry|motorola|pixel|fairphone
    edison|aqua mail|k-9 mail|fairemail|airmail|missive|superhuman|typeapp|mymail|fastmail|zoho|yandex|vivaldi|mailfence
    webmail|telenet|proximus|skynet|ziggo|kpn|kpnmail|xs4all|orange|voo|scarlet
    mail voor|mail for|mail für|courrier pour
    smartphone|mobiel|mobiele|mobile|telefoon|tablet|gsm|toestel|apparaat|handy|téléphone|portable|phone|app
""")
_ADDED_BY = any_of("""
    dit (?:bericht|e-?mail|mailtje) (?:is|werd)
    deze (?:e-?mail|mail) (?:is|werd)
    this (?:e-?mail|message) was
""")
#: A whole line that a device or a mail program added.
DEVICE = any_of(rf"""
    (?:{_ADDED_BY} )?(?:verstuurd|verzonden|gestuurd|getypt|geschreven)\s(?:[^.!?]{{0,40}}\b)?{_PRODUCT}\b.{{0,70}}
    (?:{_ADDED_BY} )?(?:sent|envoyée?|gesendet|verschickt|provenance\s?:)\s(?:[^.!?]{{0,40}}\b)?{_PRODUCT}\b.{{0,70}}
    (?:sent from my|verzonden vanaf mijn|verstuurd vanaf mijn|envoyé (?:de|depuis) mon)(?: [\w.+/-]{{1,20}}){{1,6}}
    (?:sent|verzonden|verstuurd|envoyé|gesendet) (?:from|with|via|vanaf|met|de|depuis|avec|mit)\s[\w .-]{{2,40}}\s?[<(\[]https?://\S{{1,200}}
    von mein[\w/]* .{{0,40}}\b(?:gesendet|geschickt)\.?
    (?:get|download|haal|t[eé]l[eé]charger?z?|obtenez|obtenir|holen sie sich|laden sie)\b.{{0,20}}\boutlook\b.{{0,80}}
    (?:get|download|verkrijg|haal|obtenez|t[eé]l[eé]charge[rz]?|holen sie sich)\s(?:bluemail|typeapp)\b.{{0,40}}
    outlook (?:voor|for|für|pour) (?:ios|android|mac)\b.{{0,80}}
    (?:virusvrij|virus-?free|virenfrei|sans virus|garanti sans virus)\b.{{0,30}}(?:avast|avg)?.{{0,40}}
""")
FORM_FOOTER = any_of(r"""
    (?:dit|deze) (?:bericht|e-?mail|mail)\s.{0,40}contact\s?formulier\b.{0,160}
    (?:dit|deze) (?:bericht|e-?mail|mail)\s.{0,40}(?:webformulier|formulier op)\b.{0,160}
    this (?:e-?mail|message)\s.{0,40}contact form\b.{0,160}
    (?:cet|ce) (?:e-?mail|message|courriel)\s.{0,40}formulaire\b.{0,160}
    diese (?:e-?mail|nachricht)\s.{0,40}kontaktformular\b.{0,160}
""")
#: What a website says above the fields that somebody filled in.
BY_FORM = any_of(r"""
    \b(?:contact|web|aanvraag)?-?formulier\b|\bcontact form\b|\bformulaire\b|\bkontaktformular\b
    \b(?:via|op|van) (?:de|uw|onze|je|jullie|het) (?:web-?)?(?:site|shop|winkel)\b
    \b(?:via|from|on) (?:the|your|our) (?:web ?)?(?:site|shop)\b
    \b(?:via|par) (?:le|votre|notre) site\b|\büber (?:die|ihre) (?:web-?)?(?:seite|site)\b
""")
#: How such a line begins: the cheap test before the dear one.
FOOTER_START = any_of("""
    dit|deze|this|cet|ce|diese
    verstuurd|verzonden|gestuurd|sent|envoy|gesendet|verschickt|getypt|geschreven|provenance|von mein
    get|download|haal|verkrijg|t[eé]l[eé]charge|obten|holen|laden|outlook|virus|viren|sans virus|garanti
""")

DISCLAIMER_START = any_of("""
    dit (?:e-?mail)?\\s?bericht|deze (?:e-?mail|mail|boodschap)|de (?:informatie|inhoud|in dit|in deze)
    aan (?:dit|deze)|op deze|indien u|als u|bent u|vertrouwelijk|proclaimer|e-?mail disclaimer|disclaimer
    this (?:e-?mail|message|communication)|the (?:information|contents?)|if you|confidential
    ce (?:message|courriel|mail)|cet e-?mail|les informations|si vous|confidentiel|avis de confidentialité
    diese (?:e-?mail|nachricht|mail)|die (?:information|in dieser)|sollten sie|wenn sie
""")
#: What boilerplate says; each block is one sign, and several together make a disclaimer.
DISCLAIMER_SIGNS = tuple(
    any_of(block)
    for block in (
        """
        vertrouwelijk|confidenti|vertraulich
        beroepsgeheim|privileged|geheimhouding|gevoelige informatie
        """,
        r"""
        \b(?:uitsluitend|alleen|enkel|slechts)\b[^.]{0,60}\b(?:bestemd|bedoeld|gericht)\b|is bestemd voor
        \b(?:solely|only|exclusively)\b[^.]{0,60}\b(?:for|addressee)\b|intended (?:only|solely)
        exclusivement|strictement réserv|ausschlie(?:ß|ss)lich
        """,
        r"""
        (?:niet|geen)\b[^.]{0,40}\b(?:geadresseerde|bestemmeling|ontvanger|bestemd)
        ten onrechte|abusievelijk|per (?:abuis|vergissing)|bij vergissing|foutief
        not the (?:intended|named|correct)|intended recipient|\bin error\b
        pas le destinataire|\bpar erreur\b|nicht der|irrtümlich|versehentlich
        """,
        """
        afzender|verzender|verwittig|informeer|te melden|in kennis
        notify|the sender|inform us|expéditeur|absender|benachrichtig|informieren sie
        """,
        "verwijder|vernietig|te wissen|delete|destroy|supprimer|détruire|effacer|löschen|vernichten",
        """
        openbaar|vermenigvuldig|verspreid|kopi[eë]r|disclos|distribut|copying
        diffusion|divulg|weitergabe|vervielf
        """,
    )
)
CONDITION = any_of(r"""
    \b(?:indien|als|wanneer|mocht|bent|zijt) (?:u|je|dit|deze|het)\b
    \bif (?:you|this)\b|are not the intended
    \bsi vous\b
    \b(?:sollten|wenn|falls|sind) sie\b
""")
#: Enough by itself.
BOILERPLATE = any_of(r"""
    geen rechten (?:worden )?(?:aan )?ontle
    denk (?:eerst )?aan het milieu|consider the environment
    pensez à (?:l'environnement|la planète)|denken sie an die umwelt
    print deze e-?mail
    algemene (?:voorwaarden|leveringsvoorwaarden)[^.]{0,80}van toepassing
    aansprakelijk[^.]{0,120}(?:verzending|overbrenging|virus)
""")
FIRST_PERSON = r"\b(?:ik|mijn|mij|mijzelf|m'n|i|my|me|je suis|j'ai|mon|mes|ich|mein|meine|mir|mich)\b"

#: A device is its owner's, and he excuses himself for it: nothing that he says of himself.
OWN_DEVICE = any_of(r"""
    \b(?:vanaf|vanuit|via|met|van|op|from|with|on|depuis|de|sur|avec|von|mit) (?:mijn|my|mon|ma|mein\w*)\b
    \b(?:excuseer|excuses?|sorry|pardon|forgive|apologies|excusez)(?: \w+){0,3} (?:mijn|m'n|my|mon|ma|mes)\b
    \bentschuldig\w*(?: \w+){0,3} mein\w*\b
    \b(?:mijn excuses|my apologies|mes excuses)\b
""")
#: A disclaimer speaks of the mail that it stands under.
THIS_MAIL = r"\b(?:e-?mail(?:bericht)?|mail|bericht|message|communication|transmission|courriel|nachricht|bijlagen?)\b"
#: Boilerplate tells the reader his rights; who asks tells his own.
YOUR_RIGHT = any_of(r"""
    \bu (?:heeft|hebt|kunt|kan|mag)\b|\b(?:heeft|hebt|kunt) u\b|\byou (?:have|may|can)\b|\bvous (?:avez|pouvez)\b
    \bsie (?:haben|können)\b
""")
#: What companies hold of people, and what these want done with it.
HELD = any_of(r"""
    \w*gegevens|account\w*|dossiers?|inzage|nieuwsbrie\w*|data|records?|newsletters?|donn[ée]es|comptes?|daten|konto\w*
""")
ERASE = any_of(r"""
    (?:ge|uit)?wis\w*|verwijder\w*|schrap\w*|vernietig\w*|inzage|delet\w*|eras\w*|supprim\w+|effac\w+|l[öo]sch\w*
""")
#: What a requester names, and what he wants done with it.
ASKED = any_of(r"""
    \w*gegevens|account\w*|nieuwsbrie\w+|inzage|verzoek\w*|privacy|avg|gdpr|rgpd|dsgvo|(?:ge|uit)?wis\w*|verwijder\w*|vergeet
    schrap\w*|stop\w*|data|records?|delete|erase|remove|forget|unsubscribe|donn[ée]es|compte|supprim\w+|effac\w+
    daten|konto|l[öo]sch\w*|abmeld\w*
""")
#: What a colleague writes above a mail that he only passes on.
PASSED_ON = any_of(r"""
    zie (?:onder|hieronder|onderstaand\w*|bijlage|bijgevoegd\w*|mail|bericht)|onderstaand\w*|hieronder
    ter info(?:rmatie)?|ter kennis\w*|fyi|tki|tkn|t\.k\.n|t\.i
    doorgestuurd|doorsturen|stuur\w* (?:ik )?(?:hierbij |even )*door|bijgaand|bijgevoegd|voor (?:jou|jullie|jij|u)
    pak\w* (?:jij|jullie)\b|(?:kun|kunnen|willen) (?:jij|jullie)\b|van een klant|deze is voor
    oppakken|afhandelen|opvolgen|opvolging|behandelen|beantwoorden
    see (?:below|attached)|please (?:see|handle)|forwarded|from a customer
    pour info(?:rmation)?|voir ci-dessous|ci-dessous|ci-joint|à traiter|(?:peux|pourrais)-tu|d'un client
    (?:kannst|könntest) du|bitte (?:bearbeiten|übernehmen)|von einem kunden
    zur info(?:rmation)?|zur kenntnis\w*|siehe unten|z\.k
""")
ANSWER_SUBJECT = r"\s*(?:re|aw|antw|antwoord|betr|sv|rép|rep)\s*(?:\[\d+\])?\s*:"
FORWARD_SUBJECT = r"\s*(?:fw|fwd|wg|tr|doorst|doorgest|doorgestuurd|i)\s*:"
#: The writer says that his answers stand between the quoted lines.
ANSWERS_BELOW = any_of(r"""
    \b(?:antwoord\w*|reactie\w*|opmerking\w*|commentaar)\b[^.]{0,40}\b(?:hieronder|onderaan|tussen|in (?:het )?rood)\b
    \b(?:antwoord\w*|reactie\w*|opmerking\w*|commentaar)\b[^.]{0,40}\bin (?:het )?(?:blauw|groen|geel|kleur)\b
    \b(?:zie|hieronder)\b[^.]{0,30}\b(?:mijn )?(?:antwoorden|reacties|opmerkingen)\b
    \b(?:see|my) (?:answers?|comments?|replies)\b[^.]{0,30}\b(?:below|inline|in red)\b|\bsee (?:inline|below)\b
    \b(?:réponses?|remarques?|commentaires?)\b[^.]{0,40}\b(?:ci-dessous|en rouge|dans le texte)\b
    \b(?:antworten?|kommentare?)\b[^.]{0,40}\b(?:unten|im text|in rot)\b
""")
