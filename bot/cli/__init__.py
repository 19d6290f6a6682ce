"""The command line: every command there is, joined in one place; heavy imports stand inside the commands."""

from __future__ import annotations

import click

from bot.cli.archive import archive
from bot.cli.care import docs_commands, doctor, journal, password
from bot.cli.databases import db
from bot.cli.person import person
from bot.cli.serve import demo, run
from bot.cli.slack import slack
from bot.cli.talk import chat, say
from bot.cli.templates import template
from bot.cli.wecom import wecom
from bot.cli.words import Group, lang

COMMANDS = (demo, run, say, chat, template, archive, person, password, slack, wecom, doctor, db, journal, docs_commands)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@lang
def huihou() -> None:
    pass


for command in COMMANDS:
    huihou.add_command(command)


def main() -> None:
    huihou(prog_name="huihou")
