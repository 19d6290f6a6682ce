"""Every address described as an API, and schemathesis' requests: what the description allows, and what it does not."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bot.limits import Limit
from bot.platforms.web import who
from tests.security.addresses import NAME, POLICIES, Known, known_in
from tests.security.watching import Tally, watched
from tests.security.whole import PUBLIC

GIVEN = "given-out"
"""Stands for a secret that has just been given out; any other is none."""
FILLED = {"path": "chat.css", "name": "main", "digest": "0" * 64}
STREAMS = {"/events"}
"""Answers without an end."""
WIRE = ("method", "url", "params", "data", "json", "headers", "cookies")
Case = schemathesis.Case[Any]

_computers = itertools.count(1)
_TEXT: dict[str, Any] = {"type": "string", "maxLength": 300}
_NUMBER: dict[str, Any] = {"type": "integer"}
_FIELDS: dict[str, dict[str, Any]] = {
    "room": {"enum": ["1", "2", "3", "4", "999"]},
    "event_id": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    "line": {"anyOf": [{"enum": ["help", "list", "meeting new", "undo", "done T1", "帮助"]}, _TEXT]},
    "pressed": _NUMBER,
    "reply_to": _NUMBER,
    "field.name": _TEXT,
    "name": {"anyOf": [{"enum": [NAME[:1]]}, _TEXT]},
    "password": _TEXT,
    "locale": {"enum": ["en", "zh_CN"]},
    "account": {"enum": ["ann", "li"]},
    "to": {"enum": ["next_day", "next_nudge"]},
    "batch": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    "pair": _TEXT,
}
_QUERY: dict[str, dict[str, Any]] = {
    "room": _FIELDS["room"],
    "before": _NUMBER,
    "after": _TEXT,
    "name": _FIELDS["name"],
    "batch": _FIELDS["batch"],
    "state": _TEXT,
    "code": _TEXT,
    "timestamp": _NUMBER,
    "nonce": _TEXT,
    "msg_signature": _TEXT,
    "echostr": _TEXT,
}
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_FORM = {
    "application/x-www-form-urlencoded": {
        "schema": {"type": "object", "properties": _FIELDS, "required": ["event_id", "line"]}
    }
}
_JSON = {"application/json": {"schema": {"type": "object"}}, "text/xml": {"schema": {"type": "object"}}}


def description() -> dict[str, Any]:
    """What comes in by every address but the endless ones, in OpenAPI's words."""
    paths: dict[str, dict[str, Any]] = {}
    for method, path in POLICIES:
        if path not in STREAMS:
            paths.setdefault(path.replace(":str}", "}"), {})[method.lower()] = _operation(method, path)
    return {"openapi": "3.1.0", "info": {"title": "Huihou", "version": "1"}, "paths": paths}


def _operation(method: str, path: str) -> dict[str, Any]:
    named = [part.split(":")[0].strip("{}") for part in path.replace(".zip", "").split("/") if part.startswith("{")]
    places = [
        {"name": name, "in": "path", "required": True, "schema": {"enum": [FILLED.get(name, GIVEN)]}} for name in named
    ]
    asked = [{"name": name, "in": "query", "schema": schema} for name, schema in _QUERY.items()]
    body = _BYTES if path.endswith("/file") else _FORM | _JSON if path.startswith(("/slack", "/wecom")) else _FORM
    content = {"requestBody": {"content": body}} if method == "POST" else {}
    return {"parameters": [*places, *asked], "responses": {"default": {"description": "in words"}}, **content}


def fuzz(name: str, folder: Path, *, inputs: int, number: int, secrets: tuple[str, ...]) -> Tally:
    """About ``inputs`` requests, as many to each address; half of them from somebody who is signed in."""
    described: Any = schemathesis.openapi.from_dict(description())
    operations = [found.ok() for found in described.get_all_operations()]
    each, tally = max(1, inputs // len(operations)), Tally(name)
    with (
        known_in(folder) as known,
        watched(tally, expected=each * len(operations), secrets=secrets) as watch,
    ):
        known.house.chat.app.dispatch.limit = Limit(0, lambda: 0.0)
        for operation in operations:
            for case, stranger in _cases(operation, each, number):
                watch(lambda case=case, stranger=stranger: _asked(known, case, stranger=stranger))  # type: ignore[misc]
    return tally


def _cases(operation: schemathesis.APIOperation[Any, Any, Any, Any], most: int, number: int) -> list[tuple[Case, bool]]:
    """And whether a stranger asks. Hypothesis makes the same again for the same number."""
    found: list[tuple[Case, bool]] = []

    @seed(number)
    @settings(
        max_examples=most,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=st.one_of([operation.as_strategy(mode) for mode in schemathesis.GenerationMode]), stranger=st.booleans()
    )
    def collect(*, case: Case, stranger: bool) -> None:
        found.append((case, stranger))

    collect()
    return found


def _asked(known: Known, case: Case, *, stranger: bool) -> tuple[int, str]:
    """As it would go over the wire, each time from another computer: who guesses secrets is soon not heard any more."""
    made = case.as_transport_kwargs(base_url=PUBLIC)
    sent = requests.Request(**{name: made[name] for name in WIRE if name in made}).prepare()
    address = str(sent.url)
    if GIVEN in address:
        address = address.replace(GIVEN, known.given_out(case.path.split("/")[1]))
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body
    cookies = {} if stranger else {who.COOKIE: known.session}
    browser = known.house.browser(cookies=cookies, client=(f"computer-{next(_computers)}", 50_000))
    headers = {"origin": PUBLIC, **sent.headers}
    answer = browser.request(str(sent.method), address, content=body, headers=headers)
    return answer.status_code, answer.text
