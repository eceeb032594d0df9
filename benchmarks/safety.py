"""What is left of canaries in 26 files after this program, mat2, qpdf and Presidio; and what x-ray finds: `python benchmarks/safety.py`.

Each program that is installed is run on the same files as its own documentation has it; what is not installed is left out, with a note.
`--peers FOLDER`: a virtual environment with Presidio and x-ray (`pip install presidio-analyzer presidio-anonymizer x-ray`). This program
and Presidio are told the canaries as terms, so that the table says where a program looks, and nothing of how well it finds names.
Outputs are read by readers that none of the programs is made of, but for PDF objects (pikepdf, that is qpdf).
"""

from __future__ import annotations

import argparse
import base64
import gzip
import html
import io
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pikepdf
import pypdfium2
from safety_files import KINDS, make

if TYPE_CHECKING:
    from redactor import Redactor

PROGRAMS = ("redactor", "mat2", "qpdf", "presidio", "x-ray")
TEXTS = (".html", ".eml", ".csv", ".jsonl", ".txt")
"""What Presidio, which takes texts, is given: files that are texts."""
PRESIDIO = """
import sys
from pathlib import Path
from importlib.metadata import version
from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpEngine, NlpArtifacts
from presidio_anonymizer import AnonymizerEngine

class None_(NlpEngine):
    engine_name = "none"
    def load(self): pass
    def is_loaded(self): return True
    def process_text(self, text, language): return NlpArtifacts([], [], [], [], self, language)
    def process_batch(self, texts, language, **_): return ((t, self.process_text(t, language)) for t in texts)
    def is_stopword(self, word, language): return False
    def is_punct(self, word, language): return False
    def get_supported_entities(self): return []
    def get_supported_languages(self): return ["en"]

source, target, terms = map(Path, sys.argv[1:])
registry = RecognizerRegistry(supported_languages=["en"])
registry.add_recognizer(PatternRecognizer("CANARY", deny_list=terms.read_text("utf-8").split()))
engine = AnalyzerEngine(registry=registry, nlp_engine=None_(), supported_languages=["en"])
text = source.read_text("utf-8")
target.write_text(AnonymizerEngine().anonymize(text, engine.analyze(text, "en")).text, "utf-8")
print(version("presidio-analyzer"))
"""


@dataclass
class Row:
    """What a program has done: canaries tried and left by kind of place; files that it refused, and such as it is not for."""

    title: str
    tried: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    files: int = 0


class Missing(Exception):  # noqa: N818
    """A program is not installed."""


