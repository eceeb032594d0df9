"""What was decided in reviews, saved and exported: lists, rule drafts and annotated texts do what they say."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from redactor.cli.reviewing import STATE
from redactor.formats.options import Options
from redactor.review.audit import Audit
from redactor.review.audit import verify as verify_log
from redactor.review.decisions import DecisionsFile
from redactor.review.desk import laid_out
from redactor.review.exports import from_desk, said_of
from redactor.review.fingerprints import own_key
from redactor.review.sheet import Wanted
from redactor.ruleset.load import load_rules
from redactor.testing.rules import check_rules, run_examples
from tests.command import Run
from tests.conftest import made
from tests.review.test_keeping import kept_desk

TEXT = (
    "请王建国同志牵头。\n王建国同志到会，电话13800138000。\n会上说到磐石项目，磐石项目已经开工。\n清泉项目也好，去看清泉项目。\n"
    "还有百灵项目，百灵项目很大。\n食堂在一楼，食堂开门了。\n老刘头来了，老刘头走了。\n"
)
ADDED = {"磐石项目": "ORGANIZATION", "清泉项目": "ORGANIZATION", "百灵项目": "ORGANIZATION", "老刘头": "PERSON"}
Decide = Mapping[str, tuple[str, str]]
KEPT: Decide = {"王建国": ("keep", "value")}


def decided(
    folder: Path, decide: Decide = KEPT, added: Mapping[str, str] = ADDED, *, text: str = TEXT, finish: bool = True
) -> Path:
    """A document that was reviewed, with its journal, its decisions file where it was finished, and the review key beside it."""
    file = folder / "a.txt"
    file.write_text(text, "utf-8")
    log = Audit(folder / "review.audit.jsonl", by="a")
    desk = kept_desk(file, marks=own_key(folder / "key"), audit=log)
    target = folder / "a.txt.decisions.json"
    desk.sheets[0].wanted = replace(desk.sheets[0].wanted, decisions=target)
    review = desk.review(0)
    for value, entity in added.items():
        hit = review.find(value)[0]
        review.add([(int(hit["paragraph"]), hit["start"], int(hit["end_paragraph"]), hit["end"])], entity)
    for value, (action, scope) in decide.items():
        id_ = next(id_ for id_, each in review.page.items.items() if each["text"] == value)
        review.decide([id_], action, scope)
    if finish:
        points, _ = desk.check(0)
        assert desk.finish(0, [point.id for point in points])["verdict"] == "pass"
    desk.close()
    return file


def test_the_page_exports_beside_what_is_kept(tmp_path: Path) -> None:
    file = decided(tmp_path)
    desk = kept_desk(file, marks=own_key(tmp_path / "key"), audit=Audit(tmp_path / "review.audit.jsonl", by="a"))
    desk.sheets[0].wanted = replace(desk.sheets[0].wanted, decisions=tmp_path / "a.txt.decisions.json")
    desk.review(0)
    (tmp_path / "a.txt.keep.txt").write_text("甲\n", "utf-8")
    for what in ("keep", "mask", "rules", "rules", "gold"):
        output, made = from_desk(desk, what)
        assert output.stat().st_mode & 0o777 == 0o600
        assert str(made.number) in said_of(output, made)
    desk.close()
    written = {path.name for path in tmp_path.glob("a.txt.*") if "decisions" not in path.name}
    assert written == {f"a.txt.{name}" for name in ("keep.txt", "mask.txt", "rules.toml", "rules-2.toml", "gold.jsonl")}
    assert (tmp_path / "a.txt.keep.txt").read_text("utf-8") == "甲\n王建国\n"
    log = (tmp_path / "review.audit.jsonl").read_text()
    assert log.count('"export"') == 5
    assert "王建国" not in log


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a document that was reviewed."""
    return decided(tmp_path_factory.mktemp("reviewed")).parent


