"""The command from a document to its labels and back, in each format; keys; what goes wrong; and that no secret is left on the way."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from openpyxl.comments import Comment

from redactor.files.vaults import KeptVault, write_vault
from redactor.formats.options import Options
from redactor.formats.plain import text_of
from redactor.formats.sniff import kind_of
from redactor.vault.labels import Series
from redactor.vault.lock import Keys, new_identity, unlocked
from redactor.vault.vault import Vault
from tests.build.word import new_word
from tests.command import COMMAND
from tests.conftest import Run

SECRETS = ("王建国", "云岭", "12.5", "13812345678", "张海涛", "13912345679")
TEXT = "请王建国同志牵头，在云岭县调研，同比增长12.5%以上，电话13812345678。"
IDENTITY, RECIPIENT = new_identity()


def a_document(path: Path) -> None:
    """A Word document whose paragraph is cut into runs of three characters."""
    made = new_word()
    paragraph = made.add_paragraph()
    for at in range(0, len(TEXT), 3):
        paragraph.add_run(TEXT[at : at + 3]).bold = bool(at % 2)
    table = made.add_table(2, 2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("姓名", "电话", "张海涛", "13912345679"), strict=True
    ):
        cell.text = text
    made.save(str(path))


def a_workbook(path: Path) -> None:
    made = openpyxl.Workbook()
    for row in (["姓名", "电话"], ["张海涛", "13912345679"], ["张海涛", 13912345679], [TEXT, ""]):
        made.active.append(row)
    made.active["A2"].comment = Comment("张海涛 13912345679", "x")  # it is read twice
    made.save(path)


def slides(path: Path) -> None:
    made = pptx.Presentation()
    made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = TEXT
    made.save(str(path))


def written(text: str, encoding: str = "utf-8") -> Callable[[Path], None]:
    return lambda path: path.write_bytes(text.encode(encoding)) and None


JSON = r"""{"a":"请王建国同志牵头，增长12.5%","t":{"姓名":"张海涛"},"n":7,"电话":13812345678,"另":"电话13812345678",
 "网":"http:\/\/www.example.com\/u\/12.5","人":"请\u738B\u5efa\u56FD同志，在云岭县","\u7535\u8bdd13912345679":[13912345679, 1e3]}"""
"""As other programs write it: numbers, escapes without need, keys with values in them."""
MADE: dict[str, Callable[[Path], None]] = {
    "a.txt": written(TEXT + "\r\n姓名：张 海涛\r\n"),
    "bom.txt": written("\ufeff" + TEXT, "utf-16-le"),
    "gb.txt": written(TEXT, "gb18030"),
    "a.md": written(f"# 题\n\n- **{TEXT}**\n"),
    "big5.txt": written("請王建國同志牽頭，電話13812345678，電郵 wang@example.com，增長12.5%。\n", "big5"),
    "big5.csv": written("姓名,電話,說明\r\n王建國,13812345678,請云岭縣王建國同志牽頭\r\n".replace("岭", "嶺"), "big5"),
    "a.csv": written(f'姓名,电话,说明\n张海涛,+86 139 1234 5679,"{TEXT}"\n'),
    "a.jsonl": written("".join(json.dumps({"text": TEXT, "id": n}, ensure_ascii=False) + "\n" for n in range(3))),
    "a.json": written(JSON),
    "a.html": written(
        f"<html><title>{TEXT}</title><body><p>请<b>王建</b>国同志牵头&amp;</p><p title='{TEXT}'>{TEXT}</p>"
    ),
    "a.docx": a_document,
    "a.xlsx": a_workbook,
    "a.pptx": slides,
}
BYTES = ("a.txt", "bom.txt", "gb.txt", "big5.txt", "big5.csv", "a.md", "a.csv", "a.jsonl", "a.json")
"""Those that come back byte for byte."""


def text(path: Path) -> str:
    with path.open("rb") as source:
        return text_of(source, kind_of(source, path.name), Options())


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.txt"
    path.write_text(IDENTITY + "\n", encoding="ascii")
    return path


def cleaned(run: Run, folder: Path, name: str = "a.txt", *options: str | Path) -> Path:
    """The output of a document, whose vault is v.age in the folder."""
    source, output = folder / name, folder / "out" / name
    if not source.exists():
        MADE[name](source)
    vault = ("--vault", folder / "v.age", "--recipient", RECIPIENT)
    done = run("clean", source, "--policy", "vault", *vault, "-o", output, *options)
    assert done.returncode == 0, done.stderr.decode()
    return output


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", MADE)
def test_round_trip(run: Run, tmp_path: Path, key: Path, name: str) -> None:
    output, back = cleaned(run, tmp_path, name), tmp_path / f"back-{name}"
    assert not any(secret in text(output) for secret in SECRETS)
    assert "〔人001·" in text(output) or name == "a.jsonl"
    done = run("restore", output, "--vault", tmp_path / "v.age", "--identity", key, "-o", back)
    assert done.returncode == 0, done.stderr.decode()
    assert text(back) == text(tmp_path / name)
    if name == "a.xlsx":
        assert openpyxl.load_workbook(back).active["B3"].value == 13912345679
    if name in BYTES:
        assert back.read_bytes() == (tmp_path / name).read_bytes()
    assert "as secret as the original" in done.stderr.decode()
    assert {stat.S_IMODE(path.stat().st_mode) for path in (back, tmp_path / "v.age")} == {0o600}


def spread(source: Path, target: Path) -> None:
    """Each character of a document in a run of its own, cells merged, as an editor may leave it."""
    made = docx.Document(str(source))
    made.tables[0].cell(1, 0).merge(made.tables[0].cell(1, 1))
    for paragraph in [*made.paragraphs, *(p for row in made.tables[0].rows for c in row.cells for p in c.paragraphs)]:
        letters, kept = paragraph.text, paragraph.runs[:1]
        for run in paragraph.runs[1:]:
            run._r.getparent().remove(run._r)
        for number, letter in enumerate(letters):
            run = kept[0] if not number else paragraph.add_run()
            run.text, run.italic = letter, bool(number % 2)
    made.save(str(target))


def resaved(source: Path, target: Path) -> None:
    """The document as LibreOffice writes it."""
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice (soffice) is not installed")
    profile = f"-env:UserInstallation={(target.parent / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "docx", "--outdir", target.parent / "resaved", source]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    (target.parent / "resaved" / source.name).rename(target)


@pytest.mark.parametrize("edit", [spread, pytest.param(resaved, marks=pytest.mark.slow)])
def test_labels_come_back_from_what_an_editor_makes_of_a_document(
    run: Run, tmp_path: Path, key: Path, edit: Callable[[Path, Path], None]
) -> None:
    output = cleaned(run, tmp_path, "a.docx")
    edit(output, tmp_path / "edited.docx")
    back = tmp_path / "back.docx"
    done = run("restore", tmp_path / "edited.docx", "--vault", tmp_path / "v.age", "--identity", key, "-o", back)
    assert done.returncode == 0, done.stderr.decode()
    assert "".join(text(back).split()) == "".join(text(tmp_path / "a.docx").split())


def test_a_label_over_runs_of_a_document_comes_back(run: Run, tmp_path: Path, key: Path) -> None:
    output = cleaned(run, tmp_path, "a.docx")
    label = next(part for part in text(output).split("请")[1].split("同志") if part.startswith("〔人"))
    made = new_word()
    paragraph = made.add_paragraph("请")
    for sign in label.replace("〔", "[ ").lower():
        paragraph.add_run(sign).italic = sign == "·"
    paragraph.add_run("同志")
    made.save(str(tmp_path / "edited.docx"))
    back = tmp_path / "back.docx"
    done = run("restore", tmp_path / "edited.docx", "--vault", tmp_path / "v.age", "--identity", key, "-o", back)
    assert done.returncode == 3, done.stderr.decode()
    assert text(back) == "请王建国同志\n"


def test_foreign_and_missing_labels_are_told(run: Run, tmp_path: Path, key: Path) -> None:
    output = cleaned(run, tmp_path)
    first = output.read_text("utf-8").split("同志")[0].removeprefix("请")
    output.write_text(f"一行\n{first}见〔人099·AA〕", encoding="utf-8")
    done = run("restore", output, "--vault", tmp_path / "v.age", "--identity", key)
    assert done.returncode == 3
    assert done.stdout.decode() == "一行\n王建国见〔人099·AA〕"
    said = done.stderr.decode()
    assert f"2:{len(first) + 2}: 〔人099·AA〕" in said
    assert "missing: 〔" in said


def test_none_fits(run: Run, tmp_path: Path, key: Path) -> None:
    cleaned(run, tmp_path)
    other = tmp_path / "other.txt"
    other.write_text("没有代号。", encoding="utf-8")
    done = run("restore", other, "--vault", tmp_path / "v.age", "--identity", key, "-o", tmp_path / "back.txt")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, b"", 1)
    assert not (tmp_path / "back.txt").exists()


def test_a_vault_of_another_document_puts_nothing_in_even_where_a_label_fits(
    run: Run, tmp_path: Path, key: Path
) -> None:
    own, other = (Vault([Series(bytes([number]) * 32)]) for number in (0, 2))
    for number in range(900):
        for vault in (own, other):
            vault.label_of("人", "PERSON", f"王{chr(0x4E00 + number)}")
    assert set(own.labels()) & set(other.labels())
    write_vault(tmp_path / "v.age", other, (RECIPIENT,))
    (tmp_path / "a.txt").write_text("\n".join(label for label, _ in own.labels()), encoding="utf-8")
    done = run(
        "restore", tmp_path / "a.txt", "--vault", tmp_path / "v.age", "--identity", key, "-o", tmp_path / "back.txt"
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, b"", 1), done.stderr.decode()
    assert "the vault of another document" in done.stderr.decode()
    assert not (tmp_path / "back.txt").exists()


def spoil_vault(folder: Path) -> None:
    data = (folder / "v.age").read_bytes()
    (folder / "v.age").write_bytes(data[:-20] + bytes([data[-20] ^ 1]) + data[-19:])


def cut_vault(folder: Path) -> None:
    (folder / "v.age").write_bytes((folder / "v.age").read_bytes()[:-1])


def other_key(folder: Path) -> None:
    (folder / "key.txt").write_text(new_identity()[0], encoding="ascii")


def no_key(folder: Path) -> None:
    (folder / "key.txt").write_text("# nothing\n", encoding="ascii")


def no_vault(folder: Path) -> None:
    (folder / "v.age").unlink()


def cut_document(folder: Path) -> None:
    (folder / "out/a.docx").write_bytes((folder / "out/a.docx").read_bytes()[:-300])


@pytest.mark.sampled(3)
@pytest.mark.parametrize("spoil", [spoil_vault, cut_vault, other_key, no_key, no_vault, cut_document])
def test_what_is_wrong_is_one_line_and_nothing_is_written(
    run: Run, tmp_path: Path, key: Path, spoil: Callable[[Path], None]
) -> None:
    output, back = cleaned(run, tmp_path, "a.docx"), tmp_path / "back.docx"
    spoil(tmp_path)
    for further in ("restore", "clean"):
        if further == "clean" and spoil in (no_vault, cut_document):
            continue
        again = ("restore", output) if further == "restore" else ("clean", tmp_path / "a.docx", "--policy", "vault")
        done = run(*again, "--vault", tmp_path / "v.age", "--identity", key, "-o", back)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, b"", 1), done.stderr.decode()
        assert not back.exists()


def test_a_pdf_is_refused_with_the_reason(run: Run, tmp_path: Path, key: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    page = Canvas(str(tmp_path / "a.pdf"))
    page.drawString(100, 700, "mail li@example.com")
    page.save()
    cleaned(run, tmp_path)
    done = run("restore", tmp_path / "a.pdf", "--vault", tmp_path / "v.age", "--identity", key)
    assert (done.returncode, done.stdout) == (2, b"")
    assert "laid out" in done.stderr.decode()
    wanted = ("--policy", "vault", "--vault", tmp_path / "w.age", "--recipient", RECIPIENT, "-o", tmp_path / "b.pdf")
    done = run("clean", tmp_path / "a.pdf", *wanted)
    assert done.returncode == 2
    assert "laid out" in done.stderr.decode()
    assert not (tmp_path / "w.age").exists()


def test_a_collection_has_one_vault_whose_numbers_go_on(run: Run, tmp_path: Path, key: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, person in (("1.txt", "王建国"), ("2.txt", "李晓梅"), ("3.txt", "王建国")):
        (folder / name).write_text(f"请{person}同志牵头\n", encoding="utf-8")
    a_document(folder / "4.docx")
    (folder / "6.txt").write_text("会议按时开始。\n", encoding="utf-8")
    outputs = {}
    for jobs in ("1", "2"):
        vault = ("--vault", tmp_path / f"{jobs}.age", "--recipient", RECIPIENT, "--plain-labels")
        done = run("clean", folder, "--policy", "vault", *vault, "-o", tmp_path / jobs, "--jobs", jobs)
        assert done.returncode == 0, done.stderr.decode()
        outputs[jobs] = [text(path) for path in sorted((tmp_path / jobs).iterdir())]
    assert outputs["1"] == outputs["2"]
    assert outputs["1"][:3] == ["请〔人001〕同志牵头\n", "请〔人002〕同志牵头\n", "请〔人001〕同志牵头\n"]
    assert outputs["1"][3].startswith("请〔人001〕同志牵头")
    (tmp_path / "5.txt").write_text("请赵新同志牵头，电话13712345670", encoding="utf-8")
    again = ("--policy", "vault", "--vault", tmp_path / "1.age", "--identity", key, "-o", tmp_path / "5.out")
    assert run("clean", tmp_path / "5.txt", *again).returncode == 0
    assert (tmp_path / "5.out").read_text("utf-8").startswith("请〔人004〕同志")
    listed = json.loads(run("vault", "list", tmp_path / "1.age", "--identity", key, "--json").stdout)
    assert listed["scope"] == "collection"
    assert len(listed["inputs"]) == 5  # two files are the same
    assert "text" not in listed["labels"][0]
    # What nothing was masked in is no document of another vault: it comes back as it was.
    back = run("restore", tmp_path / "1" / "6.txt", "--vault", tmp_path / "1.age", "--identity", key)
    assert (back.returncode, back.stdout.decode()) == (0, "会议按时开始。\n")


@pytest.mark.slow
def test_parts_of_a_large_text_have_the_labels_of_one_process(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "large.txt"
    lines = [
        f"请{person}同志在云岭县牵头，电话1381234{n:04}。\n{'大家要把工作做细做实。' * 20}\n"
        for n in range(900)
        for person in ("王建国", "李晓梅")
    ]
    source.write_text("".join(lines), encoding="utf-8")
    texts = []
    for jobs in ("1", "2"):
        vault = ("--vault", tmp_path / f"{jobs}.age", "--recipient", RECIPIENT, "--plain-labels")
        output = tmp_path / f"{jobs}.txt"
        done = run("clean", source, "--policy", "vault", *vault, "-o", output, "--jobs", jobs, "--ner", "none")
        assert done.returncode == 0, done.stderr.decode()
        texts.append(output.read_bytes())
    assert texts[0] == texts[1]


def test_text_that_reads_like_a_label_is_refused_with_its_place(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一行\n见〔人001·LE〕，王建国同志\n", encoding="utf-8")
    vault = ("--policy", "vault", "--vault", tmp_path / "v.age", "--recipient", RECIPIENT)
    done = run("clean", tmp_path / "a.txt", *vault, "-o", tmp_path / "b.txt")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "2:2: " in done.stderr.decode()
    assert not (tmp_path / "v.age").exists()
    assert not (tmp_path / "b.txt").exists()
    done = run("clean", tmp_path / "a.txt", *vault, "-o", tmp_path / "b.txt", "--label-brackets", "⟦⟧")
    assert done.returncode == 0, done.stderr.decode()


WRONG = {
    "no vault": (["-o", "b.txt"], "name a vault with --vault"),
    "policy publish": (["--policy", "publish", "--vault", "v.age", "-o", "b.txt"], "puts nothing into a vault"),
    "in place": (["--vault", "v.age", "--recipient", RECIPIENT, "--in-place"], "exclude one another"),
    "over the input": (["--vault", "a.txt", "--recipient", RECIPIENT, "-o", "b.txt"], "written over an input"),
    "over the output": (["--vault", "b.txt", "--recipient", RECIPIENT, "-o", "b.txt"], "written over an input"),
    "over the report": (
        ["--vault", "v.age", "--recipient", RECIPIENT, "-o", "b.txt", "--report", "v.age"],
        "another file of this run",
    ),
    "over the list of failures": (
        ["--vault", "v.age", "--recipient", RECIPIENT, "-o", "b.txt", "--failed-list", "v.age"],
        "another file of this run",
    ),
    "no terminal": (["--vault", "v.age", "-o", "b.txt"], "no terminal"),
    "no such descriptor": (["--vault", "v.age", "--passphrase-fd", "77", "-o", "b.txt"], "no text can be read"),
    "no public key": (["--vault", "v.age", "--recipient", IDENTITY, "-o", "b.txt"], "begins with age1"),
    "identity of a new vault": (["--vault", "v.age", "--identity", "key.txt", "-o", "b.txt"], "vault that exists"),
    "keys without a vault": (["--policy", "publish", "--identity", "key.txt", "-o", "b.txt"], "go with --vault"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_uses(run: Run, tmp_path: Path, key: Path, name: str) -> None:
    options, said = WRONG[name]
    written(TEXT)(tmp_path / "a.txt")
    before = sorted(tmp_path.iterdir())
    done = run("clean", "a.txt", *(options if "--policy" in options else ["--policy", "vault", *options]), cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert not any(secret in done.stderr.decode() for secret in (*SECRETS, IDENTITY))
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "a.txt").read_text("utf-8") == TEXT


def test_keys(run: Run, tmp_path: Path) -> None:
    done = run("vault", "keygen", "-o", tmp_path / "k")
    public = done.stdout.decode().strip()
    assert public.startswith("age1")
    assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o600
    assert f"# public key: {public}\nAGE-SECRET-KEY-1" in (tmp_path / "k").read_text("ascii")
    assert run("vault", "keygen", "-o", tmp_path / "k").returncode == 2


def test_each_of_several_recipients_opens_a_vault_alone(run: Run, tmp_path: Path, key: Path) -> None:
    archive, recipient = new_identity()
    output = cleaned(run, tmp_path, "a.txt", "--recipient", recipient)
    (tmp_path / "archive.txt").write_text(archive, encoding="ascii")
    for each in (key, tmp_path / "archive.txt"):
        back = run("restore", output, "--vault", tmp_path / "v.age", "--identity", each)
        assert back.stdout == (tmp_path / "a.txt").read_bytes(), back.stderr.decode()


@pytest.mark.parametrize("name", ["v.age", "key.txt"])
def test_what_is_restored_takes_the_place_of_no_vault_and_no_key(
    run: Run, tmp_path: Path, key: Path, name: str
) -> None:
    output = cleaned(run, tmp_path)
    before = (tmp_path / name).read_bytes()
    done = run("restore", output, "--vault", tmp_path / "v.age", "--identity", key, "-o", tmp_path / name, "--force")
    assert (done.returncode, (tmp_path / name).read_bytes()) == (2, before)
    assert "is the vault or its key" in done.stderr.decode()


def test_merge_and_destroy(run: Run, tmp_path: Path, key: Path) -> None:
    one = cleaned(run, tmp_path)
    (tmp_path / "v.age").rename(tmp_path / "1.age")
    two = cleaned(run, tmp_path, "a.md")
    vaults = (tmp_path / "1.age", tmp_path / "v.age")
    done = run("vault", "merge", *vaults, "-o", tmp_path / "m.age", "--identity", key, "--recipient", RECIPIENT)
    assert done.returncode == 0, done.stderr.decode()
    shown = run("vault", "list", tmp_path / "m.age", "--identity", key, "--include-text").stdout.decode()
    assert all(secret in shown for secret in ("王建国", "云岭", "13812345678"))
    for output in (one, two):
        back = run("restore", output, "--vault", tmp_path / "m.age", "--identity", key)
        assert back.stdout == (tmp_path / output.name).read_bytes(), back.stderr.decode()
    done = run("vault", "destroy", one, "--yes")
    assert (done.returncode, one.exists()) == (2, True)  # an output, named by mistake
    done = run("vault", "destroy", tmp_path / "m.age", "--yes")
    assert done.returncode == 0
    assert b"sha256:" in done.stdout
    assert not (tmp_path / "m.age").exists()


@pytest.mark.slow  # scrypt takes its time
def test_a_passphrase_by_a_descriptor(tmp_path: Path) -> None:
    import subprocess

    def installed(*words: str | Path, passphrase: str = "一句很长的口令") -> subprocess.CompletedProcess[bytes]:
        reading, writing = os.pipe()
        os.write(writing, f"{passphrase}\n".encode())
        os.close(writing)
        command = [COMMAND, *words, "--vault", tmp_path / "v.age", "--passphrase-fd", str(reading)]
        try:
            return subprocess.run(
                command, pass_fds=[reading], capture_output=True, stdin=subprocess.DEVNULL, check=False
            )
        finally:
            os.close(reading)

    written(TEXT)(tmp_path / "a.txt")
    done = installed("clean", tmp_path / "a.txt", "--policy", "vault", "-o", tmp_path / "b.txt")
    assert done.returncode == 0, done.stderr.decode()
    assert installed("restore", tmp_path / "b.txt").stdout.decode() == TEXT
    done = installed("restore", tmp_path / "b.txt", "-o", tmp_path / "c.txt", passphrase="另一句口令")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, b"", 1)
    assert "口令" not in done.stderr.decode()
    assert not (tmp_path / "c.txt").exists()


@pytest.mark.slow  # scrypt takes its time
def test_a_passphrase_on_the_terminal(tmp_path: Path) -> None:
    """It is asked for twice for a new vault, once for one that exists, and never shown; one that differs makes no vault."""
    written(TEXT)(tmp_path / "a.txt")
    cleaning = ["clean", "a.txt", "--policy", "vault", "--vault", "v.age", "-o", "b.txt"]
    code, said = _on_a_terminal(tmp_path, cleaning, "一句口令", "一句口合")
    assert (code, sorted(path.name for path in tmp_path.iterdir())) == (2, ["a.txt"])
    assert "the two passphrases differ" in said
    code, told = _on_a_terminal(tmp_path, cleaning, "一句口令", "一句口令")
    assert code == 0
    code, back = _on_a_terminal(tmp_path, ["restore", "b.txt", "--vault", "v.age", "-o", "c.txt"], "一句口令")
    assert code == 0
    assert (tmp_path / "c.txt").read_text("utf-8") == TEXT
    assert not any(secret in each for each in (said, told, back) for secret in ("一句", *SECRETS))


def _on_a_terminal(folder: Path, arguments: list[str], *answers: str) -> tuple[int, str]:
    """The command with a terminal of its own, on which each question for a passphrase gets the next answer; exit code, and all that it shows."""
    import pty

    process, terminal = pty.fork()
    if not process:
        os.chdir(folder)
        os.execve(COMMAND, [str(COMMAND), *arguments], {**os.environ, "LC_ALL": "C.UTF-8"})
    said, waiting = "", list(answers)
    while True:
        try:
            data = os.read(terminal, 1 << 16)
        except OSError:  # Linux tells the end so
            break
        if not data:
            break
        said += data.decode()
        if waiting and said.endswith((": ",)):
            os.write(terminal, f"{waiting.pop(0)}\n".encode())
            said += "\n"
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), said


def test_an_output_that_cannot_be_written_leaves_no_vault(tmp_path: Path) -> None:
    from redactor.files.inputs import HeldInput

    kept = KeptVault(tmp_path / "v.age", Vault(), (RECIPIENT,))
    (tmp_path / "taken").mkdir()
    with pytest.raises(Exception, match=r".+"):
        kept.keep(kept.vault.copy(), HeldInput(b"x"), tmp_path / "taken", io.BytesIO(b"y"))
    assert not (tmp_path / "v.age").exists()
    assert not kept.written


def _command_lines(process: int) -> list[bytes]:
    """The arguments of a process and of those that it has begun."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text("utf-8").rpartition(")")[2].split()[1])
            if process in (int(place.name), parent):
                found.append((place / "cmdline").read_bytes())
        except (OSError, ValueError):
            continue
    return found


