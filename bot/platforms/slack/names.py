"""What the app is called by at Slack: the manifest declares these names, the listeners listen for them."""

from __future__ import annotations

COMMANDS = ("/huihou", "/hh")

EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "file_shared",
    "function_executed",
    "member_joined_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "tokens_revoked",
    "user_change",
)
"""As the manifest subscribes to them; all of ``message.…`` arrive as ``message``."""

ATTACH, MAKE_TASK, NEW_MEETING = "attach_to_task", "make_task", "new_meeting"
MESSAGE_SHORTCUTS = (ATTACH, MAKE_TASK)
GLOBAL_SHORTCUTS = (NEW_MEETING,)
SHORTCUTS = MESSAGE_SHORTCUTS + GLOBAL_SHORTCUTS

FUNCTION = "start_checklist"
"""The step that Workflow Builder offers. Its inputs and outputs are:"""
INPUTS = ("title", "end", "channel", "lead")
OUTPUTS = ("meeting", "task_count")
