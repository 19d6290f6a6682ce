"""A person's own language and time zone; they hold wherever the person writes."""

from __future__ import annotations

from handlers.context import Context
from handlers.grammar import Text
from handlers.router import Router
from handlers.settings import reading
from handlers.settings.speaking import ask, changed, look_again, source_of
from messages import Message

router = Router("settings")


@router.command("settings language", zh="设置 语言", also=("language", "语言", "切换语言"))
def language(ctx: Context, value: Text = "") -> Message:
    """The language I speak with you: settings language English"""
    if not value:
        return ask(ctx, "language", "settings language")
    ctx.person.locale = reading.language(value, "settings language")
    return changed(ctx, "language", ctx.locale, source=source_of(ctx, "locale"))


@router.command("settings zone", zh="设置 时区", also=("settings time zone", "settings timezone", "timezone", "时区"))
def zone(ctx: Context, value: Text = "") -> Message:
    """The time zone in which you read times: settings zone Asia/Shanghai"""
    if not value:
        return ask(ctx, "zone", "settings zone", ctx.zone.key)
    ctx.person.zone = reading.zone(value, "settings zone")
    look_again(ctx)
    return changed(ctx, "zone", ctx.zone.key, source=source_of(ctx, "zone"))
