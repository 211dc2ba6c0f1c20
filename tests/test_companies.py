"""Many companies from one table: a faulty row stops no other, nothing that exists changes, no proposal is confirmed."""

from __future__ import annotations

import json
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_finding import XML, Told
from test_setup import POLICY, config
from typer.testing import CliRunner

from mailbot.cli import app, companies
from mailbot.config import load
from mailbot.demo.servers import MailServers
from mailbot.errors import Usage
from mailbot.setup.autoconfig import Found, Server
from mailbot.setup.company_toml import Answers, toml_of
from mailbot.setup.policy_file import policy_text
from mailbot.setup.policy_text import Proposal, propose
from mailbot.setup.table import COLUMNS, Row, table_of
from mailbot.setup.table_answers import answers_of, faults_of, with_found

__all__ = ["config"]

WORDS = ("id", "name", "country", "mailbox", "contact", "contact_email", "policy", "customers")
HEAD = "code;bedrijfsnaam;land;postvak;imap-server;smtp-server;wachtwoord;contactpersoon;e-mail contactpersoon;beleid"
SECRET = "zeer-geheim-77"


def line(name: str, **changes: str) -> str:
    cells = {
        "id": name,
        "naam": name.title(),
        "land": "NL",
        "postvak": f"info@{name}.example",
        "imap": f"imap.{name}.example:1993",
        "smtp": f"smtp.{name}.example",
        "wachtwoord": SECRET,
        "contact": "Jo Jansen",
        "mail": f"jo@{name}.test",
        "beleid": "",
    }
    return ";".join((cells | changes).values())


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "beleid.txt").write_text(POLICY, "utf-8")
    return tmp_path / "bedrijven.csv"


def make(config: Path, table: Path, *lines: str, words: tuple[str, ...] = (), head: str = HEAD) -> tuple[int, str]:
    """The command over these rows: its exit code and all that it said."""
    table.write_text("\n".join((head, *lines)) + "\n", "utf-8")
    command = ["new-companies", str(table), "--offline", "--config", str(config), *words]
    done = CliRunner().invoke(app, command)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def told(config: Path, table: Path, *lines: str, words: tuple[str, ...] = ()) -> list[dict[str, object]]:
    table.write_text("\n".join((HEAD, *lines)) + "\n", "utf-8")
    command = ["new-companies", str(table), "--offline", "--config", str(config), "--json", *words]
    found: list[dict[str, object]] = json.loads(CliRunner().invoke(app, command).stdout)
    return found


def files_of(config: Path) -> dict[str, bytes]:
    return {str(path.relative_to(config)): path.read_bytes() for path in config.rglob("*") if path.is_file()}


def checked(config: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["check", "--config", str(config), *words])
    return done.exit_code, done.output


# --- the table


@pytest.mark.parametrize(
    "headings",
    [
        "id,name,country,mailbox,contact,contact e-mail,policy,customers",
        "ID,Naam,Land,Postvak,Contactpersoon,E-mail contactpersoon,Beleid,Klantenbestand",
        "code,Bedrijfsnaam *,LAND,e-mail,contact_person,Contact_Email,privacy policy,klanten",
    ],
)
def test_headings_are_understood_in_dutch_and_english(headings: str) -> None:
    table = table_of(headings.split(","), [list("abcdefgh")])
    assert [table.rows[0].get(word) for word in WORDS] == list("abcdefgh")
    assert table.unused == ()


def test_no_heading_stands_for_two_columns() -> None:
    for name, word in [(name, word) for word, (_, names) in COLUMNS.items() for name in names.split(", ")]:
        extra = [] if word == "id" else ["id"]
        table = table_of([name, *extra], [["x", *("zon" for _ in extra)]])
        assert table.rows[0].get(word) == "x"


def test_two_columns_that_say_the_same_are_for_a_person_to_sort_out() -> None:
    with pytest.raises(Usage, match="naam and bedrijfsnaam both say the name"):
        table_of(["id", "naam", "bedrijfsnaam"], [])


