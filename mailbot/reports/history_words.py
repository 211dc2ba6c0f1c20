"""The Dutch words for what a history holds: events, rules, letters to staff, warnings, remarks of the program.

The rule kept here: only words of the program stand in these tables; what a person typed is told as he typed it.
"""

from __future__ import annotations

#: What each line of a history tells.
EVENTS = {
    "MailArrived": "mail ontvangen en op waarde geschat",
    "MailUnreadable": "mail ontvangen die niet te lezen is",
    "MailFoundAgain": "mail teruggevonden",
    "TimePassed": "termijn bewaakt",
    "LetterSettled": "afloop van een bericht genoteerd",
    "MailBounced": "mail kwam onbestelbaar terug",
    "CustomerLookedUp": "nagekeken of het om een klant gaat",
    "LetterStopped": "brief tegengehouden",
    "ContactSilent": "contactpersoon antwoordde niet",
    "DeputySilent": "vervanger antwoordde niet",
    "StaffMailSeen": "antwoord van een medewerker gezien",
    "DraftSent": "concept verstuurd door een medewerker",
    "ProgramEnded": "uitslag van een programma genoteerd",
    "Accepted": "oordeel bevestigd",
    "Corrected": "oordeel verbeterd",
    "AskedAnew": "nieuw verzoek in dezelfde mail vastgelegd",
    "Noted": "aantekening gemaakt",
    "Assigned": "toegewezen",
    "Answered": "antwoord geschreven",
    "Replied": "antwoordbrief gekozen",
    "Closed": "gesloten",
    "Reopened": "heropend",
    "Acknowledged": "waarschuwing gezien",
    "ReceiptCorrected": "moment van ontvangst verbeterd",
    "IdentityAsked": "gevraagd wie er schrijft",
    "IdentityConfirmed": "vastgesteld wie er schrijft",
    "RecipientNamed": "adres voor het antwoord vastgelegd",
    "CustomerLinked": "aan een klant verbonden",
    "BelongsTo": "bij een ander dossier gevoegd",
    "TakesOver": "een ander dossier erbij genomen",
    "GivesBack": "een ander dossier weer losgemaakt",
    "ExtensionDecided": "besloten tot verlenging",
    "BreachDecided": "besloten over melding van het datalek",
    "BreachDescribed": "meer vastgelegd over het datalek",
    "RestrictionLifted": "besloten de beperking op te heffen",
    "SentByPost": "brief per post verstuurd",
    "CameBackByPost": "brief per post niet aangekomen",
    "ToldElsewhere": "beantwoord met een brief in een ander dossier",
    "StopConfirmed": "bevestigd dat het gebruik overal is gestopt",
    "SuppressionLifted": "van de lijst zonder reclame gehaald",
    "TakenBack": "vorige handeling teruggenomen",
    "StepSettled": "stap van het plan afgehandeld",
    "StepReopened": "stap van het plan heropend",
    "ItemDecided": "besloten over een gevraagd recht",
    "PartiesTold": "verwerkers ingelicht",
    "FileAttached": "bestand bij de kopie gevoegd",
    "FileDetached": "bestand uit de kopie gehaald",
    "PackageMade": "kopie van de gegevens gemaakt",
    "DocumentsKept": "vastgelegd wat bewaard moet blijven",
    "HeldLegally": "bewaarplicht wegens een rechtszaak gewijzigd",
    "PartyAnswered": "verwerker antwoordde",
    "PersonForgotten": "dossier anoniem gemaakt",
}

