"""Names: all invented, none taken from a map."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

__all__ = ["compound_names", "street_names"]

_STREETS = [
    "文庙",
    "柳巷",
    "稻香",
    "学府",
    "桂园",
    "杏林",
    "砖桥",
    "东塘",
    "西营",
    "望溪",
    "渡口",
    "南门",
    "鼓楼",
    "丰乐",
    "永宁",
    "安庆里",
    "长青",
    "染坊",
    "盐仓",
    "石板",
    "双井",
    "古槐",
    "梅园",
    "竹丝",
    "米市",
    "棉织",
    "槐荫",
    "听泉",
    "育才",
    "春晓",
    "秋浦",
    "临湖",
    "银杏",
    "丁香",
    "海棠",
    "青年",
    "劳动",
    "和睦",
    "团结",
    "友谊",
    "清河",
    "半塘",
    "荷花",
    "水磨",
    "瓦窑",
    "船厂",
    "茶庵",
    "马场",
]
_COMPOUNDS = [
    "和平",
    "新华",
    "清波",
    "锦绣",
    "阳光",
    "翠竹",
    "金桂",
    "银杏",
    "兰亭",
    "书香",
    "康乐",
    "安居",
    "永安",
    "福民",
    "惠民",
    "春晖",
    "晨光",
    "云溪",
    "临江",
    "滨河",
    "望湖",
    "紫薇",
    "玉兰",
    "海棠",
    "丁香",
    "梧桐",
    "香樟",
    "水岸",
    "瑞景",
    "嘉禾",
    "祥云",
    "丰华",
    "华庭",
    "枫林",
    "柏景",
    "松涛",
    "幸福",
    "光明",
    "建设",
    "纺织",
    "机械",
    "铁路",
    "粮食",
    "供销",
]
_KINDS = ("新村", "花园", "小区", "苑", "家园", "里", "公寓", "名都")


def street_names(rng: np.random.Generator) -> Iterator[str]:
    """Street names without end, in seeded order; a name may return with 支路."""
    stems = [_STREETS[i] for i in rng.permutation(len(_STREETS))]
    for lap in cycle(("路", "街", "巷", "支路", "东巷", "西巷", "里弄", "后街")):
        yield from (stem + lap for stem in stems)


def compound_names(rng: np.random.Generator) -> Iterator[str]:
    """Yield compound names, each once."""
    pairs = [stem + kind for kind in _KINDS for stem in _COMPOUNDS]
    return iter([pairs[i] for i in rng.permutation(len(pairs))])
