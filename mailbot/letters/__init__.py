"""Letters: a sandboxed template and a case become a subject, a text and an HTML part, and at last bytes on the wire.

Templates are Markdown with Jinja placeholders, in `replies/<language>/NAME.md`; a company may override any of them in
`replies/tenants/<id>/<language>/`. Values are only strings; a missing one stops the letter. What a stranger wrote
never reaches a letter to people outside.
"""

from mailbot.letters.compose import Letters
from mailbot.letters.wire import to_bytes, to_draft

__all__ = ["Letters", "to_bytes", "to_draft"]