def test_a_table_without_ids_says_how_to_head_them() -> None:
    with pytest.raises(Usage, match=r"no column of ids; head it id, code, tenant\. Columns here: naam, land"):
        table_of(["naam", "land"], [])


def test_a_table_as_excel_saves_it_is_read(config: Path, table: Path) -> None:
    table.write_bytes("Code;Naam;Land\r\nzon;Café één;Nederland\r\n;;\r\n".encode("cp1252"))
    done = CliRunner().invoke(app, ["new-companies", str(table), "--offline", "--config", str(config)])
    assert done.exit_code == 0, done.output
    assert load(config).company("zon").policy.name == "Café één"


# --- faults


@pytest.mark.parametrize(
    ("changes", "cure"),
    [
        ({"id": "Zon & Co"}, "code: type a short id"),
        ({"land": "Duitsland"}, "land: type NL, BE or FR"),
        ({"land": ""}, "land: type NL, BE or FR"),
        ({"naam": ""}, "bedrijfsnaam: type the company's name"),
        ({"mail": "geen adres"}, "e-mail contactpersoon: is not a mail address: type it as"),
        ({"imap": "imap.zon.example:x"}, "imap-server: type the server, or server:port"),
        ({"beleid": "weg.txt"}, "weg.txt: No such file or directory; save the policy as a text file"),
        ({"beleid": "/dev/zero"}, "is a device, not a regular file"),
        ({"postvak": "info@maan.example"}, "postvak: has an address that maan has too"),
    ],
)
def test_a_faulty_row_is_named_with_what_to_type_and_stops_no_other(
    config: Path, table: Path, changes: dict[str, str], cure: str
) -> None:
    make(config, table, line("maan"))
    code, output = make(config, table, line("ster"), line("zon", **changes), line("mars"))
    assert code == 1
    assert [company.id for company in load(config).companies] == ["maan", "mars", "ster"]
    [named] = [one for one in output.splitlines() if one.startswith("✗")]
    assert "row 3" in named
    assert cure in named


def test_a_row_whose_cells_have_moved_is_told_as_that_and_by_its_number_in_the_spreadsheet(
    config: Path, table: Path
) -> None:
    code, output = make(config, table, line("maan"), ";;;", "", line("zon", contact="Jo; bij de balie"), line("mars"))
    assert code == 1
    [named] = [one for one in output.splitlines() if one.startswith("✗")]
    assert named.startswith("✗ row 5 (zon): has more cells than there are headings; put quotes")
    assert "type" not in named
    assert [company.id for company in load(config).companies] == ["maan", "mars"]


def test_rows_that_all_end_with_an_empty_cell_have_moved_nothing(config: Path, table: Path) -> None:
    assert make(config, table, line("zon") + ";", line("maan") + ";")[0] == 0


def test_what_is_typed_and_does_not_do_is_told_with_its_reason(config: Path, table: Path) -> None:
    [row] = told(config, table, line("zon", mail="info@zon.example"))
    assert row["state"] == "new"
    [note] = [str(one) for one in row["notes"]]  # type: ignore[attr-defined]
    assert note.startswith("e-mail contactpersoon: is an address that the program itself reads")


def test_one_mistake_in_a_cell_is_told_once(config: Path, table: Path) -> None:
    [row] = told(config, table, line("zon", postvak="info@zon"))
    assert row["faults"] == ['postvak: is not a mail address: type it as "name@example.nl"']


def test_a_variable_that_no_shell_takes_is_a_fault_of_its_row() -> None:
    [fault] = faults_of(Row(2, {"id": "zon", "password_env": "mijn wachtwoord"}))
    assert fault.column == "password_env"


def test_an_id_that_stands_in_two_rows_is_neither_of_them(config: Path, table: Path) -> None:
    code, output = make(config, table, line("zon"), line("zon", naam="Anders"), line("mars"))
    assert (code, output.count("zon stands in more than one row")) == (1, 2)
    assert [company.id for company in load(config).companies] == ["mars"]


