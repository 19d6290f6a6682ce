"""A message to one person through the app: the same one is not taken twice."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from bot.platforms import Closed
from bot.platforms.wecom.client import Client
from bot.platforms.wecom.places import Place
from bot.platforms.wecom.render import Payload

SAME_WITHIN = 1800
"""Seconds in which WeCom drops a message that it has had before."""
MARKS, LONGEST = 12, 2048
"""Blanks that tell messages apart; bytes of a message."""


def send(client: Client, place: Place, payload: Payload, key: str, *, leaves: Callable[[], None]) -> tuple[str, str]:
    """The message's id and the card's code. Raises ``Closed`` where it does not reach the person, and as ``ask`` does.

    ``leaves`` is what ``Client.ask`` calls. What is sent again after a crash is the same to the last character, and
    WeCom drops it.
    """
    once = {"enable_duplicate_check": 1, "duplicate_check_interval": SAME_WITHIN}
    sent = {"touser": place.id, "agentid": client.agent_id, **marked(payload, key), **once}
    answer = client.ask("message/send", sent, leaves=leaves)
    for missing, reason in (("invaliduser", "unseen"), ("unlicenseduser", "unlicensed")):
        if place.id in str(answer.get(missing) or "").lower().split("|"):
            raise Closed(reason)
    return str(answer.get("msgid") or ""), str(answer.get("response_code") or "")


def marked(payload: Payload, key: str) -> Payload:
    """The same to the eye, with blanks of no width that tell messages apart, where there is room for them.

    The same answer to two questions must not be taken for one that was sent twice.
    """
    kind = payload["msgtype"]
    words = payload[kind].get("content", "")
    bits = f"{int(sha256(key.encode()).hexdigest(), 16):0256b}"[:MARKS]
    mark = "".join("\N{ZERO WIDTH SPACE}" if bit == "0" else "\N{ZERO WIDTH NON-JOINER}" for bit in bits)
    if not words or len((words + mark).encode()) > LONGEST:
        return payload
    return {**payload, kind: {**payload[kind], "content": words + mark}}