def main() -> None:
    """Make the files, run the programs, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "programs", nargs="*", metavar="PROGRAM", help=f"of {', '.join(PROGRAMS)}; all when none is named"
    )
    parser.add_argument("--peers", type=Path, help="a virtual environment with Presidio and x-ray")
    parser.add_argument("--keep", type=Path, help="keep files and outputs in this folder")
    parser.add_argument("--verbose", action="store_true", help="name the files and kinds of what is left")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        root = given.keep or Path(folder)
        (root / "in").mkdir(parents=True, exist_ok=True)
        placed = make(root / "in")
        for name, words in placed.items():
            # What the readers can't find before says nothing when they don't find it after.
            assert all(word in everything(root / "in" / name) for word in words), name
        terms = "\n".join(word for words in placed.values() for word in words)
        (root / "terms.txt").write_text(terms, encoding="utf-8")
        found = xray(root / "in", placed, given.peers) if "x-ray" in (given.programs or PROGRAMS) else ""
        rows = list(_rows(given.programs or PROGRAMS, root, placed, given.peers))
    print(f"{len(placed)} files, {sum(map(len, placed.values()))} canaries\n")
    print(f"| program | files | refused | {' | '.join(KINDS)} | left |")
    print("|---" * (len(KINDS) + 4) + "|")
    for row in rows:
        cells = [f"{row.left[kind]}/{row.tried[kind]}" if row.tried[kind] else "–" for kind in KINDS]
        print(
            f"| {row.title} | {row.files} | {len(row.refused)} | {' | '.join(cells)} | {row.left.total()}/{row.tried.total()} |"
        )
        if given.verbose:
            print(
                *(f"  {each}" for each in row.where),
                f"  refused: {', '.join(row.refused) or 'none'}",
                sep="\n",
                file=sys.stderr,
            )
    if found:
        print(f"\n{found}")


def _rows(programs: Sequence[str], root: Path, placed: dict[str, dict[str, str]], peers: Path | None) -> Iterator[Row]:
    for program in (each for each in (redactor, mat2, qpdf, presidio) if each.__name__ in programs):
        out = root / program.__name__
        out.mkdir(exist_ok=True)
        row = Row(program.__name__)
        for name, words in placed.items():
            source = root / "in" / name
            try:
                done = program(source, out / name, root / "terms.txt", peers, row)
            except Missing as missing:
                print(f"{program.__name__}: left out, {missing}", file=sys.stderr)
                break
            if done is None:
                continue  # not for files of this kind
            row.files += 1
            row.tried.update(words.values())
            if not done:
                row.refused.append(name)
                continue
            read = everything(out / name)
            kept = [kind for word, kind in words.items() if word in read]
            row.left.update(kept)
            row.where += [f"{name}: left: {kind}" for kind in kept]
        else:
            yield row


def redactor(source: Path, target: Path, terms: Path, peers: Path | None, row: Row) -> bool:
    """Policy `publish`, as it comes."""
    from redactor import RedactorError, __version__, redact_file

    row.title = f"redactor {__version__}"
    try:
        told = redact_file(source, target, redactor=_ours(terms), overwrite=True)
    except RedactorError as error:
        row.where.append(f"refused: {error}")
        return False
    row.where += [f"{source.name}: told of as not checked: {where} {what}" for where, what in told.not_checked]
    return True


@cache
def _ours(terms: Path) -> Redactor:
    from redactor import Redactor

    return Redactor(mask=terms.read_text("utf-8").split())


def mat2(source: Path, target: Path, terms: Path, peers: Path | None, row: Row) -> bool | None:
    """Files of the kinds that it lists, into a new file; members that it does not know are left out."""
    row.title = _version("mat2", "--version")
    if source.suffix not in (".docx", ".xlsx", ".pptx", ".pdf", ".html", ".zip"):
        return None
    copy = target.with_name(f"copy-{source.name}")
    shutil.copy(source, copy)
    written = copy.with_name(f"{copy.stem}.cleaned{copy.suffix}")
    written.unlink(missing_ok=True)
    done = _run(["mat2", "--no-sandbox", "--unknown-members", "omit", copy]) == 0 and written.is_file()
    if done:
        written.replace(target)
    return done


def qpdf(source: Path, target: Path, terms: Path, peers: Path | None, row: Row) -> bool | None:
    """A PDF written anew: what nothing refers to is gone."""
    row.title = _version("qpdf", "--version").removesuffix(" Run qpdf --copyright")
    return _run(["qpdf", source, target]) in (0, 3) if source.suffix == ".pdf" else None


def presidio(source: Path, target: Path, terms: Path, peers: Path | None, row: Row) -> bool | None:
    """Files that are texts, as one text."""
    python = peers / "bin" / "python" if peers else Path(sys.executable)
    if source.suffix not in TEXTS:
        return None
    done = subprocess.run([python, "-c", PRESIDIO, source, target, terms], capture_output=True, text=True)
    if "No module named 'presidio" in done.stderr:
        raise Missing("Presidio is not installed (--peers)")
    row.title = f"Presidio {done.stdout.strip()}" if done.stdout else row.title
    return done.returncode == 0


def xray(folder: Path, placed: dict[str, dict[str, str]], peers: Path | None) -> str:
    """What x-ray finds: of the PDFs with text under boxes, and of those without, how many it tells of."""
    code = """
