"""What is told about many cases together: to the contact person, the management, an agency, an authority, a court.

The rule kept here: figures name nobody. Where a report is about one case (`evidence`), it says which
rule gave which day.
"""
