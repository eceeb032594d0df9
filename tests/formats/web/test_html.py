"""HTML: every hiding place is read, nothing else is touched (rows E7, E8, A27–A29, F1, F2, F4 of the robustness list)."""

from __future__ import annotations

import base64
import codecs
import html
import io
import json
import random
import re
import shutil
import subprocess
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.formats.options import Options
from redactor.formats.registry import load_format
from redactor.formats.session import DocumentSession
from redactor.formats.sniff import kind_of
from redactor.formats.web.markup import Page
from redactor.model import FormatError, RedactorError
from tests.conftest import Run, made
from tests.draws import draws, slow, some
from tests.formats.web.browsers import BROWSER, rendered, seen
from tests.fuzz.readers import few_rules

html5lib = pytest.importorskip("html5lib")

SECRETS = (
    "钱多多", "孙思淼", "赵一鸣", "周慕白", "吴小满", "郑南星", "冯知秋", "陈默然", "褚云起", "卫长风", "蒋听雨", "canary-7Q",
)  # fmt: skip


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return made(mask=SECRETS, ner="none")


def clean(redactor: Redactor, page: bytes | str, **options: str) -> bytes:
    return clean_in_session(redactor, page, **options)[0]


def clean_in_session(
    redactor: Redactor, page: bytes | str, *, strict: bool = False, **options: str
) -> tuple[bytes, DocumentSession]:
    session = DocumentSession(redactor, lambda *_: None, strict=strict)
    out = io.BytesIO()
    load_format("html")(io.BytesIO(page.encode() if isinstance(page, str) else page), out, session, Options(**options))
    return out.getvalue(), session


def uncovered(data: str) -> Iterator[str]:
    """A page in the ways that a reader could have it: as it is, unescaped in every manner, its tags taken out, its base64 opened."""
    views = [data]
    for _ in range(3):
        view = views[-1]
        view = re.sub(r"\\u\{?([0-9a-fA-F]{4,6})\}?|\\x([0-9a-fA-F]{2})", lambda m: chr(int(m[1] or m[2], 16)), view)
        view = re.sub(r"\\([0-9a-fA-F]{2,6}) ?", lambda m: chr(int(m[1], 16) % 0x110000), view)
        view = urllib.parse.unquote(html.unescape(view))
        views.append(view)
    views.append(urllib.parse.unquote(data, encoding="gbk"))
    views += [re.sub(r"(?s)<!--.*?-->|<rt>.*?</rt>|<[^>]*>", "", view) for view in views]
    for match in re.finditer(r"[A-Za-z0-9+/]{12,}={0,2}", data):
        try:
            views.append(base64.b64decode(match.group()).decode())
        except ValueError:
            continue
    yield from views
    yield from (re.sub(r"\s+", "", view) for view in views)


def dom(data: bytes | str) -> list[str]:
    """Everything that a parser by the standard sees: names, values, texts, comments."""
    found: list[str] = []
    for node in html5lib.parse(data, treebuilder="etree", namespaceHTMLElements=False).iter():
        found.append(node.text or "" if isinstance(node.tag, str) else f"<!--{node.text}-->")
        found.append(node.tail or "")
        found.extend(f"{name}={value}" for name, value in node.attrib.items())
    return found


