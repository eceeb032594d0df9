"""The command in Chinese: whatever goes wrong or is told of, no English sentence is left on standard error."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import regex

from tests.cli.faults import TEXT, pages, word
from tests.cli.test_selection import fill
from tests.conftest import Run

HIDDEN = '<p>请王建国同志牵头</p><div hidden>李小明</div><p style="display:none">张三</p><img src="data:image/png;base64,AAAA">'
BAD_ROWS = '{"t":"请王建国同志牵头"}\n{"t":\n{"t":"好"}\n'


def _zip(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for name, data in members.items():
            packed.writestr(name.replace("_", "."), data)
    return held.getvalue()


def inputs(folder: Path) -> None:
    """Files of many kinds and faults."""
    fill(
        folder,
        {
            "in/a.txt": TEXT,
            "in/王建国同志材料/李小明.txt": TEXT,
            "in/gone.txt": "王建国\n",
            "half.txt": TEXT.encode() + TEXT.encode("gb18030"),
            "cut.txt": TEXT.encode() + b"\xff\xfe\x80" + TEXT.encode(),
            "bad.jsonl": BAD_ROWS,
            "bad.csv": '姓名,电话\n"张三,139\n王建国,13912345678\n',
            "page.html": HIDDEN,
            "a.docx": word("请王建国同志牵头。", "第二段。"),
            "empty.docx": b"",
            "torn.docx": word("请王建国同志牵头。")[:900],
            "torn.pdf": pages()[:700],
            "empty.pdf": b"",
            "picture.pdf": pages(text=""),
            "a.pdf": pages(1),
            "sound.mp3": b"ID3\x04\0\0" + bytes(range(256)) * 4,
            "a.zip": _zip(a_txt=TEXT.encode(), b_png=b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", c_txt=b"\xff\xfe\x80abc\0"),
            "b.zip": _zip(a_txt=TEXT.encode(), a_rtf=b"{\\rtf1 x}"),
            "dtd.xml": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
            "a.json": '{"t": "请王建国同志牵头", ',
            "mail.eml": b"From: a@example.com\nTo: b@example.com\nSubject: x\nDate: y\nMIME-Version: 1.0\n"
            b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n",
            "keep.txt": "云岭\n",
            "bad.toml": "[[rule]]\nid = 3\n",
            "worse.toml": '[[rule]]\nid = "own.a"\nentity = "PERSON"\npattern = "(a+"\nscore = 0.9\n',
            "torn.toml": "[[rule]\nid = “a”\n",
            "policy.toml": 'name = "own"\nthreshold = 2\n',
            "torn-policy.toml": "name = \n",
            "gbk.toml": "# 规则\n".encode("gb18030"),
        },
    )
    (folder / "in" / "link.txt").symlink_to("a.txt")
    (folder / "empty").mkdir()


COMMANDS = """
clean in -o out
clean in -o out --statistics --residue
clean in --check
clean in/a.txt --check
clean in --in-place --backup
clean in --in-place --backup=
clean in --in-place --backup=a/b
clean in --check -o out
clean in --diff --jobs 2
clean in
clean empty -o out
clean nowhere -o out
clean in -o in/out
clean in -o half.txt
clean in in/a.txt -o out
clean in/a.txt -o in/a.txt
clean in/a.txt -o a.docx
clean in/a.txt -o a.pdf
clean a.docx -o b.txt
clean a.docx -o b.docx --residue
clean a.docx --strict -o b.docx
clean half.txt
clean cut.txt
clean cut.txt --errors keep
clean cut.txt --errors replace -o x.txt --report r.html
clean half.txt --errors replace -o x.txt
clean half.txt --encoding mixed -o x.txt
clean half.txt --encoding mixd
clean half.txt --output-encoding mixed
clean in/a.txt --output-encoding ascii
clean bad.jsonl -o x.jsonl
clean bad.jsonl -o x.jsonl --bad-lines quarantine
clean bad.jsonl --bad-lines quarantine
clean bad.jsonl --bad-lines
clean bad.csv -o x.csv --bad-lines quarantine
clean bad.csv -o x.csv
clean page.html -o x.html
clean page.html --strict -o x.html
clean empty.docx -o x.docx
clean torn.docx -o x.docx
clean torn.pdf -o x.pdf
clean empty.pdf -o x.pdf
clean picture.pdf -o x.pdf
clean picture.pdf -o x.pdf --strict
clean picture.pdf -o x.txt
clean a.pdf -o x.docx
clean a.pdf -o x.pdf --residue
clean sound.mp3 -o x.mp3
clean sound.mp3 in -o out --skip-unsupported
clean a.zip -o x.zip
clean a.zip -o x.zip --to text
clean a.zip --strict -o x.zip
clean b.zip -o x.zip
clean b.zip -o x.zip --unknown drop
clean dtd.xml -o x.xml
clean a.json -o x.json
clean mail.eml -o x.eml
clean mail.eml -o x.eml --strict
clean in -o out --keep 神秘词 --mask 神秘项目
clean in/a.txt --keep=
clean in/a.txt --field text
clean in/a.txt --column x=PERSN
clean in/a.txt --column x
clean in/a.txt --only PERSN
clean in/a.txt --policy nowhere
clean in/a.txt --policy policy.toml
clean in/a.txt --policy torn-policy.toml
clean in/a.txt --policy none.toml
clean in/a.txt --rules bad.toml
clean in/a.txt --rules worse.toml
clean in/a.txt --rules torn.toml
clean in/a.txt --rules gbk.toml
clean in/a.txt --rules nowhere.toml
clean in/a.txt --keep-file nowhere.txt
clean in/a.txt --keep-file half.txt
clean in/a.txt --key-file nowhere
clean in/a.txt --ner best
clean in/a.txt --ner onnx:nowhere
clean in/a.txt --state st
clean in -o out --state in/st
clean in -o out --state half.txt
clean in -o out --failed-list half.txt
clean in -o out --failed-list in/list
clean in/a.txt -o x.txt --report in/a.txt
clean in/a.txt -o x.txt --report half.txt
clean in/a.txt -o /proc/x.txt
clean in/a.txt -o keep.txt/x.txt
clean in/a.txt --report /proc/r.json -o x.txt
clean in --files-from nowhere -o out
clean --files-from keep.txt -o out
clean in --files-from half.txt -o out
clean in --exclude ! -o out
clean in --baseline keep.txt --check
clean in --baseline keep.txt
clean in/a.txt --jobs zero
clean in/a.txt --jobs 1000
clean in/a.txt --max-seconds 0
clean in/a.txt --errors no
clean in/a.txt --no-such-option
clean in/a.txt --polcy publish
clean in/a.txt --type docx
clean a.docx --to pdf
clean a.docx --to text --in-place
clean a.docx -o x.pdf --to text
clean a.docx --max-memory 1 -o x.docx
clean in/a.txt --config nowhere.toml
clean in/a.txt --config bad.toml
clean in/a.txt --config torn.toml
clean in/a.txt --config keep.txt --no-config
scan in --check
scan page.html
scan in --profile --digits
scan in --statistics --format jsonl
scan nowhere
scan cut.txt --errors keep
eval nowhere
eval keep.txt
rules show nowhere.rule
rules test nowhere
rules test worse.toml
rules new keep.txt
rules new bad.toml
rules check bad.toml
policies show nowhere
init nowhere
formats --no
nothing
""".strip().splitlines()

_ALLOWED = regex.compile(
    r"""
    `[^`\n]*` | “redactor[^”\n]*”        # commands
    | (?<=用法：\ )redactor.*            # their arguments
    | [\w~./*+-]*[./][\w./*-]+          # names of files, rules and types of media
    | --?[a-zA-Z][\w-]*(?:=[\w.]+)?     # options
    | \b[A-Z][A-Z_]{2,}\b(?:,\s)?       # entities and environment variables
    | '[^'\n]*' | "[^"\n]*"             # what was given, and patterns
    | (?<=[：（、有]\s?)[a-z][\w-]*(?=[、，）；。：\n]|$)   # values of options, names of policies, formats, inputs, elements
    | (?<=redactor:\ )\w+\b | (?<=（)[a-z-]+:\ [a-z0-9]+(?=）)  # names of inputs; declarations of styles
    | \b\w+(?=\ 属性) | \bONNX\b
    | \bUTF-8\b | \bMB/s\b | \bMB\b | \bs\b | \bMiB\b | \bKiB\b | \bWord\b | \bExcel\b | \bPowerPoint\b | \bJSON\ Lines\b
    | \bXML\b | \bPDF\b | \bDTD\b | \bTOML\b | \bRTF\b | \bNUL\b | \bCtrl-C\b
    """,
    regex.X,
)
_SENTENCE = regex.compile(r"[A-Za-z]{2,}[,;:]?\s+[A-Za-z]{2,}")


def english(told: str) -> list[str]:
    """Lines that hold two words of English one after the other, beside what is the same in any language."""
    return [line for line in told.splitlines() if _SENTENCE.search(_ALLOWED.sub("·", line))]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("redactor: 甲.txt：第 3 行未检查", False),
        ("redactor: a.txt: line 3: not checked", True),
        ("redactor: a.txt：no such file", True),
        ("Usage: redactor clean [OPTIONS] [FILES]...", True),
    ],
)
def test_english_is_found(line: str, found: bool) -> None:
    assert bool(english(line)) == found


@pytest.mark.sampled(6)
@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_is_said_in_english(run: Run, tmp_path: Path, command: str) -> None:
    inputs(tmp_path)
    done = run(*command.split(), env={"REDACTOR_LANG": "zh"})
    told = done.stderr.decode()
    assert english(told) == []
    assert regex.findall(r"\p{Han}: |\p{Han};|\p{Han}, ", told) == []
