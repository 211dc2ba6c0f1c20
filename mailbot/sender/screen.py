"""Why a mail is machine mail, or that a person wrote it (RFC 3834, RFC 3464, RFC 2369, RFC 5965, RFC 8098).

The rule kept: this suppresses an automatic reply, never the case; the content still decides what the mail asks.
Proof is a header that only machines set. A subject such as "Afwezig" is a weak sign and needs a second one;
X-Auto-Response-Suppress asks for silence and List-Unsubscribe serves readers: alone they prove nothing.
"""

from __future__ import annotations

import re
from enum import StrEnum

from mailbot.domains import to_ascii
from mailbot.model import Mail
from mailbot.parse.vocabulary import any_of


class Automatic(StrEnum):
    """Why a mail is not a person's own letter."""

    LOOP = "loop"  # our own letter came back
    OWN = "own"  # from one of our own addresses: a colleague, or the website's form
    BOUNCE = "bounce"  # a letter could not be delivered
    REPORT = "report"  # delivery notice, read receipt, abuse or DMARC report: nothing failed
    CALENDAR = "calendar"
    LIST = "list"
    AUTO_REPLY = "auto-reply"
    FORWARDED = "auto-generated (forwarded?)"  # a rule passed on what may be a person's mail: the content decides
    AUTO_GENERATED = "auto-generated"
    NULL_SENDER = "null sender"  # takes no answer; a redirecting rule may have taken the return path away
    NO_REPLY = "no-reply"


_DAEMON = re.compile(r"mailer-?daemon|mail-?daemon|mdaemon|mail-?delivery-?s(?:ystem|ubsystem)|bounces?")
_POSTMASTER = re.compile(r"postmaster|microsoftexchange[0-9a-f]{8,40}")
_NO_REPLY = re.compile(
    r"(?:.*[._+-])?"
    + any_of("""
        (?:no|not|do[._-]?not)[._-]?reply|auto[._-]?reply
        niet[._-]?(?:be)?antwoorden|geen[._-]?antwoord
        ne[._-]?pas[._-]?repondre
        keine?[._-]?antwort
    """)
    + r"(?:[._+-].*)?"
)
_UNDELIVERED = re.compile(
    any_of("""
        undeliver|delivery (?:status notification|failure|has failed)|mail delivery (?:failed|failure|system)
        returned mail|failure notice|non-?delivery|could not be delivered
        onbestelbaar|niet (?:bestelbaar|afgeleverd|bezorgd)|kan niet worden (?:bezorgd|afgeleverd)
        bezorging (?:is )?mislukt
        unzustellbar|nicht zugestellt
        non remis|échec de (?:la )?remise
    """),
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"\bdelayed\b|\(delay\)|warning: .{0,40}delay|vertraagd|vertraging|verzögert|retardé", re.IGNORECASE
)
_ABSENT = re.compile(
    r"\s*"
    + any_of("""
        automatisch antwoord|automatische? (?:reactie|reply|beantwoording)
        auto(?:matic)?[ -]?reply|out of (?:the )?office
        afwezig|niet aanwezig|(?:ik ben )?(?:op|met) (?:vakantie|verlof)|buiten kantoor
        réponse automatique|absence du bureau|absent|en congé
        automatische antwort|abwesen|nicht im büro
    """),
    re.IGNORECASE,
)
#: What Exchange writes before the subject that it answers; who answers such a mail has "Re:" before it.
_EXCHANGE = re.compile(
    r"\s*(?:automatisch antwoord|automatic reply|réponse automatique|automatische antwort)\s?:\s*\S", re.IGNORECASE
)
#: Clear enough to stand anywhere in a subject.
_AWAY = re.compile(r"\bis out of (?:the )?office\b|\bautomatische? (?:antwoord|antwort|reply)\b", re.IGNORECASE)
_ABSENT_TEXT = re.compile(
    any_of(r"""
        \b(?:ben ik|ik ben)\b[^.]{0,60}\b(?:afwezig|niet aanwezig|met verlof|op vakantie|buiten kantoor|niet bereikbaar)
        beperkte? (?:toegang|bereikbaar)|uw (?:e-?mail|bericht) wordt niet (?:gelezen|doorgestuurd)
        \bout of (?:the )?office\b|\bi am (?:currently )?(?:away|on (?:leave|holiday|vacation))
        \babsente? (?:du|jusqu)|je suis (?:actuellement )?(?:absent|en congé)
        nicht im (?:büro|haus)|\babwesend\b
        \bdit is een automatisch\w* (?:\w+ )?(?:bericht|antwoord|e-?mail|reactie|ontvangstbevestiging)
        \bdeze? (?:bericht|e-?mail|reactie) (?:is|wordt|werd) automatisch\b
        \bthis is an (?:automated|automatic|auto)\b|\bceci est une? (?:réponse|message|e-?mail) automatique
        \bdies ist eine automatisch
    """),
    re.IGNORECASE,
)
#: What a person asks about in the same breath, and no answering machine speaks of.
_OF_THE_WRITER = re.compile(
    any_of(r"""
        \bmijn (?:persoons)?(?:gegevens|account|toestemming|inschrijving|profiel)\b
        \bmy (?:personal )?(?:data|account|consent|profile)\b
        \bmes données|\bmon (?:compte|consentement|profil)\b
        \bmeine[nr]? (?:personenbezogenen )?(?:daten|einwilligung)\b|\bmein (?:\w+)?konto\b
    """),
    re.IGNORECASE,
)
_DMARC = re.compile(r"\s*(?:\[.{1,40}\] )?report domain: \S+.{0,80}submitter:", re.IGNORECASE)
_QUIET = frozenset(("", "no", "none"))
_LIST_FIELDS = ("list-id", "list-post", "list-archive", "list-owner", "list-subscribe", "mailing-list")
_AUTO_FIELDS = (
    "x-autoreply",
    "x-autorespond",
    "x-auto-reply",
    "x-autoresponse",
    "x-autoresponder",
    "x-mail-autoreply",
    "x-vacation",
)
_ENCLOSED = ("message/rfc822", "text/rfc822-headers", "message/delivery-status")


