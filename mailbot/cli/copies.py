"""attach, detach, copy: the copy of a person's data, from files and sources to a letter that waits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot import casefiles, events
from mailbot.app import now
from mailbot.cli.options import SETTING
from mailbot.cli.setting import actor, aside, console, find_case, installation, replies_of
from mailbot.cli.typed_words import RefArgument
from mailbot.cli.verb_options import MakeEvent, add_verbs, here, tell
from mailbot.fulfil import copying
from mailbot.fulfil.collect import not_searched
from mailbot.fulfil.package import size_of
from mailbot.fulfil.splitting import TOO_LARGE
from mailbot.model import LetterState


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    add_verbs(app, attach, detach, copy)


def _put() -> copying.Put:
    """Where the files of a case go; in a rehearsal nowhere."""
    return casefiles.named if SETTING.dry_run else casefiles.put


def attach(
    ref: RefArgument,
    file: Annotated[Path, typer.Argument(help="The file; it stays where it is, the case gets a copy.")],
    category: Annotated[str, typer.Option("--category", help="Which sort of data: Facturen, Zendingen ...")],
    place: Annotated[str, typer.Option("--place", help="Where it was found.")] = "",
) -> None:
    """Add a file to the copy of a person's data."""
    with here() as opened:
        owner, case = find_case(opened, ref)
        added = copying.attach(owner, case.ref, file, category, place, actor(SETTING.by), now(), _put())
        told = f"{ref}: file {added.number} added, {size_of(added.size)}, category {added.category}"
        tell(told, {"case": ref, "file": added.number, "bytes": added.size, "category": added.category})


def detach(
    ref: RefArgument,
    number: Annotated[int, typer.Argument(help="The number of the file, as `mailbot attach` gave it.")],
) -> MakeEvent:
    """Take a file out of the copy again."""
    return lambda at: events.FileDetached(at.who, number)


def copy(
    ref: RefArgument,
    text: Annotated[str, typer.Option("--text", help="Words of your own in the letter.")] = "",
) -> None:
    """Make the copy of a person's data from the sources and files, and its letter. A second person looks first."""
    with here() as opened:
        owner, case = find_case(opened, ref)
        made = copying.make_copy(
            owner, case, text, actor(SETTING.by), replies_of(installation(SETTING.config)), now(), _put()
        )
    told = [
        *map(str, made.paths),
        f"{made.rows} record{'' if made.rows == 1 else 's'}, {made.files} files in the zip, {size_of(made.size)}",
    ]
    if len(made.paths) > 1:
        told.append(f"too large for one mail: it goes in {len(made.paths)}, each with a zip that opens by itself")
    if other := not_searched(case):
        told.append(
            f"nothing of {other} is in it: the request came from there, and nobody knows whether that address is his. "
            f"If it is, and the copy may go there: `mailbot recipient {ref} {other} --reason ...`, and copy again"
        )
    following = _next(ref, made.letter.state, made.letter.why)
    doc = {"case": ref, "zips": list(map(str, made.paths)), "records": made.rows, "files": made.files}
    doc |= {"bytes": made.size, "letter": made.letter.token, "next": following, "not_searched": other}
    tell("\n".join(told), doc)
    if made.code and not SETTING.dry_run:
        aside.print(f"code: {made.code}", style="bold")
        aside.print("Give it by telephone, never by mail. It is kept nowhere; a new copy has a new one.")
    if not SETTING.as_json:
        console.print(following)


def _next(ref: str, state: LetterState, why: str) -> str:
    if state is LetterState.OBSERVED:
        return "The letter never leaves: the company observes"
    if why.startswith(TOO_LARGE):
        return (
            f"{why}. Give the file to the person by another safe way and say so: "
            f"`mailbot done {ref} copies --note ...`; or raise package.max_mb if the mail server takes it"
        )
    return f"Another person opens it and says `mailbot done {ref} second_look`; then it leaves"
