"""Short forms of place names (云岭县 → 云岭), after the levels of GB/T 2260 and the autonomous areas' full names."""

from __future__ import annotations

import regex

_PEOPLES = (
    "蒙古族|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族?|傣族|黎族|傈僳族|佤族|畲族|高山族|拉祜族|水族"
    "|东乡族|纳西族|景颇族|柯尔克孜族?|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族?|阿昌族|普米族|塔吉克族?|怒族|乌孜别克族"
    "|俄罗斯族|鄂温克族|德昂族|保安族|裕固族|京族|塔塔尔族|独龙族|鄂伦春族?|赫哲族|门巴族|珞巴族|基诺族|蒙古|各族"
)
_AUTONOMOUS = regex.compile(rf"^(.{{2,}}?)(?:{_PEOPLES})+(?:自治[区州县旗]|民族?[乡镇]|[乡镇])$")
_SUFFIX = regex.compile(
    r"^(.{2,})(?:特别行政区|自治[区州县旗]|街道|地区|林区|新区|开发区|片区|水库|苏木|社区|[省市县区镇乡村旗盟州湖山河江岭屯坝])$"
)


def short_forms(place: str) -> tuple[str, ...]:
    """The name without its class word and, for autonomous areas, the names of peoples; nothing under two characters."""
    for pattern in (_AUTONOMOUS, _SUFFIX):
        match = pattern.match(place)
        if match:
            return (match[1],)
    return ()
