"""The grammar of test values, in one place: figures, contacts, identifiers, addresses; written apart from the rules.

It knows nothing of `rules/*.toml`, so that what one of them forgets the other finds. In a value, what must be hidden stands
between ‹ and ›, one × for each; the rest of it (unit, magnitude, sign, class word) must stay. What makes a value is a function of
a `random.Random`: a seed draws a grid of them (`tests.rules.drawn`), and hypothesis draws through `values`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from random import Random
from typing import Any
from unicodedata import normalize

import regex
from hypothesis import strategies as st

Values = Callable[[Random], str]
Wholes = Callable[[Random], int]
NUMERALS = frozenset("0123456789０１２３４５６７８９零〇一二三四五六七八九两壹贰叁肆伍陆柒捌玖")
_MOBILE = regex.compile(r"1\W?[3-9](?:\W{0,3}\d){9}")
_HIDDEN = regex.compile("‹([^‹›]*)›")


def hide(text: str) -> str:
    return f"‹{text}›"


def plain(marked: str) -> str:
    """The text as it is given to the redactor."""
    return marked.replace("‹", "").replace("›", "")


def redacted(marked: str) -> str:
    """The text as it must come out."""
    return _HIDDEN.sub("×", marked)


def hidden(marked: str) -> list[int]:
    """The places of the plain text whose letters and digits must be gone."""
    places: list[int] = []
    at, inside = 0, False
    for char in marked:
        if char in "‹›":
            inside = char == "‹"
            continue
        if inside and char.isalnum():
            places.append(at)
        at += 1
    return places


def values(made: Values) -> st.SearchStrategy[str]:
    """The same values, drawn and made smaller by hypothesis."""
    return st.randoms(use_true_random=False).map(made)


def one(*words: Any) -> Callable[[Random], Any]:
    return lambda random: random.choice(words)


def either(*ways: Values) -> Values:
    return lambda random: random.choice(ways)(random)


def built(make: Callable[..., str], *parts: Callable[[Random], Any]) -> Values:
    return lambda random: make(*(part(random) for part in parts))


def like_a_mobile(marked: str) -> bool:
    """Whether its digits are a telephone's, whatever unit stands behind them."""
    return bool(_MOBILE.search(normalize("NFKC", plain(marked))))


def join(*parts: Values | str) -> Values:
    """Each part drawn, one behind the other."""
    return lambda random: "".join(part if isinstance(part, str) else part(random) for part in parts)


def secret(*parts: Values | str) -> Values:
    """The same, hidden as one value."""
    return join("‹", *parts, "›")


def whole(least: int, most: int) -> Wholes:
    return lambda random: random.randint(least, most)


def signs(alphabet: str, least: int, most: int | None = None) -> Values:
    return lambda random: "".join(random.choice(alphabet) for _ in range(random.randint(least, most or least)))


def grouped(text: str, sizes: tuple[int, ...], sign: str) -> str:
    """The text in groups of these sizes; what is left over goes into none."""
    pieces, at = [], 0
    for size in sizes:
        pieces.append(text[at : at + size])
        at += size
    return sign.join(pieces)


# ───────────── numbers ─────────────

SMALL, CAPITAL = "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"


def chinese(number: int, digits: str = SMALL, places: tuple[str, ...] = ("", "十", "百", "千")) -> str:
    """A number below 10^12 as it is read."""
    parts: list[str] = []
    for power, sign in ((10**8, "亿"), (10**4, "万"), (1, "")):
        section = number // power
        number %= power
        if not section:
            continue
        text, gap = "", False
        for place in (3, 2, 1, 0):
            digit = section // 10**place % 10
            if digit:
                text += (digits[0] if gap and text else "") + digits[digit] + places[place]
                gap = False
            else:
                gap = True
        parts.append(("零" if parts and section < 1000 else "") + text + sign)
    spoken = "".join(parts)
    return spoken[1:] if digits is SMALL and spoken.startswith("一十") else spoken


capital = partial(chinese, digits=CAPITAL, places=("", "拾", "佰", "仟"))


def numeral(written: str) -> str:
    """A Chinese numeral: a magnitude at its end stays."""
    number = written.rstrip("万亿")
    return hide(number) + written[len(number) :]


def by_digits(number: int) -> str:
    return "".join(SMALL[int(digit)] for digit in str(number)).replace("零", "〇")