PLACES = {
    "text": "<p>甲，{0}，乙</p>",
    "inline-tags": "<p>甲，<b>{0[0]}</b><i>{1}</i>，乙</p>",
    "comment-inside": "<p>{0[0]}<!-- x -->{1}</p>",
    "references": "<p>{dec}</p><p>{hex}</p>",
    "hidden-span": "<p>{0[0]}<span style='display:none'>x</span>{1}</p>",
    "source-line-break": "<p>{0[0]}\n    {1}</p>",
    "ruby": "<ruby>{0[0]}<rt>a</rt>{1}<rt>b</rt></ruby>",
    "title": "<title>{0}</title>",
    "meta-description": "<meta name=description content='文 {0}'>",
    "meta-keywords": "<meta name=keywords content='一,{0},二'>",
    "meta-author": "<meta name=author content={0}>",
    "og": "<meta property='og:title' content=\"{0}\">",
    "alt": "<img src=a.png alt='{0}'>",
    "title-attribute": "<p title={0}>x</p>",
    "placeholder": "<input placeholder='{0}'>",
    "aria": "<div aria-label='{0}' aria-description='{hex}'>x</div>",
    "hidden-input": "<input type=hidden value='{0}'>",
    "unquoted-value": "<input value={0}>",
    "doubled-attribute": "<p title=a title={0}>x</p>",
    "end-tag-attribute": "<p>x</p title={0}>",
    "attribute-name": "<p data-{0}=1>x</p>",
    "data-attribute": "<p data-x='{{\"n\":\"{0}\"}}'>x</p>",
    "href": "<a href='/u?n={0}&amp;p=1'>x</a>",
    "href-percent": "<a href='/u?n={percent}&amp;p=1'>x</a>",
    "href-gbk-percent": "<a href='/u?n={gbk}'>x</a>",
    "srcset": "<img srcset='/a/{percent}.png 1x, /b/{0}.png 2x'>",
    "onclick": "<a onclick=\"f('{js}')\">x</a>",
    "style-attribute": "<p style=\"content:'{0}'\">x</p>",
    "srcdoc": "<iframe srcdoc='&lt;b&gt;{0[0]}&lt;/b&gt;{1}'></iframe>",
    "markup-in-attribute": "<p data-tip='<b>{0[0]}</b>{1}'>x</p>",
    "comment": "<!-- {0} -->",
    "comment-markup": "<!--[if IE]><p title={0}>{0[0]}<b>{1}</b></p><![endif]-->",
    "bogus-comment": "<! {0}><?x {0}>",
    "cdata": "<![CDATA[ {0} ]]>",
    "template": "<template><p>{0}</p></template>",
    "noscript": "<noscript><p>{0}</p></noscript>",
    "noframes": "<noframes><b>{0[0]}</b>{1}</noframes>",
    "textarea": "<textarea>{hex}</textarea>",
    "option": "<select><option>{0}</select>",
    "css-string": "<style>a:after{{content:'{0}'}}</style>",
    "css-escape": "<style>a:after{{content:'{css}'}}</style>",
    "css-comment": "<style>/* {0} */</style>",
    "css-url": "<style>a{{background:url(/i/{0}.png)}}</style>",
    "svg": "<svg><title>{0}</title><text>{0[0]}<tspan>{1}</tspan></text><style>/*{0}*/</style></svg>",
    "svg-cdata": "<svg><text><![CDATA[{0}]]></text></svg>",
    "json-ld": '<script type="application/ld+json">{{"@context":"https://schema.org","name":"{0}","x":"{js}"}}</script>',
    "script-string": "<script>var a='{0}',b=\"{js}\",c=`{0}${{a}}{js}`;</script>",
    "script-markup": "<script>document.write('<b>{0[0]}<\\/b>{1}');</script>",
    "script-comment": "<script>// {0}\n/* {0} */</script>",
    "script-regex": "<script>var r=/{0}/;</script>",
    "script-template": "<script type='text/template'><p>{0[0]}<b>{1}</b></p></script>",
    "script-cut": "<script>var a='</script>{0}",
    "data-uri": "<a href='data:text/html;base64,{base64}'>x</a>",
    "data-uri-percent": "<a href='data:text/plain,{percent}'>x</a>",
    "css-data-uri": "<style>a{{background:url(data:image/svg+xml;base64,{base64})}}</style>",
    "unclosed": "<div><p>{0}<div><b>x",
    "nul": "<p>{0[0]}\0{1}</p>",
    "torn-tag": "<p title='{0}",
    "plaintext": "<plaintext>{0}",
}  # fmt: skip


def hide(place: str, secret: str) -> str:
    return spelled(PLACES[place], secret)


def spelled(markup: str, secret: str, **others: str) -> str:
    """The markup with the secret in every spelling that it asks for."""
    return markup.format(
        secret,
        secret[1:],
        dec="".join(f"&#{ord(c)};" for c in secret),
        hex="".join(f"&#x{ord(c):X};" for c in secret),
        percent=urllib.parse.quote(secret),
        gbk=urllib.parse.quote(secret, encoding="gbk"),
        unescape="".join(f"%u{ord(c):04X}" for c in secret),
        js="".join(f"\\u{ord(c):04x}" for c in secret),
        css="".join(f"\\{ord(c):x} " for c in secret),
        base64=base64.b64encode(f"<p>{secret}</p>".encode()).decode(),
        **others,
    )


@pytest.mark.sampled(4)
@pytest.mark.parametrize("place", [pytest.param(p, id=f"e7-{p}") for p in PLACES])
def test_no_secret_is_left_in_any_place(redactor: Redactor, place: str) -> None:
    for secret in SECRETS:
        if secret.isascii() and place in ("attribute-name", "source-line-break"):
            continue  # a name of the program's, and a word that is two where a line breaks in it
        page = f"<body><p>前文甲。</p>\n{hide(place, secret)}"
        output = clean(redactor, page).decode()
        for view in [*uncovered(output), *dom(output)]:
            assert secret.lower() not in view.lower()
        assert place in ("hidden-span", "nul") or any(secret.lower() in view.lower() for view in uncovered(page))
        assert "前文甲" in output


