"""What Slack takes in a manifest, for the keys that ours uses: written by hand after its reference, not its own schema.

Of the second form of manifests: the first does not know the view for agents. Every object is closed, so a key that
Slack does not know is a fault here too.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft7Validator

Schema = dict[str, Any]

FLAG: Schema = {"type": "boolean"}


def text(most: int, *, least: int = 1, pattern: str = "") -> Schema:
    return {"type": "string", "minLength": least, "maxLength": most, **({"pattern": pattern} if pattern else {})}


def record(*required: str, **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def several(item: Schema, most: int, *, least: int = 0) -> Schema:
    return {"type": "array", "items": item, "minItems": least, "maxItems": most, "uniqueItems": True}


URL = text(3000, pattern="^https?://")
SHORTCUT = record(
    *("name", "type", "callback_id", "description"),
    name=text(24),
    type={"enum": ["message", "global"]},
    callback_id=text(255),
    description=text(150),
)
COMMAND = record(
    *("command", "description"),
    command=text(32, least=2, pattern="^/"),
    url=URL,
    description=text(2000),
    usage_hint=text(1000),
    should_escape=FLAG,
)
AGENT = record(
    agent_description=text(300),
    suggested_prompts=several(record("title", "message", title=text(150), message=text(2000)), 4),
)
PARAMETER = record(
    *("type", "title", "description"),
    type={
        "enum": [
            *("string", "integer", "number", "boolean"),
            *(f"slack#/types/{kind}" for kind in ("date", "timestamp", "channel_id", "user_id")),
        ]
    },
    title=text(255),
    description=text(255),
)
PARAMETERS = record(
    *("properties", "required"),
    properties={"type": "object", "maxProperties": 50, "additionalProperties": PARAMETER},
    required=several(text(255), 50),
)
FUNCTION = record(
    *("title", "description", "input_parameters", "output_parameters"),
    title=text(255),
    description=text(255),
    input_parameters=PARAMETERS,
    output_parameters=PARAMETERS,
)
EVENTS = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "file_shared": ("files:read",),
    "function_executed": (),
    "member_joined_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "reaction_added": ("reactions:read",),
    "tokens_revoked": (),
    "user_change": ("users:read",),
}
"""Which scopes Slack asks for with an event."""
SCOPES = (
    *("app_mentions:read", "assistant:write", "chat:write", "commands", "files:read", "files:write"),
    *(f"{kind}:{what}" for kind in ("channels", "groups", "im", "mpim") for what in ("history", "read")),
    *("groups:write", "im:write", "mpim:write"),
    *("reactions:read", "reactions:write", "users:read", "users:read.email", "team:read"),
)
"""Those for bots that are about what ours does: the published schema takes any word."""

MANIFEST = record(
    *("_metadata", "display_information"),
    _metadata=record("major_version", major_version={"const": 2}, minor_version={"const": 1}),
    display_information=record(
        "name",
        name=text(35),
        description=text(140),
        background_color=text(7, least=4, pattern="^#([0-9a-fA-F]{3}){1,2}$"),
    ),
    features=record(
        app_home=record(home_tab_enabled=FLAG, messages_tab_enabled=FLAG, messages_tab_read_only_enabled=FLAG),
        bot_user=record("display_name", display_name=text(80), always_online=FLAG),
        shortcuts=several(SHORTCUT, 10, least=1),
        slash_commands=several(COMMAND, 50, least=1),
        agent_view=AGENT,
    ),
    oauth_config=record(
        redirect_urls=several(text(2500, pattern="^https://"), 1000), scopes=record(bot=several({"enum": SCOPES}, 255))
    ),
    settings=record(
        event_subscriptions=record(request_url=URL, bot_events=several({"enum": [*EVENTS]}, 100)),
        interactivity=record("is_enabled", is_enabled=FLAG, request_url=URL, message_menu_options_url=URL),
        org_deploy_enabled=FLAG,
        socket_mode_enabled=FLAG,
        token_rotation_enabled=FLAG,
        function_runtime={"enum": ["remote", "slack"]},
    ),
    functions={"type": "object", "maxProperties": 50, "additionalProperties": FUNCTION},
)


def faults(manifest: Schema) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft7Validator(MANIFEST).iter_errors(manifest)]
