"""Chinese characters as the Latin letters that they are typed with."""

from __future__ import annotations

import os


def pinyin(text: str) -> str:
    """Each character by its usual reading, without tones; anything else as it is.

    The library is loaded when it is first needed: a tenth of a second. Its dictionary of phrases stays out: it knows
    rarer readings (重庆 as chongqing), and takes more memory than all of the bot.
    """
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import lazy_pinyin  # noqa: PLC0415  as said above

    return "".join(lazy_pinyin(text))
