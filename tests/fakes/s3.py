"""A real S3 server on loopback, moto's, with a bucket in it; and what it keeps, as it tells itself."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from moto.server import ThreadedMotoServer

from storage.bucket import Place

BUCKET, KEY, SECRET = "huihou", "AKIDEXAMPLE", "a-secret-that-nobody-sees"


@dataclass
class S3:
    url: str

    def place(self, **other: Any) -> Place:
        return Place(
            **{"bucket": BUCKET, "endpoint": self.url, "key": KEY, "secret": SECRET, "prefix": "conf", **other}
        )

    def names(self) -> list[str]:
        return re.findall(r"<Key>([^<]*)</Key>", self._told("list-type=2"))

    def unfinished(self) -> list[str]:
        """Uploads that were begun and neither ended nor given up: they would be paid for without being seen."""
        return re.findall(r"<UploadId>([^<]*)</UploadId>", self._told("uploads"))

    def _told(self, query: str) -> str:
        with urlopen(f"{self.url}/{BUCKET}?{query}", timeout=10) as answer:  # noqa: S310  on loopback
            return str(answer.read().decode())


@contextmanager
def s3() -> Iterator[S3]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        for path, method in (("moto-api/reset", "POST"), (BUCKET, "PUT")):
            with urlopen(Request(f"{url}/{path}", method=method), timeout=10) as made:  # noqa: S310  on loopback
                assert made.status == 200
        yield S3(url)
    finally:
        server.stop()