WIDTHS = str.maketrans("0123456789", "０１２３４５６７８９")
HOTLINES = one("110", "114", "119", "120", "122", "12315", "12345", "95588")
DECIMALS = one("", "", ".5", ".08", ".123456")


def figure(random: Random) -> int:
    """A number of one to twelve digits, each length as often as another."""
    return random.randrange(1, 10 ** random.randint(1, 12))


def counted(random: Random) -> int:
    """A number that is read in characters."""
    return random.randint(11, 10 ** random.randint(2, 8))


ARABIC = either(
    built("{}{}".format, figure, DECIMALS),
    built("{}{}".format, HOTLINES, DECIMALS),
    built(lambda n, s, d: f"{n:,}".replace(",", s) + d, whole(1_000, 10**12 - 1), one(",", "，", "'", " "), DECIMALS),
    built(lambda n: str(n).translate(WIDTHS), figure),
)
NUMBER = secret(ARABIC)
MIXED = either(
    built("‹{}{}{}›{}".format, whole(1, 99), one("万", "亿"), whole(1, 9), one("千", "百")),
    built("‹{}{}{}›{}".format, whole(1, 9), one("千", "百"), whole(1, 9), one("百", "十")),
    built("‹{}亿{}›{}".format, whole(1, 99), whole(1, 9), one("千万", "百万")),
    built("‹{}千{}›百万".format, whole(1, 9), whole(1, 9)),
)
READ = built(lambda n: numeral(chinese(n)), counted)
WRITTEN = built(lambda n: numeral(capital(n)), counted)
MAGNITUDE = one("", "", "万", "亿", "百万", "余", "多万", "余亿", "千万")
RANGE = one("-", "—", "～", "~", "至", "到", "——", "–")

# ───────────── figures ─────────────

# fmt: off
UNITS = one(
    "户", "人", "人次", "家", "个", "台", "台（套）", "座", "件", "亩", "公顷", "平方米", "㎡", "公里", "千米", "米", "吨", "公斤", "kg", "km",
    "kV", "千伏", "千瓦时", "立方米", "小时", "天", "岁", "倍", "℃",
)  # fmt: skip
CLASSIFIERS = one(
    "名", "位", "项", "起", "次", "辆", "套", "头", "只", "间", "层", "栋", "张", "份", "册", "字", "页", "桌", "箱", "袋", "株", "棵", "盏", "艘",
    "架", "场", "批", "门", "处", "条", "支", "尾", "羽", "克", "毫升", "厘米", "毫米", "升", "度", "周", "分钟", "秒", "个月", "mg", "MW", "mmHg",
)  # fmt: skip
# fmt: on
MEASURES = one("亩", "公顷", "平方米", "公里", "吨", "公斤", "立方米")
CURRENCIES = one("元", "美元", "欧元", "港币", "日元", "英镑", "卢布", "瑞士法郎", "块钱", "円")
SIGNS = one("￥", "¥", "$", "HK$", "US$", "€", "RMB", "人民币")
PERCENTS = one("%", "％", "‰", "个百分点", "成")

