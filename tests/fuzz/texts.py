"""Mutations that know nothing of a format but its words: bytes, lines and tokens of a dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from random import Random
from typing import Final

from tests.fuzz.outcome import Mutate

COMMON: Final = (
    *(
        "张三",
        "欧阳建国",
        "Zhugeliang",
        "云岭县",
        "石桥镇",
        "13800138000",
        "12.5%",
        "wang@mail.cn",
        "×",
        "×县",
        "【人名1】",
    ),
    *(
        "\u200b",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u00ad",
        "\u0301",
        "\U000e0041",
        "\ud800",
        "\ufffe",
        "\u2028",
        "\x00",
        "\x0b",
        "\x1c",
        "\x85",
    ),
    *(
        "１３８",
        "㈠",
        "①",
        "𠀀",
        "ﷺ",
        "ß",
        "ſ",
        "İ",
        "5byg5LiJ",
        "%E5%BC%A0%E4%B8%89",
        "&#24352;",
        "\\u5f20",
        "=E5=BC=A0",
    ),
    *(
        "\n",
        "\r",
        "\r\n",
        "\t",
        "　",
        " ",
        "0",
        "-1",
        "4294967295",
        "1e309",
        "NaN",
        "999999999999999999999",
        '"',
        "'",
        "\\",
        "<",
        ">",
        "&",
    ),
    *("关注公众号", "仅供内部交流", "联系人：", "电话：", "同志", "（", "）", "、", "……"),
)
"""What the program looks for, what hides it, and what ends a line, a number or a quotation."""
WORDS: Final[dict[str, Sequence[str]]] = {
    "text": (),
    "html": (
        *(
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<div hidden>",
            "</div>",
            "<!--",
            "-->",
            "<!---->",
            "<![CDATA[",
            "]]>",
            "<?",
            "?>",
            "<!doctype html>",
        ),
        *(
            "<script>",
            "</script>",
            "<script type='application/ld+json'>",
            '{"name":"张三"}',
            "var a = '张三' + '同志';",
            "/*",
            "*/",
            "//",
            "`${",
            "}`",
        ),
        *(
            "<style>",
            "</style>",
            "<svg>",
            "<math>",
            "<template>",
            "<textarea>",
            "</textarea>",
            "<title>",
            "</title>",
            "<plaintext>",
            "<noscript>",
        ),
        *(
            "<table>",
            "<tr>",
            "<td>",
            "<select>",
            "<option>",
            "<bdo dir=rtl>",
            "</bdo>",
            "<meta charset=gbk>",
            '<meta charset="utf-8">',
            "<base href=x>",
        ),
        *(
            " src='data:text/plain;base64,5byg5LiJ'",
            ' href="data:,张三"',
            " style='display:none'",
            " onclick=\"f('张三')\"",
            " alt=张三",
            "&nbsp;",
            "&#x5f20;",
        ),
        *(
            "&amp;lt;p&amp;gt;",
            "<a",
            "<a/",
            "</",
            "<iframe srcdoc='&lt;p&gt;张三'>",
            "<br/>",
            " a=b c",
            " a='",
            '{"@graph":[',
            "\\x3cp\\x3e",
            "<!doctype",
        ),
    ),
    "xml": (
        *(
            '<?xml version="1.0"?>',
            '<?xml version="1.0" encoding="GBK"?>',
            "<a>",
            "</a>",
            "<a/>",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "<?p ",
            "?>",
        ),
        *(
            "<!DOCTYPE a [<!ENTITY x 'y'>]>",
            "&x;",
            "&lt;",
            "&#x5f20;",
            "&#0;",
            ' a="张三"',
            " xmlns='u'",
            " xmlns:p='u'",
            "<p:a>",
            "</p:a>",
            " xml:space='preserve'",
        ),
        *(
            "&lt;p&gt;张三&lt;/p&gt;",
            "<svg xmlns='http://www.w3.org/2000/svg'>",
            "<text>",
            "</text>",
            "<rss>",
            "<description>",
            "standalone='yes'",
        ),
    ),
    "json": (
        '{"',
        '":',
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        '"',
        "null",
        "true",
        "1.5e3",
        "\\u5f20\\u4e09",
        "\\ud800",
        "\\/",
        '{"text":"张三"}',
        '{"items":[{"body":"1"}]}',
        "13800138000",
        "-0",
        "\\n",
    ),
    "csv": (
        ",",
        ";",
        "\t",
        "|",
        '"',
        '""',
        '"a\nb"',
        "\r\n",
        "姓名,电话\n",
        "张三,13800138000\n",
        "=1+1",
        "@a",
        "+1",
        "-1",
        "'",
        '"="',
        "sep=;\n",
        ",,,,",
        "联系人",
    ),
    "toml": (
        *(
            "[[rule]]\n",
            "[pack]\n",
            "[define]\n",
            "[lists]\n",
            "[[boilerplate]]\n",
            "[[override]]\n",
            "[cues]\n",
            "[entities]\n",
            "[priorities]\n",
        ),
        *(
            'id = "a.b"\n',
            'entity = "PERSON"\n',
            'entity = "KEEP"\n',
            "pattern = '",
            "'\n",
            'terms = ["',
            '"]\n',
            "suffixes = ['县']\n",
            "priority = 60\n",
        ),
        *(
            "score = 0.5\n",
            "keep = ['n']\n",
            "view = 'contact'\n",
            "context = { words = ['a'], add = 0.1 }\n",
            "exclude = ['a']\n",
            "validate = 'luhn'\n",
        ),
        *(
            "segmented = true\n",
            "anchors = ['县']\n",
            "one_line = true\n",
            "recognizer = 'person'\n",
            "options = {}\n",
            "match = ['a', 'b', 'c']\n",
            "uses = ['b.toml']\n",
        ),
        *(
            r"\d+",
            r"\p{Han}",
            "(?:",
            "(?P<n>",
            ")",
            "(?<=",
            "(?=",
            "(?i)",
            "[^",
            "]",
            "{2,5}",
            "{1000}",
            "++",
            "*?",
            "|",
            r"\1",
            "(?>",
            "{words}",
            "$",
            "^",
            r"\b",
            "(?R)",
            "(?(1)",
            ".",
        ),
        *(
            "name = 'x'\n",
            "default = 'mask'\n",
            "threshold = 0.5\n",
            "operator = 'mask'",
            "sign = '",
            "PERSON = { operator = 'partial', show_first = 1 }\n",
        ),
        *(
            "PERSON = { operator = 'label', name = '人' }\n",
            "PHONE_NUMBER = 'hash'\n",
            "LOCATION = 'strip'\n",
            "operator = 'replace', with = '",
            "each = true",
            "whole = true",
        ),
        *(
            "'''",
            '"""',
            "{",
            "}",
            "=",
            ".",
            "true",
            "1979-05-27",
            "inf",
            "0x1f",
            "description.zh = 'x'\n",
            "keep_list = false\n",
            "convention = 'news'\n",
            "opens = ['关注']\n",
        ),
    ),
}
WORDS["jsonl"] = (*WORDS["json"], "\n", "}\n{", "\n\n")
MOST: Final = 4_000
"""Bytes of an input: small ones are quick, and a fault seldom needs a large one."""


