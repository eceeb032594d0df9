"""XML of any vocabulary: every text is read, the rest stays byte for byte (rows E7, F1, F2, F4 of the robustness list)."""

from __future__ import annotations

import codecs
import io
import random
import urllib.parse

import pytest

from redactor import Redactor
from redactor.formats.options import Options
from redactor.formats.registry import load_format
from redactor.formats.session import DocumentSession
from redactor.model import FormatError, PluginError, RedactorError
from tests.conftest import made
from tests.draws import some

etree = pytest.importorskip("lxml.etree")

SECRETS = (
    "钱多多", "孙思淼", "赵一鸣", "周慕白", "吴小满", "郑南星", "冯知秋", "陈默然", "褚云起", "卫长风", "蒋听雨", "canary-7Q",
)  # fmt: skip


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return made(mask=SECRETS, ner="none")


def clean(redactor: Redactor, document: bytes | str, **options: object) -> bytes:
    out = io.BytesIO()
    source = io.BytesIO(document.encode() if isinstance(document, str) else document)
    load_format("xml")(source, out, DocumentSession(redactor, lambda *_: None), Options(**options))  # type: ignore[arg-type]
    return out.getvalue()


def seen(document: bytes | str) -> list[str]:
    """All that a parser hands out: names, texts, attributes, comments, instructions."""
    root = etree.fromstring(document.encode() if isinstance(document, str) else document)
    found = []
    for node in root.iter():
        found += [str(node.tag), node.text or "", node.tail or "", *map("=".join, node.attrib.items())]
    return found


PLACES = {
    "text": "<a>{0}</a>",
    "references": "<a>{dec}</a>",
    "cdata": "<a><![CDATA[{0}]]></a>",
    "text-and-cdata": "<a>{0[0]}<![CDATA[{1}]]></a>",
    "comment-inside": "<a>{0[0]}<!-- x -->{1}</a>",
    "attribute": "<a b='{0}' c=\"{dec}\"/>",
    "comment": "<!-- {0} -->",
    "instruction": "<?pi {0}?>",
    "namespace": "<a xmlns='urn:{percent}'/>",
    "escaped-markup": "<a>&lt;p title='{0}'&gt;{0[0]}&lt;b&gt;{1}&lt;/b&gt;&lt;!--{0}--&gt;</a>",
    "markup-in-cdata": "<a><![CDATA[<p title='{0}'>{0[0]}<b>{1}</b></p>]]></a>",
    "mixed": "<a>前<b/>{0}</a>",
}


def hide(place: str, secret: str) -> str:
    return PLACES[place].format(
        secret, secret[1:], percent=urllib.parse.quote(secret), dec="".join(f"&#{ord(c)};" for c in secret)
    )


@pytest.mark.parametrize("place", [pytest.param(p, id=f"e7-{p}") for p in PLACES])
def test_no_secret_is_left_in_any_place(redactor: Redactor, place: str) -> None:
    for secret in SECRETS:
        page = f'<?xml version="1.0"?>\n<root><x>前文甲。</x>{hide(place, secret)}</root>'
        output = clean(redactor, page).decode()
        texts = [
            *seen(output),
            *map(urllib.parse.unquote, seen(output)),
            "".join(seen(output)).replace("<b>", "").replace("x", ""),
        ]
        assert not any(secret.lower() in text.lower() for text in texts)
        assert "前文甲。" in texts
        assert len(seen(output)) == len(seen(page))


def test_all_places_in_one_document(redactor: Redactor) -> None:
    page = "<root>" + "\n".join(hide(p, s) for p in PLACES for s in SECRETS) + "<z>末段乙。</z></root>"
    output = clean(redactor, page).decode()
    assert not any(secret in text for text in [output, *seen(output)] for secret in SECRETS)
    assert len(seen(output)) == len(seen(page))


KEPT = """<?xml version='1.0' encoding="utf-8"?>\r
<!DOCTYPE r PUBLIC "-//W3C//DTD X 1.0//EN" 'http://www.w3.org/x.dtd'>
<r xmlns="http://www.example.com/ns" xmlns:b='urn:b' a = "甲 &lt; 乙" ><!-- 注释 --><b:c  /><d>请各单位&amp;认真\t落实</d >
<![CDATA[a < b ]] > &amp;]]><?x y?></r>
"""


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(KEPT.encode(), id="utf-8"),
        pytest.param(codecs.BOM_UTF8 + KEPT.encode(), id="bom"),
        pytest.param(KEPT.replace("utf-8", "GB2312").encode("gb2312"), id="gb2312"),
        pytest.param(codecs.BOM_UTF16_BE + KEPT.replace("utf-8", "utf-16").encode("utf-16-be"), id="utf-16"),
    ],
)
def test_what_holds_nothing_stays_byte_for_byte(redactor: Redactor, document: bytes) -> None:
    assert clean(redactor, document) == document


