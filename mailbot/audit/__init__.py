"""The zero measurement: what an existing mailbox tells of requests that came in before the program did.

The rule kept here: it looks and writes nothing, neither in the mailbox (EXAMINE, BODY.PEEK) nor in the memory of the
company, and sends nothing. What it shows names nobody unless asked.

    reading    the folders, mail by mail, each mail forgotten once its facts are taken
    wording    what a sent mail says: notice of receipt, extension, which right it answers
    findings   requests and what was sent about them -> answered, late, half, unanswered, running
    page       the report for people, one HTML file without anything from elsewhere
"""
