"""What a sentence says of a task, in either language: finished, begun, or nothing that may be acted on. Pure.

Acting on plain words is allowed to few sentences only: every word must be known here, and none may cast doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from handlers.grammar import fold

MARK = "◦"
"""Stands where a name was: the sentence keeps its shape, so that "◦ are in" is no question."""


class Intent(StrEnum):
    DONE = "done"
    START = "start"
    NONE = "none"


_ASKS = re.compile(
    r"[?？]|[吗么呢没][。.!！~\s]*$|是不是|有没有|是否|什么|怎么|哪[些个里]|谁|多少|几时|"
    r"^(?:is|are|was|were|did|do|does|has|have|had|can|could|will|would|should|who|what|when|where|which|why|how|any)\b",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"^(?:by|before|until|till|after|tomorrow|tonight|next|soon|later)\b|^for (?:today|now|the day)\b|"
    r"^(?:明天|明早|后天|今晚|下周|下午|周[一二三四五六日天]|之前|以前|稍后|回头)",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    # denied, or only a part
    r"没|未|不(?!错)|别|勿|无法|还[差缺剩有在需要]|但|不过|可是|然而|除了|只|仅|差|缺|剩|一半|部分|大半|几乎|基本|大致|大概|"
    # asked for, planned, supposed, conditional
    r"请|麻烦|记得|帮|催|尽快|赶紧|抓紧|务必|快(?!递)|马上|即将|将|准备|打算|计划|争取|希望|想|能|可以|可能|应该|估计|好像|似乎|"
    r"听说|据说|也许|或许|需|必须|得|要|如果|要是|假如|等|再|之?后|之前|以前|的话|才|重新|错|率|时间|情况|"
    r"明天|明早|后天|今晚|下周|下个?月|周[一二三四五六日天]|星期|晚点|稍后|待会|一会|回头|(?:^|[，,。;；\s])把|"
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|without|un\w*|cannot|half|part|partly|most|mostly|some|few|only|"
    r"almost|nearly|practically|basically|except|but|however|though|although|missing|rest|remaining|left|still|yet|"
    r"if|unless|when|whenever|once|until|till|before|after|because|while|whether|who|what|where|which|why|how|"
    r"will|would|shall|should|must|may|might|can|could|need|needs|needed|want|wants|wish|hope|please|let|lets|get|gets|"
    r"getting|make|sure|going|gonna|soon|tomorrow|tonight|later|next|today's|maybe|perhaps|probably|think|guess|suppose|"
    r"expect|plan|plans|planned|try|trying|remind|remember|forget|forgot|ask|tell|wait|waiting|again|redo|wrong|well|"
    r"being|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b|n't\b|'ll\b|\bby (?!me\b|us\b)|"
    r"\bfor (?:today|now|the day)\b|\b(?:to|in) (?:be|\d)",
    re.IGNORECASE,
)
_START = re.compile(
    r"开始|着手|正在|在(?=[做弄收写办整发寄对算改搞忙])|进行中|\b(?:on it|started|working on|in progress|begun)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"搞定|完成|完毕|办妥|收齐|到齐|结清|付清|已经?|[^\s知忘算罢]了[吧啊呀哈哦哟呢。.!！~\s]*$|[✅✔☑]|"
    r"\b(?:done|finished|completed?|sent|mailed|emailed|in|out|up|back|ready|paid|settled|cleared|returned|published|live|"
    r"online|uploaded|delivered|signed|archived|filed|closed|posted|submitted|collected|gathered|received|got|sorted|"
    r"thanked|updated|written|approved|counted|cleaned|analysed|analyzed|finali[sz]ed|built|held|rated|labelled|handed)\b",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"[，,。;；!！\n]+\s*|(?<=[A-Za-z0-9])\.\s+|\s+(?=but\b|though\b|however\b)|(?=但是?|不过|可是)", re.IGNORECASE
)
_ALL = re.compile(
    r"(?:all(?: of (?:it|them))?|everything|全部|所有|全都?|都)(?:[了的]|任务)?[.。!！\s]*", re.IGNORECASE
)
_OTHERS_WILL = re.compile(
    r"^(?:and )?(?:both|they|he|she|everyone|everybody|all|(?:both|all) of them)(?:'ll| will)\b", re.IGNORECASE
)
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_PARTICLE = re.compile(r"[了吧啦喽咯哈呀啊哦的。.!！~…\s]*(?:all|it|now|already)?[。.!！~\s]*", re.IGNORECASE)


def asks(text: str) -> bool:
    """A question, or what is to be rather than what is: no command, whatever verb it begins with."""
    folded = _LINK.sub(" ", fold(text)).strip()
    return bool(_ASKS.search(folded) or _PLAN.search(folded))


def doubtful(text: str) -> bool:
    """Whether anything in it asks, denies, plans, supposes or restricts."""
    return asks(text) or bool(_DOUBT.search(fold(text)))


def is_particle(text: str) -> bool:
    """Nothing but what one says without meaning anything by it: the 了 of 完成了."""
    return bool(_PARTICLE.fullmatch(fold(text)))


def means_all(text: str) -> bool:
    """The "all of them" of "done, all of them"."""
    return bool(_ALL.fullmatch(fold(text)))


def is_courtesy(clause: str) -> bool:
    """As "谢谢大家" or "great": it says nothing of any task."""
    reading = read(clause)
    return not (reading.rest or reading.generic or reading.acts or doubtful(clause) or intent(clause) != Intent.NONE)


def others_will(remark: str) -> str:
    """The remark without what other people will do, which is no plan for the task: "both will come back"."""
    return _OTHERS_WILL.sub(MARK, remark)


def clauses(text: str) -> list[str]:
    """The sentence cut where it may begin to speak of something else; "、" only joins."""
    return [part.strip() for part in _CUT.split(text) if part and part.strip(" .。")]


def intent(text: str) -> Intent:
    """What one clause says. The names of tasks should have been taken out: some of them look like verbs."""
    folded = fold(text)
    if doubtful(folded):
        return Intent.NONE
    if _START.search(folded):
        return Intent.START
    return Intent.DONE if _DONE.search(folded) else Intent.NONE


# --- words that may stand in a sentence which is acted on

_GENERIC = (
    rf"(?<={MARK})(?:完|好|妥)(?=了|$)|都?搞定|完成|完毕|办妥|办好|办完|做完|做好|弄好|弄完|弄妥|忙完|处理完|处理好|好了|妥了|齐活|[✅✔☑]|"
    r"\b(?:done and dusted|done with|done|finished with|finished|completed|complete|sorted out|sorted|taken care of|"
    r"wrapped up)\b"
)
_ACTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"邮寄|快递|寄", ("寄", "感谢信", "感谢函")),
    (r"发布|上线|推送|上架", ("发布",)),
    (r"发放|群发|发送|发", ("发放", "群发", "发送", "寄送", "感谢信", "感谢函", "劳务费")),
    (r"收集|回收|收|到齐|齐", ("收齐", "收集", "回收")),
    (r"撰写|起草|编写|编制|写", ("撰写", "编制", "拟定")),
    (r"定稿", ("撰写", "拟定", "编制", "整理")),
    (r"整理", ("整理",)),
    (r"清点|点", ("清点",)),
    (r"清洗|核对", ("清洗", "核对")),
    (r"归还|还", ("归还",)),
    (r"结清|付清|结算|结|付", ("结清", "结算")),
    (r"送", ("送离",)),
    (r"撤|拆", ("撤场", "拆台")),
    (r"签字|签", ("交接",)),
    (r"交接", ("交接",)),
    (r"召开|开", ("召开",)),
    (r"分析|统计", ("分析",)),
    (r"汇总", ("汇总",)),
    (r"更新", ("更新",)),
    (r"标注|标", ("标注",)),
    (r"制作", ("制作",)),
    (r"建立|建", ("建立",)),
    (r"投稿|投", ("投稿",)),
    (r"评分|打分|评", ("评价",)),
    (r"存档|入库|归档", ("存档", "档案")),
    (r"审批通过|审批|批准|批复|批|\b(?:approved|signed off)\b", ("approval",)),
    (r"\b(?:sent out|sent off|sent|mailed|emailed)\b", ("send", "letter", "mail")),
    (r"\b(?:in|collected|gathered|received|arrived|got)\b", ("collect", "gather")),
    (r"\b(?:handed back|handed over|handed in|back|returned)\b", ("return", "hand")),
    (r"\b(?:out)\b", ("send", "publish")),
    (r"\b(?:published|posted|live|online|up)\b", ("publish",)),
    (r"\b(?:paid|settled|cleared)\b", ("settle", "clear")),
    (r"\b(?:written)\b", ("write",)),
    (r"\b(?:filed|archived)\b", ("file", "archive")),
    (r"\b(?:counted)\b", ("count",)),
    (r"\b(?:cleaned up|cleaned)\b", ("clean",)),
    (r"\b(?:updated)\b", ("update",)),
    (r"\b(?:finali[sz]ed)\b", ("finalise",)),
    (r"\b(?:analysed|analyzed)\b", ("analyse",)),
    (r"\b(?:submitted)\b", ("submit",)),
    (r"\b(?:built)\b", ("build",)),
    (r"\b(?:held)\b", ("hold",)),
    (r"\b(?:labelled|labeled)\b", ("label",)),
)
_FULLY = r"(?:完毕|完|好|齐|清|妥|毕|掉|走|出去|出来|出|上去|回来|回)?"
_HARMLESS = (
    r"我们已?经?把|我已?经?把|已经把|我们这边|我这边|我们|咱们|大家|我|全部|全都|所有|已经|已|都|全|均|刚刚|刚才|刚|终于|总算|也|就|"
    r"这些|那些|这个|那个|这批|本次|这次|会议|大会|年会|今天|昨天|昨晚|今早|早上|上午|刚好|的|地|"
    r"给大家|给财务|给秘书长|谢谢|多谢|辛苦|了|啦|喽|咯|哈|呀|啊|哦|哟|吧|嘿|在|弄|做|搞|忙|"
    r"\b(?:i've|we've|they've|we're|i'm|they're|it's|that's|the|a|an|our|my|your|their|all|of|it|its|is|are|was|were|has|have|had|been|be|now|already|finally|just|"
    r"every|i|we|they|that|this|these|those|everything|everybody|everyone|team|"
    r"yesterday|today|morning|thanks|thank you|cheers|great|hi|hello|hey|folks|yes|yep|started|working|on|begun|"
    r"progress|and)\b|['’]s?\b"
)
_TOKEN = re.compile(
    "|".join(
        [
            r"(?P<begun>开始|着手|正在|进行中)",
            rf"(?P<generic>{_GENERIC})",
            *(rf"(?P<act{n}>(?:{shape}){_FULLY})" for n, (shape, _) in enumerate(_ACTS)),
            rf"(?P<harmless>{_HARMLESS})",
        ]
    ),
    re.IGNORECASE,
)
_SILENT = re.compile(r"[\W_]+")


@dataclass
class Reading:
    """A clause word by word: whether it says "done", which particular acts it names, and what remains unexplained."""

    generic: bool = False
    acts: list[tuple[str, ...]] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


def read(text: str) -> Reading:
    """``rest`` are the runs of letters and digits that no known word explains."""
    found, folded, last = Reading(), fold(text), 0
    for match in _TOKEN.finditer(folded):
        found.rest += [run for run in _SILENT.split(folded[last : match.start()]) if run]
        last = match.end()
        kind = match.lastgroup or ""
        if kind == "generic":
            found.generic = True
        elif kind.startswith("act"):
            found.acts.append(_ACTS[int(kind[3:])][1])
    found.rest += [run for run in _SILENT.split(folded[last:]) if run]
    return found
