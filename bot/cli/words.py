"""The command line's words: help and sentences come from templates, in the language of whoever types."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import IO, Any

import click
from click import core, decorators, exceptions, formatting, parser, types

LANGUAGE = "huihou.language"
_IN_FILE = re.compile(r"^\s*(?:export\s+)?HUIHOU_LOCALE\s*=\s*[\"']?(\w+)", re.MULTILINE)


def language() -> str:
    """The locale for the terminal: ``--lang``, else HUIHOU_LOCALE, else the system's; Chinese where it says nothing.

    As for the settings, what the environment says counts more than what ``.env`` says.
    """
    context = click.get_current_context(silent=True)
    chosen = context.find_root().meta.get(LANGUAGE) if context else None
    wish = chosen or os.environ.get("HUIHOU_LOCALE") or _written() or _system()
    return "zh_CN" if wish.lower().startswith("zh") or wish.partition(".")[0] in {"", "C", "POSIX"} else "en"


def _written() -> str:
    try:
        found = _IN_FILE.search(Path(".env").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""
    return found[1] if found else ""


def _system() -> str:
    return next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")


def show(name: str, /, **facts: Any) -> None:
    """Print the message ``messages/cli/<name>.md.j2``."""
    click.echo(drawn(name, **facts))


def drawn(name: str, /, **facts: Any) -> str:
    import messages
    from bot.platforms.console.render import drawn as draw

    return draw(messages.write(f"cli/{name}", language(), **facts))


def words(template: str, block: str, /, **facts: Any) -> str:
    """One block of ``messages/cli/<template>.md.j2``, as plain text."""
    from messages.catalog import render
    from messages.markdown import plain

    return plain(render(f"cli/{template}.md.j2", block, {**facts, "locale": language()}))


class Trouble(click.ClickException):
    """Ends the command with a sentence: block ``name`` of messages/cli/refusals.md.j2."""

    def __init__(self, name: str, /, *, code: int = 1, **facts: Any) -> None:
        super().__init__(words("refusals", name, **facts))
        self.exit_code = code  # type: ignore[misc]

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=file is None)


# --- help: a command's block is named after its function, an option's after its name


class Worded(click.Command):
    """A command that looks its help up only when somebody asks for it."""

    @property
    def block(self) -> str:
        return f"command_{self.callback.__name__}" if self.callback else ""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = words("help", self.block)
        for option in self.params:
            if isinstance(option, click.Option) and not option.hidden:
                option.help = words("help", f"option_{option.name}")
        super().format_help(ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002  ours are short, in either script
        return words("help", self.block).split("\n", 1)[0]


class Group(Worded, click.Group):
    """Commands are listed in the order in which they were joined."""

    command_class = Worded
    group_class = type

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)


def _translated(text: str) -> str:
    from messages import phrase

    return phrase(text, language())


for _module in (core, decorators, exceptions, formatting, parser, types):
    # click asks the standard library for a compiled catalog on disk; ours is compiled in memory.
    if hasattr(_module, "_"):
        _module._ = _translated  # type: ignore[attr-defined]


def _choose(ctx: click.Context, _option: click.Parameter, value: str | None) -> None:
    if value:
        ctx.find_root().meta[LANGUAGE] = value


lang = click.option(
    "--lang", type=click.Choice(["zh", "en"]), callback=_choose, expose_value=False, is_eager=True, help=""
)
"""On every command: the language of what it prints."""