def test_a_company_with_a_faulty_file_does_not_keep_new_ones_out(config: Path, table: Path) -> None:
    (config / "tenants" / "kapot.toml").write_text("name = ", "utf-8")
    assert make(config, table, line("zon"))[0] == 0
    assert [company.id for company in load(config, contained=True).usable] == ["zon"]


def test_where_every_row_is_faulty_each_is_named(config: Path, table: Path) -> None:
    code, output = make(config, table, line("zon", mail="nee"), line("maan", mail="nee"))
    assert (code, output.count("is not a mail address")) == (1, 2)
    assert files_of(config).keys() == {"mailbot.toml", "authorities.toml"}


def test_a_customer_export_without_addresses_is_named_before_anything_is_written(config: Path, table: Path) -> None:
    (table.parent / "klanten.csv").write_text("nummer;plaats\n1;Stad\n", "utf-8")
    code, output = make(config, table, line("zon") + ";klanten.csv", head=f"{HEAD};klanten")
    assert code == 1
    assert "klanten: " in output
    assert "no column with addresses" in output
    assert not (config / "tenants" / "zon.toml").exists()


def test_check_names_a_customer_export_that_went_bad(config: Path, table: Path) -> None:
    export = table.parent / "klanten.csv"
    export.write_text("id;naam;e-mail\n1;Jo;jo@post.example\n", "utf-8")
    make(config, table, line("zon") + ";klanten.csv", head=f"{HEAD};klanten")
    assert "wrong" not in checked(config, "--brief")[1]
    export.unlink()
    assert "; wrong customers" in checked(config, "--brief")[1]
    assert "Put the customer export there" in " ".join(checked(config)[1].split())


def test_a_customer_export_is_found_from_the_company_s_own_file(config: Path, table: Path) -> None:
    (table.parent / "klanten.csv").write_text("id;naam;e-mail\n1;Jo;jo@post.example\n", "utf-8")
    make(config, table, line("zon") + ";klanten.csv", head=f"{HEAD};klanten")
    source = load(config).company("zon").customers
    assert source
    assert source.path == table.parent / "klanten.csv"
    assert 'path = "../../klanten.csv"' in (config / "tenants" / "zon.toml").read_text("utf-8")


# --- once more


def test_the_same_table_again_changes_nothing(config: Path, table: Path) -> None:
    rows = line("zon", beleid="beleid.txt"), line("maan")
    make(config, table, *rows)
    before = files_of(config)
    code, output = make(config, table, *rows)
    assert (code, files_of(config)) == (0, before)
    assert "0 written; 2 there and the same" in output


def test_a_table_that_says_otherwise_is_told_and_changes_nothing(config: Path, table: Path) -> None:
    make(config, table, line("zon"))
    before = files_of(config)
    [row] = told(config, table, line("zon", contact="Els Bakker", wachtwoord="ander-geheim", beleid="beleid.txt"))
    assert files_of(config) == before
    assert row["state"] == "differs"
    assert {one["setting"]: (one["there"], one["here"]) for one in row["differs"]} == {  # type: ignore[attr-defined]
        "contact.name": ("Jo Jansen", "Els Bakker"),
        "imap.password": (f"the one in {config / 'secrets' / 'zon.imap'}", "another one"),
        "processors": ("nothing", "Winkelbouw"),
        "promise_days": ("nothing", "30"),
    }


def test_a_table_out_of_which_the_passwords_were_taken_is_the_same_table(config: Path, table: Path) -> None:
    make(config, table, line("zon"))
    assert [one["state"] for one in told(config, table, line("zon", wachtwoord=""))] == ["same"]


def test_passwords_stay_in_the_table_as_long_as_a_row_is_faulty(config: Path, table: Path) -> None:
    _, output = make(config, table, line("zon"), line("maan", land="?"))
    assert output.index("mend the faulty rows") < output.index("take the passwords out of")