#: On which article an act rests, where it rests on one whatever was asked.
RULES = {
    "MailArrived": "artikel 12, lid 3, AVG",
    "IdentityAsked": "artikel 12, lid 6, AVG",
    "IdentityConfirmed": "artikel 12, lid 6, AVG",
    "RecipientNamed": "artikel 12, lid 6, AVG",
    "ExtensionDecided": "artikel 12, lid 3, AVG",
    "BreachDecided": "artikel 33 AVG",
    "BreachDescribed": "artikel 33, lid 5, AVG",
    "RestrictionLifted": "artikel 18, lid 3, AVG",
    "ToldElsewhere": "artikel 12, lid 3, AVG",
    "PartiesTold": "artikel 19 AVG",
    "PackageMade": "artikel 15, lid 3, en artikel 20 AVG",
    "DocumentsKept": "artikel 17, lid 3, AVG",
    "HeldLegally": "artikel 17, lid 3, onder e, AVG",
    "PersonForgotten": "artikel 5, lid 1, onder e, AVG",
}

#: The days that an account names; the others are the company's own.
TERMS = {
    "operating": "waar wij naar werken",
    "statutory": "wettelijke termijn",
    "refusal": "een maand voor een weigering",
    "breach": "datalek, 72 uur",
}

#: The rules by which days are counted.
COUNTED = {
    "ART12_3": "een maand (artikel 12, lid 3, AVG)",
    "REFUSAL_12_4": "een maand voor een weigering (artikel 12, lid 4, AVG)",
    "BREACH_72H": "72 uur (artikel 33, lid 1, AVG)",
    "DM_OBJECTION": "geen reclame: meteen, en een maand voor het antwoord (artikel 21, lid 3, AVG)",
    "OBJECTION_21_1": "bezwaar: meteen beperkt, en een maand voor het antwoord (artikel 21, lid 1, AVG)",
    "CONSENT_WITHDRAWAL": "intrekking: meteen, en een maand voor het antwoord (artikel 7, lid 3, AVG)",
}

#: The article of each right.
ARTICLES = {
    "access": "artikel 15 AVG",
    "rectification": "artikel 16 AVG",
    "erasure": "artikel 17 AVG",
    "restriction": "artikel 18 AVG",
    "restriction_lift": "artikel 18, lid 3, AVG",
    "portability": "artikel 20 AVG",
    "objection": "artikel 21, lid 1, AVG",
    "direct_marketing": "artikel 21, lid 3, AVG",
    "consent_withdrawal": "artikel 7, lid 3, AVG",
    "automated_decision": "artikel 22 AVG",
    "breach_report": "artikel 33 AVG",
    "minor": "artikel 8 AVG",
    "privacy_question": "artikelen 13 en 14 AVG",
}

#: The mails to the company's own people.
TO_STAFF = {
    "new_case": "de melding van een nieuw verzoek",
    "needs_person": "de vraag om een oordeel",
    "warnings": "de waarschuwingen van de dag",
    "gathered": "het bericht over wat tegelijk binnenkwam",
    "deadline_near": "de waarschuwing dat de termijn nadert",
    "notice_near": "de waarschuwing dat er een bericht met inhoud weg moet",
    "overdue": "de waarschuwing dat het te laat is",
    "stop_unconfirmed": "de vraag of het gebruik is gestopt",
    "breach_undecided": "de oproep om over het datalek te beslissen",
    "undelivered": "het bericht dat een brief niet aankwam",
    "letter_held": "het voorleggen van een brief die wacht",
    "stopped": "het bericht dat een brief is tegengehouden",
    "date_moved": "het bericht dat een datum verschoof",
    "date_over": "het bericht dat een datum vervalt",
    "dates": "het bericht over data die verschoven of vervallen",
    "reply_received": "het bericht dat de aanvrager schreef",
    "reply_unseen": "de herinnering dat de aanvrager schreef",
    "word_done": "de bevestiging van een woord per mail",
    "words_done": "de bevestiging van woorden per mail",
    "word_refused": "het bericht dat een woord niet is uitgevoerd",
    "leftovers": "de lijst van wat nog in het postvak ligt",
    "second_erasure": "de herinnering aan wat nu gewist mag worden",
}

#: What became of a letter.
STATES = {
    "sent": "verstuurd",
    "failed": "niet verstuurd",
    "unsure": "misschien verstuurd, dat is niet zeker",
    "dropped": "niet verstuurd, omdat het niet meer hoefde",
    "bounced": "teruggekomen",
    "came back by post": "niet aangekomen",
}