def test_e7_no_secret_is_left_when_all_places_are_in_one_page(redactor: Redactor) -> None:
    places = [p for p in PLACES if p not in CUT_OFF]
    page = (
        "<!DOCTYPE html><html><body>" + "\n".join(hide(p, s) for p in places for s in SECRETS[:11]) + "<p>末段乙。</p>"
    )
    output = clean(redactor, page).decode()
    for view in [*uncovered(output), *dom(output)]:
        for secret in SECRETS[:11]:
            assert secret not in view
    before, after = dom(page), dom(output)
    assert len(before) == len(after)
    assert "末段乙。" in after


SCRIPTED = {
    "write": "<script>document.write('<p>{0[0]}<b>{1}</b></p>')</script>",
    "inner-html": "<p></p><script>{last}.innerHTML='<i title=\"{0}\">{js}</i>'</script>",
    "attribute": "<p data-n='{0}'></p><script>{last}.textContent={last}.dataset.n</script>",
    "attribute-percent": "<p data-n='{percent}'></p><script>{last}.textContent=decodeURIComponent({last}.dataset.n)</script>",
    "string-percent": "<p></p><script>{last}.textContent=decodeURIComponent('{percent}')</script>",
    "string-percent-u": "<p></p><script>{last}.textContent=unescape('{unescape}')</script>",
    "string-references": "<p></p><script>{last}.innerHTML='{hex}'</script>",
    "template-string": "<p></p><script>{last}.textContent=`甲${{1+1}}{0}`</script>",
    "property": "<p></p><script>{last}.textContent=Object.keys({{'{0}':1}})[0]</script>",
    "json": "<script type=application/json class=j>{{\"n\":\"{js}\"}}</script><p></p><script>{last}.textContent=JSON.parse([...document.querySelectorAll('.j')].pop().text).n</script>",
    "comment": "<p><!--{0}--></p><script>{last}.textContent={last}.firstChild.data</script>",
    "template": "<template class=t><p>{0}</p></template><script>document.body.append([...document.querySelectorAll('.t')].pop().content.cloneNode(true))</script>",
    "noscript": "<noscript class=n>{0}</noscript><p></p><script>{last}.textContent=[...document.querySelectorAll('.n')].pop().textContent</script>",
    "css": "<style>.c::after{{content:'{css}'}}</style><p class=c></p><script>{last}.textContent=getComputedStyle({last},'::after').content</script>",
    "handler": "<p></p><img src='data:,' onerror=\"this.alt='{js}';this.previousElementSibling.textContent=this.alt\">",
    "evaluated": "<p></p><script>eval(`{last}.textContent='{0}'`)</script>",
    "query": "<a href='?n={percent}'></a><p></p><script>{last}.textContent=new URL([...document.links].pop().href).searchParams.get('n')</script>",
    "joined": "<p></p><script>{last}.textContent='{0[0]}'+'{1}'</script>",
}  # fmt: skip
"""Places of which a script makes something that is shown."""


def scripted(place: str, secret: str) -> str:
    return spelled(SCRIPTED[place], secret, last="[...document.querySelectorAll('p')].pop()")


def masked(text: str) -> str:
    return re.sub("|".join(SECRETS), "×", text)


def shape(page: str) -> list[tuple[str, int]]:
    """The elements of a page in their order, each with how many attributes it has."""
    tree = html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False)
    return [(str(node.tag), len(node.attrib)) for node in tree.iter()]


CUT_OFF = ("script-cut", "torn-tag", "plaintext", "unclosed")
OPENED = (
    "<!DOCTYPE html><html><meta charset=utf-8><body><p>前文甲。</p>"
    + "\n".join(hide(p, s) for p in PLACES if p not in CUT_OFF for s in SECRETS[: 11 if p in ("attribute-name", "source-line-break") else 12])
    + "\n".join(scripted(p, s) for p in SCRIPTED for s in SECRETS)
    + "<p>末段乙。</p>"
)  # fmt: skip
"""A page with all places in it, each of the secrets in each."""
needs_browser = pytest.mark.skipif(BROWSER is None, reason="needs Chromium")


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("place", SCRIPTED)
def test_e7_what_scripts_show_is_there_to_be_found(place: str) -> None:
    """The places of the tests below are what they claim to be: a browser shows the secret."""
    assert SECRETS[0] in seen(f"<meta charset=utf-8><body>{scripted(place, SECRETS[0])}".encode())