def _contents(folder: Path) -> Iterator[bytes]:
    """What the files of a folder hold that are there just now."""
    for path in folder.rglob("*"):
        with suppress(OSError):
            yield path.read_bytes()


@pytest.mark.slow
def test_no_secret_is_left_anywhere(tmp_path: Path) -> None:
    """No value of the vault and no key: in what is said, reports, arguments of processes, outputs, their parts, and temporary files meanwhile."""
    import subprocess

    (tmp_path / "in").mkdir()
    (tmp_path / "tmp").mkdir()
    for name, make in MADE.items():
        make(tmp_path / "in" / name)
    (tmp_path / "key.txt").write_text(IDENTITY, encoding="ascii")
    vault = ["--vault", "v.age", "--recipient", RECIPIENT]
    report = ["--report", "report.json"]
    words: list[list[str]] = [
        ["clean", "in", "--policy", "vault", *vault, "-o", "out", *report],
        ["restore", "out/a.docx", "--vault", "v.age", "--identity", "key.txt", "-o", "back/a.docx"],
        ["vault", "list", "v.age", "--identity", "key.txt"],
    ]
    seen: list[bytes] = []
    for each in words:
        settings = {**os.environ, "TMPDIR": str(tmp_path / "tmp"), "LC_ALL": "C.UTF-8"}
        said = (tmp_path / "tmp").with_name("said").open("w+b")
        with said, subprocess.Popen([COMMAND, *each], cwd=tmp_path, env=settings, stdout=said, stderr=said) as process:
            while process.poll() is None:
                seen += _command_lines(process.pid)
                seen += _contents(tmp_path / "tmp")
            said.seek(0)
            seen.append(said.read())
        assert process.returncode == 0, seen[-1].decode()
    left = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and path.relative_to(tmp_path).parts[0] not in ("in", "back")
    ]
    assert (tmp_path / "report.json") in left
    data = [*seen, *(path.read_bytes() for path in left if path.name != "key.txt")]
    for path in (path for path in left if zipfile.is_zipfile(path)):
        with zipfile.ZipFile(path) as package:
            data += map(package.read, package.namelist())
    kept = unlocked((tmp_path / "v.age").read_bytes(), Keys((IDENTITY,)))
    values = {text for _, text in kept.labels() if len(text) > 1 and not text.isdecimal()} | {IDENTITY, *SECRETS}
    assert len(values) > len(SECRETS) + 5
    for secret in values:
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            assert not any(secret.encode(encoding) in each for each in data)
    assert not list((tmp_path / "tmp").iterdir())