def by_words(kind: str) -> Mutate:
    """The mutator of texts of a kind."""
    return partial(_mutate, (*COMMON, *WORDS[kind] * 2))


def blind(data: bytes, rng: Random) -> bytes:
    """Some bytes flipped, cut out, doubled or put in."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(changed) + 1)
        match rng.randrange(6):
            case 0 if at < len(changed):
                changed[at] ^= 1 << rng.randrange(8)
            case 1:
                del changed[at : at + rng.choice((1, 2, 8, 100))]
            case 2:
                changed[at:at] = rng.randbytes(rng.choice((1, 2, 4)))
            case 3 if at < len(changed):
                changed[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF))
            case 4:
                end = at + rng.choice((1, 4, 30, 300))
                changed[at:at] = changed[at:end]
            case _:
                changed[at:at] = word(rng)
    return bytes(changed[:MOST])


def word(rng: Random, words: Sequence[str] = COMMON) -> bytes:
    """A word of a dictionary, mostly in UTF-8."""
    encoding = rng.choice(("utf-8",) * 8 + ("gb18030", "utf-16-le"))
    return rng.choice(words).encode(encoding, "surrogatepass" if encoding != "gb18030" else "replace")


def changed_text(text: str, rng: Random) -> str:
    """A text with a word of the dictionary put in, or a piece doubled or taken out."""
    at = rng.randrange(len(text) + 1)
    end = at + rng.choice((0, 0, 1, 5, 20))
    new = rng.choice((rng.choice(COMMON), text[at:end] * 2, "", rng.choice(COMMON) * rng.choice((1, 1, 1, 1, 30))))
    return text[:at] + new + text[end:]


def decoded(data: bytes) -> tuple[str, str]:
    """A text and its encoding; what is none in any of them is Latin-1."""
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding, "surrogatepass" if encoding == "utf-8" else "strict"), encoding
    return data.decode("latin-1"), "latin-1"


def _mutate(words: Sequence[str], data: bytes, rng: Random) -> bytes:
    """Mostly a text in the encoding that it had: what is no text does not come far."""
    if rng.random() < 0.08:
        return blind(data, rng)
    text, encoding = decoded(data)
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        text = _mutate_once(words, text, rng)
    errors = "surrogatepass" if encoding == "utf-8" and rng.random() < 0.02 else "replace"
    return text.encode(encoding, errors)[:MOST]


def _mutate_once(words: Sequence[str], text: str, rng: Random) -> str:
    at = rng.randrange(len(text) + 1)
    end = at + rng.choice((0, 0, 1, 3, 10, 60))
    match rng.randrange(8):
        case 0:  # a line moved or doubled
            lines = text.splitlines(keepends=True) or [""]
            line = rng.choice(lines)
            lines[rng.randrange(len(lines)) : rng.randrange(len(lines) + 1)] = [line] * rng.choice((0, 1, 1, 2, 5))
            return "".join(lines)[:MOST]
        case 1:  # a piece doubled elsewhere
            to = rng.randrange(len(text) + 1)
            return text[:to] + text[at : at + rng.choice((3, 20, 60))] + text[to:]
        case 2:
            return text[:at] + rng.choice(words) * rng.choice((2, 3, 3, 3, 60)) + text[end:]
        case 3:
            return (
                text[:at]
                + chr(rng.choice((rng.randrange(128), rng.randrange(0x3000), rng.randrange(0xD800))))
                + text[end:]
            )
        case _:
            return text[:at] + rng.choice(words) + text[end:]
