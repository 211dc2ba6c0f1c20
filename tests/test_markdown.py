"""Paragraphs are rendered one by one, so that those of a template are rendered once; the letter is the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailbot.letters.markdown import as_html, rendered

PIECES = (
    *("tekst", "tekst\nmeer", "# kop", "kop\n===", "**b** en `c`", "> gezegd", "---", "* * *", "\\- geen lijst"),
    *(
        "- een",
        "- een\n- twee",
        "-",
        "  vervolg",
        "    diep",
        "+ p",
        "1. een",
        "2) twee",
        "12. q\n   r",
        "tekst\n- lijst",
    ),
)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=7), st.sampled_from(["\n\n", "\n \n", "\n\n\n"]))
def test_parts_of_a_letter_read_alone_as_they_do_together(pieces: list[str], between: str) -> None:
    letter = between.join(pieces)
    assert as_html(letter) == rendered(letter)
