"""A collection of any size as scrapers bring it together: many kinds, wrong endings, several encodings, broken and locked files.

Each file says something of its own, so that no two are alike. What is to become of a file stands beside how it is made.
"""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import struct
import subprocess
import tempfile
import wave
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pikepdf
from docx.shared import Pt
from openpyxl import Workbook
from pptx import Presentation
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.build.word import new_word
from tests.build.workbooks import png

SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", ("建国", "晓明", "丽华", "志强", "晓岚", "国栋", "文静", "海燕")
PLACES = ("云岭县", "清河市", "石桥镇", "青山县", "白水镇", "长岭县")
Lines = tuple[str, ...]


def lines(draw: random.Random) -> Lines:
    """What one document says."""
    person, other = (draw.choice(SURNAMES) + draw.choice(GIVEN) for _ in range(2))
    place = draw.choice(PLACES)
    return (
        f"在{place}重点项目推进会上的讲话",
        f"请{person}同志牵头，{other}同志配合，同比增长{draw.randint(1, 30)}.{draw.randint(0, 9)}%以上。",
        f"完成投资{draw.randint(100, 9000)}万元，群众获得感不断增强。",
        f"值班电话：0999-62{draw.randint(10000, 99999)}，联系人：{other}。",
    )


def plain(encoding: str, end: str = "\n") -> Callable[[Lines], bytes]:
    return lambda said: end.join((*said, "")).encode(encoding)


def word(said: Lines) -> bytes:
    made, out = new_word(), io.BytesIO()
    for line in said:
        made.add_paragraph().add_run(line).font.size = Pt(14)
    made.save(out)
    return out.getvalue()


def sheet(said: Lines) -> bytes:
    made, out = Workbook(), io.BytesIO()
    for number, line in enumerate(said):
        made.active.append([number, line])
    made.save(out)
    return out.getvalue()


def slides(said: Lines) -> bytes:
    made, out = Presentation(), io.BytesIO()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = said[0], "\n".join(said[1:])
    made.save(out)
    return out.getvalue()


def pages(said: Lines) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setFont("STSong-Light", 12)
    for number, line in enumerate(said):
        canvas.drawString(60, 700 - 20 * number, line)
    canvas.save()
    return out.getvalue()


def page(said: Lines) -> bytes:
    return ("<!doctype html><html><body>" + "".join(f"<p>{line}</p>\n" for line in said) + "</body></html>").encode()


def saved_page(said: Lines) -> bytes:
    """As a browser saves it, in mail form."""
    head = (
        "From: <Saved by a browser>\r\nSubject: page\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
    )
    return (head + "Content-Transfer-Encoding: 8bit\r\n\r\n").encode() + page(said).replace(b"\n", b"\r\n")


def records(said: Lines) -> bytes:
    return "".join(json.dumps({"text": line}, ensure_ascii=False) + "\n" for line in said).encode()


def table(said: Lines) -> bytes:
    return f"姓名,电话,备注\n{said[1][1:4]},13912345678,{said[2]}\n李晓明,13812345670,好\n".encode("gb18030")


def gbk_archive(said: Lines) -> bytes:
    """As Windows packs: the names of members in GBK, and no flag that would say so."""
    out, name = io.BytesIO(), "讲话.txt".encode("gbk")
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("XXXX.txt", plain("gb18030")(said))
    data = out.getvalue()
    assert len(name) == len("XXXX.txt")
    return data.replace(b"XXXX.txt", name)


def locked(said: Lines) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pages(said))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    return out.getvalue()


def two_encodings(said: Lines) -> bytes:
    return plain("gbk")(said) * 4 + plain("utf-8")(said)


def sound(said: Lines) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setparams((1, 2, 8000, 0, "NONE", ""))
        made.writeframes(struct.pack("<8h", *range(8)) * (10 + len(said[0])))
    return out.getvalue()


def old_word(said: Lines) -> bytes:
    """By LibreOffice, where it is installed."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.docx").write_bytes(word(said))
        subprocess.run(
            [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "doc", "a.docx"],
            cwd=folder, check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return (Path(folder) / "a.doc").read_bytes()


@dataclass(frozen=True)
class Kind:
    """`ending`: of the file's name; `fate`: done, failed or skipped; `share`: how often it comes."""

    ending: str
    made: Callable[[Lines], bytes]
    fate: str = "done"
    share: int = 1


KINDS: Final = (
    Kind(".txt", plain("utf-8"), share=6),
    Kind(".txt", plain("gb18030", "\r\n"), share=4),
    Kind(".txt", plain("utf-16")),
    Kind(".txt", plain("utf-8-sig")),
    Kind(".docx", word, share=5),
    Kind(".bin", word),
    Kind(".xlsx", sheet, share=2),
    Kind(".pptx", slides),
    Kind(".pdf", pages, share=3),
    Kind(".html", page, share=2),
    Kind(".php", page),
    Kind(".xls", page),
    Kind(".mht", saved_page),
    Kind(".jsonl", records),
    Kind(".txt", records),
    Kind(".csv", table),
    Kind(".dat", table),
    Kind(".zip", gbk_archive),
    Kind(".docx", lambda said: word(said)[:3000], "failed"),
    Kind(".pdf", locked, "failed"),
    Kind(".txt", two_encodings, "failed"),
    Kind(".jsonl", lambda said: records(said) + b'{"text": "\n', "failed"),
    Kind(".png", lambda said: png(said[0]), "skipped"),
    Kind(".wav", sound, "skipped"),
    Kind(".rtf", lambda said: b"{\\rtf1\\ansi " + said[0].encode("gb18030") + b"}", "failed"),
    *([Kind(".doc", old_word, "failed")] if shutil.which("soffice") or shutil.which("libreoffice") else []),
)
LEFT_OUT: Final = {".git/config": "hidden", ".DS_Store": "hidden", "d0/Thumbs.db": "system", "d1/~$讲话.docx": "system"}
"""What is not read at all, with its reason; beside it there is a link."""


def make(folder: Path, number: int, seed: int = 0) -> dict[str, str]:
    """Make that many files, some in folders of folders, some with odd names; what is to become of each, by its path below."""
    draw, fates = random.Random(seed), {}
    kinds = [kind for kind in KINDS for _ in range(kind.share)]
    for count in range(number):
        kind = kinds[count] if count < len(kinds) else draw.choice(kinds)
        odd = draw.choice(("", "", "", " 副本", "（终稿）", "\n换行"))
        name = f"d{count % 7}/{'深/' * (count % 3)}文件{count:03}{odd}{kind.ending}"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(kind.made(lines(draw)))
        fates[name] = kind.fate
    for name in LEFT_OUT:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    (folder / "link.txt").symlink_to(os.path.relpath(folder / next(iter(fates)), folder))
    return fates


def reasons() -> Counter[str]:
    """How much is left out, by reason."""
    return Counter([*LEFT_OUT.values(), "link"])