def export(run: Run, folder: Path, what: str, *options: str, output: str = "out.toml") -> tuple[int, str, str]:
    """Exit code, what was written, and what was said."""
    done = run("decisions", "export", "a.txt", "--as", what, "-o", output, "--review-key", "key", *options)
    written = folder / output
    return done.returncode, written.read_text("utf-8") if written.exists() else "", done.stderr.decode()


def test_lists_hold_what_was_decided_against_the_rules(run: Run, tmp_path: Path) -> None:
    decided(tmp_path, {"王建国": ("keep", "value"), "13800138000": ("mask", "value")})
    assert export(run, tmp_path, "keep")[:2] == (0, "王建国\n")
    assert (tmp_path / "out.toml").stat().st_mode & 0o777 == 0o600
    code, terms, said = export(run, tmp_path, "mask", output="mask.txt")
    assert (code, terms.split()) == (0, sorted(ADDED))
    assert not any(value in said for value in (*ADDED, "王建国"))
    (tmp_path / "mask.txt").write_text("# ours\n青石\n老刘头\tnote\n", "utf-8")
    assert export(run, tmp_path, "mask", output="mask.txt")[0] == 2
    code, terms, _ = export(run, tmp_path, "mask", "--merge", output="mask.txt")
    assert terms.splitlines() == ["# ours", "青石", "老刘头\tnote", *sorted({*ADDED} - {"老刘头"})]
    log = (tmp_path / "review.audit.jsonl").read_text()
    assert verify_log(tmp_path / "review.audit.jsonl").seq == log.count("\n")
    assert [json.loads(line)["what"] for line in log.splitlines() if '"export"' in line] == ["keep", "mask", "mask"]
    used = run("clean", "a.txt", "--keep-file", "out.toml", "--mask-file", "mask.txt").stdout.decode()
    assert "王建国" in used
    assert not any(value in used for value in ADDED)


@pytest.mark.parametrize(
    "decide",
    [{"王建国": ("keep", "place")}, {"王建国": ("later", "value")}, {"王建国": ("mask", "value")}, {}],
    ids=["a place alone", "later", "as the rules say", "nothing"],
)
def test_what_was_not_decided_of_a_value_against_the_rules_is_in_no_list(
    run: Run, tmp_path: Path, decide: Decide
) -> None:
    decided(tmp_path, decide, {}, finish=False)
    code, written, said = export(run, tmp_path, "keep")
    assert (code, written) == (2, "")
    assert "nothing to export" in said


@pytest.mark.slow
def test_what_was_decided_both_ways_is_left_out_and_told(run: Run, tmp_path: Path) -> None:
    file = decided(tmp_path, finish=False)
    desk = kept_desk(file)
    review = desk.review(0)
    second = [id_ for id_, each in review.page.items.items() if each["text"] == "王建国"][1]
    review.decide([second], "mask", "place")
    desk.close()
    code, written, said = export(run, tmp_path, "keep")
    assert (code, written) == (2, "")
    assert "1 value is left out: it was decided otherwise elsewhere" in said


@pytest.mark.slow
def test_rule_drafts_stand_their_tests_and_act_once_somebody_has_read_them(run: Run, tmp_path: Path) -> None:
    decided(tmp_path)
    code, text, said = export(run, tmp_path, "rules")
    assert code == 0, said
    rules = load_rules([tmp_path / "out.toml"])
    assert rules.added == {"review.keep-1", "review.organization-shape-1", "review.person-1"}
    assert not [*run_examples(rules, [tmp_path / "out.toml"], rules.added), *check_rules(rules)]
    assert r"\p{Han}{2}项目" in text
    assert run("clean", "a.txt", "--rules", "out.toml").returncode == 2
    (tmp_path / "out.toml").write_text(text.replace("reviewed = false", "reviewed = true"), "utf-8")
    used = run("clean", "a.txt", "--rules", "out.toml").stdout.decode()
    assert "王建国" in used
    assert not any(value in used for value in ADDED)
    assert not any(value in said for value in (*ADDED, "王建国"))


