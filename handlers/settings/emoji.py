"""Emoji by the names that chat programs give them, and as people paste or type them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.grammar import fold

_NAMED = """
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ eyes 👀 zzz 💤 +1 👍 -1 👎 ok_hand 👌 ok 🆗 tada 🎉
raised_hands 🙌 clap 👏 pray 🙏 muscle 💪 fire 🔥 rocket 🚀 star ⭐ star2 🌟 sparkles ✨ heart ❤️ green_heart 💚 100 💯
checkered_flag 🏁 trophy 🏆 dart 🎯 x ❌ heavy_multiplication_x ✖️ o ⭕ no_entry ⛔ no_entry_sign 🚫 accept 🉑
hourglass ⌛ hourglass_flowing_sand ⏳ alarm_clock ⏰ stopwatch ⏱️ timer_clock ⏲️ watch ⌚ calendar 📆 date 📅
sleeping 😴 sleepy 😪 crescent_moon 🌙 sunrise 🌅 sunny ☀️ coffee ☕ tea 🍵 snail 🐌 turtle 🐢 runner 🏃 walking 🚶
construction 🚧 hammer 🔨 hammer_and_wrench 🛠️ wrench 🔧 gear ⚙️ pencil2 ✏️ memo 📝 writing_hand ✍️ clipboard 📋
pushpin 📌 round_pushpin 📍 bookmark 🔖 bell 🔔 no_bell 🔕 mega 📣 loudspeaker 📢 speech_balloon 💬 thought_balloon 💭
thinking_face 🤔 question ❓ exclamation ❗ warning ⚠️ rotating_light 🚨 bulb 💡 mag 🔍 mag_right 🔎 see_no_evil 🙈
red_circle 🔴 large_blue_circle 🔵 large_green_circle 🟢 large_yellow_circle 🟡 large_orange_circle 🟠
white_circle ⚪ black_circle ⚫ recycle ♻️ arrows_counterclockwise 🔄 repeat 🔁 arrow_forward ▶️ fast_forward ⏩
double_vertical_bar ⏸️ black_square_for_stop ⏹️ soon 🔜 end 🔚 new 🆕 cool 🆒 up 🆙 top 🔝 wave 👋 hand ✋
raised_hand_with_fingers_splayed 🖐️ point_up ☝️ point_right 👉 fist ✊ facepunch 👊 v ✌️ crossed_fingers 🤞
handshake 🤝 saluting_face 🫡 grinning 😀 smile 😄 slightly_smiling_face 🙂 blush 😊 sunglasses 😎 partying_face 🥳
rose 🌹 cherry_blossom 🌸 inbox_tray 📥 outbox_tray 📤 package 📦 email ✉️ incoming_envelope 📨 moneybag 💰
file_folder 📁 open_file_folder 📂 paperclip 📎 link 🔗 lock 🔒 key 🔑
"""
_OTHERWISE = {
    "thumbsup": "+1",
    "thumbsdown": "-1",
    "raised_hand": "hand",
    "punch": "facepunch",
    "running": "runner",
    "envelope": "email",
    "pencil": "memo",
    "thinking": "thinking_face",
    "heavy_exclamation_mark": "exclamation",
}
_SHADES = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|:skin-tone-[0-9]:|::skin-tone-[0-9](?=:)")
"""Of one emoji another shade, or the wish to see it in colour: it is the same emoji."""

SHOWN = dict(zip(_NAMED.split()[::2], _NAMED.split()[1::2], strict=True))
"""What is shown for a name."""
_NAMES = {_SHADES.sub("", shown): name for name, shown in SHOWN.items()}
_ONE = re.compile(rf":(?P<named>[^\s:]+):|(?P<pasted>{'|'.join(map(re.escape, _NAMES))})|(?P<other>[\w+'-]+|[^\s,;、])")


def canonical(name: str) -> str:
    """One name of those that an emoji has, without the shade of its skin."""
    plain = name.partition("::")[0].casefold()
    return _OTHERWISE.get(plain, plain)


def read(text: str) -> Iterator[tuple[str, str]]:
    """Each emoji as (its name, how it was typed); the name is empty for what is none that is known.

    Between colons every name is one: chat programs let people make emoji of their own.
    """
    for match in _ONE.finditer(_SHADES.sub("", fold(text))):
        name = canonical(match["named"] or _NAMES.get(match["pasted"], "") or match["other"] or "")
        yield (name if not match["other"] or name in SHOWN else ""), match[0]


def shown(names: str) -> str:
    """Names with blanks between them, as they are shown."""
    return " ".join(SHOWN.get(name, f":{name}:") for name in names.split())
