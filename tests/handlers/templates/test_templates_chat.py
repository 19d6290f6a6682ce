"""What people say about templates, and what they get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import messages
from handlers.refused import Refused
from handlers.templates.reading import read
from handlers.templates.seeding import built_in
from messages import Message
from storage import checklist, files, pages, people, templates, workspace
from storage.checklist import State, Task
from storage.meetings import Meeting, MeetingState
from storage.people import Role, RoleHolder

if TYPE_CHECKING:
    from tests.handlers.templates.conftest import Desk

TEXT, _ = built_in()
EDITED = (
    TEXT.replace("due: E+0 22:00", "due: E+2", 1)
    .replace('en: "Strike the set and restore the rooms"', 'en: "Strike the set"')
    .replace("key: verbal-thanks", "key: spoken-thanks")
)


def refusal(desk: Desk, line: str, *attached: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        desk.says(line, *attached)
    return caught.value


def words(refused: Refused) -> str:
    return messages.refuse(refused.name, "en", **refused.facts).body


def rows(message: Message) -> str:
    return "\n".join(row.text for row in message.rows)


@pytest.mark.parametrize("line", ["template list", "模板 列表", "模板列表", "templates", "模板"])
def test_list_names_each_template_once(desk: Desk, line: str) -> None:
    desk.imports(EDITED)
    found = desk.says(line)
    assert len(found.rows) == 1
    assert "`after-meeting`" in found.rows[0].text
    assert "Version 2 · 58 items · 7 phases · imported by Ann" in found.rows[0].text


def test_show_leads_to_every_phase_and_every_item(desk: Desk) -> None:
    overview = desk.says("template show")
    assert [row.buttons[0].label for row in overview.rows] == [f"Phase {n}" for n in range(1, 8)]
    pages = [desk.presses(overview, f"Phase {n}") for n in range(1, 8)]
    _, content = built_in()
    assert [len(page.rows) for page in pages] == [len(phase.items) for phase in content.phases]
    assert "**Strike the set and restore the rooms**" in pages[0].rows[0].text
    assert "on the day the conference ends at 22:00 · logistics · priority high · needs: 1 file (photo)" in rows(
        pages[0]
    )
    assert "comes again: every 3 months" in rows(pages[6])
    assert "After: Write the conference summary report" in rows(pages[6])


@pytest.mark.parametrize(
    "line", ["template show after-meeting phase 3", "模板 查看 阶段3", "template show v1 第三阶段"]
)
def test_show_reads_key_version_and_phase_in_any_company(desk: Desk, line: str) -> None:
    assert desk.says(line).title.startswith("Phase 3 · ")


def test_a_long_phase_is_shown_page_by_page(desk: Desk) -> None:
    item = "{key: i%d, title: {zh: 甲, en: Item %d}, how: {zh: 做, en: Do}, due: E+1, owner: lead}"
    head = (
        "key: long\nversion: 1\ntitle: {zh: 长, en: Long}\nphases:\n- key: one\n  title: {zh: 一, en: One}\n  items:\n"
    )
    desk.imports(head + "".join(f"  - {item % (n, n)}\n" for n in range(20)))
    first = desk.says("template show long phase 1")
    second = desk.presses(first, "More of this phase")
    assert (len(first.rows), len(second.rows)) == (15, 5)
    assert second.footer == "Page 2 of 2"
    assert "Item 19" in second.rows[-1].text


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("template show nonsense", "templates/unknown"),
        ("template show 9", "templates/no_version"),
        ("template show phase 9", "templates/no_phase"),
        ("template diff", "templates/only_version"),
        ("template import", "templates/one_file"),
        ("template import F7", "templates/no_such_file"),
    ],
)
def test_what_does_not_exist_is_refused_with_a_way_on(desk: Desk, line: str, name: str) -> None:
    refused = refusal(desk, line)
    assert refused.name == name
    assert words(refused)


def test_export_gives_the_file_as_it_was_imported(desk: Desk) -> None:
    first = desk.says("template export")
    assert first.files[0].name == "after-meeting-v1.yaml"
    assert desk.file(first) == TEXT
    desk.imports(EDITED)
    second = desk.says("template export")
    assert second.files[0].name == "after-meeting-v2.yaml"
    assert desk.file(second) == EDITED.replace("version: 1", "version: 2", 1)
    assert desk.file(desk.says("模板 导出 after-meeting 1")) == TEXT


def test_an_export_can_be_fetched_from_a_page_by_anybody_and_is_kept_once(desk: Desk) -> None:
    first, second = (desk.says("template export").files[0] for _ in range(2))
    other = people.met(desk.ctx.db, desk.ctx.workspace.id, "web", "wang", name="Wang")
    row = pages.file(desk.ctx.db, desk.ctx.workspace.id, first.digest, person_id=other.id, name=first.name)
    assert row is not None
    assert (row.name, first) == (first.name, second)
    assert files.by_number(desk.ctx.db, desk.ctx.workspace.id, row.number + 1) is None


def test_export_and_import_give_the_same_content(desk: Desk) -> None:
    exported = desk.file(desk.says("template export"))
    assert read(exported) == built_in()[1]
    assert desk.says("template import", exported.encode()).name == "templates/same"
    assert desk.versions() == [("after-meeting", 1)]


def test_without_a_file_store_export_and_import_say_so(desk: Desk) -> None:
    file = desk.sends(TEXT.encode())
    desk.ctx = replace(desk.ctx, store=None)
    assert refusal(desk, "template export").name == "common/no_files"
    assert refusal(desk, f"template import {file.ref}").name == "common/no_files"


def test_import_shows_what_changes_and_writes_nothing(desk: Desk) -> None:
    preview = desk.says("template import", EDITED.encode())
    assert desk.versions() == [("after-meeting", 1)]
    assert "3 differences from version 1" in preview.body
    told = rows(preview)
    assert "due 2 days after the end, so far on the day the conference ends at 22:00" in told
    assert "title, so far “Strike the set and restore the rooms”" in told
    assert "New: **Thank the team" in told
    assert "Removed: **Thank the team" in told
    assert [button.line for button in preview.buttons] == ["template import F1 confirm v2"]


def test_confirmed_import_is_the_newest_version(desk: Desk) -> None:
    done = desk.imports(EDITED)
    assert done.title == "After the conference: version 2 is in"
    newest = templates.newest(desk.ctx.db, desk.ctx.workspace.id, "after-meeting")
    assert newest is not None
    assert (newest.version, newest.added_by, newest.added_at) == (2, desk.ctx.person.id, desk.ctx.now)
    assert newest.read() == read(newest.source)
    assert newest.read().version == 2


def test_confirming_twice_imports_once(desk: Desk) -> None:
    preview = desk.says("template import", EDITED.encode())
    desk.presses(preview, "Confirm")
    assert desk.presses(preview, "Confirm").name == "templates/same"
    assert desk.versions() == [("after-meeting", 1), ("after-meeting", 2)]


def test_a_confirmation_that_somebody_overtook_shows_the_change_anew(desk: Desk) -> None:
    preview = desk.says("template import", EDITED.encode())
    desk.imports(TEXT.replace("owner: logistics", "owner: lead", 1))
    again = desk.presses(preview, "Confirm")
    assert again.name == "templates/preview"
    assert "Look twice" in again.body
    assert "made from version 1, but version 2 is the newest" in again.body
    assert [version for _, version in desk.versions()] == [1, 2]
    assert desk.presses(again, "Confirm").name == "templates/imported"


def test_the_number_is_counted_whatever_the_file_says(desk: Desk) -> None:
    desk.imports(EDITED.replace("version: 1", "version: 70", 1))
    assert desk.versions() == [("after-meeting", 1), ("after-meeting", 2)]


def test_another_key_is_another_template(desk: Desk) -> None:
    preview = desk.says("template import", TEXT.replace("key: after-meeting", "key: forum").encode())
    assert preview.title == "Import the new template forum?"
    desk.presses(preview, "Confirm")
    assert desk.versions() == [("after-meeting", 1), ("forum", 1)]


def test_a_file_that_was_sent_before_is_named(desk: Desk) -> None:
    file = desk.sends(EDITED.encode())
    assert desk.says(f"模板 导入 {file.ref} 确认").name == "templates/imported"


def test_one_file_at_a_time(desk: Desk) -> None:
    assert refusal(desk, "template import", EDITED.encode(), TEXT.encode()).name == "templates/one_file"


def test_faults_are_told_and_nothing_is_written(desk: Desk) -> None:
    text = TEXT.replace("due: E+0 22:00", "due: soon", 1).replace("owner: logistics", "owner: boss", 1)
    told = words(refusal(desk, "template import", text.encode()))
    assert "2 faults" in told
    assert "Line 20: **due** “soon” is no due rule" in told
    assert "Line 21: there is no role “boss”" in told
    assert desk.versions() == [("after-meeting", 1)]


def test_a_file_that_is_gone_is_asked_for_again(desk: Desk) -> None:
    file = desk.sends(TEXT.encode())
    assert desk.ctx.store is not None
    desk.ctx.store.remove(file.digest)
    assert refusal(desk, f"template import {file.ref}").name == "common/file_gone"


def test_only_an_admin_imports(desk: Desk) -> None:
    file = desk.sends(EDITED.encode())
    assert refusal(desk.as_nobody(), f"template import {file.ref} confirm").name == "people/not_allowed"
    assert desk.versions() == [("after-meeting", 1)]


def test_a_file_of_another_workspace_is_not_found(desk: Desk) -> None:
    file = desk.sends(EDITED.encode())
    desk.ctx = replace(desk.ctx, workspace=workspace.by_key(desk.ctx.db, "other"))
    assert refusal(desk, f"template import {file.ref}").name == "templates/no_such_file"


def test_diff_compares_two_versions_in_both_directions(desk: Desk) -> None:
    desk.imports(EDITED)
    assert desk.says("template diff").body == "`after-meeting` · 3 differences"
    back = desk.says("模板 对比 after-meeting 2 1")
    assert back.title == "From version 2 to version 1"
    assert "title, so far “Strike the set”" in rows(back)
    assert "do not differ" in desk.says("template diff 2 2").body


def test_many_differences_are_cut_and_counted(desk: Desk) -> None:
    preview = desk.says("template import", TEXT.replace('en: "', 'en: "My ').encode())
    assert len(preview.rows) == 40
    assert preview.footer == "26 more differences are not shown."


def test_upgrade_shows_what_it_would_do_and_does_nothing(desk: Desk, task: Callable[[str], Task]) -> None:
    desk.imports(EDITED)
    preview = desk.says("template upgrade")
    assert preview.title == "Upgrade Annual conference from version 1 to 2?"
    assert "- 1 task is added (1 would be overdue at once)\n- 1 task changes\n- 1 task is no longer" in preview.body
    assert "due Wed 10 Jun, 18:00, so far Mon 8 Jun, 22:00" in rows(preview)
    assert "Stays: **T8 Thank the team" in rows(preview)
    assert task("teardown").due_rule == "E+0 22:00"


def test_confirmed_upgrade_moves_the_meeting(desk: Desk, meeting: Meeting, task: Callable[[str], Task]) -> None:
    done_before = task("inventory-return")
    done_before.state = State.DONE
    done = desk.presses(desk.imports(EDITED), "Upgrade Annual conference")
    done = desk.presses(done, "Confirm")
    assert done.name == "templates/upgraded"
    assert done.about == ("M1-T59",)
    assert task("spoken-thanks").number == 59
    assert f"{task('teardown').due_at:%Y-%m-%d %H:%M}" == "2026-06-10 10:00"  # UTC
    assert task("teardown").title_en == "Strike the set"
    assert task("verbal-thanks").state == State.OPEN
    assert task("inventory-return").state == State.DONE
    assert templates.get(desk.ctx.db, meeting.template_id).version == 2
    assert desk.says("template upgrade M1").name == "templates/newest"


def test_a_stale_confirmation_shows_the_new_plan(desk: Desk, meeting: Meeting, task: Callable[[str], Task]) -> None:
    desk.imports(EDITED)
    preview = desk.says("template upgrade")
    task("teardown").due_rule = ""
    again = desk.presses(preview, "Confirm")
    assert again.name == "templates/upgrade"
    assert "has changed since you last looked" in again.body
    assert "so far Mon 8 Jun" not in rows(again)
    assert len(checklist.tasks(desk.ctx.db, meeting.id)) == 58
    assert desk.presses(again, "Confirm").name == "templates/upgraded"


@pytest.mark.usefixtures("meeting")
def test_confirm_without_a_digest_shows_the_plan(desk: Desk) -> None:
    desk.imports(EDITED)
    assert desk.says("模板 升级 M1 确认").name == "templates/upgrade"


def test_a_closed_meeting_is_not_upgraded(desk: Desk, meeting: Meeting) -> None:
    desk.imports(EDITED)
    meeting.state = MeetingState.CLOSED
    assert refusal(desk, "template upgrade M1").name == "meetings/closed"


def test_who_runs_the_meeting_upgrades_it(desk: Desk, meeting: Meeting) -> None:
    desk.imports(EDITED)
    other = desk.as_nobody()
    assert refusal(other, "template upgrade").name == "people/not_allowed"
    desk.ctx.db.add(RoleHolder(meeting_id=meeting.id, role=Role.LEAD, person_id=other.ctx.person.id))
    desk.ctx.db.flush()
    assert other.says("template upgrade").name == "templates/upgrade"


ALL_KINDS = (
    EDITED.replace("evidence: {kind: file, types: [photo], least: 1}", "evidence: {kind: note}", 1)
    .replace("repeats: {every: 7d, until: E+60}", "repeats: {every: 1w, until: E+1m 12:00}")
    .replace("optional: true", "optional: false", 1)
    .replace("owner: logistics", "owner: secretary", 1)
    .replace("after: [teardown]", "after: []", 1)
    .replace("key: wrapup", "key: wind-up")
    .replace('    window: {zh: "持续进行", en: "ongoing"}\n', "")
    .replace("priority: high", "priority: low", 1)
    .replace('title: {zh: "会后工作清单", en: "After the conference"}', "title: {zh: 清单, en: After it}")
    .replace("撤场，恢复场地原状", "撤场")
)


@pytest.mark.usefixtures("meeting")
def test_every_kind_of_change_has_its_words(desk: Desk) -> None:
    preview = desk.says("template import", ALL_KINDS.encode())
    told = rows(preview)
    for words_of in (
        "The template: **After it**",
        "New phase: **On-site wrap-up and settlement**",
        "Phase removed: **On-site wrap-up and settlement**",
        "when: no longer said",
        "now in phase “On-site wrap-up and settlement”",
        "owner secretary general, so far logistics",
        "priority low, so far high",
        "needs a note, so far 1 file (photo)",
        "comes every week, until 1 month after the end at 12:00, so far every 7 days, until 60 days after the end",
        "no longer waits for another item",
        "no longer optional",
    ):
        assert words_of in told
    desk.presses(preview, "Confirm")
    told = rows(desk.says("template upgrade"))
    for words_of in ("owner: secretary general", "priority: low", "needs: a note", "no longer optional"):
        assert f"- {words_of}" in told
    assert "- comes: every week, until 1 month after the end at 12:00" in told


@pytest.mark.usefixtures("meeting")
@pytest.mark.parametrize("locale", messages.LOCALES)
def test_everything_can_be_said_in_every_language(desk: Desk, locale: str) -> None:
    preview = desk.says("template import", ALL_KINDS.encode(), locale=locale)
    lines = [preview.buttons[0].line, "template upgrade", "template diff", "template list", "template show"]
    said = [desk.says(line, locale=locale) for line in [*lines, "template show phase 4", "template export"]]
    assert all(message.locale == locale and message.title and message.body for message in said)
    assert all(row.text for message in said for row in message.rows)


def test_what_people_wrote_is_shown_as_they_wrote_it(desk: Desk) -> None:
    preview = desk.says(
        "template import", TEXT.replace('{zh: "件", en: "pieces returned"}', '{zh: "件", en: "Q&A *"}').encode()
    )
    assert r"needs a number: Q\&A \*, so far a number: pieces returned" in rows(preview)