#: The steps of the ladders, by how their names begin; the longest first.
STEPS = {
    "14-days": "nog 14 dagen",
    "7-days": "nog 7 dagen",
    "3-working-days": "nog 3 werkdagen",
    "1-working-day": "nog 1 werkdag",
    "overdue": "te laat",
    "breach-": "datalek, na {hours} uur nog niets besloten",
    "stop-": "nog niet bevestigd dat het gebruik is gestopt",
    "reply:": "de aanvrager schreef en niemand keek",
    "cannot_identify": "de brief dat wij niet kunnen vaststellen wie het is, voorgelegd",
    "notice-": "er moet een bericht met inhoud weg",
    "seen:": "gezien",
}

#: How a remark begins that the program wrote before a person's own words; "" adds nothing to what the event says.
BEGINNINGS = {
    "kinds corrected: ": "",
    "extension decided: ": "",
    "identity asked: ": "",
    "identity confirmed: ": "",
    "restriction to be lifted: ": "",
    "receipt corrected: ": "",
    "reopened: ": "",
    "stopped: ": "",
    "breach, notify: ": "",
    "breach, register_only: ": "",
    "marketing not stopped after all: ": "",
    "answer may go to representative: ": "aan een vertegenwoordiger",
    "answer may go to another address: ": "aan een ander adres van de aanvrager",
    "late, and sent all the same: ": "te laat, en toch verstuurd",
    "stopped by the airlock: ": "tegengehouden voordat hij wegging",
    "no letter to the sender: ": "de afzender hoort nog niets",
    "mentions ": "noemt een ander dossier",
    "unreadable: ": "niet te lezen",
    "taken back: ": "teruggenomen",
}

#: Remarks that the program writes as a whole.
REMARKS = {
    "kinds corrected": "",
    "stopped": "",
    "a colleague sent our letter from the drafts": "een medewerker verstuurde onze brief vanuit de concepten",
    "a colleague wrote to the requester": "een medewerker schreef de aanvrager",
    "the no by another way named the authority and the court": (
        "in de weigering langs een andere weg stonden de toezichthouder en de rechter"
    ),
    "a customer was named in a further mail": "in een volgende mail werd een klant genoemd",
    "an identity paper or number came unasked; it was not kept (C-10)": (
        "er kwam ongevraagd een identiteitsbewijs of nummer mee; dat is niet bewaard"
    ),
    "confirmed by a reply from the address on file (C-02)": "bevestigd met een antwoord vanaf het bekende adres",
    "promise_missed: the notice of extension left after the promised date (A-34)": (
        "het bericht van verlenging ging weg na de toegezegde dag, wel binnen de maand van de wet"
    ),
    "the owner of the address on file says that the request is not his": (
        "de eigenaar van het bekende adres zegt dat het verzoek niet van hem of haar is"
    ),
    "the same mail reached another box before": "dezelfde mail kwam eerder in een ander postvak aan",
}

#: Reasons that the program gives in a person's place.
REASONS = {
    "answered by our letter": "met onze brief beantwoord",
    "answered in another way": "langs een andere weg beantwoord",
    "answered by our letter and in another way": "met onze brief en langs een andere weg beantwoord",
    "no request under the GDPR": "er werd niets gevraagd onder de AVG",
    "the reply asks nothing new": "het antwoord vraagt niets nieuws",
    "the sender's address failed authentication": "de afzender lijkt niet echt",
    "the address is not known to us": "het adres is bij ons niet bekend",
    "the address is not the one on file": "het adres is niet het bekende adres",
    "more than one customer could be meant": "er kan meer dan een klant zijn bedoeld",
    "check of the address, no doubt": "gewone controle van het adres; er is geen twijfel",
    "a person looks first": "eerst kijkt een mens",
    "by reply": "",
    "said by reply": "",
}