def screen(mail: Mail, own_addresses: tuple[str, ...]) -> str | None:
    """The reason (one of `Automatic`) or None for a person. `own_addresses`: every address of the company's own."""
    own = frozenset(address.lower() for address in own_addresses)
    tests = (_loop, _own, _delivery, _report, _calendar, _answer, _list, _generated, _unanswerable, _no_reply)
    return next((str(reason) for test in tests if (reason := test(mail, own)) is not None), None)


def bounced_letter(raw: bytes, domain: str) -> str | None:
    """Our own Message-ID in the raw bytes of a bounce, with its angle brackets.

    It works without any structure: half of all bounces have no RFC 3464 part. None if no id of ours stands in it.
    """
    own_id = re.compile(
        rb"<(mailbot\.[^<>\s@\x00-\x1f]{1,120}@" + re.escape(to_ascii(domain).encode()) + rb")>", re.IGNORECASE
    )
    head = raw[:4_000_000]
    found = own_id.search(head) or own_id.search(re.sub(rb"=\r?\n", b"", head))
    return f"<{found[1].decode('ascii', 'replace')}>" if found else None


def _loop(mail: Mail, own: frozenset[str]) -> Automatic | None:
    looped = mail.header("x-loop").lower().strip("<> ")
    if mail.header("x-mailbot-loop") or mail.message_id.startswith("<mailbot.") or looped in own - {""}:
        return Automatic.LOOP if not _is_bounce_like(mail) else None
    return None


def _own(mail: Mail, own: frozenset[str]) -> Automatic | None:
    return Automatic.OWN if mail.sender is not None and mail.sender.email.lower() in own else None


def _delivery(mail: Mail, own: frozenset[str]) -> Automatic | None:
    """A bounce; a delay or a success is only a report, because nothing failed (yet). A report that a person passes on,
    inside a mail of his own, makes no machine of him."""
    actions = {value.lower().split(" ")[0] for name, value in mail.headers if name == "dsn-action"}
    if actions and (_content(mail, "multipart/report") or _is_machine(mail)):
        return Automatic.BOUNCE if "failed" in actions else Automatic.REPORT
    if not _is_bounce_like(mail):
        return None
    return Automatic.REPORT if _DELAYED.search(mail.subject) else Automatic.BOUNCE


def _is_bounce_like(mail: Mail) -> bool:
    if _content(mail, "multipart/report") and "delivery-status" in mail.header("content-type").lower():
        return True
    if mail.header("x-failed-recipients") or _DAEMON.fullmatch(_local(mail)):
        return True
    told = _UNDELIVERED.search(mail.subject) is not None or _DELAYED.search(mail.subject) is not None
    machine = _POSTMASTER.fullmatch(_local(mail)) is not None or mail.header("auto-submitted") != ""
    encloses = any(part.type in _ENCLOSED for part in mail.attachments)
    return (told and (machine or _null_sender(mail))) or (encloses and _null_sender(mail))


