"""Response addresses: where the answer to a command can go when the bot may not write in the room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

log = structlog.get_logger()

USES = 5
"""How often something may be posted to a response address."""
MOST = 1000


@dataclass
class Addresses:
    """Those of commands whose answers are promised, by the promise's key; kept by the process that heard the command.

    A command is heard in channels of which the bot is no member: its answer is then said through its address.
    """

    known: OrderedDict[str, str] = field(default_factory=OrderedDict)

    def keep(self, key: str, address: str) -> None:
        self.known[key] = address
        while len(self.known) > MOST:
            self.known.popitem(last=False)

    def forget(self, key: str) -> None:
        self.known.pop(key, None)

    def said(self, key: str, pages: Sequence[Mapping[str, Any]]) -> bool:
        """Whether all pages could be said through the address, to be seen by everybody."""
        address = self.known.pop(key, "")
        if not address or len(pages) > USES:
            return False
        return post(address, [{"response_type": "in_channel", **page} for page in pages])


def post(address: str, pages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether Slack took all of them."""
    for page in pages:
        try:
            answer = WebhookClient(address).send(**page)
        except (SlackClientError, OSError, ValueError) as error:
            log.warning("page not said", error=type(error).__name__)
            return False
        if answer.status_code != HTTPStatus.OK:
            log.warning("page not said", error=answer.body[:100])
            return False
    return True
