"""Which store the settings choose for the bytes of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.extras import Lacking
from storage.folder import Folder

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage.files import FileStore


def store(settings: Settings) -> FileStore:
    """Raises ``Lacking``."""
    wanted = settings.s3
    if not wanted.on:
        return Folder(settings.data / "files")
    try:
        from storage.bucket import Bucket, Place  # noqa: PLC0415  an extra, which a folder can do without
    except ModuleNotFoundError:
        raise Lacking("HUIHOU_S3__BUCKET", "s3") from None
    place = Place(
        wanted.bucket,
        endpoint=wanted.endpoint,
        region=wanted.region,
        key=wanted.key_id,
        secret=wanted.secret.get_secret_value(),
        prefix=wanted.prefix,
        in_host=wanted.bucket_in_host,
    )
    return Bucket(place, settings.data / "spool")