@pytest.mark.slow
@needs_browser
def test_e7_a_browser_shows_no_secret_once_scripts_have_run(redactor: Redactor) -> None:
    output = clean(redactor, OPENED)
    before, after = rendered(OPENED.encode()), rendered(output)
    assert all(secret in before for secret in SECRETS)
    for view in [*uncovered(after), *dom(after)]:
        assert [secret for secret in SECRETS if secret.lower() in view.lower()] == []
    assert shape(after) == shape(before)
    assert seen(output) == masked(seen(OPENED.encode()))


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("place", CUT_OFF)
def test_e7_a_browser_shows_no_secret_of_a_page_that_is_cut_off(redactor: Redactor, place: str) -> None:
    page = f"<meta charset=utf-8><body><p>前文甲。</p>{hide(place, SECRETS[0])}"
    before, after = rendered(page.encode()), rendered(clean(redactor, page))
    for view in [*uncovered(after), *dom(after)]:
        assert SECRETS[0] not in view
    assert shape(after) == shape(before)


@pytest.mark.slow
@needs_browser
def test_e7_a_page_that_a_browser_saved(run: Run, tmp_path: Path) -> None:
    saved = rendered(OPENED.encode())
    (tmp_path / "saved.html").write_text(saved, encoding="utf-8")
    assert all(secret in saved for secret in SECRETS)
    masks = [option for secret in SECRETS for option in ("--mask", secret)]
    assert run("clean", "saved.html", "-o", "out.html", "--ner", "none", *masks).returncode == 0
    output = (tmp_path / "out.html").read_bytes()
    for page in (output.decode(), rendered(output)):
        for view in [*uncovered(page), *dom(page)]:
            assert [secret for secret in SECRETS if secret.lower() in view.lower()] == []
    assert shape(output.decode()) == shape(saved)
    assert seen(output) == masked(seen(saved.encode()))


def test_the_address_of_a_vocabulary_stays_and_is_told_of_as_staying(run: Run, tmp_path: Path) -> None:
    vocabulary = '<script type="application/ld+json">{"@context":"https://schema.org","name":"%s同志"}</script>'
    (tmp_path / "in.html").write_text(f"<p>见 https://schema.org ，{vocabulary % '王建国'}", "utf-8")
    done = run("clean", "in.html", "-o", "out.html", "--report", "r.json")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.html").read_text("utf-8") == f"<p>见 × ，{vocabulary % '×'}"
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["totals"]["entities"] == {"URL": 1, "PERSON": 1}


@pytest.mark.parametrize("policy", ["redactor", "labelling"])
def test_h12_a_second_time_changes_nothing(policy: str, request: pytest.FixtureRequest) -> None:
    chosen = request.getfixturevalue(policy)
    for place in PLACES:
        once = clean(chosen, f"<p>甲</p>{hide(place, SECRETS[0])}")
        assert clean(chosen, once) == once


KEPT = """<!DOCTYPE html>\r
<html lang=zh><head><meta charset="utf-8"><title>通知</title>
<link rel=stylesheet href='/css/a.css?v=1'><style>.a { width:50%; color:#fff } /* x */</style>
<script>if(a<b && c>d){var s='x',r=/["'/]/g,t=`a${1+`b`}c`} //</script>
<!-- 注释 --></head><body class=a>
<p style="width:50%;margin:10px 20px" ALIGN=center>会议&nbsp;通知 &amp; &lt;b&gt; &notit; &#0; x<br/>请<b>各单位</i>认真落实</p>
<img src=/i/a.png width=100% height="50%"><table width="100%"><td>甲<td>乙</table>
<svg viewBox="0 0 24 24"><path d="M12.5,3.4e1L1234567.8 9z"/></svg> a < b &c; <3 <张</p></div>
"""


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(KEPT.encode(), id="utf-8"),
        pytest.param(codecs.BOM_UTF8 + KEPT.encode(), id="bom"),
        pytest.param(KEPT.replace("utf-8", "gb2312").encode("gb18030"), id="gb2312"),
        pytest.param(
            KEPT.replace("utf-8", "big5").replace("请", "").replace("单", "").encode("big5", "ignore"), id="big5"
        ),
        pytest.param(codecs.BOM_UTF16_LE + KEPT.encode("utf-16-le"), id="utf-16"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\xef\xbb\xbf", id="bom-only"),
        pytest.param(b"<p>a\0b\rc\n\r\nd\xe2\x80\xa8e", id="line-ends"),
    ],
)
def test_what_holds_nothing_stays_byte_for_byte(redactor: Redactor, page: bytes) -> None:
    assert clean(redactor, page) == page


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<b",
                ">",
                "x",
                "&",
                "amp;",
                "'",
                '"',
                "=",
                "<!--",
                "-->",
                "<script>",
                "</script>",
                "\n",
                "<br>",
                "/",
                "`",
                "\\",
                "${",
                "}",
            ]
        ),
        max_size=20,
    )
)
@draws(100)
def test_markup_without_secrets_stays_whatever_it_is(redactor: Redactor, pieces: list[str]) -> None:
    page = "".join(pieces)
    assert clean(redactor, page).decode() == page


