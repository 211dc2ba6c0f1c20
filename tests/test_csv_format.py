"""A table as CSV: what is written is read again, and what spreadsheets and shops write is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.csv_format import NotCsv, as_csv, from_csv

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), min_size=1, max_size=20).filter(
    lambda word: word.strip() == word and not word.startswith(("=", "+", "-", "@", "\t", "\ufeff"))
)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=5))
def test_what_is_written_is_read_again(rows: list[tuple[str, str]]) -> None:
    assert from_csv(as_csv(("naam", "adres"), rows).encode(), delimiter=";") == (("naam", "adres"), rows)


@pytest.mark.parametrize("between", [";", ",", "\t"])
def test_the_sign_between_the_cells_shows_in_the_headings(between: str) -> None:
    text = f"naam{between}adres\r\nAn{between}Kade 1\r\n"
    assert from_csv(text.encode()) == (("naam", "adres"), [("An", "Kade 1")])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_letters_with_signs_are_read_as_a_spreadsheet_wrote_them(encoding: str) -> None:
    assert from_csv("naam;plaats\nZoë;Curaçao\n".encode(encoding))[1] == [("Zoë", "Curaçao")]


def test_a_row_is_as_wide_as_the_headings() -> None:
    assert from_csv(b"a;b\n1\n1;2;3\n\n;\n")[1] == [("1", ""), ("1", "2")]


def test_an_empty_file_has_no_headings() -> None:
    assert from_csv(b"") == ((), [])


@pytest.mark.parametrize("rows", [3, 20_000])
def test_a_quote_that_is_never_closed_loses_no_rows_unseen(rows: int) -> None:
    text = 'id;naam\n1;"Jo\n' + "2;Piet\n" * rows
    with pytest.raises(NotCsv, match="never closed"):
        from_csv(text.encode())


def test_a_cell_of_more_lines_is_read_also_in_the_last_row() -> None:
    assert from_csv(b'id;adres\n1;"Kade 1\nStad"\n')[1] == [("1", "Kade 1\nStad")]
    assert from_csv(b'id;maat\n1;5" breed\n2;7" "lang\n')[1] == [("1", '5" breed'), ("2", '7" "lang')]


def test_a_spreadsheet_is_no_table() -> None:
    with pytest.raises(NotCsv, match="save it as CSV"):
        from_csv(b"PK\x03\x04\x00\x00blad1")