@pytest.mark.slow
def test_a_draft_against_which_a_decision_speaks_is_refused(run: Run, tmp_path: Path) -> None:
    text = TEXT + "食堂里有人。张大山同志，张大山同志。\n"  # of which a part goes
    decided(tmp_path, {"张大山": ("keep", "value")}, {"食堂": "LOCATION", "大山": "PERSON"}, text=text, finish=False)
    code, written, said = export(run, tmp_path, "rules")
    assert code == 3
    assert "review.keep-1: refused: decisions are against it at 2 places" in said
    assert "review.keep" not in written
    assert "食堂" in written


def test_annotated_texts_are_what_eval_reads(run: Run, tmp_path: Path) -> None:
    decided(tmp_path, {"王建国": ("keep", "value")})
    code, gold, said = export(run, tmp_path, "gold", output="gold.jsonl")
    assert code == 0, said
    [row] = map(json.loads, gold.splitlines())
    told = {(row["text"][span["start"] : span["end"]], span["entity"]) for span in row["spans"]}
    assert told == {*ADDED.items(), ("13800138000", "PHONE_NUMBER")}
    without = scores(run, "gold.jsonl")
    (tmp_path / "mask.txt").write_text("\n".join(ADDED), "utf-8")
    assert without["total"]["recall"] < 1
    missed = {each["context"] for each in without["missed"]}
    assert any("磐石项目" in each for each in missed)
    false = {each["context"] for each in without["false"]}
    assert any("王建国" in each for each in false)


