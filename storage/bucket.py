"""Bytes in a bucket of a store that speaks S3's language: AWS, MinIO, Aliyun OSS, Tencent COS."""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from storage import spool
from storage.files import Stored

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import S3Config

MEGABYTE = 1024 * 1024
A_PIECE = MEGABYTE
A_PART, AT_ONCE = 8 * MEGABYTE, 2
"""Of an upload: with ten thousand parts, files of eighty gigabytes; so many parts are in memory."""
ATTEMPTS, PATIENCE = 3, timedelta(minutes=1)
LONGEST = timedelta(hours=1)
"""Of one request: a part, or one reader's whole download."""
YOUNG = timedelta(hours=12)
"""Long before what no row names is swept away."""
_DIGEST = re.compile(r"(?:^|/)[0-9a-f]{64}$")
_CODE, _MESSAGE = re.compile(r"<Code>([^<\n]+)</Code>"), re.compile(r"<Message>([^<\n]+)</Message>")


@dataclass(frozen=True)
class Place:
    """Which bucket, and with what right. Without a key it is the machine's own right, as a cloud grants it.

    ``endpoint`` is empty for AWS. ``in_host``: the bucket's name stands in the host, not in the path.
    """

    bucket: str
    endpoint: str = ""
    region: str = "us-east-1"
    key: str = ""
    secret: str = ""
    prefix: str = ""
    in_host: bool = False

    def store(self) -> S3Store:
        config: S3Config = {"region": self.region, "virtual_hosted_style_request": self.in_host}
        if self.endpoint:
            config["endpoint"] = self._endpoint()
        if self.key:
            config |= {"access_key_id": self.key, "secret_access_key": self.secret}
        return S3Store(
            self.bucket,
            prefix=self.prefix or None,
            config=config,
            client_options={"allow_http": self.endpoint.startswith("http:"), "timeout": LONGEST},
            retry_config={"max_retries": ATTEMPTS, "retry_timeout": PATIENCE},
        )

    def _endpoint(self) -> str:
        parts = urlsplit(self.endpoint)
        named = not self.in_host or parts.netloc.startswith(f"{self.bucket}.")
        return self.endpoint if named else f"{parts.scheme}://{self.bucket}.{parts.netloc}"


class Bucket:
    """A ``FileStore`` of objects, named as a ``Folder`` names its files, so that one can be copied to the other.

    What comes is first written to ``spool``, a folder of this machine, and goes to the bucket from there: the name is
    the digest, which is known only at the end, and what is refused has then never left this machine. Memory holds a
    few parts of it, however large it is. An object appears when it is whole.
    """

    def __init__(self, place: Place, spool_in: Path) -> None:
        self.spool = spool_in
        self.store = place.store()
        self.address = "/".join(filter(None, ["s3:/", place.bucket, place.prefix]))

    def put(self, pieces: Iterable[bytes], *, limit: int, look: Callable[[Path], None] | None = None) -> Stored:
        with spool.spooled(pieces, self.spool, limit=limit, look=look) as (partial, stored), _told():
            if not self._has_lately(stored, partial.stat().st_mtime):
                obstore.put(self.store, _name(stored.digest), partial, chunk_size=A_PART, max_concurrency=AT_ONCE)
        return stored

    def pieces(self, digest: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        with _told():
            if start == 0 and length is None:
                yield from _bytes(obstore.get(self.store, _name(digest)))
                return
            size = int(obstore.head(self.store, _name(digest))["size"])
            end = size if length is None else min(size, start + length)
            if start < end:
                yield from _bytes(obstore.get(self.store, _name(digest), options={"range": (start, end)}))

    def open(self, digest: str) -> BinaryIO:
        with _told():
            size = int(obstore.head(self.store, _name(digest))["size"])
        return cast("BinaryIO", io.BufferedReader(_Object(self.store, _name(digest), size), MEGABYTE))

    def has(self, digest: str) -> bool:
        with _told():
            return self._head(digest) is not None

    def aged(self, *, since: float, before: float) -> Iterator[str]:
        with _told():
            for some in obstore.list(self.store):
                for one in some:
                    if _DIGEST.search(one["path"]) and since <= one["last_modified"].timestamp() < before:
                        yield one["path"].rpartition("/")[2]

    def remove(self, digest: str, *, before: float | None = None) -> None:
        """Between the look at its age and its end is one request: S3 has no way to ask for both at once."""
        with _told():
            found = self._head(digest)
            if found is not None and (before is None or found["last_modified"].timestamp() < before):
                obstore.delete(self.store, _name(digest))

    def tidy(self, *, before: float) -> int:
        return spool.tidy(self.spool, before=before)

    def probe(self) -> None:
        self.spool.mkdir(parents=True, exist_ok=True)
        name = f"probe-{secrets.token_hex(8)}"
        with _told():
            obstore.put(self.store, name, b"?")
            obstore.get(self.store, name).bytes()
            obstore.delete(self.store, name)

    def _has_lately(self, stored: Stored, now: float) -> bool:
        """Whether it is there whole, and young enough: what comes again later is put again, and is young then."""
        found = self._head(stored.digest)
        if found is None or found["size"] != stored.size:
            return False
        return now - found["last_modified"].timestamp() < YOUNG.total_seconds()

    def _head(self, digest: str) -> ObjectMeta | None:
        try:
            return obstore.head(self.store, _name(digest))
        except FileNotFoundError:
            return None


def _name(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def _bytes(found: obstore.GetResult) -> Iterator[bytes]:
    for piece in found.stream(min_chunk_size=A_PIECE):
        yield bytes(piece)


@contextmanager
def _told() -> Iterator[None]:
    """The bucket's troubles as ``OSError``, in its own words where it had any."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileNotFoundError(_words(error)) from None
    except BaseError as error:
        raise OSError(_words(error)) from None


def _words(error: Exception) -> str:
    """The bucket's, else the end of the first line: what else there is, is for the library's own authors."""
    told = str(error)
    if found := _CODE.search(told):
        said = _MESSAGE.search(told)
        return f"{found[1]}: {said[1]}" if said else found[1]
    return told.split("\n", 1)[0].rpartition(" - ")[2]


class _Object(io.RawIOBase):
    """An object of the bucket, read where it is asked for."""

    def __init__(self, store: S3Store, name: str, size: int) -> None:
        self.store, self.path, self.size, self.at = store, name, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence])
        return self.at

    def readinto(self, target: Any) -> int:
        room = memoryview(target)
        end = min(self.size, self.at + len(room))
        if self.at >= end:
            return 0
        with _told():
            found = obstore.get_range(self.store, self.path, start=self.at, end=end)
        room[: len(found)] = memoryview(found)
        self.at += len(found)
        return len(found)
