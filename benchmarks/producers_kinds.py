"""The producers of each kind of document, for producers.py."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from producers_made import COUNT, Tools, placed, rows, source
from producers_written import (
    csv_python,
    json_python,
    jsonl_python,
    mail,
    mail_old,
    members,
    pages_pikepdf,
    pages_pymupdf,
    pages_reportlab,
    sheet_openpyxl,
    sheet_xlsxwriter,
    slides,
    tarred,
    text_of,
    word,
    zipped,
)

Producer = Callable[[Path, Tools], None]
"""Writes its documents into a folder, named `PRODUCER~NUMBER.SUFFIX`."""
PACKAGED: Final = ("/usr/share", "/usr/lib")
"""Where packages of the system have put theirs."""


def by(name: str, suffix: str, make: Callable[[int], bytes | str]) -> Producer:
    """A producer of a function that makes the document of a number."""

    def produce(target: Path, _: Tools) -> None:
        for number in range(COUNT):
            data = make(number)
            (target / f"{name}~{number:02}{suffix}").write_bytes(data.encode() if isinstance(data, str) else data)

    return _named(produce, name)


def office(kind: str, becomes: str, reads: str = "") -> Producer:
    """A producer: LibreOffice, of what Python has written, where it writes that kind, or pandoc."""

    def produce(target: Path, tools: Tools) -> None:
        made = _by_python(tools, kind) if kind in MADE else tools.written(kind)
        tools.office(made, becomes, target, "LibreOffice", reads)

    return _named(produce, "LibreOffice")


def pandoc(kind: str) -> Producer:
    """A producer: pandoc, of Markdown."""
    return _named(lambda target, tools: placed(tools.written(kind), target, "pandoc"), "pandoc")


def packaged(suffix: str, most: int = 200_000) -> Producer:
    """Documents that came with packages of the system: of all of some size, twenty from all over."""

    def produce(target: Path, _: Tools) -> None:
        found = [path for root in PACKAGED for path in Path(root).rglob(f"*{suffix}") if path.is_file()]
        found = sorted(path for path in found if not path.is_symlink() and 0 < path.stat().st_size < most)
        placed(found[:: max(1, len(found) // (2 * COUNT))][: 2 * COUNT], target, "packages")

    return _named(produce, "packages")


def _named(produce: Producer, name: str) -> Producer:
    produce.__name__ = name
    return produce


def _by_python(tools: Tools, kind: str) -> list[Path]:
    paths = [tools.work / f"made{number}.{kind}" for number in range(COUNT)]
    for number, path in enumerate(paths):
        path.write_bytes(MADE[kind](number))
    return paths


def pages_chromium(target: Path, tools: Tools) -> None:
    """By Chromium: pages printed."""
    for number, page in enumerate(tools.written("html")):
        out = target / f"Chromium~{number:02}.pdf"
        tools.run("chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={out}", page.as_uri())


def saved(suffix: str, write: Callable[[Any, Any], Any]) -> Producer:
    """A producer: pandas, of a table."""

    def make(number: int) -> bytes | str:
        import pandas

        out: io.BytesIO | io.StringIO = io.BytesIO()
        frame = pandas.DataFrame(rows(number))
        told = write(frame, out)
        return told if isinstance(told, str) else out.getvalue()

    return by("pandas", suffix, make)


def polars(suffix: str, name: str) -> Producer:
    """A producer: polars, of a table."""

    def make(number: int) -> bytes:
        import polars

        out = io.BytesIO()
        getattr(polars.DataFrame(rows(number)), f"write_{name}")(out)
        return out.getvalue()

    return by("polars", suffix, make)


def duckdb(suffix: str, how: str) -> Producer:
    """A producer: DuckDB, of a table."""

    def produce(target: Path, tools: Tools) -> None:
        import duckdb
        import pandas

        for number in range(COUNT):
            out = target / f"DuckDB~{number:02}{suffix}"
            connection = duckdb.connect()
            connection.register("t", pandas.DataFrame(rows(number)))
            connection.execute(f"copy t to '{out}' ({how})")

    return _named(produce, "DuckDB")


def mail_git(target: Path, tools: Tools) -> None:
    """By git: changes as mails."""
    folder = tools.work / "git"
    tools.run("git", "init", "-q", folder)
    who = ["-c", "user.name=李素华", "-c", "user.email=a@example.cn"]
    for number in range(COUNT):
        (folder / "说明.md").write_text(source(number), encoding="utf-8")
        tools.run("git", "add", "-A", cwd=folder)
        tools.run("git", *who, "commit", "-qm", f"第{number}次修改", cwd=folder)
    tools.run("git", "format-patch", "-q", "--root", "--suffix=.eml", "-o", "mails", cwd=folder)
    placed(sorted((folder / "mails").iterdir()), target, "git")


def packed(name: str, suffix: str, *command: str) -> Producer:
    """A producer: a program that packs the files of the folder that it is run in; `OUT` is the archive."""

    def produce(target: Path, tools: Tools) -> None:
        for number in range(COUNT):
            folder = tools.work / f"{name}{suffix}{number}"
            for member, data in members(number).items():
                (folder / member).parent.mkdir(parents=True, exist_ok=True)
                (folder / member).write_bytes(data)
            out = target / f"{name}~{number:02}{suffix}"
            tools.run(*(str(out) if each == "OUT" else each for each in command), cwd=folder)

    return _named(produce, name)


def pressed(name: str, suffix: str, *command: str) -> Producer:
    """A producer: a program that compresses a file to its standard output."""

    def produce(target: Path, tools: Tools) -> None:
        for number, path in enumerate(tools.markdown()):
            (target / f"{name}~{number:02}.md{suffix}").write_bytes(tools.run(*command, path))

    return _named(produce, name)


_TAR: Final = ("tar", "--owner=0", "-cf", "OUT", ".")
MADE: Final[Mapping[str, Callable[[int], bytes]]] = {"xlsx": sheet_openpyxl, "csv": csv_python, "pptx": slides}
"""What LibreOffice reads of Python's, by its suffix; all else it reads of pandoc's."""
PRODUCERS: Final[Mapping[str, tuple[Producer, ...]]] = {
    "docx": (office("odt", "docx:MS Word 2007 XML"), pandoc("docx"), by("python-docx", ".docx", word)),
    "xlsx": (
        office("xlsx", "xlsx"),
        by("openpyxl", ".xlsx", sheet_openpyxl),
        by("xlsxwriter", ".xlsx", sheet_xlsxwriter),
        saved(".xlsx", lambda frame, out: frame.to_excel(out, index=False)),
        polars(".xlsx", "excel"),
    ),
    "pptx": (office("pptx", "pptx"), pandoc("pptx"), by("python-pptx", ".pptx", slides)),
    "pdf": (
        *(office("odt", "pdf"), by("reportlab", ".pdf", pages_reportlab), by("PyMuPDF", ".pdf", pages_pymupdf)),
        *(by("pikepdf", ".pdf", pages_pikepdf), pages_chromium, packaged(".pdf", 2_000_000)),
    ),
    "rtf": (office("odt", "rtf"), pandoc("rtf")),
    "ole": (office("odt", "doc"), office("docx", "doc")),
    "xls": (office("xlsx", "xls"), office("csv", "xls", "CSV:44,34,76")),
    "ppt": (office("pptx", "ppt"), office("pandoc.pptx", "ppt")),
    "html": (
        *(office("odt", "html"), pandoc("html"), packaged(".html")),
        saved(".html", lambda frame, _: frame.to_html()),
    ),
    "xml": (packaged(".xml"), packaged(".svg"), office("odt", "fodt"), saved(".xml", lambda frame, _: frame.to_xml())),
    "csv": (
        *(office("xlsx", "csv"), by("Python", ".csv", csv_python), polars(".csv", "csv"), duckdb(".csv", "header")),
        saved(".csv", lambda frame, _: frame.to_csv()),
    ),
    "json": (
        *(packaged(".json"), by("Python", ".json", json_python), duckdb(".json", "format json, array true")),
        saved(".json", lambda frame, _: frame.to_json()),
    ),
    "jsonl": (
        *(by("Python", ".jsonl", jsonl_python), polars(".jsonl", "ndjson"), duckdb(".jsonl", "format json")),
        saved(".jsonl", lambda frame, _: frame.to_json(orient="records", lines=True)),
    ),
    "parquet": (
        *(polars(".parquet", "parquet"), duckdb(".parquet", "format parquet")),
        saved(".parquet", lambda frame, out: frame.to_parquet(out)),
    ),
    "arrow": (polars(".arrow", "ipc"), saved(".feather", lambda frame, out: frame.to_feather(out))),
    "eml": (by("email", ".eml", mail), by("email-MIMEText", ".eml", mail_old), mail_git),
    "zip": (
        packed("zip", ".zip", "zip", "-qr", "OUT", "."),
        packed("jar", ".zip", "jar", "-cfM", "OUT", "."),
        by("zipfile", ".zip", zipped),
    ),
    "tar": (
        packed("tar", ".tar", *_TAR),
        packed("tar-v7", ".tar", *_TAR, "--format=ustar"),
        by("tarfile", ".tar", tarred),
    ),
    "gzip": (
        pressed("gzip", ".gz", "gzip", "-c"),
        packed("tar-gzip", ".tgz", "tar", "-czf", "OUT", "."),
        packaged(".gz", 20_000),
    ),
    "bzip2": (pressed("bzip2", ".bz2", "bzip2", "-c"), packed("tar-bzip2", ".tbz2", "tar", "-cjf", "OUT", ".")),
    "xz": (pressed("xz", ".xz", "xz", "-c"), packed("tar-xz", ".txz", "tar", "-cJf", "OUT", ".")),
    "text": (by("Python", ".txt", text_of), packaged(".txt"), packaged(".md"), packaged("copyright", 100_000)),
}
"""By kind."""