def test_what_a_person_confirmed_or_added_since_is_no_difference(config: Path, table: Path) -> None:
    row = line("zon", beleid="beleid.txt")
    make(config, table, row)
    file = config / "tenants" / "zon.toml"
    text = file.read_text("utf-8")
    start, end = text.index("to_confirm = ["), text.index("]\n", text.index("to_confirm = ["))
    text = text[:start] + text[end + 2 :]
    text = text.replace('mode = "observe"\n', 'mode = "hold"\n').replace('"te bevestigen"', '"bevestigd"')
    file.write_text(text + '\n[[places]]\nname = "Kassa"\n', "utf-8")
    assert load(config).company("zon").policy.mode == "hold"
    assert [one["state"] for one in told(config, table, row)] == ["same"]


def test_a_rehearsal_says_the_same_and_writes_nothing(tmp_path: Path, table: Path) -> None:
    own = tmp_path / "eigen"
    rows = line("zon", beleid="beleid.txt"), line("maan", land="?")
    rehearsed = told(own, table, *rows, words=("--dry-run",))
    assert not own.exists()
    assert rehearsed == told(own, table, *rows)
    assert [company.id for company in load(own).companies] == ["zon"]


def test_the_rehearsal_of_one_company_shows_its_file(config: Path, table: Path) -> None:
    _, output = make(config, table, line("zon"), line("maan"), words=("--dry-run", "--tenant", "zon"))
    assert 'username = "info@zon.example"' in output
    assert SECRET not in output


# --- secrets


def test_a_password_of_the_table_lies_in_a_file_for_its_owner_only_and_nowhere_else(config: Path, table: Path) -> None:
    _, output = make(config, table, line("zon"))
    holding = [name for name, content in files_of(config).items() if SECRET.encode() in content]
    assert holding == ["secrets/zon.imap"]
    assert stat.S_IMODE((config / "secrets" / "zon.imap").stat().st_mode) == 0o600
    assert stat.S_IMODE((config / "secrets").stat().st_mode) == 0o700
    assert SECRET not in output
    assert "take the passwords out of" in output
    company = load(config).company("zon")
    assert company.imap
    assert company.smtp
    assert (company.imap.password(), company.smtp.password()) == (SECRET, SECRET)


def test_another_password_that_lies_there_is_not_written_over(config: Path, table: Path) -> None:
    (config / "secrets").mkdir()
    (config / "secrets" / "zon.imap").write_text("van vroeger", "utf-8")
    code, output = make(config, table, line("zon"))
    assert code == 1
    assert "has another password already" in output
    assert (config / "secrets" / "zon.imap").read_text("utf-8") == "van vroeger"
    assert not (config / "tenants" / "zon.toml").exists()


def test_a_password_may_come_from_a_command_or_a_variable() -> None:
    row = {"id": "zon", "name": "Zon", "country": "NL"}
    by_command = answers_of(Row(2, {**row, "password_command": "pass show 'mail/zon nl'"}), ())
    assert by_command.imap_password
    assert by_command.imap_password.command == ("pass", "show", "mail/zon nl")
    by_variable = answers_of(Row(2, {**row, "password_env": "ZON"}), ())
    assert by_variable.smtp_password
    assert by_variable.smtp_password.env == "ZON"


# --- what nobody confirmed


def test_what_the_policy_says_is_marked_and_what_the_row_says_is_not(config: Path, table: Path) -> None:
    make(config, table, line("zon", beleid="beleid.txt", naam="", contact=""))
    company = load(config).company("zon")
    assert company.to_confirm == ("name", "contact.name", "promise_days")
    assert (company.policy.contact_name, company.policy.promise_days) == ("Anna van der Berg", 30)
    text = (config / "tenants" / "zon.toml").read_text("utf-8")
    assert '"promise_days",  # U ontvangt dan binnen 30 dagen een reactie op uw verzoek.' in text


