"""What a person does to a case, whether on the command line, on the triage screen or by answering a mail with a word.

The rule kept here: every act goes through `acting.act_in`: it needs a permission (`permissions`), becomes an event, is
decided in the core and carried out in one unit of work, and can be taken back while nothing of it has left (`undoing`).
"""
