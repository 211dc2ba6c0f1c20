"""What mail programs set in another language than ours write above a quote.

A requester writes Dutch on a telephone that speaks Polish. The rule kept: only words that a program writes, whole field
names and whole rules, so that nobody's own sentence is taken for one.
"""

from __future__ import annotations

from mailbot.parse.vocabulary import any_of, phrases

WROTE = any_of(r"""
    ha\s+scritto|escribió|escreveu|skrev|kirjoitti|napisał(?:\(a\)|a)?|napsal(?:\(a\)|a)?|a\s+scris
    pisze|írta|şunu\s+yazdı|yazdı|написала?|пише|έγραψε
""")

#: First words of a line that can open a quote.
CANDIDATE = any_of("""
    da|fra|från|lähettäjä|od|feladó|de la|от|від|kimden|remitente|remetente|mittente|από
    inviato|enviado|enviada|fecha|dato|sendt|skickat|lähetetty|wysłano|odesláno|elküldve|trimis|отправлено|gönderildi
    data|päiväys|tarih|дата
    messaggio|mensaje|mensagem|oprindelig|opprinnelig|ursprungligt|alkuperäinen|wiadomość|původní|исходное
    antwort|videresendt|vidarebefordrat|inizio|inizia|inicio|início|przekazana|пересылаемое
""")

FIELDS = {
    "from": "mittente|remitente|remetente|fra|från|lähettäjä|od|feladó|de la|от|від|от кого|kimden|από",
    "sent": "inviato|data|enviado|enviado el|enviado em|enviada em|fecha|sendt|dato|skickat|lähetetty|päiväys|wysłano"
    "|odesláno|elküldve|dátum|trimis|отправлено|дата|gönderildi|tarih",
    "to": "para|til|till|vastaanottaja|do|komu|címzett|către|кому|kime|destinatario|destinatário|προς",
    "copy": "kopia|kopi|kopio|dw|udw|másolat|копия",
    "subject": "asunto|assunto|emne|ämne|aihe|temat|předmět|predmet|tárgy|subiect|тема|konu|θέμα",
}

ORIGINAL = phrases("""
    antwort nachricht
    messaggio originale
    messaggio d'origine
    mensaje original
    mensagem original
    oprindelig meddelelse
    oprindelig besked
    opprinnelig melding
    ursprungligt meddelande
    alkuperäinen viesti
    wiadomość oryginalna
    oryginalna wiadomość
    původní zpráva
    původní e-mail
    eredeti üzenet
    mesaj original
    исходное сообщение
    orijinal mesaj
""")
FORWARD = phrases("""
    messaggio inoltrato
    inizio messaggio inoltrato
    inizia messaggio inoltrato
    mensaje reenviado
    inicio del mensaje reenviado
    mensagem encaminhada
    início da mensagem reencaminhada
    início da mensagem encaminhada
    videresendt meddelelse
    videresendt besked
    videresendt melding
    vidarebefordrat meddelande
    edelleenlähetetty viesti
    przekazana wiadomość
    wiadomość przekazana
    přeposlaná zpráva
    továbbított üzenet
    mesaj redirecționat
    пересылаемое сообщение
    iletilmiş mesaj
""")
