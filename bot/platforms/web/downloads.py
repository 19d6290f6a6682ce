"""A stored file goes out: as something to save, never as a page of ours; a part of it where only a part is wanted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

if TYPE_CHECKING:
    from storage.files import File, FileStore

PARTIAL, UNSATISFIABLE = 206, 416
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def handed_out(store: FileStore, file: File, request: Request) -> Response:
    """One range is served; several of them, or none that can be read, are answered with all of it."""
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=86400",
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "ETag": f'"{file.digest}"',
    }
    wanted = _range(request, headers["ETag"], file.size)
    if wanted is not None and not wanted:
        return Response(status_code=UNSATISFIABLE, headers={**headers, "Content-Range": f"bytes */{file.size}"})
    part, status = wanted or range(file.size), 200 if wanted is None else PARTIAL
    headers["Content-Length"] = str(len(part))
    if wanted is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{file.size}"
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=file.media_type)
    pieces = store.pieces(file.digest, part.start, len(part)) if wanted else store.pieces(file.digest)
    return StreamingResponse(pieces, status, headers, file.media_type)


def _range(request: Request, tag: str, size: int) -> range | None:
    """Which bytes are wanted; none of them where there are none such; None for all of it."""
    found = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if found is None or found[0] == "bytes=-" or request.headers.get("if-range", tag) != tag:
        return None
    first, last = found[1], found[2]
    if not first:
        return range(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(size, int(last) + 1) if last else size)
