"""How Chinese surnames are read, where the character is read otherwise; of several readings families differ."""

from __future__ import annotations

_SINGLE = """
不 fou  卜 bu  曾 zeng  查 zha  种 chong  都 du  盖 ge/gai  句 gou  炅 gui  会 gui  黑 he  祭 zhai
解 xie  隗 wei/kui  阚 kan  适 kuo  六 lu  秘 bi  缪 miao  乜 nie  能 nai  佴 nai  难 ning  区 ou
朴 piao  繁 po  覃 qin/tan  仇 qiu  单 shan  折 she  召 shao  率 shuai  洗 xian  薄 bo  郇 xun/huan  么 yao
乐 yue/le  尉 wei/yu  蔚 yu  员 yun  扎 za  翟 zhai/di  藏 zang  澹 tan  谌 chen/shen  牟 mou/mu  宓 mi/fu
费 fei/bi  粘 nian
"""

_COMPOUND = """
欧阳 ouyang  上官 shangguan  司马 sima  司徒 situ  司空 sikong  诸葛 zhuge  东方 dongfang
皇甫 huangfu  尉迟 yuchi  公孙 gongsun  公羊 gongyang  公冶 gongye  公西 gongxi  令狐 linghu  慕容 murong
宇文 yuwen  夏侯 xiahou  长孙 zhangsun  轩辕 xuanyuan  独孤 dugu  南宫 nangong  西门 ximen  端木 duanmu  百里 baili
呼延 huyan  赫连 helian  淳于 chunyu  濮阳 puyang  钟离 zhongli  闻人 wenren  申屠 shentu  太史 taishi  太叔 taishu
单于 chanyu  万俟 moqi  澹台 tantai  东郭 dongguo  南门 nanmen  宗政 zongzheng  乐正 yuezheng  拓跋 tuoba
鲜于 xianyu  闾丘 lvqiu  亓官 qiguan  左丘 zuoqiu  梁丘 liangqiu  谷梁 guliang  段干 duangan  巫马 wuma  漆雕 qidiao
壤驷 rangsi  夹谷 jiagu  宰父 zaifu  微生 weisheng  羊舌 yangshe  子车 ziju  第五 diwu  完颜 wanyan  耶律 yelv
纳兰 nalan  叶赫 yehe  那拉 nala
"""


def _pairs(table: str) -> dict[str, str]:
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


READINGS = {surname: readings.split("/") for surname, readings in _pairs(_SINGLE).items()}
"""By the one character, as it is written in simplified characters."""

COMPOUND = _pairs(_COMPOUND)
"""Surnames of two characters and their reading, ü written as v."""
