"""What a file can be to a meeting, and who may see it: the words that files, consents and archives share."""

from __future__ import annotations

from enum import StrEnum


class Material(StrEnum):
    """What a file is to a meeting. The archive has a folder for each, and asks for most of them."""

    PLAN = "plan"
    RISKS = "risks"
    BUDGET = "budget"
    CONTRACT = "contract"
    AGENDA = "agenda"
    GUEST = "guest"
    CONSENT = "consent"
    PUBLICITY = "publicity"
    DESIGN = "design"
    PRESS = "press"
    SIGN_IN = "sign_in"
    ATTENDANCE = "attendance"
    HANDOVER = "handover"
    INVENTORY = "inventory"
    INCIDENT = "incident"
    SLIDES = "slides"
    PHOTO = "photo"
    VIDEO = "video"
    AUDIO = "audio"
    MINUTES = "minutes"
    SURVEY = "survey"
    VOUCHER = "voucher"
    ACCOUNTS = "accounts"
    THANKS = "thanks"
    BENEFIT = "benefit"
    REPORT = "report"
    LESSON = "lesson"
    OTHER = "other"


class Scope(StrEnum):
    """Who may see a material: everybody, the association's members, those who attended, nobody outside."""

    PUBLIC = "public"
    MEMBERS = "members"
    ATTENDEES = "attendees"
    INTERNAL = "internal"


class PhotoKind(StrEnum):
    """The six kinds of photo that a conference is remembered by."""

    HALL = "hall"
    BREAKOUT = "breakout"
    INTERACTION = "interaction"
    SOCIAL = "social"
    BOOTH = "booth"
    GROUP = "group"