PIECES = st.sampled_from(
    ["甲", "乙", "a", " ", "\n", "\r", "&lt;", "&am", "p;", "<", ">", "/", "=", "'", "-", "<p>", "</p>", "<b>", "</b>", "<b hidden>", "<br/>", "<td>",
     "<!--", "-->", "<script>", "</script>", "<title>", "</title>", "<pre>", "<xmp>", "</xmp>", "<plaintext>", "<svg>", "</svg>", "<![CDATA[", "]]>"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14), st.integers(1, 5), st.booleans())
@example(["甲", " ", " ", "<b>", "a"], 1, True)
@example(["甲", " ", "\n", "乙"], 2, True)
@example(["<plaintext>", "甲", "\n", "乙"], 1, True)
@draws(200)
def test_a_page_says_the_same_wherever_its_parts_end(pieces: list[str], size: int, prose: bool) -> None:
    page = "".join(pieces)
    parts = [page[at : at + size] for at in range(0, len(page), size)]
    assert list(Page(prose).read(parts)) == list(Page(prose).read([page]))


CASES = [
    ("<b>钱</b>多多", "<b>×</b>", "e8-inline"),
    ("钱<!-- x -->多多", "×<!-- x -->", "a28-comment"),
    ("&#x94B1;多多&amp;钱多多&lt;", "×&amp;×&lt;", "a28-references"),
    ("<p title=钱多多 a=b>", "<p title=× a=b>", "bare"),
    ("<p>电话：&#49;38&nbsp;0013&nbsp;8000，", "<p>电话：×，", "e8-nbsp"),
    ('<a href="mailto:zhang@example.com">a</a>', '<a href="mailto:×">a</a>', "a27-mailto"),
    ('<a href="tel:+8613800138000">a</a>', '<a href="tel:×">a</a>', "a27-tel"),
    ("<a href='/s?phone=13800138000&amp;p=2'>a</a>", "<a href='/s?phone=×&amp;p=2'>a</a>", "a27-query"),
    ("<a href='/s?q=%E9%92%B1%E5%A4%9A%E5%A4%9A&p=2'>a</a>", "<a href='/s?q=%C3%97&p=2'>a</a>", "a29-percent"),
    ('<script>a="\\u94b1\\u591a多"</script>', '<script>a="×"</script>', "a29-json"),
    ("<script>a=unescape('%u94B1%u591A多')</script>", "<script>a=unescape('%u00D7')</script>", "a29-escape"),
    ("<a href='/s?q=%u94b1%u591a%u591a'>a</a>", "<a href='/s?q=%u00D7'>a</a>", "a29-escape-in-address"),
    ("<script>a='<b>钱'+\n\"</b>多多\"+b+`甲`</script>", "<script>a='<b>×'+\n\"</b>\"+b+`甲`</script>", "a28-joined"),
    ("<script>a={'author':'李'+'明'}</script>", "<script>a={'author':'×'+''}</script>", "joined-after-its-label"),
    ("<script>a=['钱','多多'];b='钱'-'多多'</script>", "<script>a=['钱','多多'];b='钱'-'多多'</script>", "not-joined"),
    ("<script>tel=13800138000;</script>", '<script>tel="×";</script>', "number"),
    ("<table><tr><th>姓名<th>电话<tr><td>李明<td>13800138000</table>", "<table><tr><th>姓名<th>电话<tr><td>×<td>×</table>", "table"),
    ("<p style='width:50%'>增长50%", "<p style='width:50%'>增长×%", "style"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "output"), [pytest.param(a, b, id=i) for a, b, i in CASES])
def test_edits_are_spliced_into_the_source(redactor: Redactor, page: str, output: str) -> None:
    assert clean(redactor, page).decode() == output


BODY = "<p>各位同志：</p><p>今天我们召开工作会议，主要是统一思想，提高认识。</p>"
PROMOTION = "关注微信公众号：老刘写材料"
GONE = [
    (f"{BODY}<div class=ad><p>{PROMOTION}</p></div>", BODY, "container"),
    (f"{BODY}<div><p><a href=x><b>关注</b></a>微信公众号：老刘写材料</p><img src=a></div>", f"{BODY}<div><img src=a></div>", "picture-stays"),
    (f"{BODY}<div><input name=a><p>{PROMOTION}</p></div>", f"{BODY}<div><input name=a></div>", "control-stays"),
    (f"<table><tr><td>{BODY}<td>{PROMOTION}</table>", f"<table><tr><td>{BODY}<td></table>", "cell-stays"),
    (f"<div>{BODY}第一。<br>第二。<br>{PROMOTION}</div>", f"<div>{BODY}第一。<br>第二。</div>", "line-break"),
    (f"{BODY}<ul><li>{PROMOTION}<li>{PROMOTION}</ul>", BODY, "implied-ends"),
    (f"<html><body>{BODY}<p>{PROMOTION}</body></html>", f"<html><body>{BODY}</body></html>", "body-stays"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "output"), [pytest.param(a, b, id=i) for a, b, i in GONE])
