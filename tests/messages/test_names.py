"""Every name of words in the source has words, and every word is named somewhere."""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import chain
from typing import get_args

import pytest
from jinja2 import meta

from messages import catalog, pages
from messages.collect import HOME
from storage import (
    attendance,
    checklist,
    letters,
    materials,
    meetings,
    membership,
    minutes,
    nudges,
    parties,
    partners,
    people,
    programme,
    sponsors,
    templates,
)
from tests.chat import Chat
from tests.messages.source import SEVERAL, Said, left_over_names, said, shown_with, template_of

LABELS = "common/labels.md.j2"
OWN = {"title", "body", "footer", "submit", "upload_here", "upload_about"}
TEMPLATES = sorted(path.relative_to(HOME).as_posix() for path in HOME.rglob("*.j2"))
MESSAGES = [name for name in TEMPLATES if name.endswith(".md.j2")]
NAMED_BY_MESSAGES = {LABELS, catalog.TERMS}
ONLY_COLLECTED = {"cli/click.md.j2"}
"""What the command line library says by itself: it stands there to be translated."""
BY_COMMAND = {"cli/help.md.j2", "slack/manifest.md.j2"}
"""Blocks named after commands, and after what Slack calls the app's parts: the tests of either print them all."""
CAUGHT = {"dates/which_year", "dates/zone"}
"""Refusals that another answers in words of its own: what the date or the zone was for decides the sentence."""
IN_WORDS_OF_THEIR_OWN = {
    *(nudges.NudgeState, nudges.Reason, letters.Audience, letters.EchoKind, letters.Way),
    *(parties.PartyKind, parties.ReachKind, parties.Answer),
}
"""Enums whose values a template tells apart by ``if``."""


def blocks(template: str) -> set[str]:
    return set(catalog.environment().get_template(template).blocks)


def labels() -> list[Said]:
    return [one for one in said() if one.kind in {"button", "field", "column", "row"}]


def test_what_is_named_at_run_time_is_in_the_table_and_nothing_else() -> None:
    assert left_over_names() == set()


def test_the_source_is_read() -> None:
    found = {(one.kind, one.name) for one in said()}
    assert {("template", "nudges/slot"), ("refusal", "checklist/needs_evidence"), ("button", "undo")} <= found
    assert {("field", "venue"), ("column", "phase"), ("row", "plan"), ("chat", "welcome")} <= found


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_parses_under_its_strict_environment(name: str) -> None:
    environment = catalog.environment() if name in MESSAGES else pages.environment()
    assert environment.get_template(name).name == name


def test_every_message_and_page_has_a_template() -> None:
    wanted = {template_of(one.kind, one.name) for one in said() if one.kind == "template"}
    assert wanted - set(TEMPLATES) == set()


def test_every_refusal_has_a_sentence() -> None:
    found = {one.name for one in said() if one.kind == "refusal"}
    silent = {name for name in found if name.split("/")[1] not in blocks(template_of("refusal", name))}
    assert silent == CAUGHT


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("meeting new Annual Conference end: 8 June 17:00 zone: Nowhere", "meetings/refusals/zone"),
        ("meeting new Annual Conference end: 8 November 17:00", "meetings/refusals/when"),
    ],
)
def test_a_refusal_without_a_sentence_is_answered_by_another(chat: Chat, line: str, refusal: str) -> None:
    assert chat.person("Ann").says(line).name == refusal


def test_every_label_of_a_call_is_in_its_template() -> None:
    common = blocks(LABELS)
    missing = [one for one in labels() if one.within and one.block not in blocks(one.within) | common]
    assert missing == []


def test_every_label_made_elsewhere_is_in_a_template_that_it_reaches() -> None:
    common = blocks(LABELS)
    reached = {one: common.union(*map(blocks, shown_with(one))) for one in labels() if not one.within}
    assert [one for one, known in reached.items() if one.block not in known] == []


def test_the_blocks_that_the_terminal_prints_are_there() -> None:
    for kind in ("chat", "doctor"):
        named = {one.name for one in said() if one.kind == kind}
        assert named - blocks(f"cli/{kind}.md.j2") == set()


def test_no_template_is_left_over() -> None:
    named = {template_of(one.kind, one.name) for one in said() if one.kind in {"template", "refusal"}}
    named |= {f"cli/{one.kind}.md.j2" for one in said() if one.kind == "chat"}
    parse = catalog.environment().parse
    included = chain.from_iterable(
        meta.find_referenced_templates(parse((HOME / name).read_text(encoding="utf-8"))) for name in TEMPLATES
    )
    assert set(TEMPLATES) - named - set(included) == NAMED_BY_MESSAGES | ONLY_COLLECTED | BY_COMMAND


def _named_blocks() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in labels():
        for template in shown_with(one):
            found.setdefault(template, set()).add(one.block)
    for one in said():
        if one.kind == "refusal":
            found.setdefault(template_of("refusal", one.name), set()).add(one.name.split("/")[1])
        elif one.kind in {"chat", "doctor"}:
            found.setdefault(f"cli/{one.kind}.md.j2", set()).add(one.name)
    return found


def test_no_block_is_left_over() -> None:
    named, left = _named_blocks(), {}
    for template in set(MESSAGES) - NAMED_BY_MESSAGES - BY_COMMAND:
        hints = {f"hint_{block[6:]}" for block in blocks(template) if block.startswith("field_")}
        left[template] = blocks(template) - OWN - named.get(template, set()) - hints
    assert {template: found for template, found in left.items() if found} == {}


def test_no_common_label_is_left_over() -> None:
    assert blocks(LABELS) - set().union(*_named_blocks().values()) == {"submit", "upload"}


# --- words for the values of enums


def enums() -> set[type[StrEnum]]:
    """Those of the rows that templates see."""
    modules = (
        *(attendance, checklist, letters, materials, meetings, membership, minutes, nudges, parties, partners, people),
        *(programme, sponsors, templates),
    )
    return {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum
    }


def terms() -> set[str]:
    found = {f"{enum.__name__.lower()}_{value}" for enum in enums() - IN_WORDS_OF_THEIR_OWN for value in enum}
    return found | {f"filetype_{kind}" for kind in get_args(templates.FileType)}


def test_every_value_has_a_word_and_every_word_a_value() -> None:
    assert blocks(catalog.TERMS) == terms()


def test_every_kind_that_templates_ask_for_is_one_of_those() -> None:
    text = "".join((HOME / name).read_text(encoding="utf-8") for name in TEMPLATES)
    asked = set(re.findall(r'term\([^()]*"(\w+)"\)', text))
    assert {"role", "filetype"} <= asked <= {term.split("_")[0] for term in terms()}


def test_values_told_apart_by_a_template_are_all_in_it() -> None:
    why = (HOME / "nudges/parts/reason.md.j2").read_text(encoding="utf-8")
    assert set(re.findall(r'reason == "(\w+)"', why)) == set(nudges.Reason) - {nudges.Reason.SNOOZED}


def test_the_table_of_names_speaks_of_files_that_are_there() -> None:
    assert all((HOME.parent / file).is_file() for file, _ in SEVERAL)
