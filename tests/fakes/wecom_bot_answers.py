"""What the fake AI bot's server makes of the frames that a client sends."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes import wecom_cards
from tests.fakes.wecom_content import MEDIA_KINDS
from tests.fakes.wecom_methods import mapping, size, text_of, whole
from tests.fakes.wecom_state import DAY, HOUR, Body, Media, Refusal, Shown

if TYPE_CHECKING:
    from tests.fakes.wecom_bot import FakeWecomBot
    from tests.fakes.wecom_bot_talk import Pushed

MARKDOWN, CHUNK, CHUNKS, MB = 20_480, 512 << 10, 100, 1 << 20
PER_MINUTE, PER_HOUR, UPLOADS_A_MINUTE = 30, 1000, 30
EVENT_SECONDS, STREAM_SECONDS = 5, 600
_MOST = {"image": 10 * MB, "voice": 2 * MB, "video": 10 * MB, "file": 20 * MB}

Answer = Callable[["FakeWecomBot", str, Body], Body]
ANSWERS: dict[str, Answer] = {}


@dataclass
class Stream:
    shown: Shown
    began: float
    finished: bool = False


@dataclass
class Upload:
    id: str
    kind: str
    name: str
    size: int
    chunks: int
    md5: str
    parts: dict[int, bytes] = field(default_factory=dict)


def _answers(cmd: str) -> Callable[[Answer], Answer]:
    def kept(function: Answer) -> Answer:
        ANSWERS[cmd] = function
        return function

    return kept


# --- answering what came


@_answers("aibot_respond_msg")
def _respond(bot: FakeWecomBot, req_id: str, body: Body) -> Body:
    """To a message within a day; an event's req_id is good for its own kind of answer only."""
    came = _came(bot, req_id, "", DAY)
    kind = body.get("msgtype")
    if kind in {"stream", "stream_with_template_card"}:
        _stream(bot, came, mapping(body, "stream"))
        if "template_card" in body:
            _show(bot, came.chat, "template_card", body)
    elif kind in {"markdown", "template_card", *MEDIA_KINDS}:
        _show(bot, came.chat, str(kind), body)
    else:
        raise Refusal(40008, "invalid message type")
    return {}


@_answers("aibot_respond_welcome_msg")
def _welcome(bot: FakeWecomBot, req_id: str, body: Body) -> Body:
    came = _came(bot, req_id, "enter_chat", EVENT_SECONDS)
    if body.get("msgtype") not in {"text", "template_card"}:
        raise Refusal(40008, "invalid message type")
    _show(bot, came.chat, str(body["msgtype"]), body)
    return {}


@_answers("aibot_respond_update_msg")
def _update(bot: FakeWecomBot, req_id: str, body: Body) -> Body:
    """The card that was pressed, for all who see it or for ``userids``; its ``task_id`` stays."""
    came = _came(bot, req_id, "template_card_event", EVENT_SECONDS)
    if body.get("response_type") != "update_template_card" or came.card is None:
        raise Refusal(40058, "invalid response_type")
    card = wecom_cards.check(body.get("template_card"), line="bot", update=True)
    if card.get("task_id") != came.card.task_id:
        raise Refusal(42014, "task_id is not that of the event")
    users = body.get("userids")
    if users and came.chat in bot.groups:
        bot.views.update({(came.card.msgid, str(user).casefold()): card for user in users})
    else:
        came.card.body = dict(card)
        came.card.updates += 1
    return {}


def _came(bot: FakeWecomBot, req_id: str, event: str, seconds: float) -> Pushed:
    """What the answer is to. An event is answered once and in time, or never."""
    found = bot.pushed.get(req_id)
    if found is None or found.event != event or bot.now() - found.at > seconds or (event and 0 in found.acks):
        raise Refusal(846605, "invalid req_id")
    return found


def _stream(bot: FakeWecomBot, came: Pushed, stream: Body) -> None:
    """Each frame holds the whole text so far; the first one counts as a message."""
    key, content = (came.req_id, text_of(stream, "id")), str(stream.get("content", ""))
    if size(content) > MARKDOWN:
        raise Refusal(40058, "stream.content exceeds max length 20480")
    found = bot.streams.get(key)
    if found is None:
        shown = _new(bot, came.chat, "stream", {"content": content})
        found = bot.streams[key] = Stream(shown, bot.now())
    elif found.finished or bot.now() - found.began > STREAM_SECONDS:
        raise Refusal(846608, "stream message update expired")
    found.shown.body = {"content": content}
    found.finished = bool(stream.get("finish"))


# --- saying something first


