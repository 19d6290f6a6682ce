"""WeCom's way to an app: what people do becomes an encrypted envelope that is posted to the app's callback.

The envelopes are made with ``wx_crypt``, so that the code under test never checks itself.
"""

from __future__ import annotations

import http.client
import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from wx_crypt import WXBizMsgCrypt

if TYPE_CHECKING:
    from tests.fakes.wecom import FakeWecom
    from tests.fakes.wecom_state import Post, Shown

_ENCRYPT = re.compile(r"<Encrypt><!\[CDATA\[(.*?)]]></Encrypt>")
_SIGNATURE = re.compile(r"<MsgSignature><!\[CDATA\[(.*?)]]></MsgSignature>")
ECHO = "1616140317555161061"


@dataclass(frozen=True)
class Envelope:
    """``query`` is what stands in the address, ``body`` what is posted, ``plain`` what is inside."""

    query: dict[str, str]
    body: bytes
    plain: str


@dataclass(frozen=True)
class Attempt:
    """``status`` is 0 where no answer came in time."""

    status: int
    body: bytes
    seconds: float


@dataclass
class Heard:
    """What came of one thing that somebody did: the deliveries, in order; empty while it is held back."""

    envelope: Envelope
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def status(self) -> int:
        return self.attempts[-1].status

    @property
    def body(self) -> bytes:
        return self.attempts[-1].body