MONEY = either(
    join(NUMBER, MAGNITUDE, CURRENCIES),
    join(either(READ, WRITTEN, MIXED), CURRENCIES),
    join(WRITTEN, "元整"),
    join(SIGNS, NUMBER),
    join("人民币", NUMBER, one("元", "万元", "余元")),
    join(NUMBER, CURRENCIES, RANGE, NUMBER, CURRENCIES),
    join(NUMBER, one("", "万"), RANGE, NUMBER, one("元", "万元")),
    join(READ, RANGE, READ, CURRENCIES),
    join(NUMBER, one("元", "块"), one("/", "每"), one("吨", "人", "度", "平方米", "月")),
    join(secret(built("{}.{}".format, whole(0, 99), whole(1, 99))), one("千万元", "亿美元", "百万日元", "亿多元")),
    built("‹{}›{}".format, one("两千三百", "一百二十", "三千", "五十"), one("余万元", "多亿元", "多块钱", "余元")),
    built("‹{}›块‹{}›毛".format, signs(SMALL[1:], 1), signs(SMALL[1:], 1)),
    built("{}‹{}›-‹{}›".format, one("￥", "$", "HK$"), figure, figure),
    built("‹{}›元‹{}›角‹{}›分".format, whole(1, 9_999), whole(1, 9), whole(1, 9)),
    built("‹{}›块‹{}›毛".format, whole(1, 999), whole(1, 9)),
    built("‹{}›块‹{}›".format, whole(1, 99), whole(1, 9)),
    built(lambda n, a: f"{numeral(capital(n))}元‹{CAPITAL[a]}›角整", whole(11, 99_999), whole(1, 9)),
)
ANNOUNCED = join(
    one("押金", "工资", "借了", "罚款", "欠我", "房租", "花了", "学费", "彩礼", "定金", "还了", "月薪", "赔款", "水费"),
    either(
        built(lambda n: numeral(chinese(n * 100).replace("二百", "两百")), whole(1, 99)),
        built(lambda n, d: f"‹{SMALL[n]}{'千百万'[d % 3]}{SMALL[d]}›", whole(1, 9), whole(2, 9)),
        built(lambda n: f"‹{SMALL[n]}›万", whole(1, 9)),
        built("‹{}›".format, whole(100, 99_999)),
    ),
)
"""An amount without a unit, behind a word that says it is one."""
LISTED = built(
    "‹{}›{}‹{}›{}".format, whole(2, 99), one("，", ","), whole(2, 99), one("分", "户", "吨", "台", "元", "公里", "次")
)
"""Two figures set apart by a comma, the unit behind the second."""
PERCENT = either(
    join(NUMBER, PERCENTS),
    join(NUMBER, RANGE, NUMBER, PERCENTS),
    join(NUMBER, "%", RANGE, NUMBER, "%"),
    join("-", NUMBER, one("%", "个百分点")),
    built(lambda n, d: f"百分之‹{chinese(n)}点{SMALL[d]}›", whole(1, 99), whole(1, 9)),
    join(one("百分之", "千分之", "万分之"), NUMBER),
    built("‹{}›、‹{}›个百分点".format, whole(2, 9), whole(2, 9)),
    built("‹{}.{}›{}".format, whole(1, 9), whole(1, 9), one("折", "倍")),
    built(lambda a, b: f"百分之‹{chinese(a)}›{b}‹{chinese(a + 3)}›", whole(11, 80), one("到", "至", "—", "到百分之")),
    built(lambda n: f"千分之‹{SMALL[n]}›", whole(1, 9)),
    built(lambda n, d: f"‹{SMALL[n]}点{SMALL[d]}›个百分点", whole(1, 9), whole(1, 9)),
)
QUANTITY = either(
    join(NUMBER, MAGNITUDE, either(UNITS, CLASSIFIERS)),
    join(NUMBER, RANGE, NUMBER, UNITS),
    join(either(READ, WRITTEN), MEASURES),
    join(READ, RANGE, READ, MEASURES),
    join(MIXED, one("亩", "人", "户", "公斤")),
    built("‹{}›米‹{}›".format, whole(1, 9), whole(1, 99)),
    built("‹{}›斤‹{}›两".format, whole(1, 99), whole(1, 9)),
    built("‹{}›小时‹{}›分钟".format, whole(1, 47), whole(1, 59)),
    built("‹{}›公里‹{}›米".format, whole(2, 99), whole(10, 999)),
    built("±‹0.{}›{}".format, whole(1, 99), one("℃", "毫米", "克")),
    built("‹{}›*‹{}›mm".format, whole(100, 4_000), whole(100, 4_000)),
    built("‹{}›/‹{}›mmHg".format, whole(90, 180), whole(50, 110)),
    built("‹{}{}›{}".format, whole(1, 99), one("e6", "E+4", "*10^3", "*10⁵"), one("个", "千克", "焦")),
    join(secret(signs("①②③④⑤⑥⑦⑧⑨", 2, 3)), one("户", "亩", "人")),
    built("‹{}›、‹{}›{}".format, whole(2, 9), whole(10, 12), one("个", "户", "吨")),
    join(NUMBER, one("公里/小时", "毫克/升", "吨/天")),
)
YEAR, MONTH, DAY = whole(1950, 2049), whole(1, 12), whole(1, 28)
HOUR, MINUTE = whole(0, 23), whole(0, 59)
DAYPARTS = one("上午", "下午", "晚上", "凌晨", "早上", "今晚", "周五", "夜里")
DATE = either(
    built("‹{}›年‹{}›月‹{}›日".format, YEAR, MONTH, DAY),
    built(lambda y, m, d: f"‹{y % 100:02}›年‹{m}›月‹{d}›号", YEAR, MONTH, DAY),
    built(lambda y, m, d, s: f"‹{y}›{s}‹{m}›{s}‹{d}›", YEAR, MONTH, DAY, one("-", "/", ".")),
    built(lambda y, m, d, h, n: f"‹{y}-{m:02}-{d:02}T{h:02}:{n:02}:00+08:00›", YEAR, MONTH, DAY, HOUR, MINUTE),
    built(lambda y, m, d, h, n: f"‹{y}›-‹{m:02}›-‹{d:02}› ‹{h:02}›:‹{n:02}›", YEAR, MONTH, DAY, HOUR, MINUTE),
    built(lambda y, m, d: f"‹{y}{m:02}{d:02}›", YEAR, MONTH, DAY),
    built(lambda m, d: f"‹{chinese(m)}›月‹{chinese(d)}›日", MONTH, DAY),
    built(lambda y, m: f"‹{by_digits(y)}›年‹{chinese(m)}›月", YEAR, MONTH),
    built(lambda y, m, d: f"‹{by_digits(y)}›年‹{chinese(m)}›月‹{chinese(d)}›日", YEAR, MONTH, DAY),
    built(lambda y: f"民国‹{chinese(y)}›年", whole(2, 38)),
    built("‹{}›月‹{}›日至‹{}›日".format, MONTH, DAY, DAY),
    built("‹{}›年‹{}›月‹{}›日{}‹{}›月‹{}›日".format, YEAR, MONTH, DAY, RANGE, MONTH, DAY),
    built("‹{}›年‹{}›{}‹{}›月".format, YEAR, MONTH, RANGE, MONTH),
    built("‹{}›月{}".format, MONTH, one("底", "上旬", "份")),
    built(lambda y, n: f"‹{y}›—‹{y + n}›年", YEAR, whole(1, 20)),
    built(lambda y, m, z, n: f"‹{y}›.‹{m:02}›-‹{z}›.‹{n:02}›", YEAR, MONTH, YEAR, MONTH),
    built("‹{}›年‹{}›月‹{}›日（{}）".format, YEAR, MONTH, DAY, one("星期五", "周一")),
    built("‹{}›年‹{}›月‹{}›日‹{}›时‹{}›分".format, YEAR, MONTH, DAY, HOUR, MINUTE),
    built(lambda y, m: f"‹{y % 100:02}›年‹{m}›月", YEAR, MONTH),
    built(lambda y: f"‹{y}›、‹{y + 1}›年", YEAR),
    built(lambda m, d, y: f"‹{m:02}›/‹{d:02}›/‹{y}›", MONTH, DAY, YEAR),
    built(lambda y, m, d: f"‹{y}{m:02}{d:02}›-‹{y + 1}{m:02}{d:02}›", YEAR, MONTH, DAY),
    built("‹{}›年{}".format, YEAR, one("秋", "春节", "底", "度")),
    built("民国‹{}›年‹{}›月".format, whole(2, 38), MONTH),
    built("‹{}›日{}".format, DAY, one("上午", "前后", "夜里")),
    built("‹{}›点半".format, MONTH),
    built("‹{}›～‹{}›点".format, whole(6, 9), whole(10, 22)),
    built(lambda h, n: f"上午‹{h}›：‹{n:02}›", whole(6, 11), MINUTE),
    built("‹{}›时‹{}›分".format, HOUR, MINUTE),
    built(lambda h, n: f"‹{h}›点‹{n:02}›", HOUR, MINUTE),
    built("‹{}›时‹{}›刻".format, HOUR, whole(1, 3)),
    built(lambda h, n, k: f"‹{h}›:‹{n:02}›-‹{k}›:‹{n:02}›", HOUR, MINUTE, HOUR),
    built(lambda h, n, s: f"‹{h:02}›:‹{n:02}›:‹{s:02}›", HOUR, MINUTE, MINUTE),
    built(lambda p, h, e: f"{p}‹{chinese(h)}›点{e}", DAYPARTS, whole(2, 12), one("", "半", "整", "钟")),
    built(lambda p, h, n: f"{p}‹{chinese(h)}›时‹{chinese(n)}›分", DAYPARTS, whole(2, 12), whole(11, 59)),
    built(lambda h, n: f"‹{chinese(h)}›点‹{chinese(n)}›分", whole(2, 12), whole(11, 59)),
    built(lambda h, n: f"‹{chinese(h)}›点‹{chinese(n)}›", whole(2, 12), whole(20, 59)),
    built(lambda h, k: f"‹{chinese(h)}›点到‹{chinese(h + k)}›点", whole(2, 8), whole(1, 4)),
    built(lambda h, k: f"‹{chinese(h)}›点‹{SMALL[k]}›刻", whole(2, 12), one(1, 3)),
)

