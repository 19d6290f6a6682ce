"""What people do with an AI bot: frames that are pushed over its one connection, with req_id and msgid."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as escaped

from Crypto.Cipher import AES

from tests.fakes.wecom_state import Body
from tests.fakes.wecom_talk import chosen_in, pressed, submit_key, ticked

if TYPE_CHECKING:
    from tests.fakes.wecom_bot import FakeWecomBot
    from tests.fakes.wecom_state import Shown

MEDIA_SECONDS = 300


@dataclass
class Pushed:
    """A frame from WeCom. ``lost`` when nobody was connected; ``acks`` are the errcodes of what was answered to it."""

    req_id: str
    msgid: str
    frame: Body
    at: float
    chat: str
    user: str
    lost: bool = False
    card: Shown | None = None
    acks: list[int] = field(default_factory=list)

    @property
    def event(self) -> str:
        return str(self.frame["body"].get("event", {}).get("eventtype", ""))


@dataclass
class Secret:
    """A file that waits under an address of its own for five minutes, encrypted with a key of its own."""

    name: str
    data: bytes
    key: bytes
    at: float


class BotTalk:
    """``group`` names a group of ``add_group``; without it the talk is between that person and the bot alone."""

    bot: FakeWecomBot

    def says(self, user: str, text: str, *, group: str = "", quote: Body | None = None) -> Pushed:
        """In a group always with an @ of the bot, as it hears nothing else. ``quote``: one of ``quoted_…``."""
        words = f"@{self.bot.name} {text}" if group else text
        return self._message(user, group, "text", {"content": words}, quote)

    def sends_file(self, user: str, name: str, data: bytes) -> Pushed:
        """Only when alone with the bot; in a group people quote the file: ``says(…, quote=bot.quoted_file(…))``."""
        return self._message(user, "", "file", self.hidden(name, data))

    def sends_image(self, user: str, data: bytes, name: str = "photo.png") -> Pushed:
        return self._message(user, "", "image", self.hidden(name, data))

    def sends_video(self, user: str, data: bytes, name: str = "video.mp4") -> Pushed:
        return self._message(user, "", "video", self.hidden(name, data))

    def sends_voice(self, user: str, words: str) -> Pushed:
        """WeCom has made words of it already."""
        return self._message(user, "", "voice", {"content": words})

    def sends_mixed(self, user: str, text: str, *images: bytes, group: str = "") -> Pushed:
        words = f"@{self.bot.name} {text}" if group else text
        items: list[Body] = [{"msgtype": "text", "text": {"content": words}}]
        items += [{"msgtype": "image", "image": self.hidden("photo.png", image)} for image in images]
        return self._message(user, group, "mixed", {"msg_item": items})

    def quoted_file(self, name: str, data: bytes) -> Body:
        return {"msgtype": "file", "file": self.hidden(name, data)}

    def quoted_image(self, data: bytes, name: str = "photo.png") -> Body:
        return {"msgtype": "image", "image": self.hidden(name, data)}

    def quoted_text(self, text: str) -> Body:
        return {"msgtype": "text", "text": {"content": text}}

    def hidden(self, name: str, data: bytes) -> Body:
        """``url`` and ``aeskey`` of a file."""
        secret = Secret(name, data, secrets.token_bytes(32), self.bot.now())
        found = self.bot.id("media")
        self.bot.secrets[found] = secret
        return {
            "url": f"http://{self.bot.address}/media/{escaped(found)}",
            "aeskey": base64.b64encode(secret.key).decode(),
        }

    # --- events

    def enters(self, user: str) -> Pushed:
        return self._event(user, "", {"eventtype": "enter_chat"})

    def presses(self, user: str, card: Shown, button: str, *, selected: Mapping[str, str] | None = None) -> Pushed:
        """A button by its text or its key."""
        key, chosen = pressed(card, button, selected or {})
        return self._card_event(user, card, key, chosen)

    def votes(self, user: str, card: Shown, options: Sequence[str]) -> Pushed:
        return self._card_event(user, card, submit_key(card), ticked(card, options))

    def selects(self, user: str, card: Shown, chosen: Mapping[str, str]) -> Pushed:
        return self._card_event(user, card, submit_key(card), chosen_in(card.card["select_list"], chosen))

    def _card_event(self, user: str, card: Shown, key: str, chosen: Mapping[str, list[str]]) -> Pushed:
        items = [{"question_key": one, "option_ids": {"option_id": ids}} for one, ids in chosen.items()]
        found = {
            "card_type": card.card["card_type"],
            "event_key": key,
            "task_id": card.task_id,
            "selected_items": {"selected_item": items},
        }
        group = card.user if card.user in self.bot.groups else ""
        return self._event(user, group, {"eventtype": "template_card_event", "template_card_event": found}, card)

    # --- frames

    def _message(self, user: str, group: str, kind: str, content: Body, quote: Body | None = None) -> Pushed:
        more = {"quote": quote} if quote else {}
        return self._push("aibot_msg_callback", user, group, {"msgtype": kind, kind: content, **more})

    def _event(self, user: str, group: str, event: Body, card: Shown | None = None) -> Pushed:
        body: Body = {"create_time": int(self.bot.now()), "msgtype": "event", "event": event}
        return self._push("aibot_event_callback", user, group, body, card)

    def _push(self, cmd: str, user: str, group: str, body: Body, card: Shown | None = None) -> Pushed:
        bot = self.bot
        if group and user.casefold() not in bot.groups[group]:
            raise LookupError(f"{user} is not in {group}")
        chat = group or user.casefold()
        head: Body = {"msgid": bot.id("msg"), "aibotid": bot.bot_id, **({"chatid": group} if group else {})}
        head |= {"chattype": "group" if group else "single", "from": {"userid": user}}
        frame: Body = {"cmd": cmd, "headers": {"req_id": bot.id("req")}, "body": {**head, **body}}
        found = Pushed(frame["headers"]["req_id"], head["msgid"], frame, bot.now(), chat, user, card=card)
        bot.spoke.add(chat)
        bot.pushed[found.req_id] = found
        found.lost = not bot.sends(frame)
        return found


def sealed(secret: Secret) -> bytes:
    """AES-256-CBC, the key's first half as the start, padded to 32 bytes."""
    rest = 32 - len(secret.data) % 32
    return bytes(AES.new(secret.key, AES.MODE_CBC, secret.key[:16]).encrypt(secret.data + bytes([rest]) * rest))


def files_reply(secret: Secret) -> tuple[dict[str, Any], bytes]:
    """Headers and bytes of a download."""
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f"attachment; filename*=UTF-8''{escaped(secret.name)}",
    }
    return headers, sealed(secret)