def test_promotion_goes_with_containers_that_it_leaves_empty(redactor: Redactor, page: str, output: str) -> None:
    assert clean(redactor, page).decode() == output


@pytest.mark.parametrize(
    ("page", "codec", "sign"),
    [
        pytest.param(f"<meta charset=gbk><p>{SECRETS[0]}", "gbk", "×", id="e8-gbk"),
        pytest.param(f'<meta http-equiv=Content-Type content="text/html; charset=gb2312"><p>{SECRETS[0]}', "gb2312", "×", id="http-equiv"),
        pytest.param(f"<meta charset=gbk><p>{SECRETS[0]}，各位同志", "utf-8", "×", id="declared-wrong"),
        pytest.param(f"<meta charset=utf-8><p>{SECRETS[0]}，各位同志，今天我们召开会议", "gb18030", "×", id="declared-wrong-gbk"),
        pytest.param(f"<meta charset=latin1><p>{SECRETS[0]}，各位同志", "utf-8", "×", id="latin1"),
        pytest.param(f"<?xml version='1.0' encoding='Big5'?><p>會議，{SECRETS[-1]}", "big5", "×", id="xml-declaration"),
        pytest.param("<meta charset=windows-1251><p title=canary-7Q>привет canary-7Q", "cp1251", "&#215;", id="sign-lacking"),
    ],
)  # fmt: skip
def test_e8_declared_and_real_encodings(redactor: Redactor, page: str, codec: str, sign: str) -> None:
    data = page.encode(codec)
    secret = next(s for s in SECRETS if s in page)
    assert clean(redactor, data) == page.replace(secret, sign).encode(codec)


@pytest.mark.parametrize(("label", "codec"), [("hz-gb-2312", "hz"), ("utf-7", "utf-7"), ("ISO-2022-KR", "iso2022_kr")])
def test_other_characters_by_letters_of_ascii_are_refused(redactor: Redactor, label: str, codec: str) -> None:
    """Read as the ASCII that they are, they were left, and nothing was said."""
    said = "金先生" if codec == "iso2022_kr" else SECRETS[0]
    with pytest.raises(FormatError, match="save it as UTF-8 first"):
        clean(redactor, f"<meta charset={label}><p>".encode() + said.encode(codec))
    page = f"<meta charset={label}><p>1+1=2 ~ a+b"
    assert clean(redactor, page.encode()) == page.encode()


def test_the_encoding_that_is_asked_for_wins(redactor: Redactor) -> None:
    page = f"<meta charset=utf-16><p>{SECRETS[0]}"
    assert clean(redactor, page.encode("gb18030"), encoding="gb18030") == page.replace(SECRETS[0], "×").encode(
        "gb18030"
    )
    with pytest.raises(RedactorError):
        clean(redactor, "<p>各位同志".encode("gb18030"), encoding="utf-8")
    with pytest.raises(FormatError, match="unknown encoding"):
        clean(redactor, "<p>", encoding="no-such")


SCRIPTS = [
    "var a = '钱多多', b = \"x\\\"钱多多\\n\", c = `钱${a}多多 ${`孙思淼`}`, d = /钱多多['\"]/u, e = 13800138000;",
    "/* 钱多多 */ // 孙思淼\nvar o = {钱多多: 1, '孙思淼': [2, 3]}, p = o.钱多多 / 2 / 3;",
    "var s = '<a title=\"钱多多\">孙<b>思淼<\\/b><\\/a>'; function f(x) { return /孙思淼/.test(x) }",
]  # fmt: skip


@pytest.fixture(scope="module")
def labelling() -> Redactor:
    return made("label", mask=SECRETS, ner="none")


@pytest.mark.parametrize("policy", ["redactor", "labelling", "stripping"])
@pytest.mark.parametrize("script", [pytest.param(s, id=str(n)) for n, s in enumerate(SCRIPTS)])
@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_e7_scripts_still_parse(script: str, policy: str, request: pytest.FixtureRequest) -> None:
    output = clean(request.getfixturevalue(policy), f"<script>{script}</script>").decode()
    code = output.removeprefix("<script>").removesuffix("</script>")
    assert not any(secret in code for secret in SECRETS)
    assert subprocess.run(["node", "--check", "-"], input=code.encode(), check=False).returncode == 0


def test_e7_json_still_parses_with_its_keys(redactor: Redactor) -> None:
    data = {"@context": "https://schema.org", "author": "李明", "body": "<p title=\"x\">钱<b>多多</b></p>\n\"引\"", "telephone": 13800138000, "n": 1.5}  # fmt: skip
    page = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    output = clean(redactor, page).decode()
    assert json.loads(re.sub("<[^>]*script[^>]*>", "", output)) == {
        **data, "author": "×", "body": "<p title=\"x\">×<b></b></p>\n\"引\"", "telephone": "×",
    }  # fmt: skip


