"""A meeting with four sessions, of which Li chases three."""

from __future__ import annotations

import pytest

from tests.chat import Chat, Somebody

AGENDA = """场次,日期,时间,题目,讲者,单位,会场,跟进人
1,6月8日,09:00-09:40,智能制造的未来,张三,清华大学,主会场,Li
2,,09:40-10:20,工业软件圆桌,李四 / 王五,华为 / 中兴,主会场,Li
3,6月9日,09:00-09:40,数据要素,赵六,,A厅,Li
4,,10:00-10:40,闭幕演讲,钱七,,A厅,
"""


@pytest.fixture
def li(chat: Chat, ann: Somebody) -> Somebody:
    return chat.person("Li")


@pytest.fixture
def ann(chat: Chat) -> Somebody:
    """An admin, who leads the meeting; its programme is in."""
    found = chat.person("Ann")
    chat.person("Li")
    found.says("meeting new Forum start: 2026-06-08 09:00 end: 2026-06-09 17:00")
    found.says("programme import", files={"agenda.csv": AGENDA.encode()})
    found.presses("Confirm")
    return found
