"""What the mails to staff may say, full and bare, for `mailbot check`: the week, the mailbox, words by reply."""

from __future__ import annotations

from mailbot.letters.render import Value

REF = "AVG-2026-0000"
#: What a mail about the mailbox can be about.
TOPICS = (
    *("renumbered", "unread", "login", "sender", "relay", "canary_lost", "canary_junk", "deputy_gone"),
    *("full", "full_over", "refused", "refused_over"),
)
NOTICE: dict[str, Value] = {
    "folder": "INBOX",
    "since": "ma 02-03-2026 10:00",
    "trouble": "imap server mail.example.nl:993: no answer in time",
    "rows": ["ma 02-03-2026 10:00: inzage"],
    "more": "3",
    "steps": ["copies in Sent", "drafts", "filing"],
}


SECOND: dict[str, Value] = {
    "case_ref": REF,
    "erase_on": "zaterdag 1 januari 2034",
    "documents": ["factuur F2026-12"],
    "basis": "artikel 52, vierde lid, AWR",
}
LEFT = {"at": "ma 02-03-2026 10:00", "what": "ontvangen bericht", "folder": "INBOX", "number": "12"}
ROW = {
    "ref": REF,
    "asked": "inzage",
    "until": "vrijdag 27 februari 2026",
    "when": "1 dag te laat",
    "passed": "De wettelijke termijn is voorbij.",
    "todo": "Antwoord de aanvrager.",
    "matter": "answer",
    "code": "ABCD-EFGH-2345",
    "was_due": "vr 20-02-2026 09:00",
}
_CALL = {
    **{"ref": REF, "asked": "inzage", "until": "vrijdag 27 februari 2026", "when": "nog 20 dagen"},
    **{
        "passed": "De wettelijke termijn is voorbij.",
        "requester": "jan.voorbeeld@example.nl",
        "match": "niet bekend",
        "subject": "mijn gegevens",
    },
    **{"needs": "Er is een klacht. Lees hem.", "quote": "Haal alles weg.", "judge": "ja", "asks_more": ""},
    **{"wrote_again": "", "stops": "ja", "addresses": "jan.voorbeeld@example.nl", "systems": "Webwinkel"},
    **{"reply": "ma 02-03-2026 10:00", "reply_since": "ma 02-03-2026 10:00"},
    "letters": "De ontvangstbevestiging, aan jan.voorbeeld@example.nl (brief 1 onderaan)",
}
_LETTER = {
    **{"number": "1", "name": "De ontvangstbevestiging", "refs": f"{REF}, {REF}", "first": REF, "many": "ja"},
    **{"to": "jan.voorbeeld@example.nl", "subject": "Uw bericht", "text": "Beste heer,", "token": f"{REF}:ack"},
}
#: What one mail about many cases says, full and bare.
GATHERED: tuple[dict[str, Value], ...] = (
    {
        **{"cases": "4", "judged": "1", "held": "4", "release": f"{REF} {REF}", "as_drafts": True},
        "rows": [
            _CALL,
            _CALL | {"judge": "", "asks_more": "ja"},
            _CALL | {"judge": "", "wrote_again": "ja"},
            _CALL | {"judge": ""},
        ],
        "letters": [_LETTER, _LETTER | {"many": ""}],
    },
    {
        **{"cases": "2", "judged": "0", "held": "0", "release": "", "as_drafts": False},
        "rows": [dict.fromkeys(_CALL, "") | {"ref": REF, "asked": "inzage"}],
        "letters": [],
    },
)
EMPTY_WEEK: dict[str, Value] = {
    "week": "47 van 2026",
    "first_day": "maandag 16 november 2026",
    "last_day": "zondag 22 november 2026",
    **dict.fromkeys(("mails", "arrived", "closed", "answered", "open_count", "observed"), "0"),
    **dict.fromkeys(("machine", "unreadable", "suppressed"), "0"),
    **{"speed": "", "trend_line": "", "head": ""},
    **{
        name: []
        for name in (
            "by_kind",
            "overdue",
            "open",
            "needs",
            "held",
            "failed",
            "unsure",
            "defects",
            "forgotten",
            "on_hold",
            "restricted",
            "restricted_asked",
            "held_lines",
            "observed_lines",
            "deadline_bars",
            "trend_bars",
        )
    },
}
FULL_WEEK: dict[str, Value] = EMPTY_WEEK | {
    **dict.fromkeys(("mails", "arrived", "closed", "answered", "open_count", "observed"), "3"),
    "speed": "mediaan 4,0 dagen, 90% binnen 9,5 dagen",
    "by_kind": ["inzage: 2", "verwijdering: 1"],
    "overdue": [f"{REF} (inzage): uiterlijk vr 13-11, 9 dagen te laat"],
    "open": [f"{REF} (verwijdering): uiterlijk vr 04-12, nog 12 dagen"],
    **{key: [REF] for key in ("needs", "held", "failed", "unsure")},
    "defects": ["E-00: Een voorbeeld."],
    "held_lines": [f"{REF}: over deze brief beslist u zelf"],
    "observed_lines": ["De ontvangstbevestiging: 2"],
    "deadline_bars": [{"label": REF, "value": "nog 12 d", "width": "40", "colour": "#2f5d8a"}],
    "trend_bars": [{"label": "week 47", "value": "3 in, 2 beantwoord", "width": "100", "colour": "#2f5d8a"}],
    "trend_line": "week 47: 3 in, 2 beantwoord",
    "head": "1234-ABCD-EFGH-IJKL-MNOP-QRST",
    "forgotten": [REF],
    "on_hold": [REF],
    "restricted": [f"{REF} (sinds dinsdag 3 maart 2026)"],
    "restricted_asked": [REF],
}
_LEAVES = {"name": "Het antwoord", "state": "queued", "at": "vr 20-02-2026 09:00", "text": "Beste heer,"}
_DONE: dict[str, Value] = {
    **{
        "word": "VERLENG",
        "what": "De verlenging geldt.",
        "said": "te veel gegevens",
        "more": "Groet",
        "second": "",
        "can_undo": True,
        "until_left": True,
        "over": [{"name": "De ontvangstbevestiging", "state": "dropped", "at": "", "text": ""}],
        "still": [{"name": "Het antwoord", "state": "queued", "at": "vr 20-02-2026 09:00", "text": ""}],
        "steps": ["Opzoeken in de webwinkel: John, uiterlijk ma 23-03"],
        "steps_left": "2",
        "copy_step": "package",
    },
    **{"kinds_now": ["inzage"], "letters": [_LEAVES, _LEAVES | {"at": "", "text": "", "state": "dropped"}]},
}
_HELD_BACK = {"name": "De ontvangstbevestiging", "state": "held", "at": "", "text": ""}
_NOT_DONE: dict[str, Value] = {
    **{
        "word": "AKKOORD",
        "reason": "er wacht niets.",
        "talk": False,
        "alarm": True,
        "again": True,
        "told_at": "vr 20-02-2026 09:00",
        "only_seen": False,
        "said": "",
        "meant": "",
        "waits": [],
    },
}
_WAITS = [
    {"name": "De ontvangstbevestiging", "number": "", "posted": "", "draft": ""},
    {"name": "De verlenging", "number": REF, "posted": "yes", "draft": ""},
    {"name": "Het antwoord", "number": REF, "posted": "", "draft": "yes"},
]
_NOT_UNDERSTOOD: dict[str, Value] = {
    **{"alarm": False, "again": False, "talk": True, "word": "", "said": "Kan dat?", "waits": _WAITS},
}
_HELD: dict[str, Value] = {
    **{"letter_name": "De ontvangstbevestiging", "letter_why": "over deze brief beslist u zelf"},
    **{"letter_token": f"{REF}:ack", "letter_to": "jan.voorbeeld@example.nl", "letter_subject": "Uw bericht"},
    "on_paper": False,
    "second_look": False,
    "letter_text": "Beste heer,\n\nWij hebben uw bericht ontvangen.",
}
#: What the mails about words by reply say, full and bare.
BY_REPLY: dict[str, tuple[dict[str, Value], ...]] = {
    "word_done": (
        _DONE,
        _DONE
        | {
            "said": "",
            "more": "AKKOORD",
            "second": f"AKKOORD {REF}",
            "can_undo": False,
            "letters": [],
            "steps": [],
            "still": [_HELD_BACK, _HELD_BACK],
        },
    ),
    "word_refused": (
        _NOT_DONE,
        _NOT_DONE | {"copy_step": "second_look", "meant": "VRAAG kan dat"} | _NOT_UNDERSTOOD,
        _NOT_DONE | _NOT_UNDERSTOOD | {"talk": False, "only_seen": True, "said": ""},
        _NOT_DONE | _NOT_UNDERSTOOD | {"talk": False, "word": "AKKOORD"},
    ),
    "letter_held": (
        _HELD,
        _HELD | {"letter_why": "", "as_drafts": True},
        _HELD | {"second_look": True},
        _HELD | {"on_paper": True, "letter_to": ""},
    ),
}
_WITH_LETTER: dict[str, Value] = {"letters_waiting": [_LETTER | {"why": "er is twijfel over de afzender"}]}
_WITH_LETTERS: dict[str, Value] = {"as_drafts": True, "letters_waiting": [_LETTER | {"why": ""}, _LETTER | {"why": ""}]}
#: Mails about a case, without and with the letters that wait in it.
WITH_LETTERS: dict[str, tuple[dict[str, Value], ...]] = dict.fromkeys(
    ("new_case", "needs_person", "reply_received"), ({}, _WITH_LETTER, _WITH_LETTERS | {"came": "3"})
)
_DONE_IN = {
    "ref": REF,
    "word": "AKKOORD",
    "said": "",
    "what": "De brief mag weg.",
    "letters": "De ontvangstbevestiging",
}
_DONE_IN |= {"state": "queued", "at": "ma 02-03-2026 10:15"}
#: What one mail says about words in many cases, full and bare.
WORDS_DONE: tuple[dict[str, Value], ...] = (
    {
        **{"count": "2", "can_undo": True, "until_left": True},
        "rows": [_DONE_IN, _DONE_IN | {"at": "", "said": "inzage"}, _DONE_IN | {"state": "held", "at": ""}],
    },
    {"count": "2", "can_undo": False, "until_left": False, "rows": [_DONE_IN | {"letters": "", "at": "", "state": ""}]},
)
_DATE = {"ref": REF, "asked": "inzage", "until": "vrijdag 27 februari 2026", "when": "nog 20 dagen"}
#: What one mail about many dates says, full and bare.
DATES: tuple[dict[str, Value], ...] = (
    {"count": "2", "rows": [_DATE | {"over": "", "closed": ""}, _DATE | {"over": "ja", "closed": ""}]},
    {"count": "2", "rows": [_DATE | {"until": "", "when": "", "over": "ja", "closed": "ja"}]},
)
