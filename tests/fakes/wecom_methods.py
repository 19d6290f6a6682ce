"""How a method of WeCom's API is told to the fake, and what many of them check."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.wecom_state import App, Args, Body, Corp, Member, Refusal

if TYPE_CHECKING:
    from tests.fakes.wecom import FakeWecom

Method = Callable[["FakeWecom", App, Args], Body]
METHODS: dict[str, Method] = {}


def method(path: str) -> Callable[[Method], Method]:
    """A method that wants a token; the answer is what stands beside ``errcode``."""

    def kept(function: Method) -> Method:
        METHODS[path] = function
        return function

    return kept


def corp_of(fake: FakeWecom, app: App) -> Corp:
    return fake.corps[app.corp]


def text_of(args: Args, name: str, errcode: int = 40058) -> str:
    """A field that must be a string with something in it."""
    found = args.get(name)
    if not isinstance(found, str) or not found:
        raise Refusal(errcode, f"invalid Request Parameter: {name}")
    return found


def whole(args: Args, name: str, errcode: int = 40058) -> int:
    """A field that must be a whole number; WeCom takes digits in a string too."""
    try:
        return int(args[name])
    except (KeyError, TypeError, ValueError):
        raise Refusal(errcode, f"invalid Request Parameter: {name}") from None


def mapping(args: Args, name: str) -> Body:
    found = args.get(name)
    if not isinstance(found, dict):
        raise Refusal(40058, f"missing {name}")
    return found


def names(args: Args, name: str) -> list[str]:
    found = args.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise Refusal(40058, f"{name} is no list of strings")
    return [one.casefold() for one in found]


def own_agent(app: App, args: Args) -> None:
    """The ``agentid`` of a call is that of its token."""
    found = whole(args, "agentid", 40056)
    if found != app.agent:
        raise Refusal(42009, "access_token is not of this agentid")


def cut_to(text: str, most: int) -> tuple[str, bool]:
    """As many whole characters as go into ``most`` bytes, and whether any were lost."""
    data = text.encode()
    return data[:most].decode(errors="ignore"), len(data) > most


def size(value: Any) -> int:
    return len(str(value).encode())


def visible(fake: FakeWecom, app: App, userid: str) -> Member | None:
    """A member whom the app may talk to and read."""
    corp = corp_of(fake, app)
    member = corp.member(userid)
    return member if member and member.reachable and corp.sees(app, member) else None
