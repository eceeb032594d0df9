"""What `scan` lists is what `clean` edits: in long texts, in every format, by any number of processes."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from redactor import Redactor, redact_file
from redactor.text import decode
from tests.build.word import new_word
from tests.conftest import Run
from tests.draws import draws

FILLER = "大家要认真落实，把工作做细做实，不等不靠，全力完成各项任务。\n"
LONG = f"我到云岭县调研。\n{FILLER * 3_200}云岭各项工作都有进步。\n"
"""A place that is proven in the first part of the text and has its short form in the last, which nothing else shows there."""
LINES = (
    FILLER,
    "我到云岭县调研，请王建国同志牵头。\n",
    "云岭各项工作都有进步，王建国作了总结。\n",
    "联系人：李晓明，电话13900001111。\n",
    "同比增长12.5%，晓明出席。\n",
    "更多资料请关注公众号：青石文库\n",
    "会员群：      免费QQ群：\n",
    "\n",
)


@pytest.fixture(scope="module")
def label() -> Redactor:
    return Redactor("label", ner="none")


def both(source: Path, redactor: Redactor, jobs: int = 1) -> tuple[str, str]:
    """The text as `redact_file` writes it, and as what it finds when it writes nothing says that it will be."""
    target = source.with_name("out")
    done = redact_file(source, target, redactor=redactor, overwrite=True, jobs=jobs)
    found = redact_file(source, redactor=redactor, jobs=jobs)
    assert found.findings == done.findings
    assert (found.changed, found.output, done.output) == (done.changed, None, target)
    return target.read_text("utf-8"), source.read_text("utf-8")


def left(text: str, findings: list[tuple[int, int]]) -> str:
    """What of a text lies in no finding."""
    kept = list(text)
    for start, end in findings:
        kept[start:end] = [""] * (end - start)
    return "".join(kept)


@draws(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.sampled_from(LINES), min_size=1, max_size=60), jobs=st.sampled_from([1, 1, 1, 2]))
def test_findings_are_those_of_the_edits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, label: Redactor, lines: list[str], jobs: int
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(decode, "_CHUNK", 499)  # many parts
        patched.setattr(decode, "PART", 200)
        source = tmp_path / "in"
        source.write_text("".join(lines), "utf-8")
        written, text = both(source, label, jobs)
        found = redact_file(source, redactor=label).findings
    # Outside the findings nothing was written.
    rest = left(text, [(each.start, each.end) for each in found])
    at = 0
    for char in rest:
        at = written.index(char, at) + 1
    # And each place of a name that is known goes.
    assert not any(name in written for name in ("王建国", "李晓明", "13900001111") if name in text)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_long_text(run: Run, tmp_path: Path, jobs: str) -> None:
    (tmp_path / "in.txt").write_text(LONG, "utf-8")
    run("clean", "in.txt", "-o", "out.txt", "--report", "r.json", "--jobs", jobs, "--ner", "none")
    assert (tmp_path / "out.txt").read_text("utf-8").endswith("×各项工作都有进步。\n")
    (file,) = json.loads((tmp_path / "r.json").read_text("utf-8"))["files"]
    assert [edit["start"] for edit in file["edits"]] == [2, len(LONG) - 12]
    lines = run("scan", "in.txt", "--jobs", jobs, "--ner", "none").stdout.decode().splitlines()
    assert lines == ["in.txt:1:3: LOCATION 云岭县", "in.txt:3202:1: LOCATION 云岭"]


def document() -> bytes:
    made, out = new_word(), io.BytesIO()
    for line in (LINES[1], *[FILLER] * 20, *LINES[2:4]):
        made.add_paragraph(line.strip())
    made.save(out)
    return out.getvalue()


TEXT = "".join(LINES[1:5])
FILES = {
    "a.docx": document(),
    "b.html": f"<p>{'<p>'.join(LINES[1:5])}".encode(),
    "c.csv": f"编号,正文\n1,{LINES[1]}2,{LINES[2]}".encode(),
    "d.jsonl": "".join(json.dumps({"正文": line}) + "\n" for line in LINES[1:5]).encode(),
    "e.txt": TEXT.encode("gb18030"),
    "f.eml": b"From: a@b.cn\nTo: c@d.cn\nSubject: x\nDate: x\nContent-Type: text/plain; charset=utf-8\n\n"
    + TEXT.encode(),
    "g.txt": LONG.encode("utf-16"),
}


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_files_of_every_kind(run: Run, tmp_path: Path, label: Redactor, jobs: str) -> None:
    (tmp_path / "in").mkdir()
    for name, content in FILES.items():
        (tmp_path / "in" / name).write_bytes(content)
    assert run("clean", "in", "-o", "out", "--report", "r.json", "--jobs", jobs, "-q", "--ner", "none").returncode == 0
    files = json.loads((tmp_path / "r.json").read_text("utf-8"))["files"]
    found = json.loads(run("scan", "in", "--format", "json", "--jobs", jobs, "--ner", "none").stdout)
    assert {Path(file["name"]).name for file in files if file["edits"]} == FILES.keys()
    for file in files:
        own = [each for each in found if each["file"] == file["name"]]
        assert Counter(each["rule"] for each in own) == file["rules"], file["name"]
        assert Counter(each["entity"] for each in own) == file["entities"]
        spans = [(each["start"], each["end"]) for each in own]
        assert all(any(s <= edit["start"] and edit["end"] <= e for s, e in spans) for edit in file["edits"])
        # By itself it is spread over processes.
        alone = redact_file(tmp_path / file["name"], redactor=label, jobs=int(jobs)).findings
        assert [(each.start, each.end, each.rule) for each in alone] == [
            (each["start"], each["end"], each["rule"]) for each in own
        ]
