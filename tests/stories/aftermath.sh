#!/bin/sh
# The aftermath of one meeting, told from a terminal: from `meeting new` to `meeting close`.
# Ann leads and speaks English, 李娜 keeps the accounts and speaks Chinese. hall-1.png to hall-6.png and paper.pdf are in this folder.
set -eu

ann() { huihou say --as Ann "$@"; }
li() { huihou say --as 李娜 "$@"; }

# --- the meeting and its people
ann "meeting new Annual Conference chinese name: 年会 end: 2026-06-08 17:00 start: 2026-06-07 09:00 venue: Hall A"
li "设置 语言 中文"
ann - <<'LINES'
role set secretary @Ann
role set finance @李娜
roles
today
LINES

# --- the first days: words, numbers, links, files
ann --file hall-1.png "done T1 the hall is as we found it"
ann --file paper.pdf "done T4 signed by the venue"
ann - <<'LINES'
done T2 146 pieces came back
skip T3 nothing was left over
wait T5 the lorry comes tomorrow
start T5
attach T5 F2
done T5
done T8 thanked everybody on the spot
done T9 all guests were seen off
done T20 https://forms.example.org/annual
done T19 312 invitations
LINES
li --file paper.pdf "完成 T6 尾款已付清"
li - <<'LINES'
完成 T10 83 张
附件 T48 F2
完成 T48
附件 T49 F2
完成 T49
附件 T50 F2
完成 T50
完成 T51 96 张发票
附件 T53 F2
完成 T53
附件 T26 F2
完成 T26
LINES

# --- nobody closes what is not settled
if ann "meeting close"; then
    echo "closed too early" >&2
    exit 1
fi

# --- the weeks after
ann --file hall-1.png --file hall-2.png --file hall-3.png --file hall-4.png --file hall-5.png --file hall-6.png "done T12 six kinds"
ann - <<'LINES'
attach T7 F2
done T7
attach T11 F2
done T11
done T13 https://video.example.org/annual
approve T14 agreed by the secretariat
attach T15 F2
done T15
done T16 287 people
skip T17 the database is kept elsewhere
attach T18 F2
done T18
done T21 closed with 190 answers
attach T22 F2
done T22
attach T23 F2
done T23
attach T24 F2
done T24
done T25 the registration desk was too small
done T27 one fire alarm, handled well
done T28 the daily call helped
approve T29 as it stands
done T30 three speakers would come again
done T31 both gold sponsors renew
attach T32 F2
done T32
done T35 58 items
attach T33 F2
done T33
done T34 https://example.org/results
approve T36 ready to print
done T37 https://press.example.org/annual
skip T38 the campaign is over
done T39 forty posts under our tag
attach T40 F2
done T40
done T41 two courses come of it
done T42 280 letters
approve T43
approve T44
done T45 24 letters
done T46 9 letters
skip T47 no new members this time
approve T52
approve T54
done T55 12 entries
attach T56 F2
done T56
done T57 the board agrees
carry T58 @李娜 she keeps in touch
LINES

# --- the end
ann "status"
ann "meeting close"
huihou journal verify
if ann "done T1"; then
    echo "changed after the close" >&2
    exit 1
fi
