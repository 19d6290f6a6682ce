"""What must stand in no log: telephone numbers, mail addresses, tokens, passwords, one-time addresses. Pure."""

from __future__ import annotations

import re

HIDDEN = "…"
_GAP = r"[\s.\-－–()（）·]{0,3}"
_ATOM = r"[^\s@＠<>()\[\],;:：，；\"'“”‘’=/|]"

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # What comes first may hold what comes later.
    (re.compile(r"(?P<kept>://[^\s:/@]*):\S*@"), rf"\g<kept>:{HIDDEN}@"),
    (re.compile(r"(?P<kept>/(?:form|upload|archive|export|twins|enter|unsubscribe)/)[\w-]{16,}"), rf"\g<kept>{HIDDEN}"),
    (re.compile(r"(?P<kept>hooks\.slack(?:-gov)?\.com/\w+/)\S+"), rf"\g<kept>{HIDDEN}"),
    (re.compile(r"(?<![A-Za-z0-9])(?:xox[a-z](?:\.xox[a-z])?|xapp|xwfp)-[\w-]+"), HIDDEN),
    (re.compile(r"(?<![A-Za-z0-9])ey[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), HIDDEN),
    (re.compile(r"(?<![A-Za-z0-9])gAAAA[\w=-]{40,}"), HIDDEN),
    (re.compile(r"(?P<kept>(?<![A-Za-z0-9])(?:bearer|basic)\s+)[\w.~+/=-]{6,}", re.IGNORECASE), rf"\g<kept>{HIDDEN}"),
    (
        re.compile(
            r"(?P<kept>(?:token|secret|password|passwd|pwd|key|code|signature|authorization|cookie|aes_?key)"
            r"[\"']?\s*[=:]\s*[\"']?)(?!…)(?=\S{6})[^\s&\"',;}]+",
            re.IGNORECASE,
        ),
        rf"\g<kept>{HIDDEN}",
    ),
    (re.compile(rf"{_ATOM}+[@＠]{_ATOM}+[.．。]{_ATOM}+"), f"{HIDDEN}@{HIDDEN}"),
    (re.compile(rf"[+＋]{_GAP}\d(?:{_GAP}\d){{6,14}}"), HIDDEN),
    (re.compile(rf"(?<![\d.])(?:00|86)?{_GAP}(?:86{_GAP})?[1１]{_GAP}[3-9３-９](?:{_GAP}\d){{9}}(?!\d)"), HIDDEN),
    (re.compile(rf"(?<![\d.\-])[(（]?[0０]\d{{2,3}}[)）]?{_GAP}\d(?:{_GAP}\d){{6,7}}(?!\d)"), HIDDEN),
)


def masked(text: str) -> str:
    """The text without them. Figures that only look alike may go as well: better one too many."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text