# ───────────── contacts ─────────────


def telephone(heads: Values, size: int, groups: tuple[tuple[int, ...], ...], gaps: Values) -> Values:
    """A number that begins with one of the heads and has `size` more digits, its groups set apart by one sort of gap."""

    def draw(random: Random) -> str:
        return grouped(heads(random) + DIGITS[size](random), random.choice(groups), gaps(random))

    return draw


DIGITS = [signs("0123456789", size, size) for size in range(20)]
GAPS = ("", " ", "-", "–", "—", "－", "  ", " - ")
MOBILE = telephone(
    one("133", "138", "150", "166", "178", "199"),
    8,
    ((11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5)),
    one(*GAPS, ".", "·"),
)
MOBILES = secret(one("", "", "", "+86 ", "+86", "+86-", "(+86)", "（+86）", "0086 ", "86-"), MOBILE)
LANDLINE = join(
    one("0566-", "(0566)", "（0566）", "0566—", "0566 ", "+86 566 ", "86-566-", "[0566]", "0566", "+86(566)"),
    telephone(one("22", "35", "48", "61", "87"), 5, ((7,), (3, 4)), one(*GAPS)),
)
EXTENSION = built("{}{}".format, one("转", "-", "分机", "内线", " ext. ", "转分机"), whole(100, 9_999))
EXTENDED = either(secret(LANDLINE, EXTENSION), built("‹{}（转{}）›".format, LANDLINE, whole(100, 9_999)))
LANDLINES = either(secret(LANDLINE), EXTENDED)
SECOND = secret(LANDLINE, one("/", "、"), one("22", "61"), DIGITS[5])
SERVICE = secret(built("400{}{}{}{}".format, one("-", " ", ""), DIGITS[3], one("-"), DIGITS[4]))
WORLD = secret(
    either(
        built("+1 ({}) {}-{}".format, one("212", "415", "650"), whole(200, 999), DIGITS[4]),
        built("+44 20 {} {}".format, whole(7_000, 7_999), DIGITS[4]),
        built("+81-3-{}-{}".format, whole(3_000, 6_999), DIGITS[4]),
        built("+65 {} {}".format, whole(6_100, 6_999), DIGITS[4]),
    )
)
ABROAD = secret(
    one(
        "+852", "+852 ", "+852-", "+853", "+853 ", "(852)", "(852) ", "（853）", "+886 2", "+886 2 ", "+886-2-", "852-"
    ),
    telephone(one("23", "28", "66", "98"), 6, ((8,), (4, 4)), one("", " ", "-", "–", "—", "－", ".", "·")),
)
LETTERS = "abcdefghkmnpqrstuvwxyz"
WORDS = join(signs(LETTERS, 1, 4), signs(LETTERS + "0123456789", 1, 5))
DOMAINS = join(WORDS, ".", one("com", "cn", "com.cn", "org", "net.cn", "museum", "co.uk", "xn--fiqs8s"))
MAILS = secret(
    one("", "", "", "xx_", "XX-"),
    WORDS,
    one("", ".", "_", "-", "+", "_1"),
    WORDS,
    "@",
    either(DOMAINS, DOMAINS, one("例子.中国")),
)
URLS = secret(
    one("http://", "https://", "HTTP://", "hTTps://", "ftp://", "https://u:p4ss@"),
    either(DOMAINS, one("www.测试.com", "203.0.113.9:8080", "[2001:db8::7]")),
    one("", "/", "/a/b.html", "/~x", "/xx/XX-2.html", "/s/1a**b"),
    one("", "?tel=13900001111", "?m=li@example.com&x=1", "#top", "?a=b_(c)"),
)
IPS = secret(
    either(
        built("{}.{}.{}.{}".format, whole(1, 126), whole(0, 255), whole(0, 255), whole(1, 254)),
        built("{}.{}.{}.{}".format, whole(128, 223), whole(0, 255), whole(0, 255), whole(1, 254)),
        built("2001:db8:{:x}::{:x}".format, whole(1, 65_535), whole(1, 65_535)),
        one("2001:db8::7", "fe80::1%eth0", "::ffff:203.0.113.9", "64:ff9b::203.0.113.9", "2001:db8::/32"),
    )
)
HEX = built("{}{}{}".format, signs("abcdef", 1), DIGITS[1], signs("0123456789abcdef", 10))
MACS = secret(
    either(
        built(lambda h, s: grouped(h, (2,) * 6, s), HEX, one(":", "-")),
        built(lambda h: grouped(h.upper(), (2,) * 6, ":"), HEX),
        built(lambda h: grouped(h, (4, 4, 4), "."), HEX),
    )
)
PLATES = secret(
    signs("京沪皖川粤", 1),
    signs("ABCDEFGH", 1),
    one("", "·", " ", "-", "•"),
    either(
        DIGITS[5],
        built("{}{}".format, DIGITS[4], one("挂", "学", "警")),
        built("{}{}{}".format, DIGITS[1], signs("ABDKNQ", 1), DIGITS[3]),
        built("{}{}".format, one("D", "F"), DIGITS[5]),
        one("8D3K7", "D12345", "F51234", "DA1234", "6N20Q", "5R771"),
    ),
)

