"""Files as real producers write them are accepted by default: LibreOffice, and Python's email in several policies."""

from __future__ import annotations

import email
import email.policy
import shutil
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from pptx import Presentation

from redactor import Redactor
from redactor.formats.options import Options
from redactor.model import RedactorError
from tests.build.packages import redacted
from tests.conftest import made

SOURCES = 8
PARTS = (
    "<h1>会议纪要</h1><p>请李素华同志牵头，电话13900001111。</p>",
    "<ul><li>云岭县青山镇</li><li>第二项</li></ul>",
    "<table border=1><tr><th>姓名</th><th>电话</th></tr><tr><td>李素华</td><td>13900001111</td></tr></table>",
    "<p>见<a href='http://example.cn/a?b=1'>链接</a>，<b>粗</b><i>斜</i><sup>1</sup></p>",
    "<p style='page-break-before:always'>第二页</p><h2>二、下一步</h2>",
    "<p>English text &amp; 12.5%</p><pre>code 1\n  code 2</pre>",
    "<p style='color:#f00'>红字</p><hr><p>末尾</p>",
    f"<p>{'为进一步做好有关工作，现将有关事项通知如下。' * 80}</p>",
)
STEPS = (
    ("source", "html", "HTML (StarWriter)", "docx:MS Word 2007 XML", "docx"),
    ("source", "csv", "CSV:44,34,76", "xlsx", "xlsx"),
    ("source", "pptx", "", "odp", "odp"),
    ("odp", "odp", "", "pptx", "pptx"),
    ("docx", "docx", "", "rtf", "rtf"),
    ("docx", "docx", "", "pdf", "pdf"),
    ("docx", "docx", "", "html", "html"),
    ("xlsx", "xlsx", "", "csv", "csv"),
)
"""From which folder, which files, how they are read, what they become, in which folder."""
WRITTEN = {"rtf": ".docx", "pdf": ".pdf"}


def _sources(folder: Path) -> None:
    folder.mkdir()
    for number in range(SOURCES):
        body = "".join(PARTS[: number + 1])
        page = f"<html><head><meta charset=utf-8><title>{number}</title></head><body>{body}</body></html>"
        (folder / f"{number}.html").write_text(page, encoding="utf-8")
        rows = "".join(
            f"李素华,1390000{1000 + row},{row * 3.5},2024-03-{row % 27 + 1:02}\n" for row in range(number * 5)
        )
        (folder / f"{number}.csv").write_text(f"姓名,电话,金额,日期\n{rows}", encoding="utf-8")
        show = Presentation()
        for page_number in range(number + 1):
            slide = show.slides.add_slide(show.slide_layouts[page_number % 2])
            slide.shapes.title.text = "李素华"
            slide.placeholders[1].text = "云岭县青山镇\n电话13900001111"
            if page_number % 3 == 2:
                slide.notes_slide.notes_text_frame.text = "备注：李素华"
        show.save(str(folder / f"{number}.pptx"))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files by LibreOffice for each kind."""
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice (soffice) is not installed: files of a real producer can't be made")
    root = tmp_path_factory.mktemp("real")
    _sources(root / "source")
    for source, kind, reads, becomes, folder in STEPS:
        command = ["soffice", "--headless", f"-env:UserInstallation={(root / 'profile').as_uri()}"]
        command += [f"--infilter={reads}"] if reads else []
        files = sorted((root / source).glob(f"*.{kind}"))
        command += ["--convert-to", becomes, "--outdir", str(root / folder), *map(str, files)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    return root


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx", "pdf", "rtf", "html", "csv"])
def test_files_by_libreoffice_are_accepted(real: Path, kind: str) -> None:
    files = sorted((real / kind).glob(f"*.{kind}"))
    assert len(files) == SOURCES
    redactor = made(ner="none")
    refused = [f"{file.name}: {why}" for file in files for why in _why_refused(kind, file.read_bytes(), redactor)]
    assert refused == []


def _why_refused(kind: str, data: bytes, redactor: Redactor) -> Iterator[str]:
    try:
        redacted(kind, data, redactor, Options(**({"output": WRITTEN[kind]} if kind in WRITTEN else {})))
    except RedactorError as error:
        yield str(error)


@pytest.mark.parametrize("name", ["default", "SMTP", "SMTPUTF8", "strict"])
@pytest.mark.parametrize("transfer", ["base64", "quoted-printable", "8bit"])
def test_mails_by_python_are_accepted(name: str, transfer: str) -> None:
    mail = EmailMessage(policy=getattr(email.policy, name))
    mail["Subject"], mail["From"] = "关于召开会议的通知" * 5, "李素华 <a@example.cn>"
    mail.set_content("请李素华同志牵头。\n" * 3, cte=transfer)
    mail.add_alternative("<html><body><p>李素华</p></body></html>", subtype="html")
    mail.add_attachment("姓名,电话\n李素华,13900001111\n", subtype="csv", filename="名单.csv")
    inner = EmailMessage(policy=mail.policy)
    inner["Subject"] = "附件"
    inner.set_content("李素华")
    mail.add_attachment(inner)
    out, _ = redacted("eml", mail.as_bytes(), Redactor(mask=["李素华"], builtin=False, ner="none"))
    again = email.message_from_bytes(out, policy=email.policy.default)
    texts = [part.get_content() for part in again.walk() if part.get_content_maintype() == "text"]
    assert "请×同志牵头。" in texts[0]
    assert len(texts) == 4
    assert not any("李素华" in text for text in texts)
