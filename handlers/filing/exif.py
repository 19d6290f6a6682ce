"""When a photo was taken, as the camera wrote it into the file."""

from __future__ import annotations

import logging
from datetime import date
from typing import BinaryIO

_TAGS = ("EXIF DateTimeOriginal", "EXIF DateTimeDigitized", "Image DateTime")
_DAY = len("2026:06:08")


def taken_on(source: BinaryIO) -> date | None:
    """The day on the camera's clock; None where the file does not say, or says what is no day.

    Chat programs leave it out of pictures that are not sent as files.
    """
    import exifread  # noqa: PLC0415  most starts of the program see no photo

    logging.getLogger("exifread").setLevel(logging.CRITICAL)  # a picture without a date is no event
    try:
        tags = exifread.process_file(source, details=False, extract_thumbnail=False)
    except Exception:  # noqa: BLE001  whatever a broken picture breaks there, it has no day then
        return None
    return next((day for name in _TAGS if (day := _day(str(tags.get(name, ""))))), None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:_DAY].replace(":", "-"))
    except ValueError:
        return None