# ───────────── identifiers ─────────────

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ID_GROUPS = ((18,), (6, 8, 4), (4, 4, 4, 4, 2), (6, 4, 4, 4), (3, 3, 4, 4, 4), (1,) * 18)
ID_GAPS = ("", " ", "-", "·", ".", "—", "\u3000")


def with_check(body: str) -> str:
    """A resident number by its first 17 digits."""
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


def luhn(body: str) -> str:
    total = sum(int(c) if i % 2 else sum(divmod(2 * int(c), 10)) for i, c in enumerate(reversed(body)))
    return body + str(-total % 10)


def credit_code(body: str) -> str:
    """A unified social credit code by its first 17 characters."""
    total = sum(CODE_SIGNS.index(c) * 3**i for i, c in enumerate(body))
    return body + CODE_SIGNS[-total % 31]


def born(random: Random) -> date:
    return date.fromordinal(random.randint(date(1930, 1, 1).toordinal(), date(2020, 12, 31).toordinal()))


AREAS = one("110105", "320481", "440301", "650102", "810000")
ID_BODIES = built(lambda area, day, serial: f"{area}{day:%Y%m%d}{serial:03d}", AREAS, born, whole(0, 999))
IDENTITIES = secret(
    either(
        built(with_check, ID_BODIES),
        built(lambda b, g, s: grouped(with_check(b), g, s), ID_BODIES, lambda r: r.choice(ID_GROUPS), one(*ID_GAPS)),
        built(lambda b: with_check(b).lower(), ID_BODIES),
        built("{}{}({})".format, signs("ABCDGHKPRVYZ", 1), DIGITS[6], signs("0123456789A", 1)),
        built("{}{:02}{:02}{:02}{:03}".format, AREAS, whole(30, 99), MONTH, DAY, whole(1, 999)),
    )
)
CARDS = secret(
    either(
        built(
            lambda body, sizes, sign: grouped(luhn(f"622{body}"), sizes, sign).strip(sign or None),
            DIGITS[15],
            lambda random: random.choice(((19,), (4, 4, 4, 4, 3), (6, 13))),
            one(" ", "-", "·"),
        ),
        built(lambda body, sign: grouped(luhn(f"4{body}"), (4,) * 4, sign), DIGITS[14], one("", " ", "-")),
    )
)
CODES = secret(
    built(
        lambda area, number, lower, sign: grouped(
            credit_code(f"91{area}{number}").lower() if lower else credit_code(f"91{area}{number}"), (2, 6, 9, 1), sign
        ),
        AREAS,
        signs(CODE_SIGNS, 9),
        one("", "", "lower"),
        one("", "", " ", "-"),
    )
)
SERIALS = whole(1, 3_999)
COURTS = one("云0391民初", "皖1702刑终", "粤03执", "川01民终", "最高法民申")
LABELS = one(
    *(
        "发票号码",
        "保单号",
        "准考证号",
        "档案编号",
        "资产编号",
        "设备编号",
        "警情编号",
        "工号",
        "证书编号",
        "批次号",
        "提单号",
        "病案号",
        "执法证号",
    ),
    *("借阅证号", "巡检单号", "复核编号", "封签号", "仓单号"),
)
LABELLED = either(
    built("{}‹SF{}›".format, one("订单号：", "运单编号 ", "快递单号"), whole(10**11, 10**13 - 1)),
    built("{}‹{}›".format, one("流水号 ", "交易号：", "住院号", "学号："), whole(10**8, 10**15)),
    built("合同编号：‹{}-{}-{:03}›".format, one("HT", "XX"), YEAR, SERIALS),
    built("工单‹{}{:02}{:02}-{:04}›".format, YEAR, MONTH, DAY, SERIALS),
    built("采购编号：‹{}NCZ（QG）{:06}›".format, YEAR, SERIALS),
    built("{}{}‹{}{}›".format, LABELS, one("", "：", " ", ":"), signs("ABDHKMNT", 1, 3), whole(10**5, 10**9)),
    built("{}{}‹{}-{:04}›".format, LABELS, one("：", " "), whole(1_000, 99_999), SERIALS),
    built("护照号{}‹E{}›".format, one("", "：", "码为"), whole(10_000_000, 99_999_999)),
)
DOCUMENTS = either(
    built("‹{}›{}〔‹{}›〕‹{}›号".format, one("云", "清"), one("政发", "政办函", "教发"), YEAR, SERIALS),
    built("‹{}〔{}〕{}号›".format, one("云市监罚", "清环罚决", "云劳人仲案"), YEAR, SERIALS),
    built("‹（{}）{}{}号›".format, YEAR, COURTS, SERIALS),
    LABELLED,
)

