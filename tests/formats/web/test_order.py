"""Elements that show their text from right to left (row SAFETY-L7): it is read so too."""

from __future__ import annotations

from typing import Final

import pytest

from redactor import Redactor
from tests.build.packages import redacted

TURNED: Final = [
    ("<p>请<bdo dir=rtl>志同三张</bdo>来</p>", "<p>请<bdo dir=rtl>志同×</bdo>来</p>"),
    ("<p>请<BDO DIR='RTL'>志同<b>三</b>张</BDO>来</p>", "<p>请<BDO DIR='RTL'>志同<b>×</b></BDO>来</p>"),
    ("<bdo dir=rtl>三&#x5f20;</bdo>", "<bdo dir=rtl>×</bdo>"),
    (
        "<p dir=rtl>请<span style='unicode-bidi: bidi-override'>三张",
        "<p dir=rtl>请<span style='unicode-bidi: bidi-override'>×",
    ),
    (
        "<div style='unicode-bidi:isolate-override;direction:rtl !important'><p>三张</p>。来三张<bdo dir=ltr>张三</bdo></div><p>三张纸",
        "<div style='unicode-bidi:isolate-override;direction:rtl !important'><p>×</p>。来×<bdo dir=ltr>×</bdo></div><p>三张纸",
    ),
    (
        "<svg><text direction=rtl unicode-bidi=bidi-override>三张</text></svg>",
        "<svg><text direction=rtl unicode-bidi=bidi-override>×</text></svg>",
    ),
    ("<pre><bdo dir=rtl>三张\n好</bdo></pre>三张纸", "<pre><bdo dir=rtl>×\n好</bdo></pre>三张纸"),
    (
        "<td><bdo dir=rtl> 三张 </bdo>。<bdo>三张</bdo>。<p dir=rtl>三张",
        "<td><bdo dir=rtl> × </bdo>。<bdo>三张</bdo>。<p dir=rtl>三张",
    ),
    ("<p>\u202e三张</p>。三张纸", "<p>×</p>。三张纸"),
]


@pytest.mark.parametrize(("page", "became"), TURNED, ids=[f"SAFETY-L7 {number}" for number in range(len(TURNED))])
def test_safety_l7_what_is_shown_from_right_to_left_is_read_so_too(page: str, became: str) -> None:
    assert redacted("html", page.encode(), Redactor(mask=["张三"], ner="none"))[0].decode() == became
    assert redacted("html", became.encode(), Redactor(mask=["张三"], ner="none"))[0].decode() == became
