"""The tokeniser of HTML against html5lib, which follows the standard: the same texts, tags, attributes and comments from broken markup."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from redactor.formats.web.htmltokens import RAW, Token, Tokenizer
from tests.draws import draws

html5lib_tokenizer = pytest.importorskip("html5lib._tokenizer")
TYPES = {0: "doctype", 1: "text", 2: "text", 3: "start", 4: "end", 5: "start", 6: "comment"}


def ours(markup: str) -> list[tuple[object, ...]]:
    """Kind and content of each token, neighbouring texts joined, what a browser drops left out."""
    found: list[tuple[object, ...]] = []
    for token in Tokenizer([markup]):
        if token.kind == "text":
            _add_text(found, html.unescape(token.text.replace("\r\n", "\n").replace("\r", "\n")))
        elif token.kind in ("raw", "cdata"):
            text = token.text.replace("\r\n", "\n").replace("\r", "\n")
            _add_text(found, html.unescape(text) if token.name in ("title", "textarea") else text)
        elif token.kind == "start":
            found.append(("start", token.name, _attributes(token)))
        elif token.kind == "end":
            found.append(("end", token.name))
        elif token.kind == "comment" and markup[token.start : token.end] != "</>":
            # Of dashes that could have been the end, the standard drops those at the end of the file.
            cut_off = (
                token.end == len(markup)
                and token.end == token.at + len(token.text)
                and markup[token.start :].startswith("<!--")
            )
            found.append(("comment", re.sub("(?:-|--!?)\\Z", "", token.text) if cut_off else token.text))
        elif token.kind == "doctype":
            found.append(("doctype",))
    return found


def _attributes(token: Token) -> dict[str, str]:
    first: dict[str, str] = {}
    for attribute in token.attributes:
        first.setdefault(attribute.name.lower(), html.unescape(attribute.value))
    return first


def _add_text(found: list[tuple[object, ...]], text: str) -> None:
    if not text:
        return
    if found and found[-1][0] == "text":
        found[-1] = ("text", str(found[-1][1]) + text)
    else:
        found.append(("text", text))


def theirs(markup: str) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    tokenizer = html5lib_tokenizer.HTMLTokenizer(markup)
    states = {
        "title": "rcdataState",
        "textarea": "rcdataState",
        "script": "scriptDataState",
        "plaintext": "plaintextState",
    }
    for token in tokenizer:
        kind = TYPES.get(token["type"])
        if kind == "text":
            _add_text(found, token["data"])
        elif kind == "start":
            found.append(("start", token["name"], dict(token["data"])))
            if token["name"] in RAW:
                tokenizer.state = getattr(tokenizer, states.get(token["name"], "rawtextState"))
        elif kind == "end":
            found.append(("end", token["name"]))
        elif kind == "comment":
            found.append(("comment", token["data"]))
        elif kind == "doctype":
            found.append(("doctype",))
    return found


BROKEN = [
    "<p title=a b='c' d=\"e\" f>x",
    "<p title=\"a\"张三=1 title='2'>x</p y=z>",
    "a < b <3 <b>c</ b><!x><?y?></>z",
    "<!--a--!>b<!-->c<!--->d<!---->e<!-- -- > -->f<!-- <!-- -->g",
    "<!--never closed <b>x</b>",
    "<script>a='</script>';</script>b",
    "<script><!-- <script> </script> --> x</script>y",
    "<script><!-- <script> </script> x</script>y",
    "<script><!--></script>y",
    "<title><b>x</b></title><textarea>&lt;</textarea ><style></styl></style>b",
    "<plaintext>a<b></plaintext>",
    "<a/b/c=d/e/>x<br/>y<img src=a/>",
    "<a =b==c>x<a b = c>y<a b=>z",
    "<![CDATA[x>y]]>z<!DOCTYPE html PUBLIC '>' x>y",
    "<p\n\ttitle\n=\n'a>b'\n>x</p\n>",
    "<xmp><b></xmp><iframe><p></iframe><noembed><i></noembed>x",
    "x<a",
    "x<a b='c",
    "x</",
    "x<",
    "x<!",
    "x<!-",
]


@pytest.mark.parametrize("markup", [pytest.param(m, id=f"e8-broken-{n}") for n, m in enumerate(BROKEN)])
def test_reads_broken_markup_as_the_standard_says(markup: str) -> None:
    assert ours(markup) == theirs(markup)


# Without references and NUL: how these are resolved is tested with the texts; html.unescape above knows fewer cases.
PIECES = st.sampled_from(
    ["<", ">", "/", "=", '"', "'", "!", "-", "--", "<!--", "-->", "--!>", "<p", "</p", "<b ", "<script", "</script", "<title", "</title",
     "<style>", "</style>", "<br/>", "<!DOCTYPE", "<![CDATA[", "]]>", "<?", "a", "x=1", " ", "\n", "张三", "plaintext"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14))
@draws(300)
def test_reads_any_markup_as_the_standard_says(pieces: list[str]) -> None:
    markup = "".join(pieces)
    assert ours(markup) == theirs(markup)


# Every token that the end of a part could fall into: names that open text without markup, with their ends, and other markup.
PIECES_OF_RAW = PIECES | st.sampled_from(
    [part for name in sorted(RAW) for part in (f"<{name}>", f"</{name}>", f"</{name}")]
)
CUT = [
    ["<", "<", "plaintext", ">", "--"],
    ["<plaintext>", "a", "</plaintext>", "<!--", "-->"],
    ["<plaintext>"],
    *(["a", f"<{name}>", "<", "b", "</", name, "x", f"</{name}>", "a"] for name in sorted(RAW)),
    *([f"<{name}>", "a", f"</{name}"] for name in sorted(RAW)),
    ["<script>", "<!--", "<script>", "</script>", "-->", "</script>", "a"],
    ["<!--", "a", "--", "!", ">", "a"],
    ["<!--", "-", ">", "<!--", "--", "a"],
    ["<![CDATA[", "a", "]", "]>", "a", "<![CDATA[", "]]"],
    ["<!DOCTYPE", " a", ">", "<!", "a", ">", "<?", "a", ">", "</", " ", ">", "<?", "a"],
    ["<p", " x=1", " a='", ">", "'", "/", ">", "</p", " x", " = ", '"', "a"],
]


def check_parts(pieces: list[str], size: int, xhtml: bool) -> None:
    markup = "".join(pieces)

    def tokens(parts: list[str]) -> list[Token]:
        tokenizer = Tokenizer(parts)
        tokenizer.xhtml = xhtml
        return list(tokenizer)

    whole, cut = tokens([markup]), tokens([markup[at : at + size] for at in range(0, len(markup), size)])
    assert "".join(markup[t.start : t.end] for t in cut) == markup
    assert [t for t in cut if t.kind != "text"] == [t for t in whole if t.kind != "text"]


@pytest.mark.parametrize("xhtml", [False, True], ids=["html", "xhtml"])
@pytest.mark.parametrize("pieces", CUT, ids="".join)
def test_no_token_is_cut_where_a_part_ends(pieces: list[str], xhtml: bool) -> None:
    for size in range(1, len("".join(pieces)) + 1):
        check_parts(pieces, size, xhtml)


@given(st.lists(PIECES_OF_RAW, max_size=14), st.integers(1, 5), st.booleans())
@example(["<", "<", "plaintext", ">", "--"], 1, False)
@draws(300)
def test_parts_make_no_difference_and_nothing_is_lost(pieces: list[str], size: int, xhtml: bool) -> None:
    check_parts(pieces, size, xhtml)