@pytest.fixture(scope="module")
def stripping(tmp_path_factory: pytest.TempPathFactory) -> Redactor:
    policy = tmp_path_factory.mktemp("policy") / "strip.toml"
    policy.write_text(
        'name = "strip"\ndescription = { zh = "删", en = "Strip" }\nthreshold = 0.5\ndefault = "strip"\n', "utf-8"
    )
    return made(policy, mask=SECRETS, ner="none")


@pytest.mark.parametrize(
    "page",
    [
        "<p>&钱多多amp;<钱多多b>&钱多多#65;",
        "<script>a='<钱多多/script>', b='\\u00钱多多41', c=/钱多多/, d={孙思淼: 1}</script>",
        "<!--钱多多>x--><!-- -钱多多-> x--><!-- --钱多多> x-->",
        "<input value=钱多多 title=孙思淼><input value=钱多多>",
        "<p title='钱多多&孙思淼lt;'>x</p>",
        "<style>/*钱多多/ x */a{content:'钱多多'}</style>",
        "<plaintext><钱多多b>",
    ],
)
def test_what_an_edit_brings_together_is_no_markup(stripping: Redactor, page: str) -> None:
    """Values taken out without a sign must not make tags, references or ends of comments of what stands around them."""
    before, after = dom(page), dom(clean(stripping, page).decode())
    assert len(before) == len(after)
    left = [re.sub("钱多多|孙思淼", "", text) for text in before]
    assert [text.replace("×", "").replace("_", "") for text in after] == left


@pytest.mark.parametrize(
    "page",
    [
        pytest.param('<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>&x;', id="f1-entity"),
        pytest.param(
            '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><l>&b;</l>', id="f2-laughs"
        ),
        pytest.param("<div>" * 100_001, id="f4-deep"),
        pytest.param("<p " + " ".join(f"a{i}" for i in range(10_001)) + ">", id="f4-attributes"),
        pytest.param("<p " + " ".join(f"a{i}='甲'" for i in range(300_000)) + ">", id="SAFETY-C3-attributes"),
        pytest.param("</p " + "a " * 300_000, id="SAFETY-C3-attributes-of-an-end-tag-cut-off"),
    ],
)
def test_hostile_pages_are_refused(redactor: Redactor, page: str) -> None:
    with pytest.raises(FormatError):
        clean(redactor, page)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "page",
    [
        slow("<b>" * 50_000 + "</i>" * 50_000 + "</b>" * 50_000, id="f4-deep-inline"),
        slow("<p title='" + "&#x41;" * 60_000, id="f4-torn-references"),
        pytest.param("<!--" * 200_000, id="f4-comments"),
        slow("<script>" + "'\\" * 200_000, id="f4-escapes"),
        slow("<script>" + "`${" * 100_000, id="f4-templates"),
        slow("<script>" + "''+" * 200_000, id="f4-joined-strings"),
        slow("<p style='" + "/*" * 200_000 + "'>甲", id="f4-style-comments"),
        pytest.param("<script>''" + "+" * 50_000 + " " * 50_000 + "+" * 50_000, id="f4-no-joint"),
        pytest.param("<table><td>" + "<b>" * 20_000 + "</div>" * 20_000, id="f4-stray-ends"),
        pytest.param("<a href='" + "%41" * 100_000 + "/'>", id="f4-percent"),
    ],
)
def test_huge_and_strange_pages_are_read(redactor: Redactor, page: str) -> None:
    assert clean(redactor, page)


