"""Has one paragraph put into other words by a model behind an API of OpenAI's kind, where the settings name one."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Event, Timer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from bot.sections import RewordingSettings

LARGEST = 64 * 1024
"""Bytes of an answer: a paragraph needs far less."""
OK = 200
Reword = Callable[[str, str], str]
"""What is to be done, and the text that it is to be done to; gives the model's words. Raises ``OSError``."""


def rewording(settings: RewordingSettings) -> Reword | None:
    """Whoever rewords, by the settings; None where nobody does."""
    return partial(ask, settings) if settings.on else None


def ask(settings: RewordingSettings, task: str, text: str) -> str:
    """The model's words. Raises ``TimeoutError``, and ``ConnectionError`` for any other failure."""
    late = Event()
    connection = _connection(settings)
    timer = Timer(settings.timeout_seconds, partial(_end, connection, late))
    timer.start()
    try:
        return _words(_answer(settings, connection, task, text))
    except (OSError, HTTPException, ValueError) as error:
        if late.is_set() or isinstance(error, TimeoutError):
            raise TimeoutError from error
        raise ConnectionError(str(error)[:200]) from error
    finally:
        timer.cancel()
        connection.close()


def _connection(settings: RewordingSettings) -> HTTPConnection:
    place = urlsplit(settings.base_url)
    host, patience = str(place.hostname), settings.timeout_seconds
    if place.scheme == "http":
        return HTTPConnection(host, place.port, timeout=patience)
    return HTTPSConnection(host, place.port, timeout=patience, context=ssl.create_default_context())


def _end(connection: HTTPConnection, late: Event) -> None:
    """A server that sends a byte now and then would never be silent for long."""
    late.set()
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended by itself


def _answer(settings: RewordingSettings, connection: HTTPConnection, task: str, text: str) -> bytes:
    said = [{"role": "system", "content": task}, {"role": "user", "content": text}]
    body = json.dumps({"model": settings.model, "messages": said, "temperature": 0.3, "stream": False})
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if key := settings.key.get_secret_value():
        headers["Authorization"] = f"Bearer {key}"
    connection.request("POST", urlsplit(settings.base_url).path + "/chat/completions", body.encode(), headers)
    with connection.getresponse() as response:
        return _read(response)


def _read(response: HTTPResponse) -> bytes:
    if response.status != OK:
        raise ConnectionError(f"status {response.status}")
    content = response.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ConnectionError("too large")
    return content


def _words(answer: bytes) -> str:
    try:
        words = json.loads(answer)["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError, RecursionError) as error:
        raise ConnectionError("no answer of that kind") from error
    if not isinstance(words, str) or not words.strip():
        raise ConnectionError("no words")
    return words
