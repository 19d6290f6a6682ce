"""Messages of every shape there is, to draw and to judge; and what a drawn one says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from messages.message import Attachment, Button, Choice, Field, Form, Message, Row, Table, Upload

DONE = Button(label="Done", line="done M1-T1", primary=True)


def row(number: int, *, long: str = "", buttons: int = 2) -> Row:
    ref = f"M1-T{number}"
    offered = [
        Button(label="完成", line=f"done {ref}", primary=True),
        Button(label="Details", line=f"show {ref}"),
        Button(label="Assign", line=f"assign {ref}"),
    ]
    return Row(text=f"**T{number}** 整理参会名单{long} · 李娜 · `10 June`", buttons=tuple(offered[:buttons]))


def message(**parts: Any) -> Message:
    return Message(**{"name": "tests/shape", "locale": "en", **parts})


def table(rows: int = 3, columns: int = 4, cell: str = "签到表") -> Table:
    head = tuple(f"Column {at}" for at in range(columns))
    return Table(columns=head, rows=tuple((f"{at} {cell}", *[""] * (columns - 1)) for at in range(rows)), numbers=(1,))


def choices(count: int, label: str = "李娜") -> tuple[Choice, ...]:
    return tuple(Choice(value=f"@#{at}", label=f"{label} {at}") for at in range(count))


def form(*fields: Field) -> Form:
    return Form(line="assign M1-T12", submit="Send", fields=fields)


FIELDS: dict[str, Field] = {
    "text": Field(name="title", label="标题", value="签到表", required=True, hint="一句话"),
    "empty": Field(name="reason", label="Reason"),
    "lines": Field(name="reason", label="Reason", value="one\ntwo"),
    "long": Field(name="letter", label="Letter", kind="long", value="尊敬的老师：\n\n" * 900),
    "one word": Field(name="letter", label="Letter", kind="long", value="长" * 9000),
    "number": Field(name="amount", label="Amount", kind="number", value="12.50"),
    "no number": Field(name="amount", label="Amount", kind="number", value="about 12"),
    "choice": Field(name="who", label="Who", kind="choice", value="@#3", choices=choices(30)),
    "choice or none": Field(name="who", label="Who", kind="choice", choices=(Choice(value="", label=""), *choices(3))),
    "named none": Field(name="who", label="Who", kind="choice", choices=(Choice(value="", label="-"), *choices(3))),
    "no choice": Field(name="who", label="Who", kind="choice"),
    "many choices": Field(name="who", label="Who", kind="choice", value="@#120", choices=choices(150)),
    "long choices": Field(name="who", label="Who", kind="choice", choices=choices(3, "名" * 200)),
    "long values": Field(name="who", label="Who", kind="choice", choices=(Choice(value="x" * 151, label="x"),)),
    "long label": Field(name="why", label="问" * 3000, hint="因" * 3000),
}

SHAPES: dict[str, Message] = {
    "title": message(title="**Saved**"),
    "body": message(body="Saved. `undo` takes it back."),
    "everything": message(
        title="今天的事",
        body="One **two** _three_ ~~four~~ `five` [six](https://a.org)\n\n- a\n  - b\n\n3. c\n\n> e\n\n```\nf\n```",
        rows=(row(1), row(2, buttons=0)),
        table=table(),
        upload=Upload(line="attach M1-T1", label="Files", here="Send it with `attach T1`."),
        buttons=(DONE,),
        footer="`snooze T1 tomorrow` 延后一天 *literally*",
        files=(Attachment(name="名单.xlsx", digest="0" * 64, media_type="text/csv", size=3),),
    ),
    "fifteen rows": message(rows=tuple(map(row, range(15)))),
    "forty rows": message(title="All", rows=tuple(map(row, range(40)))),
    "forty short rows": message(rows=(Row(text="x", buttons=(Button(label="A", line="a"),)),) * 40),
    "a title a little too long": message(title="x" * 25),
    "forty long rows": message(rows=tuple(row(at, long="，" + "长" * 200) for at in range(40))),
    "rows that cannot be ticked": message(rows=tuple(row(at, long="x" * 99 * (at % 2)) for at in range(40))),
    "rows without buttons": message(rows=tuple(row(at, buttons=0) for at in range(120))),
    "rows of several lines": message(rows=tuple(Row(text=f"**{at}**\nb\n\n- c\n- d") for at in range(30))),
    "many buttons": message(buttons=tuple(Button(label=f"Phase {at}", line=f"list phase {at}") for at in range(60))),
    "long labels": message(buttons=(Button(label="会议" * 60, line="meeting use M1"),)),
    "long commands": message(rows=(Row(text="x", buttons=(Button(label="Note", line="note " + "x" * 2500),)),)),
    "a long title": message(title="会议 & " * 60),
    "a long body": message(body="\n\n".join("纪要 <b> & *x* " * 40 for _ in range(40))),
    "a body of one word": message(body="字" * 30_000),
    "a body of amper&ands": message(body="&" * 9000),
    "a body in bold and not": message(body="**a**b" * 800),
    "a long footer": message(body="x", footer="f " * 4000),
    "a long code block": message(body="```\n" + "x = 1\n" * 2000 + "```"),
    "a large table": message(table=table(400)),
    "a wide table": message(table=table(5, 30)),
    "a table of long cells": message(table=table(5, 3, "长" * 4000)),
    "a table of characters": message(table=table(30, 3, "会议室" * 200)),
    "many files": message(
        files=tuple(
            Attachment(name=f"{'照片' * 20}{at}.jpg", digest="0" * 64, media_type="", size=1) for at in range(90)
        )
    ),
    "emoji": message(body="👨‍👩‍👧‍👦" * 3000, title="🎉" * 100, buttons=(Button(label="🎉" * 50, line="done T1"),)),
    "half a character": message(body="\ud83d broken", title="\udc00", rows=(Row(text="\ud83d"),)),
    "a form": message(title="Assign T12", body="Who takes it?", form=form(FIELDS["text"], FIELDS["choice"])),
    "nothing but a form": message(form=form()),
}


def said(part: Any) -> Iterator[str]:
    """Every text that a reader of the blocks sees, in order."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            if isinstance(value, str) and key == "text":
                yield value
            elif isinstance(value, Mapping | list):
                yield from said(value)
    elif isinstance(part, list):
        for value in part:
            yield from said(value)


def elements(part: Any) -> Iterator[Mapping[str, Any]]:
    """Everything with a type, however deep."""
    if isinstance(part, Mapping):
        if "type" in part:
            yield part
        for value in part.values():
            yield from elements(value)
    elif isinstance(part, list):
        for value in part:
            yield from elements(value)