@_answers("aibot_send_msg")
def _send(bot: FakeWecomBot, req_id: str, body: Body) -> Body:
    """Only where somebody spoke before: 93006 no such chat, 93008 never spoken there, 93001 put out of it."""
    chat = _chat(bot, text_of(body, "chatid", 93006), whole(body, "chat_type") if "chat_type" in body else 0)
    if body.get("msgtype") not in {"markdown", "template_card", *MEDIA_KINDS}:
        raise Refusal(40008, "invalid message type")
    if chat in bot.left:
        raise Refusal(93001, "the bot is not in the chat")
    if chat not in bot.spoke:
        raise Refusal(93008, "nobody spoke to the bot here")
    _show(bot, chat, str(body["msgtype"]), body)
    return {}


def _chat(bot: FakeWecomBot, chatid: str, kind: int) -> str:
    """1 a person, 2 a group, 0 a group if there is one of that id."""
    if kind in {0, 2} and chatid in bot.groups:
        return chatid
    if kind in {0, 1} and chatid.casefold() in bot.people:
        return chatid.casefold()
    raise Refusal(93006, "invalid chatid")


def _show(bot: FakeWecomBot, chat: str, kind: str, body: Body) -> None:
    content = mapping(body, kind)
    if kind == "template_card":
        _card(bot, content)
    elif kind in MEDIA_KINDS:
        _new(bot, chat, kind, content, _media(bot, content, kind))
        return
    elif size(text_of(content, "content")) > MARKDOWN:
        raise Refusal(40058, f"{kind}.content exceeds max length {MARKDOWN}")
    _new(bot, chat, kind, content)


def _card(bot: FakeWecomBot, card: Body) -> None:
    task_id = wecom_cards.check(card, line="bot").get("task_id")
    if task_id in bot.task_ids:
        raise Refusal(42014, "task_id was used before")
    if task_id:
        bot.task_ids.add(task_id)


def _new(bot: FakeWecomBot, chat: str, kind: str, body: Body, media: Media | None = None) -> Shown:
    """Thirty a minute and a thousand an hour in one conversation, answers too."""
    times = bot.reached[chat]
    times[:] = [at for at in times if bot.now() - at < HOUR]
    if bot.limits and (len(times) >= PER_HOUR or sum(bot.now() - at < 60 for at in times) >= PER_MINUTE):
        raise Refusal(45009, "api freq out of limit")
    times.append(bot.now())
    shown = Shown(bot.id("msg"), kind, dict(body), bot.now(), user=chat, media=media)
    bot.chats[chat].append(shown)
    return shown


def _media(bot: FakeWecomBot, body: Body, kind: str) -> Media:
    found = bot.media.get(text_of(body, "media_id", 40007))
    if found is None or bot.now() - found.at > 3 * DAY or found.kind != kind:
        raise Refusal(40007, "invalid media_id")
    return found


# --- files


@_answers("aibot_upload_media_init")
def _init(bot: FakeWecomBot, req_id: str, body: Body) -> Body:
    kind, total, chunks = str(body.get("type")), whole(body, "total_size"), whole(body, "total_chunks")
    if kind not in _MOST:
        raise Refusal(40005, "invalid media type")
    if total > _MOST[kind]:
        raise Refusal(45001, "media size out of limit")
    if total <= 5 or not 1 <= chunks <= CHUNKS:
        raise Refusal(40006, "invalid media size")
    bot.begun[:] = [at for at in bot.begun if bot.now() - at < 60]
    if bot.limits and len(bot.begun) >= UPLOADS_A_MINUTE:
        raise Refusal(45009, "api freq out of limit")
    bot.begun.append(bot.now())
    upload = Upload(bot.id("upload"), kind, text_of(body, "filename"), total, chunks, text_of(body, "md5"))
    bot.uploads[upload.id] = upload
    return {"upload_id": upload.id}


@_answers("aibot_upload_media_chunk")
def _chunk(bot: FakeWecomBot, req_id: str, body: Body) -> Body:
    upload, index = _upload(bot, body), whole(body, "chunk_index")
    try:
        data = base64.b64decode(text_of(body, "base64_data"), validate=True)
    except ValueError:
        raise Refusal(40058, "base64_data is none") from None
    if len(data) > CHUNK or not 0 <= index < upload.chunks:
        raise Refusal(40058, "invalid chunk")
    upload.parts[index] = data
    return {}


@_answers("aibot_upload_media_finish")
def _finish(bot: FakeWecomBot, req_id: str, body: Body) -> Body:
    upload = _upload(bot, body)
    data = b"".join(upload.parts[index] for index in sorted(upload.parts))
    if len(upload.parts) < upload.chunks or len(data) != upload.size:
        raise Refusal(40058, "chunks are missing")
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != upload.md5:
        raise Refusal(40058, "md5 does not match")
    del bot.uploads[upload.id]
    media = Media(bot.id("media"), upload.kind, upload.name, data, bot.now())
    bot.media[media.id] = media
    return {"type": media.kind, "media_id": media.id, "created_at": int(media.at)}


def _upload(bot: FakeWecomBot, body: Body) -> Upload:
    found = bot.uploads.get(text_of(body, "upload_id"))
    if found is None:
        raise Refusal(40058, "invalid upload_id")
    return found
