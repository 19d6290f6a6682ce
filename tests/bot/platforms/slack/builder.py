"""Builds a payload again with slackblocks, whose constructors refuse what is beyond a limit or on the wrong surface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import slackblocks as sb
from slackblocks.objects import ColumnSettings, Option, OptionGroup, RawText, Text
from slackblocks.rich_text.elements import RichText, RichTextLink
from slackblocks.rich_text.objects import RichTextCodeBlock, RichTextList, RichTextQuote, RichTextSection

Payload = Mapping[str, Any]

_CLASSES: dict[str, Callable[..., Any]] = {
    "actions": sb.ActionsBlock,
    "context": sb.ContextBlock,
    "divider": sb.DividerBlock,
    "header": sb.HeaderBlock,
    "image": sb.ImageBlock,
    "input": sb.InputBlock,
    "rich_text": sb.RichTextBlock,
    "section": sb.SectionBlock,
    "table": sb.TableBlock,
    "task_card": sb.TaskCardBlock,
    "markdown": sb.MarkdownBlock,
    "alert": sb.AlertBlock,
    "button": sb.Button,
    "checkboxes": sb.CheckboxGroup,
    "datepicker": sb.DatePicker,
    "file_input": sb.FileInput,
    "external_select": sb.ExternalSelectMenu,
    "number_input": sb.NumberInput,
    "overflow": sb.OverflowMenu,
    "plain_text_input": sb.PlainTextInput,
    "radio_buttons": sb.RadioButtonGroup,
    "static_select": sb.StaticSelectMenu,
    "users_select": sb.UserSelectMenu,
    "channels_select": sb.ChannelSelectMenu,
    "raw_text": RawText,
    "rich_text_section": RichTextSection,
    "rich_text_list": RichTextList,
    "rich_text_preformatted": RichTextCodeBlock,
    "rich_text_quote": RichTextQuote,
    "text": RichText,
    "link": RichTextLink,
}


def build_message(payload: Payload) -> object:
    return sb.Message(channel="C1", text=payload["text"], blocks=[_built(block) for block in payload["blocks"]])


def build_view(payload: Payload) -> object:
    facts = {key: _built(value) for key, value in payload.items() if key != "type"}
    return sb.ModalView(**facts) if payload["type"] == "modal" else sb.HomeTabView(**facts)


def _built(part: Any) -> Any:
    if isinstance(part, list):
        return [_built(one) for one in part]
    if not isinstance(part, Mapping):
        return part
    kind = part.get("type")
    if kind in {"plain_text", "mrkdwn"}:
        return Text.from_dict(dict(part))
    facts = {key: _built(value) for key, value in part.items() if key not in {"type", "style"}}
    style = part.get("style")
    facts |= style if isinstance(style, Mapping) else {"style": style} if style else {}
    if kind is None:
        return _unnamed(facts)
    return _CLASSES[str(kind)](**facts)


def _unnamed(facts: dict[str, Any]) -> Any:
    """Options, their groups and columns carry no type."""
    if "label" in facts:
        return OptionGroup(**facts)
    return Option(**facts) if "value" in facts else ColumnSettings(**facts)