import asyncio, importlib.metadata, sys, xray
print(importlib.metadata.version("x-ray"), *(int(bool(asyncio.run(xray.inspect(path)))) for path in sys.argv[1:]))
"""
    python = peers / "bin" / "python" if peers else Path(sys.executable)
    names = [name for name in placed if name.endswith(".pdf")]
    done = subprocess.run([python, "-c", code, *(folder / name for name in names)], capture_output=True, text=True)
    if done.returncode:
        return "x-ray: left out, not installed (--peers)"
    version, *seen = done.stdout.split()
    told = [name for name, flag in zip(names, seen, strict=True) if flag == "1"]
    boxes = [name for name in names if "under boxes" in placed[name].values()]
    return (
        f"x-ray {version}: tells of {len(set(told) & set(boxes))} of {len(boxes)} PDFs with text under boxes,"
        f" and of {len(set(told) - set(boxes))} of {len(names) - len(boxes)} others"
    )


def _run(command: list[object]) -> int:
    return subprocess.run(list(map(str, command)), capture_output=True, timeout=300).returncode


def _version(program: str, option: str) -> str:
    if not shutil.which(program):
        raise Missing("not installed")
    done = subprocess.run([program, option], capture_output=True, text=True)
    return re.sub(r"\bversion ", "", done.stdout.split("\n")[0]).strip()


def everything(path: Path) -> str:
    """All that can be read of a file, in one text: members of packages, parts of mails, objects and pages of PDFs, Base64."""
    return "\n".join(_read(path.read_bytes(), 0))


def _read(data: bytes, depth: int) -> Iterator[str]:
    if depth > 5:
        return
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            yield packed.comment.decode("utf-8", "replace")
            for info in packed.infolist():
                yield f"{info.filename} {info.comment.decode('utf-8', 'replace')}"
                yield from _read(packed.read(info), depth + 1)
    elif data[:5] == b"%PDF-":
        yield from _read_pdf(data, depth)
    elif data[:2] == b"\x1f\x8b":
        yield from _read(gzip.decompress(data), depth + 1)
    else:
        text = data.decode("utf-8", "replace")
        yield from _views(text, depth)
        if re.match(r"[A-Z][A-Za-z-]{1,30}:", text):
            for part in message_from_bytes(data, policy=policy.default).walk():
                yield from (str(value) for value in part.values())
                if not part.is_multipart():
                    yield from _read(part.get_payload(decode=True) or b"", depth + 1)


def _views(text: str, depth: int) -> Iterator[str]:
    """A text as it is, without tags, without what can't be seen, percents and references read, Base64 decoded."""
    plain = unquote(html.unescape(text))
    yield from (text, plain, re.sub(r"<[^>]*>", "", plain), re.sub("[\u200b-\u200f\u2060\ufeff]", "", plain))
    for found in re.findall(r"[A-Za-z0-9+/]{20,}={0,2}", text):
        try:
            yield from _read(base64.b64decode(found + "=" * (-len(found) % 4)), depth + 1)
        except ValueError:
            continue


def _read_pdf(data: bytes, depth: int) -> Iterator[str]:
    """Each version of the file: its objects, streams unpacked, and the text of its pages by another reader."""
    ends = [match.end() for match in re.finditer(rb"%%EOF\s*", data)] or [len(data)]
    for end in ends:
        try:
            with pikepdf.open(io.BytesIO(data[:end])) as pdf:
                for each in pdf.objects:
                    yield from _strings(each, 0)
                    if isinstance(each, pikepdf.Stream):
                        try:
                            yield from _read(each.read_bytes(), depth + 1)
                        except pikepdf.PdfError:
                            yield each.read_raw_bytes().decode("latin-1")
            for page in pypdfium2.PdfDocument(data[:end]):
                yield page.get_textpage().get_text_bounded()
        except (pikepdf.PdfError, pypdfium2.PdfiumError):
            continue


def _strings(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, pikepdf.String | pikepdf.Name):
        yield str(value)
    elif depth < 20 and isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        for key, each in value.items():
            yield key
            if not getattr(each, "is_indirect", False):
                yield from _strings(each, depth + 1)
    elif depth < 20 and isinstance(value, pikepdf.Array):
        for each in value:
            if not getattr(each, "is_indirect", False):
                yield from _strings(each, depth + 1)


if __name__ == "__main__":
    main()