@dataclass
class Talking:
    """What members do with an app, and how their doing is delivered.

    ``times``: every callback is delivered so often, as retries after lost answers would be; ``reseal`` makes each a new
    envelope round the same message. ``retries`` more come while there is no 200 within ``patience`` seconds. ``skew``
    is how far WeCom's clock is ahead of the fake's. ``reordered()`` and ``held()`` keep callbacks back.
    """

    agent: int
    secret: str
    corp: str
    fake: FakeWecom = field(repr=False, compare=False)
    token: str = "QDG6eK"
    aes_key: str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
    callback_url: str = ""
    post: Post | None = field(default=None, repr=False)
    times: int = 1
    reseal: bool = True
    retries: int = 3
    patience: float = 5.0
    skew: float = 0.0
    waiting: list[Heard] | None = None

    # --- words and files

    def types(self, user: str, text: str) -> Heard:
        return self.sends(user, "text", {"Content": text})

    def sends_image(self, user: str, data: bytes, name: str = "photo.png") -> Heard:
        media = self.fake.add_media("image", name, data, corp=self.corp)
        return self.sends(user, "image", {"PicUrl": self.fake.picture_address(media), "MediaId": media.id})

    def sends_file(self, user: str, name: str, data: bytes) -> Heard:
        """Not in WeCom's documents; some have seen it come."""
        media = self.fake.add_media("file", name, data, corp=self.corp)
        return self.sends(user, "file", {"MediaId": media.id, "FileName": name})

    def sends_voice(self, user: str, data: bytes = b"#!AMR\n voice") -> Heard:
        media = self.fake.add_media("voice", "voice.amr", data, corp=self.corp)
        return self.sends(user, "voice", {"MediaId": media.id, "Format": "amr"})

    def sends_video(self, user: str, data: bytes = b"    ftypmp42") -> Heard:
        media = self.fake.add_media("video", "video.mp4", data, corp=self.corp)
        return self.sends(user, "video", {"MediaId": media.id, "ThumbMediaId": media.id})

    def sends_location(self, user: str, label: str = "国家会议中心") -> Heard:
        found = {"Location_X": "39.998", "Location_Y": "116.391", "Scale": "16", "Label": label, "AppType": "wxwork"}
        return self.sends(user, "location", found)

    def sends_link(self, user: str, title: str, url: str) -> Heard:
        return self.sends(user, "link", {"Title": title, "Description": "", "Url": url, "PicUrl": ""})

    # --- events

    def enters(self, user: str) -> Heard:
        return self.happens(user, "enter_agent", {"EventKey": ""})

    def clicks(self, user: str, key: str) -> Heard:
        """An entry of the app's menu."""
        return self.happens(user, "click", {"EventKey": key})

    def views(self, user: str, url: str) -> Heard:
        return self.happens(user, "view", {"EventKey": url})

    def subscribes(self, user: str) -> Heard:
        """The member comes into the visible range."""
        self.fake.shows(self.agent, self.corp, user)
        return self.happens(user, "subscribe", {})

    def unsubscribes(self, user: str) -> Heard:
        """The member is out of the visible range from now on."""
        heard = self.happens(user, "unsubscribe", {})
        self.fake.hides(self.agent, self.corp, user)
        return heard

    def presses(self, card: Shown, button: str, *, selected: Mapping[str, str] | None = None) -> Heard:
        """A button by its text or its key; ``selected`` is what was chosen in the card's list."""
        key, chosen = pressed(card, button, selected or {})
        return self._card_event(card, "template_card_event", key, chosen)

    def votes(self, card: Shown, options: Sequence[str]) -> Heard:
        """The checklist with exactly these options ticked, submitted."""
        return self._submit(card, ticked(card, options))

    def selects(self, card: Shown, chosen: Mapping[str, str]) -> Heard:
        """The lists of a card, submitted: question key to option id; what is not named keeps what it showed."""
        return self._submit(card, chosen_in(card.card["select_list"], chosen))

    def opens_menu(self, card: Shown, entry: str) -> Heard:
        """An entry of the card's ⋯ menu, by its text or its key."""
        key = card.menu.get(entry, entry)
        if key not in card.menu.values():
            raise LookupError(f"no entry {entry!r}")
        return self._card_event(card, "template_card_menu_event", key, None)

    def _submit(self, card: Shown, chosen: Mapping[str, list[str]]) -> Heard:
        return self._card_event(card, "template_card_event", submit_key(card), chosen)

    def _card_event(self, card: Shown, event: str, key: str, chosen: Mapping[str, list[str]] | None) -> Heard:
        code = self.fake.new_code(card)
        found = {"EventKey": key, "TaskId": card.task_id, "CardType": card.card["card_type"], "ResponseCode": code}
        return self.happens(card.user, event, found, more=_selected(chosen) if chosen else "")

    # --- any message

    def sends(self, user: str, kind: str, fields: Mapping[str, str]) -> Heard:
        """A message of any kind; it has an id of its own."""
        return self._told(user, kind, {**fields, "MsgId": str(self.fake.number())})

    def happens(self, user: str, event: str, fields: Mapping[str, str], *, more: str = "") -> Heard:
        """An event of any kind; ``more`` is XML as it stands. Events have no id."""
        return self._told(user, "event", {"Event": event, **fields}, more)

    def _told(self, user: str, kind: str, fields: Mapping[str, str], more: str = "") -> Heard:
        head = {
            "ToUserName": self.corp,
            "FromUserName": self.fake.spelled(self.agent, self.corp, user),
            "CreateTime": str(int(self.fake.now() + self.skew)),
            "MsgType": kind,
        }
        plain = xml({**head, **fields, "AgentID": str(self.agent)}, more)
        return self.delivers(self.sealed(plain))

    # --- envelopes

    def sealed(self, plain: str, *, token: str = "", receiver: str = "") -> Envelope:
        """``token`` and ``receiver`` other than the app's make an envelope that is not for it."""
        nonce, stamp = str(secrets.randbelow(10**10)), str(int(self.fake.now() + self.skew))
        lock = WXBizMsgCrypt(token or self.token, self.aes_key, receiver or self.corp)
        found = str(lock.EncryptMsg(plain.encode(), nonce, stamp)[1])
        encrypted, signature = _only(_ENCRYPT, found), _only(_SIGNATURE, found)
        body = (
            f"<xml><ToUserName><![CDATA[{self.corp}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
            f"<AgentID><![CDATA[{self.agent}]]></AgentID></xml>"
        )
        return Envelope({"msg_signature": signature, "timestamp": stamp, "nonce": nonce}, body.encode(), plain)

    def verifies(self, echo: str = ECHO) -> Heard:
        """WeCom's check of the address, as when an admin saves it; the answer must be ``echo`` and nothing else."""
        envelope = self.sealed(echo)
        query = {**envelope.query, "echostr": _only(_ENCRYPT, envelope.body.decode())}
        found = Envelope(query, b"", echo)
        return Heard(found, [self._request("GET", found, 1.0)])

    def delivers(self, envelope: Envelope) -> Heard:
        heard = Heard(envelope)
        if self.waiting is None:
            self._deliver(heard)
        else:
            self.waiting.append(heard)
        return heard

    def again(self, heard: Heard) -> Heard:
        """The very same envelope once more."""
        return self.delivers(heard.envelope)

    @contextmanager
    def held(self) -> Iterator[list[Heard]]:
        """Callbacks wait inside the block and go out at its end, in the list's order: change the list to change it."""
        found: list[Heard] = []
        self.waiting = found
        try:
            yield found
        finally:
            self.waiting = None
        for heard in found:
            self._deliver(heard)

    @contextmanager
    def reordered(self) -> Iterator[None]:
        """What happens last inside the block is heard first."""
        with self.held() as waiting:
            yield
            waiting.reverse()

    def opened(self, body: bytes, query: Mapping[str, str]) -> str:
        """What is inside a reply that came as the answer to a callback."""
        lock = WXBizMsgCrypt(self.token, self.aes_key, self.corp)
        signature = _only(_SIGNATURE, body.decode())
        error, plain = lock.DecryptMsg(body.decode(), signature, query["timestamp"], query["nonce"])
        if error:
            raise ValueError(f"WeCom cannot open the reply: {error}")
        return bytes(plain).decode()

    def _deliver(self, heard: Heard) -> None:
        for number in range(self.times):
            self._deliver_until_heard(heard, self._resealed(heard.envelope) if number else heard.envelope)

    def _deliver_until_heard(self, heard: Heard, envelope: Envelope) -> None:
        for number in range(1 + self.retries):
            heard.attempts.append(
                self._request("POST", self._resealed(envelope) if number else envelope, self.patience)
            )
            if heard.status == 200:
                return

    def _resealed(self, envelope: Envelope) -> Envelope:
        return self.sealed(envelope.plain) if self.reseal else envelope

    def _request(self, method: str, envelope: Envelope, seconds: float) -> Attempt:
        if not self.callback_url and self.post is None:
            raise LookupError("the app has no callback_url")
        parts = urlsplit(self.callback_url)
        address = f"{parts.path or '/'}?{urlencode(envelope.query)}"
        started = time.monotonic()
        try:
            if self.post is not None:
                status, body = self.post(method, address, envelope.body)
            else:
                status, body = _http(method, parts.netloc, address, envelope.body, seconds)
        except (OSError, http.client.HTTPException):
            status, body = 0, b""
        return Attempt(status, body, time.monotonic() - started)


