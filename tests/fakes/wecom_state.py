"""What the fake WeCom consists of: corps, apps, members, groups, robots, media, and what people see."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.wecom_talk import Talking

CORP, SECRET, AGENT = "ww5823bf96d3bd56c7", "app-secret-1", 1_000_002
TOKEN, AES_KEY = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
ROOT = 1
ACTIVE, DISABLED, NOT_ACTIVATED, LEFT = 1, 2, 4, 5
HOUR, DAY = 3600, 86_400

Body = dict[str, Any]
Args = Mapping[str, Any]
Post = Callable[[str, str, bytes], tuple[int, bytes]]


class Refusal(Exception):  # noqa: N818  an answer of WeCom's
    """HTTP 200 with an ``errcode``."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(f"{errcode} {errmsg}")
        self.errcode, self.errmsg = errcode, errmsg


@dataclass
class Call:
    """A request that came in; ``agent`` is 0 where no token told whose it is."""

    path: str
    args: Body
    corp: str
    agent: int
    at: float


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with a call.

    ``slow`` and ``hang`` are in seconds: a slow call is answered after all, a hanging one is dropped then.
    ``drop_after`` does the work and hangs up.
    """

    errcode: int = 0
    errmsg: str = "made to fail"
    status: int = 0
    html: bool = False
    slow: float = 0
    hang: float = 0
    drop: bool = False
    drop_after: bool = False

    def refuse(self) -> None:
        if self.errcode:
            raise Refusal(self.errcode, self.errmsg)


@dataclass
class Department:
    id: int
    name: str
    parent: int = 0


@dataclass
class Member:
    """``userid`` as the corp wrote it; WeCom compares it without case and answers it in lower case."""

    userid: str
    name: str
    departments: list[int] = field(default_factory=lambda: [ROOT])
    status: int = ACTIVE
    licensed: bool = True

    @property
    def id(self) -> str:
        return self.userid.casefold()

    @property
    def reachable(self) -> bool:
        return self.status in {ACTIVE, NOT_ACTIVATED}


@dataclass
class Shown:
    """One message as one person, one group or one robot's group sees it.

    ``body`` is what stands under the message's type (``{"content": …}``, the card as it is now). ``cut`` is true where
    WeCom cut the text because it was too long. ``replaced`` is the text of a greyed button, ``updates`` how often the
    card was changed.
    """

    msgid: str
    kind: str
    body: Body
    at: float
    app: App | None = None
    user: str = ""
    cut: bool = False
    recalled: bool = False
    replaced: str = ""
    updates: int = 0
    mentioned: list[str] = field(default_factory=list)
    media: Media | None = None

    @property
    def card(self) -> Body:
        if self.kind != "template_card":
            raise LookupError(f"a {self.kind} is no card")
        return self.body

    @property
    def task_id(self) -> str:
        return str(self.card.get("task_id", ""))

    @property
    def words(self) -> str:
        """Everything on it that can be read, a line each; of a file its name."""
        if self.media is not None:
            return self.media.name
        return "\n".join([*_read(self.body), *([self.replaced] if self.replaced else [])])

    @property
    def buttons(self) -> dict[str, str]:
        """Text and key of what can be pressed; nothing once it is greyed."""
        if self.replaced or self.kind != "template_card":
            return {}
        found = [*self.card.get("button_list", ()), *self._submit()]
        return {button["text"]: button["key"] for button in found if button.get("key")}

    @property
    def menu(self) -> dict[str, str]:
        """Text and key of the menu in the card's corner."""
        return {entry["text"]: entry["key"] for entry in self.card.get("action_menu", {}).get("action_list", ())}

    @property
    def options(self) -> dict[str, str]:
        """Id and text of a checklist's options, or of every list to choose from."""
        lists = [self.card.get("checkbox"), self.card.get("button_selection"), *self.card.get("select_list", ())]
        return {option["id"]: option["text"] for one in lists if one for option in one["option_list"]}

    def _submit(self) -> list[Body]:
        found = self.card.get("submit_button")
        return [{"text": "提交", **found}] if found else []


_READ = "content title desc description sub_title_text quote_text keyname value text btntxt replace_text".split()


def _read(value: Any, key: str = "") -> Iterable[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _read(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _read(inner, key)
    elif key in _READ and value:
        yield str(value)


@dataclass
class Media:
    id: str
    kind: str
    name: str
    data: bytes
    at: float
    corp: str = CORP
    robot: str = ""


@dataclass
class AppChat:
    """A group that an app made. Every member sees ``messages``."""

    chatid: str
    name: str
    owner: str
    members: list[str]
    app: App
    messages: list[Shown] = field(default_factory=list)


@dataclass
class Webhook:
    """A robot that only posts; ``key`` is in its address. ``sent`` are the times of the last minute's messages."""

    key: str
    name: str = ""
    messages: list[Shown] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)


@dataclass
class ResponseCode:
    """Good for one update of one message within 72 hours; ``used`` counts the attempts that were let through."""

    code: str
    msgid: str
    app: App
    at: float
    used: bool = False


@dataclass
class App(Talking):
    """A self-built app. ``users`` and ``departments`` are its visible range; who is ``hidden`` is out of it.

    ``callback_url`` is where its members' doings are posted to; ``post`` replaces the request, for apps that are
    called without a socket: ``post(method, address, body)`` gives status and body. ``has_callback`` false: it may send
    no cards with buttons. ``ip_listed`` false: all but gettoken is 60020. ``always_expired``: any token is 42001.
    """

    users: set[str] = field(default_factory=set)
    departments: set[int] = field(default_factory=lambda: {ROOT})
    hidden: set[str] = field(default_factory=set)
    name: str = "会后"
    has_callback: bool = True
    ip_listed: bool = True
    always_expired: bool = False
    trusted_domain: str = ""
    tokens: dict[str, float] = field(default_factory=dict)
    fetched: int = 0
    menu: list[Body] | None = None
    task_ids: set[str] = field(default_factory=set)
    said: dict[str, float] = field(default_factory=dict)


@dataclass
class Corp:
    id: str
    members: dict[str, Member] = field(default_factory=dict)
    departments: dict[int, Department] = field(default_factory=lambda: {ROOT: Department(ROOT, "协会")})
    apps: dict[int, App] = field(default_factory=dict)
    chats: dict[str, AppChat] = field(default_factory=dict)

    def member(self, userid: object) -> Member | None:
        return self.members.get(str(userid).casefold())

    def sees(self, app: App, member: Member) -> bool:
        """Whether the app's visible range holds the member, by name or by a department above."""
        if member.id in app.hidden:
            return False
        if member.id in {user.casefold() for user in app.users}:
            return True
        return any(above in app.departments for at in member.departments for above in self.upwards(at))

    def within(self, party: int) -> list[Member]:
        """The members of a department and of all below it."""
        return [
            member for member in self.members.values() if any(party in self.upwards(at) for at in member.departments)
        ]

    def upwards(self, department: int) -> Iterable[int]:
        while department in self.departments:
            yield department
            department = self.departments[department].parent


def same(value: object) -> str:
    """JSON that is equal when the content is."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