# ───────────── addresses ─────────────

ROADS = built("‹{}›{}".format, one("清溪", "文昌", "滨河", "望江", "云岭", "凤栖"), one("路", "大道", "街", "巷"))
DOORS = built("‹{}›号".format, whole(1, 2_999))
ROOMS = either(
    built("‹{}›栋‹{}›单元‹{}›室".format, whole(1, 40), whole(1, 6), whole(101, 3_304)),
    built("‹{}›号楼‹{}›".format, whole(1, 40), whole(101, 3_304)),
    built(lambda b, n, c: f"‹{b}{n}›栋‹{n}{c}{n:02}›", one("A", "B"), whole(1, 20), one("A", "C")),
    built("{}座‹{}›".format, one("A", "B", "C"), whole(101, 3_304)),
    built("‹{}›#‹{}›".format, whole(1, 40), whole(101, 3_304)),
    built("‹{}›幢‹{}›室".format, whole(1, 40), whole(101, 3_304)),
    built("‹{}›号院‹{}›号楼‹{}›单元".format, whole(1, 40), whole(1, 40), whole(1, 9)),
    built("‹{}›层‹{}›室".format, whole(1, 40), whole(101, 3_304)),
)
TRIPLES = built("‹{}›-‹{}›-‹{}›".format, whole(1, 40), whole(1, 6), whole(101, 3_304))
LANES = built("‹{}›弄‹{}›号‹{}›室".format, whole(2, 999), whole(1, 99), whole(101, 999))
ADDRESSES = either(join(ROADS, DOORS), join(ROADS, DOORS, ROOMS), join(ROADS, LANES), ROOMS, LANES, TRIPLES)

KINDS: dict[str, Values] = {
    "money": MONEY,
    "percent": PERCENT,
    "date": DATE,
    "quantity": QUANTITY,
    "phone": either(MOBILES, secret(LANDLINE), ABROAD, SERVICE, WORLD, SECOND),
    "extension": EXTENDED,
    "mail": MAILS,
    "url": URLS,
    "network": either(IPS, MACS),
    "identity": IDENTITIES,
    "card": CARDS,
    "credit-code": CODES,
    "document": DOCUMENTS,
    "plate": PLATES,
    "address": ADDRESSES,
}