CASES = [
    ("<r><b t='钱多多'>钱多多</b><c>钱多多</c></r>", ("c", "b.t"), "<r><b t='×'>钱多多</b><c>×</c></r>", "names"),
    ("<r><b t='钱多多'>钱多多<i>钱多多</i></b>钱多多</r>", ("r/b",), "<r><b t='×'>×<i>×</i></b>钱多多</r>", "path"),
    ("<r><dc:t>钱多多</dc:t></r>", ("t",), "<r><dc:t>×</dc:t></r>", "prefix"),
    ("<r><b>钱多多</b></r>", ("x",), "<r><b>钱多多</b></r>", "none"),
    ("<r><姓名>李明</姓名></r>", (), "<r><姓名>×</姓名></r>", "label"),
    ("<r>]]钱多多&gt;<!-- -钱多多- --></r>", (), "<r>]]×&gt;<!-- -×- --></r>", "joins"),
    (
        "<!DOCTYPE 钱多多><钱多多><?钱多多 钱多多?><?p钱多多?></钱多多>",
        (),
        "<!DOCTYPE 钱多多><钱多多><?钱多多 ×?><?p钱多多?></钱多多>",
        "targets",
    ),
    ("<r>电话&#65306;&#49;38&#160;0013 8000</r>", (), "<r>电话&#65306;×</r>", "a28"),
]


@pytest.mark.parametrize(("document", "fields", "output"), [pytest.param(a, b, c, id=i) for a, b, c, i in CASES])
def test_edits_are_spliced_into_the_source(
    redactor: Redactor, document: str, fields: tuple[str, ...], output: str
) -> None:
    assert clean(redactor, document, fields=fields).decode() == output


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("<a><!-->张三同志--></a>", "<a><!-->×同志--></a>"),
        ("<a><!-->></a>请张三牵头-->完</a>", "<a><!-->></a>请×牵头-->完</a>"),
        ("<a><!--->请张三牵头--></a>", "<a><!--->请×牵头--></a>"),
    ],
)
def test_a_comment_ends_where_xml_says(redactor: Redactor, source: str, output: str) -> None:
    """In HTML, `<!-->` is a comment; in XML it begins one (XML 1.0, 2.5)."""
    assert clean(redactor, source).decode() == output


def test_what_an_operator_writes_leaves_xml_or_nothing() -> None:
    """A sign that no XML may hold is refused where it is given."""
    redactor = Redactor(
        builtin=False, ner="none", mask=["钱多多"], operators={"PERSON": lambda entity, value, number: "\x01"}
    )
    with pytest.raises(PluginError, match="not every format can hold"):
        clean(redactor, "<r>钱多多</r>")


@pytest.mark.parametrize(
    "document",
    [
        pytest.param('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', id="f1-xxe"),
        pytest.param('<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><a/>', id="f1-parameter"),
        pytest.param('<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>', id="f2-laughs"),
        pytest.param("<a>" * 100_000, id="f4-deep"),
        pytest.param("<a>" * 100_000 + "</a>" * 100_000, id="f4-deep-whole"),
        pytest.param("<a " + " ".join(f'a{i}="1"' for i in range(1_000_000)) + "/>", id="f4-attributes"),
        pytest.param("<a><b></a>", id="mismatched"),
        pytest.param('"</a>钱多多', id="ends-within-a-quote"),
        pytest.param("<a>x", id="cut"),
        pytest.param("<a x='", id="cut-tag"),
        pytest.param("<a><!-- x</a>", id="cut-comment"),
        pytest.param("<a>&x;</a>", id="unknown-entity"),
        pytest.param("<a/><b/>", id="two-roots"),
        pytest.param("", id="empty"),
        pytest.param("<a x='1' x='2'/>", id="doubled"),
    ],
)
def test_hostile_documents_are_refused_without_a_word_of_theirs(redactor: Redactor, document: str) -> None:
    with pytest.raises(FormatError) as caught:
        clean(redactor, document)
    assert "\n" not in str(caught.value)
    assert "passwd" not in str(caught.value)


@pytest.mark.slow
def test_f4_a_text_of_eleven_megabytes_is_read(redactor: Redactor) -> None:
    document = "<r><a>" + "x " * 5_500_000 + "</a><b>钱多多</b></r>"
    assert clean(redactor, document, fields=("b",)) == document.replace("钱多多", "×").encode()


def test_mutants_are_redacted_or_refused(redactor: Redactor) -> None:
    page = bytearray(("<root>" + "\n".join(hide(p, SECRETS[0]) for p in PLACES) + "</root>").encode())
    dice = random.Random(6)
    redacted = 0
    for _ in range(some(400)):
        mutant = page[: dice.randrange(len(page))] if dice.random() < 0.1 else bytearray(page)
        for _ in range(dice.randrange(1, 3)):
            at = dice.randrange(len(mutant) + 1)
            mutant[at : at + dice.randrange(2)] = dice.choice([b"<", b"'", b"x", b"\xff", b"&", b"-", b"", b" "])
        try:
            output = clean(redactor, bytes(mutant))
        except RedactorError:
            continue
        redacted += 1
        parser = etree.XMLParser(resolve_entities=False, recover=False)
        try:
            etree.fromstring(bytes(mutant), parser)
        except etree.XMLSyntaxError:
            continue  # lxml looks at namespaces too
        etree.fromstring(output, parser)
    assert redacted
