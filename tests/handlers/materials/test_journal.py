"""What the journal tells of the programme, of consents and of excuses."""

from __future__ import annotations

import re

from tests.chat import Somebody, text


def test_in_words(ann: Somebody) -> None:
    for line in (
        "session edit S1 hall: Hall B contact: Ann speakers: 孙八",
        "speaker edit 李四 unit: Foxconn",
        "booth add Huawei",
        "consent S2 王五 slides public CC-BY",
        "consent withdraw S2 王五",
        "materials skip slides/S3 no projector",
        "materials unskip slides/S3",
    ):
        assert not ann.says(line).refused, line
    assert not ann.says("materials add recording/S2", files={"a.mp4": b"video"}).refused
    said = text(ann.says("log")) + text(ann.says("log page 2"))
    for words in (
        "session S4: 闭幕演讲",
        "F1 agenda.csv · kind of material: nothing → agenda",
        "王五 · withdrawn: nothing →",
        "file kept: a.mp4",
        "5 speakers added",
        "S1 · hall: 主会场 → Hall B; who chases its materials: Li → Ann",
        "孙八 in S1: speaker",
        "no longer on the programme: 张三",
        "李四 · organisation: 华为 → Foxconn",
        "stand: Huawei",
        "王五 allows slides: public",
        "will not come: slides/S3 (no projector)",
        "somebody no longer in S1",
    ):
        assert words in said, words
    assert not re.search(r"_at\b|_id\b|None|something was", said)
    ann.says("settings language 中文")
    assert "王五 授权课件：公开" in text(ann.says("日志"))
