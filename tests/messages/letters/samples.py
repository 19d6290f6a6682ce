"""Facts of a meeting that never was, as good as an association could wish, in both languages."""

from __future__ import annotations

from typing import Any

from messages.letters import FIELDS

COMMON: dict[str, dict[str, Any]] = {
    "zh_CN": {
        "association": "广东省机械行业协会",
        "meeting": {"name": "2026智能制造大会", "edition": "第十八届", "dates": "2026年6月6日至8日", "place": "广州"},
        "addressee": {"name": "王建国", "salutation": "王建国教授", "title": "教授", "unit": "华南理工大学"},
        "results": ["共有612位代表参会", "发布《智能制造能力评估》团体标准", "成立工业机器人专业委员会。"],
        "package_link": "https://example.org/2026/results",
        "package_note": "限参会者使用；开放至2026年12月31日，可能提前收回",
        "survey_link": "https://example.org/2026/survey",
        "survey_until": "2026-06-20",
        "next_date": "2027年6月",
        "invoice_how": "请登录会议网站，在“我的报名”中填写开票信息",
        "membership_how": "请填写入会申请表并发送至会员部",
        "contact": {"name": "李敏", "phone": "020-5550 1234", "email": "office@example.org"},
        "signatory": {"name": "陈志远", "title": "秘书长"},
        "date": "2026-06-15",
    },
    "en": {
        "association": "Guangdong Machinery Industry Association",
        "meeting": {"name": "Intelligent Manufacturing 2026", "dates": "6–8 June 2026", "place": "Guangzhou"},
        "addressee": {"name": "Wang Jianguo", "salutation": "Professor Wang Jianguo", "unit": "Example University"},
        "results": ["612 people took part", "a standard for the maturity of smart factories was published"],
        "package_link": "https://example.org/2026/results",
        "package_note": "for those who took part only; open until we withdraw it",
        "survey_link": "https://example.org/2026/survey",
        "survey_until": "2026-06-20",
        "next_date": "June 2027",
        "invoice_how": "please enter your billing details on the website of the meeting",
        "membership_how": "please send the application form to our membership office",
        "contact": {"name": "Li Min", "phone": "+86 20 5550 1234", "email": "office@example.org"},
        "signatory": {"name": "Chen Zhiyuan", "title": "Secretary General"},
        "date": "2026-06-15",
    },
}
UNIT = {
    "zh_CN": {"name": "李娜", "salutation": "广州星河机器人有限公司", "is_unit": True},
    "en": {"name": "Li Na", "salutation": "Galaxy Robotics Co., Ltd.", "is_unit": True},
}
OWN: dict[str, dict[str, dict[str, Any]]] = {
    "zh_CN": {
        "speakers": {
            "sessions": [
                {
                    "title": "大模型在数控机床中的应用",
                    "date": "2026年6月6日 09:30–10:10",
                    "hall": "主会场",
                    "part": "主讲人",
                },
                {"title": "产教融合圆桌", "date": "2026年6月7日 14:00–15:00", "hall": "三楼会议厅", "part": "讨论嘉宾"},
            ],
            "valuable": "现场有287位代表听取了您的报告，问答环节延长了一刻钟",
            "media": [{"words": "您的报告照片", "link": "https://example.org/photos/12"}],
            "materials": "您已同意将演讲资料提供给本会会员",
            "feedback_questions": ["报告时长是否合适？", "您对会场设备有何建议"],
        },
        "sponsors": {
            "addressee": UNIT["zh_CN"],
            "tier": "金牌",
            "reach": ["线下参会612人", "线上观看3,204人次", "21家媒体报道"],
            "benefits": [
                {
                    "text": "主背景板标识",
                    "promised": "1 处",
                    "delivered": "1 处，主会场，6月6日至8日",
                    "proof": "背景板照片.jpg",
                    "state": "delivered",
                },
                {
                    "text": "9平方米标准展位",
                    "promised": "1 个",
                    "delivered": "A12号展位",
                    "proof": "展位照片.jpg",
                    "state": "delivered",
                },
                {
                    "text": "主持人口播致谢",
                    "promised": "3 次",
                    "delivered": "2 次",
                    "state": "partly",
                    "explanation": "闭幕式压缩议程",
                    "make_good": "在7月会刊刊登致谢半版",
                },
            ],
            "booth_traffic": "三天共登记到访418人次，以扫码为准",
            "stage": ["6月6日开幕式，9:05", "6月7日颁奖晚宴，19:20"],
            "satisfaction": "83%的填写者对展区表示满意（n=241）",
            "shortfalls": [
                {
                    "text": "主持人口播致谢少一次",
                    "explanation": "闭幕式压缩议程",
                    "make_good": "在7月会刊刊登致谢半版",
                }
            ],
            "next_step": "我会将于7月中旬登门回访",
        },
        "partners": {
            "addressee": UNIT["zh_CN"],
            "kind": "场地",
            "service": "会议场地与现场保障",
            "good": "6月7日凌晨突遇停电，贵单位值班工程师12分钟内恢复了主会场供电",
            "recap_link": "https://example.org/2026/recap",
        },
        "volunteers": {
            "addressee": {"name": "林晓", "salutation": "林晓"},
            "post": "签到组",
            "hours": 16.5,
            "shifts": ["6月6日 7:30–12:00", "6月7日 7:30–12:00"],
            "contribution": "6月6日早高峰您一人为120余位代表补办了胸卡",
            "commendation": "连续三天最早到岗，零差错",
            "photo_link": "https://example.org/2026/crew",
            "invitation": "诚邀您参加6月26日的复盘会",
        },
        "members": {
            "addressee": UNIT["zh_CN"],
            "stage": "材料已审核通过",
            "next_step": "请于6月30日前缴纳会费",
            "fee": "2,000元",
            "receipt_no": "粤社收0012345",
        },
        "attendees": {},
        "no_shows": {},
    },
    "en": {
        "speakers": {
            "sessions": [
                {
                    "title": "Large models on the shop floor",
                    "date": "6 June 2026 09:30–10:10",
                    "hall": "Main Hall",
                    "part": "speaker",
                },
                {"title": "Round table", "date": "7 June 2026 14:00–15:00", "hall": "Room 3", "part": "panellist"},
            ],
            "valuable": "287 people came to hear you, and the discussion ran on for a quarter of an hour",
            "media": [{"words": "Photos of your talk", "link": "https://example.org/photos/12"}],
            "materials": "You have allowed your materials to be shared with our members",
            "feedback_questions": ["Was there enough time?", "What should we change in the hall"],
        },
        "sponsors": {
            "addressee": UNIT["en"],
            "tier": "Gold",
            "reach": ["612 people on site", "3,204 views online", "21 press reports"],
            "benefits": [
                {
                    "text": "Logo on the main backdrop",
                    "promised": "1",
                    "delivered": "Main Hall, 6–8 June",
                    "proof": "backdrop.jpg",
                    "state": "delivered",
                },
                {
                    "text": "Booth of 9 square metres",
                    "promised": "1",
                    "delivered": "Booth A12",
                    "proof": "booth.jpg",
                    "state": "delivered",
                },
                {
                    "text": "Thanks by the host",
                    "promised": "3",
                    "delivered": "2",
                    "state": "partly",
                    "explanation": "the closing session was cut short",
                    "make_good": "half a page in our July journal",
                },
            ],
            "booth_traffic": "418 visits in three days, counted by badge scans",
            "stage": ["opening, 6 June, 9:05", "awards dinner, 7 June, 19:20"],
            "satisfaction": "83 % of those who answered were satisfied with the exhibition (n=241)",
            "shortfalls": [
                {
                    "text": "the host thanked you twice instead of three times",
                    "explanation": "the closing session was cut short",
                    "make_good": "half a page in our July journal",
                }
            ],
            "next_step": "We would like to visit you in mid-July",
        },
        "partners": {
            "addressee": UNIT["en"],
            "kind": "venue",
            "service": "the venue and its technical crew",
            "good": "when the power failed in the night of 7 June, your engineer had it back within 12 minutes",
            "recap_link": "https://example.org/2026/recap",
        },
        "volunteers": {
            "addressee": {"name": "Lin Xiao", "salutation": "Lin Xiao"},
            "post": "registration desk",
            "hours": 16.5,
            "shifts": ["6 June, 7:30–12:00", "7 June, 7:30–12:00"],
            "contribution": "on the first morning you printed more than 120 lost badges on your own",
            "commendation": "first to arrive on all three days, and not one mistake",
            "photo_link": "https://example.org/2026/crew",
            "invitation": "We would be glad to see you at our review on 26 June",
        },
        "members": {
            "addressee": UNIT["en"],
            "stage": "your documents have been checked and approved",
            "next_step": "please pay the membership fee by 30 June",
            "fee": "CNY 2,000",
            "receipt_no": "0012345",
        },
        "attendees": {},
        "no_shows": {},
    },
}


def full(audience: str, locale: str) -> dict[str, Any]:
    """Everything that a letter to the audience may say."""
    return {**COMMON[locale], **OWN[locale][audience]}


def least(audience: str, locale: str) -> dict[str, Any]:
    """Only what the built-in letter needs."""

    needed = {name for name, field in FIELDS[audience].items() if field.needed}
    kept: dict[str, Any] = {}
    for name, value in full(audience, locale).items():
        parts = {one.split(".")[1] for one in needed if one.startswith(f"{name}.")}
        if isinstance(value, dict) and parts:
            kept[name] = {part: value[part] for part in parts}
        elif name in needed:
            kept[name] = [{part: one[part] for part in parts} for one in value] if parts else value
    return kept
