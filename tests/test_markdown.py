"""Paragraphs are rendered one by one, so that those of a template are rendered once; the letter is the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailbot.letters.markdown import as_html, rendered
from mailbot.letters.slots import MARK, escaped, set_in

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


FRAMES = (
    "x \ue000 y",
    "**\ue000**",
    "- \ue000\n- \ue000",
    "`show \ue000`",
    "[\ue000](\ue000)",
    "# \ue000",
    "\ue000",
    "<\ue000>",
    "<https://winkel.example/\ue000>",
)


@given(st.lists(st.sampled_from(FRAMES), min_size=1, max_size=4), st.data())
def test_a_value_that_is_set_in_reads_as_one_that_was_escaped(frames: list[str], data: st.DataObject) -> None:
    letter = "\n\n".join(frames)
    words = st.text(alphabet="ab <&>*_[]#-1.|\"'", min_size=1, max_size=8).map(lambda word: f"x{word}x")
    values = data.draw(st.lists(words, min_size=letter.count(MARK), max_size=letter.count(MARK)))
    html = as_html(letter, values)
    assert html == rendered(set_in(letter, map(escaped, values)))
    assert MARK not in html