def scores(run: Run, *options: str) -> Any:
    done = run("eval", "--json", "--policy", "publish", *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_gold_of_a_review_that_changed_nothing_is_what_the_rules_find(run: Run, tmp_path: Path) -> None:
    decided(tmp_path, {}, {})
    assert export(run, tmp_path, "gold", output="gold.jsonl")[0] == 0
    total = scores(run, "gold.jsonl")["total"]
    assert (total["precision"], total["recall"]) == (1.0, 1.0)


@pytest.mark.slow
def test_gold_is_of_finished_reviews(run: Run, tmp_path: Path) -> None:
    file = decided(tmp_path, finish=False)
    assert export(run, tmp_path, "gold")[0] == 2
    assert export(run, tmp_path, "gold", "--unfinished")[0] == 0
    (tmp_path / "out.toml").unlink()
    desk = kept_desk(file)
    desk.close()
    decided_again = export(run, tmp_path, "gold")
    assert decided_again[0] == 2
    assert "not finished" in decided_again[2]


REFUSED: Sequence[tuple[Sequence[str], str]] = [
    (("b.txt", "--as", "keep", "-o", "k"), "b.txt"),
    (("a.txt", "--as", "rules", "-o", "k"), ".toml"),
    (("a.txt", "--as", "gold", "-o", "k", "--merge"), "--merge"),
    (("a.txt", "--as", "keep", "-o", "k", "--unfinished"), "--unfinished"),
    (("a.txt", "--as", "keep", "-o", "a.txt", "--force"), "a.txt"),
    (("a.txt", "--as", "keep", "-o", "a.txt.decisions.journal", "--merge"), "a.txt.decisions.journal"),
    (("a.txt", "--as", "keep", "-o", "k", "--field", "x"), "a.txt"),
    (("-", "--as", "keep", "-o", "k"), "standard input"),
]


@pytest.mark.parametrize(("options", "named"), REFUSED, ids=[" ".join(options) for options, _ in REFUSED])
def test_what_can_not_be_exported_is_refused_in_one_line(
    run: Run, reviewed: Path, tmp_path: Path, options: Sequence[str], named: str
) -> None:
    copytree(reviewed, tmp_path, dirs_exist_ok=True)
    (tmp_path / "b.txt").write_text(TEXT + "。", "utf-8")
    done = run("decisions", "export", *options, "--decisions", "a.txt.decisions.json", "--review-key", "key")
    assert done.returncode == 2
    assert named in done.stderr.decode().splitlines()[-1]
    assert not (tmp_path / "k").exists()
    assert (tmp_path / "a.txt").read_text("utf-8") == TEXT


def test_the_decisions_file_is_made_from_the_journal_at_any_time(run: Run, tmp_path: Path) -> None:
    file = decided(tmp_path, finish=False)
    before = (tmp_path / "a.txt.decisions.journal").read_bytes()
    desk = kept_desk(file)  # the review goes on meanwhile
    desk.review(0)
    done = run("decisions", "save", "a.txt", "--review-key", "key")
    assert done.returncode == 0, done.stderr
    desk.close()
    assert (tmp_path / "a.txt.decisions.journal").read_bytes() == before
    saved = DecisionsFile.read(tmp_path / "a.txt.decisions.json")
    assert saved.finish is None
    assert run("decisions", "save", "a.txt", "--review-key", "key").returncode == 2
    for kept in ("a.txt", "a.txt.decisions.journal", "review.audit.jsonl"):
        assert run("decisions", "save", "a.txt", "-o", kept, "--force", "--review-key", "key").returncode == 2
    out = run("clean", "a.txt", "--decisions", "a.txt.decisions.json", "--review-key", "key")
    assert out.returncode == 0, out.stderr
    (tmp_path / "again").mkdir()
    decided(tmp_path / "again")
    assert out.stdout == (tmp_path / "again" / "out.txt").read_bytes()
    torn = before + b'{"event":"undo'
    (tmp_path / "a.txt.decisions.journal").write_bytes(torn)
    assert run("decisions", "save", "a.txt", "-o", "again.json", "--review-key", "key").returncode == 0
    assert [replace(each, at="") for each in DecisionsFile.read(tmp_path / "again.json").entries] == [
        replace(each, at="") for each in saved.entries
    ]
    file.write_text(TEXT + "。", "utf-8")
    other = run("decisions", "save", "a.txt", "-o", "b.json", "--review-key", "key")
    assert (other.returncode, (tmp_path / "b.json").exists()) == (2, False)


@pytest.mark.slow
def test_documents_of_a_folder_are_exported_together(run: Run, tmp_path: Path) -> None:
    state = tmp_path / "all" / STATE
    (state / "sub").mkdir(parents=True)
    (tmp_path / "all" / "sub").mkdir()
    documents = {"a.txt": "会上说到磐石项目。\n", "sub/b.txt": "磐石项目已经开工。\n", "c.txt": "没有审过磐石项目。\n"}
    for name, text in documents.items():
        (tmp_path / "all" / name).write_text(text, "utf-8")
    wanted = [
        Wanted(tmp_path / "all" / name, tmp_path / "out", state / name, state / f"{name}.decisions.json")
        for name in ("a.txt", "sub/b.txt")
    ]
    log = Audit(state / "review.audit.jsonl", by="a")
    desk = laid_out(wanted, made(), options=Options(), audit=log, marks=own_key(tmp_path / "key"), by="a")
    for number in (0, 1):
        review = desk.review(number)
        [hit] = review.find("磐石项目")
        review.add([(int(hit["paragraph"]), hit["start"], int(hit["end_paragraph"]), hit["end"])], "ORGANIZATION")
    desk.close()
    export_all = ("decisions", "export", "all", "--review-key", "key", "-o")
    done = run(*export_all, "rules.toml", "--as", "rules")
    assert done.returncode == 0, done.stderr
    assert 'terms = ["磐石项目"]' in (tmp_path / "rules.toml").read_text("utf-8")  # once in each of two documents
    done = run(*export_all, "gold.jsonl", "--as", "gold", "--unfinished")
    rows = [json.loads(line) for line in (tmp_path / "gold.jsonl").read_text("utf-8").splitlines()]
    assert [row["text"] for row in rows] == [documents["a.txt"], documents["sub/b.txt"]]
    assert [each.name for each in (tmp_path / "all").rglob("*.jsonl")] == ["review.audit.jsonl"]
    assert (state / "review.audit.jsonl").read_text().count('"export"') == 4
