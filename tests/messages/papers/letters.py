"""Two letters as an association would send them, and a name that tries everything."""

from __future__ import annotations

from messages.papers import Grid, Head, Paper

NASTY = '{{ 7*7 }} **b** [x](y) <b onclick=a()>A&B</b> #panic() $x$ \\n #read("/etc/passwd") <!channel> @all'

HEAD_ZH = Head(
    name="中国数据科学学会",
    address="北京市海淀区中关村南大街5号",
    postcode="100081",
    phone="010-5550 1234",
    email="office@example.org",
)
HEAD_EN = Head(
    name="Chinese Society for Data Science", address="5 Zhongguancun South Street, Beijing", postcode="100081"
)

CHINESE = Paper(
    locale="zh_CN",
    subject="感谢贵公司支持2025年学术年会",
    head=HEAD_ZH,
    title="感谢信",
    salutation="尊敬的北京星河科技有限公司：",
    paragraphs=(
        (
            "2025年3月1日至3日，由我会主办的“2025年学术年会”在杭州国际博览中心圆满落幕。来自全国的612位代表参会，"
            "共举行报告86场。承蒙贵公司作为金牌赞助单位鼎力支持，会议各项工作得以顺利完成，谨致谢忱。"
        ),
        "贵公司的各项赞助权益落实情况如下：",
        Grid(
            caption="赞助权益落实情况",
            columns=("权益", "约定", "落实", "数量"),
            rows=(
                ("主会场背景板标识", "主背景板左上", "已落实，附照片", "1"),
                ("展位", "9平方米标准展位", "A12号展位", "1"),
                ("Logo on website", "首页", "2025年1月5日上线", "2"),
            ),
            numbers=(3,),
        ),
        "期待再度携手，共同推动学科发展。",
    ),
    links=(("会议照片", "https://example.org/photos?a=1&b=2"),),
    closing=("此致", "敬礼！"),
    signed=("中国数据科学学会",),
    date="2025年3月8日",
    seal=True,
    enclosures=("权益落实照片", "发票"),
)

ENGLISH = Paper(
    locale="en",
    subject="Thank you for your keynote",
    head=HEAD_EN,
    inside=("Dr Wang Jianguo 王建国", "Example University", "Hangzhou"),
    salutation="Dear Dr Wang,",
    paragraphs=(
        (
            "Thank you for your keynote at the Annual Conference 2025 in Hangzhou on 1 March. "
            "612 people came, and yours was the talk they named most often."
        ),
        "The recording and the photos are online. We would be glad to see you again next year.",
    ),
    links=(("Photos", "https://example.org/photos"),),
    closing=("Yours sincerely,",),
    signed=("Li Ming", "Secretary General", "Chinese Society for Data Science"),
    date="8 March 2025",
    enclosures=("Certificate",),
)


def long_table(paper: Paper, rows: int = 60) -> Paper:
    grid = Grid(columns=("No.", "Benefit"), rows=tuple((str(at), f"Benefit {at}") for at in range(rows)), numbers=(0,))
    return paper.model_copy(update={"paragraphs": (*paper.paragraphs, grid, paper.paragraphs[-1])})


def nasty(paper: Paper) -> Paper:
    """The name in every place that a name can reach."""
    grid = Grid(caption=NASTY, columns=(NASTY, "n"), rows=((NASTY, "1"),), numbers=(1,))
    placed = {
        "subject": NASTY,
        "head": Head(name=NASTY, address=NASTY),
        "title": NASTY,
        "inside": (NASTY,),
        "salutation": NASTY,
        "paragraphs": (NASTY, grid, NASTY),
        "links": ((NASTY, "https://example.org/?a=1&b=\"'<x>"), (NASTY, "javascript:alert(1)")),
        "signed": (NASTY,),
        "enclosures": (NASTY,),
        "footer": NASTY,
    }
    return paper.model_copy(update=placed)
