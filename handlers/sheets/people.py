"""What lists call the columns that say who somebody is, in both languages, the best name first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

PERSON: Mapping[str, Sequence[str]] = {
    "name": (
        *("姓名", "參會人姓名", "参会人姓名", "参会者姓名", "嘉宾姓名", "真实姓名", "您的姓名", "attendee name"),
        *("full name", "name", "participant name", "participant", "参会人", "参会者", "签到人", "user name"),
        *("submitter", "registrant", "名字", "用户姓名", "用户名称", "用户昵称", "昵称", "微信昵称", "联系人"),
    ),
    "first": ("first name", "given name", "attendee name: given name", "forename"),
    "last": ("last name", "surname", "family name", "attendee name: family name"),
    "unit": (
        *("单位", "單位", "工作单位", "单位名称", "您的单位", "所在单位", "公司", "公司名称", "单位/公司", "公司/单位"),
        *("机构", "机构名称", "组织", "company", "company name", "organisation", "organization", "affiliation"),
        *("institution", "employer", "invoice address: company", "学校", "院校", "所属单位", "school", "university"),
    ),
    "position": ("职务", "職務", "职位", "职称", "职务/职称", "您的职务", "position", "job title", "title", "role"),
    "email": (
        *("邮箱", "電郵", "电子邮箱", "电子邮件", "邮件", "邮箱地址", "您的邮箱", "email", "email address", "e-mail"),
        *("e-mail address", "submitter email", "attendee email", "attendee e-mail", "user email"),
    ),
    "phone": (
        *("手机", "手機", "手机号", "手机号码", "移动电话", "您的手机", "联系手机", "mobile", "mobile phone"),
        *("mobile number", "cell phone", "联系电话", "电话", "電話", "电话号码", "联系方式", "phone", "phone number"),
        *("telephone", "cell", "联络电话", "联络方式"),
    ),
}
