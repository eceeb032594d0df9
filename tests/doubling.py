"""`python -m tests.doubling [NAME…]`: how much more processor time a document takes that is twice as large, of shapes made to be slow.

Each shape is made larger until it takes some tenths of a second beyond what the smallest takes, then twice and four times as large; told
is the root of the growth from the first to the last, and where it is more than it should be, the least of three tries, each with documents that
take four times as long: what only fills a cache looks like growth, and no longer does then. Policy publish, all that it does included: the
recogniser, the last check, the writing. The exit code is 1 where time grows faster than `MOST` a doubling.
"""

from __future__ import annotations

import argparse
import base64
import bz2
import gzip
import io
import os
import random
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from redactor import Options, Redactor
from redactor.files.job import Job, Task
from redactor.files.report import Report
from tests.build import collection, ofd
from tests.build.packages import operated, packed

MOST: Final = 2.3
ENOUGH: Final = 0.15
"""Seconds that the smallest of the three takes."""
LARGEST: Final = 40_000_000
"""Bytes of the smallest of the three, or the number of what it is made of, where time hardly grows at all."""
_RANDOM: Final = random.Random(7)
_LETTERS: Final = "".join(_RANDOM.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", k=997))
_HAN: Final = "".join(
    _RANDOM.choices("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工", k=997)
)
_NAMES: Final = (
    "、".join(_RANDOM.choice("王李张刘陈") + "".join(_RANDOM.choices("建国志强海军明华", k=2)) for _ in range(199))
    + "、"
)


def _filled(unit: str, size: int) -> str:
    return unit * max(1, size // len(unit))


TEXTS: Final[Mapping[str, Callable[[int], str]]] = {
    "one sign": lambda n: "张" * n,
    "digits": lambda n: "1" * n,
    "figures": lambda n: _filled("12,345.6%", n),
    "letters": lambda n: "a" * n,
    "letters of Base64": lambda n: _filled(_LETTERS, n),
    "Base64 of names": lambda n: base64.b64encode(_filled(_NAMES, n // 3).encode()).decode(),
    "hexadecimal": lambda n: _filled(_NAMES, n // 6).encode().hex(),
    "percent": lambda n: _filled("%E5%BC%A0%E4%B8%89 ", n),
    "escapes": lambda n: _filled("\\u5f20\\u4e09&#24352;", n),
    "names": lambda n: _filled(_NAMES, n),
    "different names": lambda n: "，".join(
        f"张{chr(0x4E00 + i % 20000)}{chr(0x4E00 + i // 7 % 20000)}同志" for i in range(n // 6)
    ),
    "places": lambda n: _filled("云岭县青山镇", n),
    "running text": lambda n: _filled(_HAN, n),
    "brackets": lambda n: "（" * (n // 2) + "）" * (n // 2),
    "quotes": lambda n: _filled("“《", n),
    "invisible": lambda n: _filled("1\u200b3\u200b8\u200b", n),
    "turned round": lambda n: _filled("\u202e三张\u202c", n),
    "turned round and never back": lambda n: _filled("\u202e三张", n),
    "marks": lambda n: _filled("e\u0301\u0301\u0301", n),
    "addresses": lambda n: _filled("http://a.b@", n),
    "mail names": lambda n: _filled("a.b-c_d@", n),
    "signs": lambda n: _filled("××同志", n),
    "empty lines": lambda n: "\n" * n,
    "short lines": lambda n: _filled("张\n", n),
    "promotion": lambda n: _filled("关注公众号“甲乙”，回复资料\n", n),
    "rows": lambda n: "姓名\t电话\n" + _filled("张三\t13800138000\n", n),
    "numerals": lambda n: _filled("一百二十三万", n),
    "dates": lambda n: _filled("2024年5月6日至", n),
    "folded letters": lambda n: _filled("１３８ｈｔｔｐ：", n),
    "spaced": lambda n: _filled("张 三 ", n),
}
"""Texts of some size, in characters."""


def _html(inner: str) -> bytes:
    return f"<!doctype html><meta charset=utf-8><body>{inner}".encode()


def _mail(head: str, body: str) -> bytes:
    return f"From: a@mail.cn\r\n{head}MIME-Version: 1.0\r\n{body}".encode()


_PLAIN: Final = "Content-Type: text/plain; charset=utf-8\r\n\r\n"


def _word(paragraphs: str) -> bytes:
    return operated(
        collection.word(), {"word/document.xml": lambda text: text.replace("<w:body>", f"<w:body>{paragraphs}")}
    )


def _run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def _sheet(rows: str, after: str = "") -> bytes:
    def change(text: str) -> str:
        start, end = text.index("<sheetData"), text.index("</sheetData>")
        return text[:start] + f"<sheetData>{rows}" + text[end:].replace("</sheetData>", f"</sheetData>{after}", 1)

    return operated(collection.sheet(), {"xl/worksheets/sheet1.xml": change})


def _slide(shapes: str) -> bytes:
    def change(text: str) -> str:
        at = text.rindex("</p:spTree>")
        return text[:at] + shapes + text[at:]

    return operated(collection.slides(), {"ppt/slides/slide1.xml": change})


def _shape(number: int, text: str) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number + 99}" name="a{number}"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/>'
        f"<p:txBody><a:bodyPr/><a:p>{text}</a:p></p:txBody></p:sp>"
    )


def _tar(number: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        for each in range(number):
            info = tarfile.TarInfo(f"张三{each}.txt")
            info.size = 6
            packed.addfile(info, io.BytesIO("张三".encode()))
    return out.getvalue()


def _ofd(*pages: str) -> bytes:
    return packed(ofd.document(pages))


def _columns(table: Mapping[str, list[str]], metadata: Mapping[str, str] | None = None, *, kind: str) -> bytes:
    """A table of columns as Parquet or as an Arrow file of ten parts."""
    import pyarrow as pa
    from pyarrow import parquet

    out = io.BytesIO()
    made = pa.table(dict(table)).replace_schema_metadata(dict(metadata or {}))
    if kind == "parquet":
        parquet.write_table(made, out)
    else:
        with pa.ipc.new_file(out, made.schema) as writer:
            writer.write_table(made, max_chunksize=max(1, made.num_rows // 10))
    return out.getvalue()


def _pdf(content: bytes, *, notes: int = 0, pages: int = 1) -> bytes:
    from pikepdf import Array, Dictionary, Name, Pdf, String

    out = io.BytesIO()
    with Pdf.open(io.BytesIO(collection.pages())) as pdf:
        del pdf.pages[1:]
        page = pdf.pages[0]
        if content:
            page.contents_add(pdf.make_stream(content))
        if notes:
            note = {"Type": Name.Annot, "Subtype": Name.Text, "Rect": [0, 0, 9, 9]}
            page.obj.Annots = Array(
                [pdf.make_indirect(Dictionary(**note, Contents=String(f"张三{n}"))) for n in range(notes)]
            )
        for _ in range(pages - 1):
            pdf.pages.append(page)
        pdf.save(out)
    return out.getvalue()


def _parts(number: int) -> str:
    part = f"--b\r\n{_PLAIN}张三\r\n"
    return f'Content-Type: multipart/mixed; boundary="b"\r\n\r\n{part * number}--b--\r\n'


CONTAINERS: Final[Mapping[str, Callable[[int], bytes]]] = {
    "html tags in tags": lambda n: _html("<div>张" * n),
    "html runs": lambda n: _html("<b>张</b><i>三</i>" * n),
    "html blocks": lambda n: _html("<p>张三</p>" * n),
    "html attributes": lambda n: _html("<p " + " ".join(f'a{i}="张三"' for i in range(n)) + ">"),
    "html one attribute": lambda n: _html('<p title="' + "张三&amp;" * n + '">'),
    "html cells": lambda n: _html("<table><tr><td>姓名<td>电话" + "<tr><td>张三<td>1" * n),
    "html comments": lambda n: _html("<!-- 张三 -->" * n),
    "html open comments": lambda n: _html("<!-" * n),
    "html less than": lambda n: _html("<" * n),
    "html ends": lambda n: _html("</b>" * n + "张三"),
    "html formatting": lambda n: _html("<b><p>张" * n),
    "html script": lambda n: _html("<script>var a='张三'+\"a\";/*张三*/" * 1 + "x='张'+'三';" * n + "</script>"),
    "html styles": lambda n: _html("<style>" + ".a{color:red}" * n + "</style>" + "<p class=a>张三" * 9),
    "html data addresses": lambda n: _html("<a href='data:text/plain;base64,5byg5LiJ'>b</a>" * n),
    "html turned round": lambda n: _html("<bdo dir=rtl>三张" * n),
    "xml in itself": lambda n: f"{'<a>' * 50}{'<b>张三</b>' * n}{'</a>' * 50}".encode(),
    "xml nodes": lambda n: ("<a>" + "<b c='张三'>张三</b>" * n + "</a>").encode(),
    "xml CDATA": lambda n: ("<a>" + "<![CDATA[张三]]>" * n + "</a>").encode(),
    "xml markup in a text": lambda n: ("<a>" + "&lt;b&gt;张三&lt;/b&gt;" * n + "</a>").encode(),
    "json values": lambda n: ("[" + ",".join(['"张三"'] * n) + "]").encode(),
    "json keys": lambda n: ("{" + ",".join(f'"张三{i}":{i}' for i in range(n)) + "}").encode(),
    "json escapes": lambda n: ('"' + "\\u5f20\\u4e09" * n + '"').encode(),
    "json in json": lambda n: ('{"a":"' + '[\\"张三\\",' * n + '"}').encode(),
    "jsonl lines": lambda n: ('{"姓名":"张三"}\n' * n).encode(),
    "csv rows": lambda n: ("姓名,电话\n" + "张三,13800138000\n" * n).encode(),
    "csv columns": lambda n: (",".join(f"姓名{i}" for i in range(n)) + "\n" + "张三," * (n - 1) + "a\n").encode(),
    "csv quotes": lambda n: ('a,b\n"' + '""张三' * n + '",c\n').encode(),
    "eml recipients": lambda n: _mail(
        "To: " + ",\r\n ".join(f"张三 <a{i}@mail.cn>" for i in range(n)) + "\r\n", _PLAIN + "a"
    ),
    "eml words": lambda n: _mail("Subject: " + "\r\n ".join(["=?utf-8?B?5byg5LiJ?="] * n) + "\r\n", _PLAIN + "a"),
    "eml headers": lambda n: _mail("".join(f"X-A{i}: 张三\r\n" for i in range(n)), _PLAIN + "a"),
    "eml parts": lambda n: _mail("", _parts(n)),
    "eml parameters": lambda n: _mail(
        "",
        "Content-Type: text/plain; charset=utf-8"
        + "".join(f";\r\n name*{i}*=%E5%BC%A0" for i in range(n))
        + "\r\n\r\na",
    ),
    "eml quoted-printable": lambda n: _mail(
        "",
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        + "=E5=BC=A0=\r\n" * n,
    ),
    "docx runs": lambda n: _word("<w:p>" + _run("张") * n + "</w:p>"),
    "docx paragraphs": lambda n: _word(f"<w:p>{_run('张三')}</w:p>" * n),
    "docx cells": lambda n: _word("<w:tbl>" + f"<w:tr><w:tc><w:p>{_run('张三')}</w:p></w:tc></w:tr>" * n + "</w:tbl>"),
    "docx fields": lambda n: _word(
        "<w:p>" + f'<w:fldSimple w:instr=" AUTHOR 张三 ">{_run("张三")}</w:fldSimple>' * n + "</w:p>"
    ),
    "docx revisions": lambda n: _word(
        "<w:p>"
        + f'<w:ins w:id="1" w:author="张三">{_run("张")}</w:ins><w:del w:id="2" w:author="a"><w:r><w:delText>三</w:delText></w:r></w:del>'
        * n
        + "</w:p>"
    ),
    "docx bookmarks": lambda n: _word(
        "<w:p>"
        + "".join(f'<w:bookmarkStart w:id="{i}" w:name="张三{i}"/><w:bookmarkEnd w:id="{i}"/>' for i in range(n))
        + "</w:p>"
    ),
    "xlsx rows": lambda n: _sheet(
        "".join(f'<row r="{i}"><c r="A{i}" t="inlineStr"><is><t>张三</t></is></c></row>' for i in range(1, n + 1))
    ),
    "xlsx formulas": lambda n: _sheet(
        "".join(
            f'<row r="{i}"><c r="A{i}" t="str"><f>B{i}&amp;"张三{i}"</f><v>张三</v></c></row>' for i in range(1, n + 1)
        )
    ),
    "xlsx columns": lambda n: _sheet(
        "".join(
            f'<row r="{i}">' + "".join(f'<c r="{c}{i}"><v>13800138000</v></c>' for c in "ABCDEFGHIJ") + "</row>"
            for i in range(1, n + 1)
        )
    ),
    "xlsx merged": lambda n: _sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row>',
        f'<mergeCells count="{n}">'
        + "".join(f'<mergeCell ref="A{2 * i + 1}:A{2 * i + 2}"/>' for i in range(n))
        + "</mergeCells>",
    ),
    "pptx shapes": lambda n: _slide("".join(_shape(i, "<a:r><a:t>张三</a:t></a:r>") for i in range(n))),
    "pptx runs": lambda n: _slide(_shape(1, "<a:r><a:t>张</a:t></a:r>" * n)),
    "zip members": lambda n: packed({f"张三{i}.txt": "张三".encode() for i in range(n)}),
    "zip one member": lambda n: packed({"a.txt": "张三同志\n".encode() * n}),
    "tar members": _tar,
    "zip in zip": lambda n: packed({f"{i}.zip": packed({"a.txt": "张三".encode()}) for i in range(n)}),
    "gzip one text": lambda n: gzip.compress("张三同志\n".encode() * n),
    "gzip pieces": lambda n: gzip.compress("张三同志\n".encode()) * n,
    "bzip2 pieces": lambda n: bz2.compress("张三同志\n".encode()) * n,
    "parquet rows": lambda n: _columns({"姓名": ["张三"] * n, "a": [f"{i}" for i in range(n)]}, kind="parquet"),
    "parquet columns": lambda n: _columns({f"姓名{i}": ["张三"] for i in range(n)}, kind="parquet"),
    "parquet metadata": lambda n: _columns({"a": ["b"]}, {f"k{i}": "张三" for i in range(n)}, kind="parquet"),
    "arrow rows": lambda n: _columns({"姓名": ["张三"] * n, "a": [f"{i}" for i in range(n)]}, kind="arrow"),
    "arrow columns": lambda n: _columns({f"姓名{i}": ["张三"] for i in range(n)}, kind="arrow"),
    "ofd lines": lambda n: _ofd(ofd.lines(*["张三同志"] * n)),
    "ofd letters": lambda n: _ofd(ofd.page(ofd.text_object(1, 0, 9, "张三" * n))),
    "ofd in one line": lambda n: _ofd(ofd.page(*(ofd.text_object(i, 5 * i, 9, "张") for i in range(n)))),
    "ofd in one place": lambda n: _ofd(ofd.page(*(ofd.text_object(i, 9, 9, "张") for i in range(n)))),
    "ofd pages": lambda n: _ofd(*[ofd.lines("张三")] * n),
    "pdf marks": lambda n: _pdf(b"q 1 0 0 1 50 700 cm /Span <</A (a13800138000)>> BDC 0 0 9 9 re f EMC Q\n" * n),
    "pdf operators": lambda n: _pdf(b"q 0 0 9 9 re f Q\n" * n),
    "pdf notes": lambda n: _pdf(b"", notes=n),
    "pdf pages": lambda n: _pdf(b"", pages=n),
}
"""Documents with so many of something, and the format in front."""


def seconds(data: bytes, kind: str, redactor: Redactor) -> float:
    """Processor time of a document, in a process of its own with all that it starts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a")
        path.write_bytes(data)
        child = os.fork()
        if not child:
            code = 1
            try:
                job = Job(redactor, Report(collect=False), Options(), mode="write", kind=kind, confine=False)
                task = Task(path, Path(folder, f"b.{kind}"))
                job.settled([task], [job.redact(task, job.blank(task))])
                code = 0
            except Exception as error:
                print(f"  {kind}: {error}"[:200], file=sys.stderr)
            finally:
                os._exit(code)
        _, status, used = os.wait4(child, 0)
        if status:
            return -1.0
        return used.ru_utime + used.ru_stime


def growth(make: Callable[[int], bytes], kind: str, redactor: Redactor, enough: float) -> tuple[int, list[float]]:
    """Bytes of the smallest of three documents, and the seconds of each beyond what one of next to nothing takes, of it `enough`."""
    base = seconds(make(1), kind, redactor)
    number, took = 200, 0.0
    while base >= 0 and took < enough and number < LARGEST and len(make(number)) < LARGEST:
        number *= 2
        took = seconds(make(number), kind, redactor) - base
        if took < -base:
            return len(make(number)), []
    rows = [seconds(make(number * times), kind, redactor) - base for times in (1, 2, 4)]
    return len(make(number)), rows


def _cases() -> dict[str, tuple[str, Callable[[int], bytes]]]:
    def encoded(make: Callable[[int], str]) -> Callable[[int], bytes]:
        return lambda n: make(n).encode("utf-8", "surrogatepass")

    texts = {f"text {name}": ("text", encoded(make)) for name, make in TEXTS.items()}
    return texts | {name: (name.partition(" ")[0], make) for name, make in CONTAINERS.items()}


def main() -> int:
    """Tell of all shapes, or those whose names begin as is said."""
    parser = argparse.ArgumentParser("python -m tests.doubling", description=__doc__)
    parser.add_argument("names", nargs="*", help="how names of shapes begin; all when none is given")
    given = parser.parse_args()
    redactor = Redactor()
    redactor.prepare()
    redactor.redact("请王建国同志牵头，同比增长12.5%以上。")  # what is loaded once is loaded
    slow = 0
    for name, (kind, make) in _cases().items():
        if given.names and not name.startswith(tuple(given.names)):
            continue
        best = 99.0
        for number in range(3):
            size, took = growth(make, kind, redactor, ENOUGH * 4**number)
            if len(took) < 3 or min(took) <= 0:
                break
            best = min(best, (took[2] / took[0]) ** 0.5)
            if best <= MOST:
                break
        refused = best == 99.0
        slow += not refused and best > MOST
        told = "refused" if refused else f"x{best:.2f} a doubling"
        print(f"{name}: {told}, {size:,} bytes {', '.join(f'{each:.2f}' for each in took)} s", flush=True)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
