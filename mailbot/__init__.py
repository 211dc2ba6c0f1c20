"""mailbot: a company's privacy mailbox that answers itself on time.

Three things happen: a mail arrives, time passes, a person acts. Each is an event (`events`). What it means for a case
is decided by a pure function (`decide`), as a list of `actions`; one executor (`execute`) writes them in one unit of
work, with the letters that they call for (`letters`), which wait in the outbox (`outgoing`) until a server took them.

The path of one mail:

    worker.once               one round of one company; each step fails apart from the others
      incoming.watching       which folders, how far (`cursors`)                    <- mailbox
      incoming.backlog        many at once, or one by one
      incoming.understanding  parse -> sender.screen -> classify; who is it?       <- customers, signatures
      incoming.intake         on record, whatever it is; an answer of a colleague (`staff`), of a processor
                              (`processor_answers`), a bounce; else `requests` finds (sender.lookup) or opens its case
      dispatch                decide (`deadlines`, `plan`, `marketing`, `checklist`) -> execute -> store
      clockwork.tick          cases whose moment has come, warnings (`staff.calling`), Monday mail (`reports.weekly`)
      outgoing.outbox         `airlock` -> breaker -> claim on disk -> smtp -> settled, and its case hears of it

What a person does comes in by `cli` or by a mail to `staff`, and goes through `acts` by the same way.

Where a change belongs:

    what a mail says, who wrote it, what it asks      parse, sender, classify
    a day, a term, when people are warned             deadlines (`calendars` for holidays)
    what follows from an event                        decide; `decide.apply` for what an action does to a case
    what a step of carrying out is, and when          plan; carried out in fulfil, from the company's sources
    what a letter must say; how it says it            checklist; replies/ beside this package, letters for the values
    what a person can type, or answer by mail         cli, acts.permissions; staff.replywords, staff.wordacts
    a setting                                         config (`schema`: the key, `build`: the value), setup for `init`
    what is kept, for how long, how it is proved      store, memory, safekeeping, chain
    what is shown to people about many cases          reports, audit; promises for the policy
    whether it works, and who is told if not          operation, outgoing.notices, absence

`model` holds the nouns that all of them share, `errors` the ways in which they fail. The rest is small and says itself
what it is: accounts, app, attachment_text, casefiles, contacts, csv_format, dates, demo, domains, hooks,
intake_attempts, isolation, oauth, preview, private_files, regular_files, shop_database, smtp_replies, smtp_wire,
sql_drivers, suppression_hook, tls.

A module may import only from layers below its own (`LAYERS` in tests/test_shape.py): words, the pure core, edges that
know one library each, the shell, the command line. Every module begins with what it is and the rule it keeps.
"""
