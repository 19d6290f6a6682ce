"""A catalog as `collect` writes it, read at once: Babel's reader takes five times as long, and every start waits."""

from __future__ import annotations

import json
import re
from gettext import NullTranslations, c2py
from typing import Any

_TEXT = r'((?:"[^\n]*"\n)+)'
_ENTRY = re.compile(rf"^msgid {_TEXT}(?:msgid_plural {_TEXT})?((?:msgstr(?:\[\d\])? {_TEXT})+)", re.MULTILINE)
_FORM = re.compile(rf"^msgstr(?:\[\d\])? {_TEXT}", re.MULTILINE)
_PLURAL = re.compile(r"plural=(.+?);")


class Words(NullTranslations):
    """What is said for each sentence; one that is not translated is said as it is."""

    def _parse(self, fp: Any) -> None:
        found = _ENTRY.findall(fp.read().decode())
        self._said = {_text(one): [*map(_text, _FORM.findall(forms))] for one, _, forms, _ in found}
        head = self._said.pop("")[0]
        rule = _PLURAL.search(head)
        self._form = c2py(rule[1] if rule else "n != 1")

    def gettext(self, message: str) -> str:
        return self._said.get(message, (message,))[0]

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        forms = self._said.get(msgid1)
        return forms[self._form(n)] if forms else super().ngettext(msgid1, msgid2, n)


def _text(lines: str) -> str:
    """Lines in quotation marks are one text; PO escapes what JSON escapes."""
    text: str = json.loads(lines.replace('"\n"', ""))
    return text