def test_the_row_holds_where_the_policy_contradicts_it_and_it_is_said(config: Path, table: Path) -> None:
    [row] = told(config, table, line("zon", beleid="beleid.txt"))
    assert row["notes"] == [
        "contact: the policy says Anna van der Berg (“Contactpersoon voor privacyzaken Anna van der Berg”), "
        "the table Jo Jansen"
    ]
    assert load(config).company("zon").policy.contact_name == "Jo Jansen"


def test_check_names_for_each_company_on_one_line_what_is_to_be_confirmed(config: Path, table: Path) -> None:
    make(config, table, line("zon", beleid="beleid.txt"), line("maan"), words=("--go-live", "2026-12-01"))
    code, output = checked(config, "--brief")
    assert code == 3
    assert "✗ maan: lacks post_address\n" in output
    assert "✗ zon: lacks post_address; to confirm promise_days, processors (1)\n" in output
    assert "0 of 2 companies are in order" in output


def test_only_to_confirm_is_a_problem_found_and_no_incomplete_company(config: Path, table: Path) -> None:
    row = line("zon", beleid="beleid.txt") + ";Straat 1, Stad;1-12-2026"
    make(config, table, row, head=f"{HEAD};adres;ingangsdatum")
    code, output = checked(config)
    assert code == 1
    assert "nobody confirmed promise_days" in " ".join(output.split())


def test_nothing_leaves_on_what_nobody_confirmed(config: Path, table: Path) -> None:
    row = line("zon", beleid="beleid.txt") + ";Straat 1, Stad;2026-12-01"
    make(config, table, row, head=f"{HEAD};adres;ingangsdatum")
    assert not load(config).company("zon").missing
    file = config / "tenants" / "zon.toml"
    file.write_text(file.read_text("utf-8").replace('mode = "observe"\n', 'mode = "automatic"\n'), "utf-8")
    [problem] = load(config).company("zon").missing
    assert problem.where == "tenants/zon.toml:mode"


