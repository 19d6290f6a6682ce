"""Mails that came back, in the forms in which Postfix, Exchange, QQ and NetEase send them; made up, of nobody."""

from __future__ import annotations

import base64

OURS = "<letter.{id}.1.{digest}@example.org>"

POSTFIX = """\
Return-Path: <>
Date: Thu, 11 Jun 2026 09:12:44 +0800 (CST)
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: office@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

This is a MIME-encapsulated message.

--B1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org.

<wang@gone.example>: host mail.gone.example[192.0.2.7] said: 550 5.1.1
    <wang@gone.example>: Recipient address rejected: User unknown (in reply to RCPT TO command)

--B1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 4F1C2A0B
Arrival-Date: Thu, 11 Jun 2026 09:12:40 +0800 (CST)

Final-Recipient: rfc822; wang@gone.example
Original-Recipient: rfc822;wang@gone.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.gone.example
Diagnostic-Code: smtp; 550 5.1.1 <wang@gone.example>: Recipient address
    rejected: User unknown

--B1
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: office@example.org
To: wang@gone.example
Message-ID: {ours}
Subject: Thank you

Dear Mr Wang
--B1--
"""

DELAYED = (
    POSTFIX.replace("Undelivered Mail Returned to Sender", "Delayed Mail (still being retried)")
    .replace("Action: failed", "Action: delayed")
    .replace("Status: 5.1.1", "Status: 4.4.1")
    .replace(
        "Diagnostic-Code: smtp; 550 5.1.1 <wang@gone.example>: Recipient address\n    rejected: User unknown",
        "Diagnostic-Code: X-Postfix; connect to mail.gone.example[192.0.2.7]:25: Connection timed out",
    )
    .replace("550 5.1.1\n    <wang@gone.example>: Recipient address rejected: User unknown", "connection timed out")
)

EXPIRED = DELAYED.replace("Action: delayed", "Action: failed").replace("Status: 4.4.1", "Status: 4.4.7")

EXCHANGE = """\
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.cn>
To: office@example.org
Date: Thu, 11 Jun 2026 01:12:44 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="_000_x"
Content-Language: zh-CN
Message-ID: <x@example.cn>
In-Reply-To: {ours}
References: {ours}
Subject: =?utf-8?B?5pyq6YCB6L6+OiBUaGFuayB5b3U=?=
Auto-Submitted: auto-replied
MIME-Version: 1.0

--_000_x
Content-Type: multipart/alternative; boundary="_001_x"

--_001_x
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

{html}
--_001_x--

--_000_x
Content-Type: message/delivery-status

Reporting-MTA: dns;BJXPR01MB0001.CHNPR01.prod.partner.outlook.cn
Received-From-MTA: dns;mx.example.org
Arrival-Date: Thu, 11 Jun 2026 01:12:43 +0000

Final-Recipient: rfc822;wang@gone.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient wang@gone.example not found by SMTP
 address lookup
X-Display-Name: =?utf-8?B?546L5bu65Zu9?=

--_000_x
Content-Type: text/rfc822-headers

From: office@example.org
Message-ID: {ours}
Subject: Thank you

--_000_x--
""".replace("{html}", base64.b64encode("<p>您的邮件无法送达 wang@gone.example</p>".encode()).decode())

QQ = """\
From: "=?gb18030?B?UFdR08rP5Lncwe3UsQ==?=" <PostMaster@qq.com>
To: office@example.org
Subject: =?gb18030?B?z7XNs83L0MUvU3lzdGVtIGJvdW5jZQ==?=
Date: Thu, 11 Jun 2026 09:13:02 +0800
Mime-Version: 1.0
Content-Type: multipart/mixed; boundary="----=_NextPart_QQ"

------=_NextPart_QQ
Content-Type: text/html; charset="gb18030"
Content-Transfer-Encoding: base64

{html}
------=_NextPart_QQ
Content-Type: message/rfc822

From: office@example.org
To: 12345@qq.com
Message-ID: {ours}
Subject: Thank you

Dear
------=_NextPart_QQ--
""".replace(
    "{html}",
    base64.b64encode(
        "<div>抱歉，您的邮件被退回来了。收件人（12345@qq.com）不存在。said: 550 Mailbox not found.</div>".encode(
            "gb18030"
        )
    ).decode(),
)

NETEASE = """\
From: Postmaster@163.com
To: office@example.org
Subject: =?GBK?B?z7XNs83L0MU=?=
Date: Thu, 11 Jun 2026 09:13:02 +0800
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_163"

--=_163
Content-Type: text/plain; charset=GBK
Content-Transfer-Encoding: base64

{text}
--=_163
Content-Type: message/delivery-status

Reporting-MTA: dns; 163.com
Final-Recipient: rfc822;wang@163.com
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 550 User suspended: wang@163.com

--=_163
Content-Type: message/rfc822

Message-ID: {ours}

--=_163--
""".replace("{text}", base64.b64encode("您的邮件被退回，收件人 wang@163.com 已停用。".encode("gbk")).decode())

SPAM = POSTFIX.replace("Status: 5.1.1", "Status: 5.7.1").replace(
    "smtp; 550 5.1.1 <wang@gone.example>: Recipient address\n    rejected: User unknown", "smtp; 554 5.7.1 spam"
)

ANSWER = """\
From: wang@example.org
To: office@example.org
In-Reply-To: {ours}
Subject: Re: Thank you

With pleasure, see you in 2027.
"""


def mail(form: str, letter: int, digest: str) -> bytes:
    """The form, of that letter."""
    ours = OURS.replace("{id}", str(letter)).replace("{digest}", digest[:12])
    return form.replace("{ours}", ours).replace("\n", "\r\n").encode()
