"""A page with a version of an archive to take away; the zip is put together while it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.platforms.web import tickets
from bot.platforms.web.tickets import Ended, Holder, holder
from handlers.permissions import Who, keeps_records
from storage import archive, meetings, people
from storage.tickets import Kind

if TYPE_CHECKING:
    from bot.platforms.web.site import Site
    from storage.archive import Archive
    from storage.bags import Zip
    from storage.meetings import Meeting


def show(site: Site, request: Request) -> Response:
    """Looking at it begins no download: chat programs look at every address that is said in them."""
    held = holder(site, request, Kind.ARCHIVE)
    meeting, row, made = _bag(site, held)
    return tickets.page(site, request, "archive_page", held, meeting=meeting, row=row, length=len(made))


def send(site: Site, request: Request) -> Response:
    """The zip. Where bytes are lost on the way it breaks off, and no browser takes that for the whole."""
    _, row, made = _bag(site, holder(site, request, Kind.ARCHIVE))
    headers = {
        "Content-Length": str(len(made)),
        "Content-Disposition": f'attachment; filename="{row.name}.zip"',
        **tickets.HIDDEN,
    }
    if request.method == "HEAD":
        return Response(headers=headers, media_type="application/zip")
    return StreamingResponse(made, headers=headers, media_type="application/zip")


def _bag(site: Site, held: Holder) -> tuple[Meeting, Archive, Zip]:
    """Raises ``Ended`` where that version can no longer be put together."""
    form = held.message.form
    number = next((int(field.value) for field in form.fields), 0) if form else 0
    with site.database.read() as db:
        row = archive.of_workspace(db, held.workspace.id, number)
        if row is None or archive.purged_from(db, row.id):
            raise Ended("expired", held)
        roles = people.roles_of(db, row.meeting_id, held.person.id)
        if not keeps_records.holds(Who(held.person.admin, roles)):  # it may be theirs no more
            raise Ended("expired", held)
        return meetings.get(db, row.meeting_id), row, archive.zipped(db, row, site.files.pieces)