def test_a_server_that_the_network_told_of_gets_no_password_before_a_person_looked(
    config: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = {"https://autoconfig.zon.example/mail/config-v1.1.xml": XML.encode()}
    monkeypatch.setattr(companies, "Internet", lambda: Told(pages=page))
    table.write_text(f"{HEAD};adres;ingangsdatum\n{line('zon', imap='', smtp='')};Straat 1;2026-12-01\n", "utf-8")
    done = CliRunner().invoke(app, ["new-companies", str(table), "--config", str(config)])
    assert done.exit_code == 0, done.output
    company = load(config).company("zon")
    assert company.to_confirm == ("imap", "smtp")
    assert [problem.where for problem in company.missing] == ["tenants/zon.toml:imap", "tenants/zon.toml:smtp"]


def test_the_network_never_replaces_a_server_that_was_typed() -> None:
    typed = Answers("Zon", imap=Server("typed.example"))
    found = with_found(typed, Found("somebody", Server("found.example"), Server("post.example")))
    assert found.imap == Server("typed.example")
    assert [name for name, _ in found.to_confirm] == ["smtp"]


def test_a_provider_that_the_row_names_is_confirmed_by_it(config: Path, table: Path) -> None:
    row = Row(2, {"id": "zon", "name": "Zon", "country": "NL", "mailbox": "info@zon.nl", "provider": "Office 365"})
    answers = answers_of(row, ())
    assert answers.imap
    assert (answers.imap.host, answers.provider, answers.to_confirm) == ("outlook.office365.com", "microsoft", ())


@pytest.mark.parametrize(
    ("imap", "smtp", "said", "wanted"),
    [
        ("", "", "", ("tls", "starttls")),
        (":143", ":465", "", ("starttls", "tls")),
        (":993", ":587", "tls", ("tls", "starttls")),
        (":1993", ":1465", "starttls", ("starttls", "starttls")),
        (":143", ":25", "plain", ("plain", "plain")),
    ],
)
def test_the_port_that_was_typed_tells_how_its_line_is_guarded(
    imap: str, smtp: str, said: str, wanted: tuple[str, str]
) -> None:
    cells = {"imap": f"imap.zon.nl{imap}", "smtp": f"smtp.zon.nl{smtp}", "imap_security": said}
    answers = answers_of(Row(2, {"id": "zon", "name": "Zon", "country": "NL", **cells}), ())
    assert answers.imap
    assert answers.smtp
    assert (answers.imap.security, answers.smtp.security) == wanted


@pytest.mark.parametrize("typed", ["info@zon.nl", "imaps://imap.zon.nl", "imap.zon.nl/mail", "imap zon", ":993"])
def test_what_is_no_server_is_a_fault_of_its_row(typed: str) -> None:
    [fault] = faults_of(Row(2, {"id": "zon", "imap": typed}))
    assert (fault.column, fault.cure) == ("imap", "type the server, or server:port, such as imap.example.nl:993")


def test_more_days_than_the_law_gives_are_not_taken_over() -> None:
    said = propose("U ontvangt binnen 90 dagen een reactie.")
    assert answers_of(Row(2, {"id": "zon", "name": "Zon", "country": "NL"}), said).promise_days is None


def test_audit_says_what_nobody_confirmed(config: Path, table: Path) -> None:
    with MailServers(["info@zon.example"]) as servers:
        imap, smtp = servers.imap_account("info@zon.example"), servers.smtp_account("info@zon.example")
        cells = {"imap": f"{imap.host}:{imap.port}", "smtp": f"{smtp.host}:{smtp.port}", "beleid": "beleid.txt"}
        row = line("zon", wachtwoord=imap.password(), **cells)
        make(config, table, f"{row};plain", head=f"{HEAD};beveiliging")
        done = CliRunner().invoke(app, ["audit", "--config", str(config)])
    assert done.exit_code == 0, done.output
    assert "zon: nog door niemand bevestigd: promise_days" in done.output


# --- the policy's file, and one company


def test_a_policy_as_the_browser_saves_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "beleid.html"
    file.write_text("<html><head><style>p {}</style></head><body><p>Wij reageren binnen 14 dagen.</p></body>", "utf-8")
    assert [(one.setting, one.value) for one in propose(policy_text(file))] == [("promise_days", "14")]


@pytest.mark.parametrize("raw", [b"%PDF-1.7 ...", b"PK\x03\x04\0\0..."])
def test_a_policy_that_is_no_text_is_refused_with_what_to_do(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "beleid").write_bytes(raw)
    with pytest.raises(Usage, match=r"is no text .*save the policy as a text file"):
        policy_text(tmp_path / "beleid")


def test_one_company_from_options_is_made_the_same_way(config: Path, table: Path) -> None:
    words = ["new-company", "zon", "--policy", str(table.parent / "beleid.txt"), "--imap", "imap.zon.example:1993"]
    done = CliRunner().invoke(app, [*words, "--config", str(config)])
    assert done.exit_code == 0, done.output
    company = load(config).company("zon")
    assert company.to_confirm == ("name", "mail.mailbox", "contact.name", "promise_days")
    assert company.imap
    assert company.imap.port == 1993


@given(
    st.dictionaries(st.sampled_from(sorted(COLUMNS)), st.text(min_size=1, max_size=60), max_size=8),
    st.text(max_size=80),
)
def test_whatever_stands_in_a_row_and_its_policy_the_file_is_toml_of_one_company(
    cells: dict[str, str], sentence: str
) -> None:
    row = Row(2, {**cells, "id": "zon", "name": cells.get("name", "Zon"), "country": "NL"})
    if not list(faults_of(row)):
        said = [Proposal("processor", sentence or "x", sentence), Proposal("website", sentence or "x", sentence)]
        written = tomllib.loads(toml_of(answers_of(row, said), "zon"))
        assert (written["mode"], written["country"], written["zone"]) == ("observe", "NL", "Europe/Amsterdam")
