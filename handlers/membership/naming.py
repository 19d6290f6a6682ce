"""How a case is named and told in a command: ``C5``, what kind it is, and for whom."""

from __future__ import annotations

from typing import Annotated

from handlers.grammar import Details, Numbered, OneOf
from storage.membership import CaseKind

CaseNumber = Annotated[int, Numbered.like(r"(?:C|案件\s*)(\d{1,6})(?!\w)", english="C", chinese="C{}")]
KINDS = {"renewal": CaseKind.RENEWAL, "joining": CaseKind.NEW}
"""By what one says for it. ``new`` says no kind: many a name begins with it."""
Kind = Annotated[str, OneOf({"renewal": ("续费", "续会", "renew"), "joining": ("新入会",)})]
Which = Annotated[str, OneOf({"mine": ("我的",), "all": ("全部", "所有")})]
Told = Annotated[dict[str, str], Details({"name": ("姓名", "申请人"), "fee": ("会费",), "due": ("截止",)})]
"""What stands before the first key is the applicant."""
