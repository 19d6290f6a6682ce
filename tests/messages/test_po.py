"""Our reader of catalogs beside Babel's."""

from __future__ import annotations

import io
from typing import Any

from messages import collect
from messages.catalog import translations
from messages.po import Words

POLISH = r"""
msgid ""
msgstr ""
"Language: pl\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"

#: one.md.j2
msgid ""
"say \"{name}\" and a \\ on one line\n"
"and on another"
msgstr ""
"powiedz „{name}”\n"
"\"i dalej\""

msgid "{n} file"
msgid_plural "{n} files"
msgstr[0] "{n} plik"
msgstr[1] "{n} pliki"
msgstr[2] "{n} plików"

#~ msgid "nobody says it any more"
#~ msgstr "nikt"
"""


def test_the_chinese_catalog_says_what_babel_reads_in_it() -> None:
    words = translations("zh_CN")
    for message in collect.catalog("zh_CN"):
        said: Any = message.string
        if isinstance(message.id, tuple):
            one, many = message.id
            assert [words.ngettext(one, many, n) for n in (0, 1, 2)] == [said[0]] * 3
        elif message.id:
            assert words.gettext(str(message.id)) == said


def test_a_language_of_several_plurals_and_a_sentence_that_is_not_translated() -> None:
    words = Words(io.BytesIO(POLISH.encode()))
    said = [words.ngettext("{n} file", "{n} files", n) for n in (1, 3, 5, 22)]
    assert said == ["{n} plik", "{n} pliki", "{n} plików", "{n} pliki"]
    assert words.gettext('say "{name}" and a \\ on one line\nand on another') == 'powiedz „{name}”\n"i dalej"'
    assert words.gettext("nobody says it any more") == "nobody says it any more"
    assert [words.ngettext("{n} page", "{n} pages", n) for n in (1, 2)] == ["{n} page", "{n} pages"]