@pytest.mark.parametrize(
    ("page", "told"),
    [
        pytest.param("<div hidden><p>钱多多</p>乙</div>", ("p", "hidden attribute", 1), id="hidden"),
        pytest.param("<p hidden=until-found>钱多多", ("p", "hidden attribute", 1), id="hidden-value"),
        pytest.param("<p style='color:red; DISPLAY : none !important'>钱多多</p>", ("p", "display: none", 1), id="display"),
        pytest.param("<p style='display&#58;none'>钱多多</p>", ("p", "display: none", 1), id="display-escaped"),
        pytest.param("<i style=display:none>钱</i><i style=display:none>钱多多</i>", ("text", "display: none", 2), id="twice"),
        pytest.param("<ul style='visibility:hidden'><li>钱多多<li>乙</ul>", ("li", "visibility: hidden", 1), id="visibility"),
        pytest.param("<td style='font-size:0.0px'>钱多多</td>", ("td", "font-size: 0", 1), id="font-size"),
        pytest.param("<textarea hidden>钱多多</textarea>", ("textarea", "hidden attribute", 1), id="textarea"),
        pytest.param("<p>钱多多</p><p title=hidden style='display:block'>乙</p>", None, id="shown"),
        pytest.param("<p hidden>&nbsp; <br></p><p>钱多多</p>", None, id="blank"),
        pytest.param("<div hidden><script>f('乙')</script></div>钱多多", None, id="script"),
        pytest.param("<div hidden><img src=a alt=乙></div>钱多多", None, id="no-text"),
        pytest.param("<p style='display:none;display:block'>钱多多</p>", None, id="last-counts"),
        pytest.param("<p style='display:block' style='display:none'>钱多多</p>", None, id="first-attribute-counts"),
        pytest.param("<p style=visibility:hidden><b style=visibility:visible>钱多多</b></p>", None, id="visible-again"),
        pytest.param("<div style=font-size:0><p class=a>钱多多</p></div>", None, id="size-by-a-style-sheet"),
        pytest.param("<p style=font-size:0.5px>钱多多</p><p style=opacity:0.5>乙</p>", None, id="small"),
    ],
)  # fmt: skip
def test_hidden_text_is_told_and_redacted(redactor: Redactor, page: str, told: tuple[str, str, int] | None) -> None:
    output, session = clean_in_session(redactor, page)
    assert session.hidden_texts == ({told[:2]: told[2]} if told else {})
    assert "钱多多" not in output.decode()


def test_pictures_in_addresses_are_told(redactor: Redactor) -> None:
    page = '<img src="data:image/png;base64,iVBORw0KGgo=">'
    output, session = clean_in_session(redactor, page)
    assert output.decode() == page
    assert session.not_checked == [("src attribute", "a picture")]
    with pytest.raises(FormatError):
        clean_in_session(redactor, page, strict=True)


def test_mutants_are_redacted_or_refused(redactor: Redactor) -> None:
    page = bytearray("\n".join([KEPT, *(hide(p, SECRETS[0]) for p in list(PLACES)[:50:3])]).encode())
    dice = random.Random(5)
    outcomes = {"redacted": 0, "refused": 0}
    messages: set[str] = set()
    for _ in range(some(200)):
        mutant = page[: dice.randrange(len(page))] if dice.random() < 0.2 else bytearray(page)
        for _ in range(dice.randrange(1, 6)):
            at = dice.randrange(len(mutant) + 1)
            mutant[at : at + dice.randrange(3)] = dice.choice(
                [b"<", b">", b"'", b'"', b"\xff", b"\0", b"&", b"-->", b"</script", b"", b"`"]
            )
        try:
            clean(redactor, bytes(mutant))
            outcomes["redacted"] += 1
        except RedactorError as error:
            outcomes["refused"] += 1
            messages.add(str(error))
    assert outcomes["redacted"]
    assert not any("\n" in message or secret in message for message in messages for secret in SECRETS)


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        pytest.param(b"<!doctype html><p>x", "a.doc", "html", id="by-content"),
        pytest.param(b"<p>x</p>", "a.htm", "html", id="by-name"),
        pytest.param(b"<?xml version='1.0'?><a/>", "a.xml", "xml", id="xml"),
    ],
)
def test_the_kind_is_told(data: bytes, name: str, kind: str) -> None:
    assert kind_of(io.BytesIO(data), name) == kind


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("张", id="SAFETY-C1"),
        pytest.param("5byg张", id="SAFETY-C1-after-letters"),
        pytest.param("5byg*LiJ", id="SAFETY-C1-a-sign"),
        pytest.param("%E5%BC%A0", id="SAFETY-C1-escaped"),
    ],
)
def test_what_is_no_base64_in_an_address_is_told(content: str) -> None:
    page = f'<img src="data:text/plain;base64,{content}"><p>好</p>'
    told = DocumentSession(made(ner="none"), lambda *_: None)
    out = io.BytesIO()
    load_format("html")(io.BytesIO(page.encode()), out, told, Options())
    assert out.getvalue().decode() == page
    assert [what for _, what in told.not_checked] == ["a data: address"]


@pytest.mark.parametrize(
    "page",
    [
        "<ti@mail.cn张<b>三</b>",
        "</ti@mail.cn张<b>三</b>",
        '<ti@mail.cn a="张<b@c>三',
        '</ti@mail.cn a="张<b@c>三',
        "<t e='<g@mail.cn5byg5LiJ<e>",
        "张三 <wang@mail.cn> <p zhang@mail.cn=1>",
        "<x-5byg5LiJ b-5byg5LiJ=1>",
    ],
)
def test_what_is_masked_in_a_tag_leaves_a_tag(page: str) -> None:
    redactor = few_rules()
    once = clean(redactor, page)
    assert not any(secret in once for secret in (b"mail.cn", b"5byg5LiJ"))
    assert clean(redactor, once) == once