def _http(method: str, netloc: str, address: str, body: bytes, seconds: float) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(netloc, timeout=seconds)
    try:
        connection.request(method, address, body or None, {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def xml(fields: Mapping[str, str], more: str = "") -> str:
    """A message's plain text; numbers stand bare, words in CDATA."""
    return f"<xml>{''.join(f'<{name}>{_value(value)}</{name}>' for name, value in fields.items())}{more}</xml>"


def _value(value: str) -> str:
    if value.isascii() and value.isdigit():
        return value
    return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _selected(chosen: Mapping[str, Sequence[str]]) -> str:
    items = "".join(
        f"<SelectedItem><QuestionKey>{_value(question)}</QuestionKey><OptionIds>"
        f"{''.join(f'<OptionId>{_value(option)}</OptionId>' for option in options)}</OptionIds></SelectedItem>"
        for question, options in chosen.items()
    )
    return f"<SelectedItems>{items}</SelectedItems>"


def pressed(card: Shown, button: str, selected: Mapping[str, str]) -> tuple[str, dict[str, list[str]]]:
    """The key of a button by its text or key, and what the card's list holds; raises ``LookupError`` for none."""
    key = card.buttons.get(button, button)
    if card.recalled or key not in card.buttons.values():
        raise LookupError(f"no button {button!r} on {card.words!r}")
    lists = [card.card["button_selection"]] if "button_selection" in card.card else []
    return key, chosen_in(lists, selected)


def ticked(card: Shown, options: Sequence[str]) -> dict[str, list[str]]:
    """A checklist's answer; raises ``LookupError`` where nobody could give it."""
    box = card.card["checkbox"]
    if box.get("disable") or (len(options) > 1 and not box.get("mode")):
        raise LookupError("the checklist takes no such answer")
    if strangers := set(options) - set(card.options):
        raise LookupError(f"no options {strangers}")
    return {box["question_key"]: list(options)}


def submit_key(card: Shown) -> str:
    if card.recalled or card.replaced or "submit_button" not in card.card:
        raise LookupError(f"nothing to submit on {card.words!r}")
    return str(card.card["submit_button"]["key"])


def chosen_in(lists: Sequence[Mapping[str, Any]], chosen: Mapping[str, str]) -> dict[str, list[str]]:
    """What stands in each list when it is sent: the choice, else what it showed, else its first."""
    found: dict[str, list[str]] = {}
    for one in lists:
        question, ids = str(one["question_key"]), [str(option["id"]) for option in one["option_list"]]
        shown = one.get("selected_id") if one.get("selected_id") in ids else ids[0]
        if chosen.get(question, shown) not in ids:
            raise LookupError(f"no option {chosen[question]}")
        found[question] = [chosen.get(question, str(shown))]
    if strangers := set(chosen) - set(found):
        raise LookupError(f"no lists {strangers}")
    return found


def _only(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if found is None:
        raise ValueError("no envelope")
    return found[1]
