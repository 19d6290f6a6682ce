"""The built-in letters, what is missing in them, and what hostile values and templates come to."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.letters import FIELDS, PARTS, Fault, Faulty, Unfilled, Why, built_in, compose, faults, label
from messages.letters.sandbox import LONGEST_TEMPLATE, LONGEST_TEXT
from messages.papers import Grid, Paper, text
from tests.messages.letters.samples import COMMON, full, least

LOCALES = ("zh_CN", "en")
EACH = [(audience, locale) for audience in FIELDS for locale in LOCALES]
INJECTED = (
    "{{ 7*7 }}",
    "{% for x in y %}",
    "{{ benefits_table }}",
    "**b** [x](y) _i_",
    "<b onclick=a()>A&B</b>",
    "=HYPERLINK(1)",
    "Ann\r\nBcc: all@example.org",
    "<!channel>",
    "\u202eevil\u202c",
    "a\n\nb",
    "\ufdd0association\ufdd0",
)


def said(paper: Paper) -> str:
    return "\n".join((paper.subject, paper.salutation, text.draw(paper)))


@pytest.mark.parametrize(("audience", "locale"), EACH)
def test_a_built_in_letter_says_all_that_is_known_and_is_without_fault(audience: str, locale: str) -> None:
    parts = built_in(audience, locale)
    assert faults(parts, audience) == []
    facts = full(audience, locale)
    letter = said(compose(parts, facts, locale=locale))
    for name in ("package_link", "association"):
        assert facts[name] in letter
    for key in ("valuable", "tier", "good", "contribution", "commendation", "stage"):
        if isinstance(value := facts.get(key), str):
            assert value in letter
    assert "{" not in letter
    assert "  " not in "".join(one for one in compose(parts, facts, locale=locale).paragraphs if isinstance(one, str))


@pytest.mark.parametrize(("audience", "locale"), EACH)
def test_a_built_in_letter_needs_only_what_its_fields_say(audience: str, locale: str) -> None:
    letter = compose(built_in(audience, locale), least(audience, locale), locale=locale)
    stray = ("，。", "；。", "：。", "。。", " .", " ,", "()", "（）", "，，")
    assert not [one for one in stray if one in said(letter)]


@pytest.mark.parametrize(("audience", "locale"), EACH)
def test_each_missing_needed_field_is_named(audience: str, locale: str) -> None:
    for name, field in FIELDS[audience].items():
        if not field.needed:
            continue
        facts = _without(least(audience, locale), name)
        with pytest.raises(Unfilled) as raised:
            compose(built_in(audience, locale), facts, locale=locale)
        assert name in raised.value.names
        assert label(name, "zh_CN") != name != label(name, "en")


def _without(facts: dict[str, Any], name: str) -> dict[str, Any]:
    found = copy.deepcopy(facts)
    first, _, part = name.partition(".")
    if not part:
        del found[first]
        return found
    for record in found[first] if isinstance(found[first], list) else [found[first]]:
        del record[part]
    return found


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(Unfilled) as raised:
        compose(built_in("sponsors", "zh_CN"), {}, locale="zh_CN")
    assert {"association", "meeting.name", "benefits", "addressee.salutation", "date"} <= set(raised.value.names)


def test_the_table_stands_where_the_template_has_it_and_tells_why_something_fell_short() -> None:
    letter = compose(built_in("sponsors", "zh_CN"), full("sponsors", "zh_CN"), locale="zh_CN")
    (grid,) = (one for one in letter.paragraphs if isinstance(one, Grid))
    assert grid.columns == ("承诺权益", "兑现情况", "证明")
    assert grid.rows[2] == ("主持人口播致谢（3 次）", "部分兑现；2 次；闭幕式压缩议程；在7月会刊刊登致谢半版", "—")
    assert letter.seal
    assert sum(len(one) for one in letter.paragraphs if isinstance(one, str)) > 200


@pytest.mark.parametrize("value", INJECTED)
@pytest.mark.parametrize(("audience", "locale"), EACH)
def test_whatever_a_value_looks_like_it_is_printed_as_it_is(value: str, audience: str, locale: str) -> None:
    plain = compose(built_in(audience, locale), full(audience, locale), locale=locale)
    facts = full(audience, locale)
    facts["addressee"] = {**facts["addressee"], "salutation": value}
    letter = compose(built_in(audience, locale), facts, locale=locale)
    shown = value.replace("\u202e", "").replace("\u202c", "").replace("\ufdd0", " ").strip()
    shown = shown.replace("\r\n", " ").replace("\n\n", " ")
    assert shown in letter.salutation
    assert "\n" not in letter.subject + letter.salutation
    assert len(letter.paragraphs) == len(plain.paragraphs)


def _parts(body: str) -> dict[str, str]:
    return {**built_in("attendees", "en"), "body": body}


def _body(body: str, **facts: Any) -> tuple[str | Grid, ...]:
    return compose(_parts(body), {**COMMON["en"], **facts}, locale="en").paragraphs


def test_blank_lines_part_paragraphs_and_what_is_not_said_leaves_no_trace() -> None:
    body = "One{% if next_date %} two{% endif %}.\nThree.\n\n{% if survey_link %}\nFour.\n{% endif %}\n\nFive."
    assert _body(body, next_date=None, survey_link="") == ("One. Three.", "Five.")
    assert _body(body) == ("One two. Three.", "Four.", "Five.")
    assert _body("A.\n{% if next_date %}\n\n\nB.\n{% endif %}\n\n\n\nC.", next_date=None) == ("A.", "C.")


def test_another_audiences_paragraph_stands_before_the_last() -> None:
    letter = compose(
        built_in("speakers", "zh_CN"),
        {**full("speakers", "zh_CN"), **full("volunteers", "zh_CN")},
        locale="zh_CN",
        also=[built_in("volunteers", "zh_CN")["also"]],
    )
    assert "签到组" in str(letter.paragraphs[-2])
    assert "再度携手" in str(letter.paragraphs[-1])


def test_english_letters_address_as_recorded_and_never_without_a_closing() -> None:
    facts = {**COMMON["en"], "addressee": {"salutation": "Dr Wang"}}
    letter = compose({**built_in("attendees", "en"), "closing": "{% if tier %}x{% endif %}"}, facts, locale="en")
    assert letter.salutation == "Dear Dr Wang,"
    assert letter.closing == ("Yours sincerely,",)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("{{ 'a'*10**9 }}", Why.REFUSED),
        ("{{ date() }}", Why.REFUSED),
        ("{{ date.format('x') }}", Why.REFUSED),
        ("{{ meeting.__class__ }}", Why.REFUSED),
        ("{{ meeting['name'] }}", Why.REFUSED),
        ("{{ meeting.name.upper }}", Why.REFUSED),
        ("{% for a in [1,2] %}x{% endfor %}", Why.REFUSED),
        ("{% for a in 'abc' %}x{% endfor %}", Why.REFUSED),
        ("{% include 'x' %}", Why.REFUSED),
        ("{% import 'x' as y %}", Why.REFUSED),
        ("{% extends 'x' %}", Why.REFUSED),
        ("{% set a = 1 %}", Why.REFUSED),
        ("{% macro a() %}{% endmacro %}", Why.REFUSED),
        ("{% filter upper %}a{% endfilter %}", Why.REFUSED),
        ("{% block a %}{% endblock %}", Why.REFUSED),
        ("{{ self }}", Why.REFUSED),
        ("{{ date ~ date }}", Why.REFUSED),
        ("{{ 'x' if date else 'y' }}", Why.REFUSED),
        ("{{ date is string }}", Why.REFUSED),
        ("{{ date|attr('x') }}", Why.FILTER),
        ("{{ date|short(10**9) }}", Why.REFUSED),
        ("{{ results|join(date) }}", Why.REFUSED),
        ("{{ nothing }}", Why.FIELD),
        ("{{ meeting.nothing }}", Why.FIELD),
        ("{{ meeting }}", Why.FIELD),
        ("{{ results }}", Why.LIST),
        ("{{ results.title }}", Why.LIST),
        ("{% for a in date %}{{ a }}{% endfor %}", Why.SINGLE),
        ("{% for a in results %}{% for b in results %}x{% endfor %}{% endfor %}", Why.DEEP),
        ("{% for date in results %}{{ date }}{% endfor %}", Why.REFUSED),
        ("{{ date", Why.SYNTAX),
        ("{% if %}", Why.SYNTAX),
        ("{{ " + "(" * 3000 + "date" + ")" * 3000 + " }}", Why.DEEP),
        ("{% if " + "not " * 900 + "date %}x{% endif %}", Why.DEEP),
        ("{% if date %}" * 30 + "x" + "{% endif %}" * 30, Why.DEEP),
        ("{{ " + "9" * 5000 + " }}", Why.DEEP),
        ("x" * (LONGEST_TEMPLATE + 1), Why.LONG),
        ("", Why.EMPTY),
    ],
)
def test_what_a_template_may_not_do_is_named(body: str, fault: Why) -> None:
    found = faults(_parts("\n" * bool(body) + body), "attendees")
    assert fault in {one.why for one in found if one.part == "body"}
    if fault not in {Why.FIELD, Why.LIST, Why.SINGLE, Why.EMPTY} and "for date" not in body:
        with pytest.raises(Faulty):
            _body(body)


def test_a_fault_says_on_which_line() -> None:
    (found,) = faults(_parts("one\n\n{% if date %}two{% endif %}\n{{ nobody }}"), "attendees")
    assert found == Fault(Why.FIELD, 4, "nobody", "body")


def test_a_text_that_grows_too_long_is_stopped() -> None:
    with pytest.raises(Faulty):
        _body("{% for one in results %}{{ one }}{% endfor %}", results=["x" * 1000] * 400)
    with pytest.raises(Faulty):
        _body("{% for one in results %}{{ one }}{% endfor %}", results=["x"] * 501)


def test_a_text_compared_with_a_number_is_a_fault_and_what_is_unknown_is_only_false() -> None:
    with pytest.raises(Faulty):
        _body("{% if date > 3 %}x{% endif %}")
    unknown = "a{% if tier > 3 or tier == 'x' or 'x' in tier or tier in ('a', 'b') or tier.x %}b{% endif %}"
    assert _body(unknown) == ("a",)


_NAMES = st.sampled_from(["date", "meeting", "results", "self", "loop", "x", "__class__", "namespace", "locale"])
_LEAVES = st.one_of(_NAMES, st.sampled_from(["1", "'a'", "10**9", "[1]", "{}", "none", "(date, date)"]))
_GROWING = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds("{}.{}".format, inner, _NAMES),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("{}({})".format, inner, inner),
        st.builds(
            "({}){}({})".format, inner, st.sampled_from(["*", "+", "**", "~", "%", "//", "==", " in ", " and "]), inner
        ),
        st.builds("{}|{}".format, inner, st.sampled_from(["upper", "join", "attr('x')", "map('x')", "short(9)", "e"])),
        st.builds("{} if {} else {}".format, inner, inner, inner),
    ),
    max_leaves=8,
)
_FRAMES = st.sampled_from(
    [
        "{{{{ {} }}}}",
        "{{% if {} %}}x{{% endif %}}",
        "{{% for a in {} %}}{{{{ a }}}}{{% endfor %}}",
        "{{% set a = {} %}}",
    ]
)


@given(_FRAMES, _GROWING)
def test_a_hostile_template_is_refused_or_stays_within_its_limits(frame: str, inner: str) -> None:
    body = frame.format(inner)
    try:
        paragraphs = _body("Hello. " + body)
    except (Faulty, Unfilled):
        return
    assert len("".join(map(str, paragraphs))) <= LONGEST_TEXT
    chosen_from = "[" if not frame.startswith("{{% if") else "*"  # a condition may look into a list
    assert not any(sign in body for sign in ("*", "+", "~", "//", chosen_from, "__", "set", "attr", "map"))


@given(st.text(max_size=60), st.sampled_from(PARTS))
def test_no_text_as_a_template_makes_anything_fail(text: str, part: str) -> None:
    parts = {**built_in("attendees", "en"), part: text}
    assert isinstance(faults(parts, "attendees"), list)
    try:
        compose(parts, COMMON["en"], locale="en")
    except (Faulty, Unfilled):
        return


@given(st.text(max_size=80))
def test_any_value_is_literal(value: str) -> None:
    plain = _body("A {{ tier }} b.\n\nC.", tier="t")
    letter = _body("A {{ tier }} b.\n\nC.", tier=value + "t")
    assert len(letter) == len(plain) == 2
    assert "".join(str(letter[0]).split()).endswith("tb.")


@pytest.mark.parametrize("body", ["{{ package_link }}", "See {{ package_link }}."])
def test_a_link_says_its_scope_wherever_a_template_has_it(body: str) -> None:
    facts = full("attendees", "en") | {"package_note": "for members only"}
    letter = compose({**built_in("attendees", "en"), "body": body}, facts, locale="en")
    assert letter.links[0] == ("Results of the meeting (for members only)", facts["package_link"])
    said = compose(
        {**built_in("attendees", "en"), "body": "See {{ package_link }} ({{ package_note }})."}, facts, locale="en"
    )
    assert [address for _, address in said.links] == [facts["survey_link"]]


def test_one_hour_is_one_hour() -> None:
    facts = full("volunteers", "en")
    assert "16.5 hours of" in compose(built_in("volunteers", "en"), facts, locale="en").paragraphs[0]
    assert "1 hour of" in compose(built_in("volunteers", "en"), facts | {"hours": "1"}, locale="en").paragraphs[0]