def _is_machine(mail: Mail) -> bool:
    """Whether no person's address stands above a mail."""
    local = _local(mail)
    named = (mail.sender or mail.claimed_from) is not None
    daemon = _DAEMON.fullmatch(local) or _POSTMASTER.fullmatch(local) or _NO_REPLY.fullmatch(local)
    return not named or daemon is not None or _null_sender(mail) or _word(mail, "auto-submitted") not in _QUIET


def _report(mail: Mail, own: frozenset[str]) -> Automatic | None:
    receipt = "mdn" in mail.header("content-class").lower() or _content(mail, "message/disposition-notification")
    return Automatic.REPORT if _content(mail, "multipart/report") or receipt or _DMARC.match(mail.subject) else None


def _calendar(mail: Mail, own: frozenset[str]) -> Automatic | None:
    """An invitation or its answer carries a method; an .ics file that somebody encloses does not."""
    invited = mail.header("calendar-method") or "calendarmessage" in mail.header("content-class").lower()
    return Automatic.CALENDAR if invited or _content(mail, "text/calendar") else None


def _answer(mail: Mail, own: frozenset[str]) -> Automatic | None:
    submitted = _word(mail, "auto-submitted")
    if submitted in ("auto-replied", "auto-notified") or _word(mail, "precedence") == "auto_reply":
        return Automatic.AUTO_REPLY
    if any(_word(mail, field) not in _QUIET for field in _AUTO_FIELDS):
        return Automatic.AUTO_REPLY
    told = _ABSENT.match(_without_prefix(mail.subject)) or _AWAY.search(mail.subject)
    named = _EXCHANGE.match(mail.subject) is not None and _OF_THE_WRITER.search(mail.text[:5_000]) is None
    absent = named or (told is not None and _second_sign(mail, submitted))
    return Automatic.AUTO_REPLY if absent else None


def _second_sign(mail: Mail, submitted: str) -> bool:
    silent = mail.header("x-auto-response-suppress") != "" or _null_sender(mail)
    text = mail.text[:5_000]
    told = _ABSENT_TEXT.search(text) is not None and _OF_THE_WRITER.search(text) is None
    return silent or submitted not in _QUIET or told


def _list(mail: Mail, own: frozenset[str]) -> Automatic | None:
    """A list, but not our own: a shared mailbox that is a Google group stamps List-Id on every person's mail."""
    if any(address.replace("@", ".") in mail.header("list-id").lower() for address in own - {""}):
        return None
    listed = any(mail.header(field) for field in _LIST_FIELDS)
    return Automatic.LIST if listed or _word(mail, "precedence") in ("bulk", "list", "junk") else None


def _generated(mail: Mail, own: frozenset[str]) -> Automatic | None:
    """Any other Auto-Submitted. Since 2025 Microsoft stamps mail that a mailbox rule passed on as auto-generated."""
    if _word(mail, "auto-submitted") in _QUIET:
        return None
    names = {name for name, _ in mail.headers if name.startswith("x-ms-exchange-")}
    ruled = any(
        "rules-loop" in name or "parent-message-id" in name or "generated-message-source" in name for name in names
    )
    return Automatic.FORWARDED if ruled or mail.header("resent-from") else Automatic.AUTO_GENERATED


def _unanswerable(mail: Mail, own: frozenset[str]) -> Automatic | None:
    """A null return path: the sender takes no answer (RFC 3834, 2)."""
    return Automatic.NULL_SENDER if _null_sender(mail) else None


def _no_reply(mail: Mail, own: frozenset[str]) -> Automatic | None:
    return Automatic.NO_REPLY if _NO_REPLY.fullmatch(_local(mail)) else None


def _local(mail: Mail) -> str:
    shown = mail.sender or mail.claimed_from
    return shown.email.partition("@")[0].lower()[:100] if shown is not None else ""


def _word(mail: Mail, field: str) -> str:
    """The first word of a value: `auto-replied (vacation)` and `auto-generated; x=y` count as their word."""
    value = mail.header(field)
    return re.split(r"[\s;(,]", value.strip().lower(), maxsplit=1)[0] if value else ""


def _null_sender(mail: Mail) -> bool:
    return mail.header("return-path").replace(" ", "") == "<>"


def _content(mail: Mail, kind: str) -> bool:
    return mail.header("content-type").lower().startswith(kind)


def _without_prefix(subject: str) -> str:
    return re.sub(r"^\s*(?:re|fw|fwd|antw|aw|auto)\s*:\s*", "", subject[:200], flags=re.IGNORECASE)
