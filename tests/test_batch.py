"""Many texts looked at together give what each gives by itself."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.document.batches import batches
from redactor.document.pipeline import Pipeline
from redactor.document.state import Memory
from redactor.files.job import Job
from redactor.model import LimitError, Result
from redactor.ruleset.load import load_rules
from redactor.text.document import Document, apart, joined
from redactor.text.separator import FENCE, WALL
from tests.conftest import Run, made
from tests.draws import draws, everything, sample

EXAMPLES = [
    text
    for rule in load_rules().rules
    for text in (*rule.examples.match, *rule.examples.no_match, *(e.before for e in rule.examples.redact))
]
PIECES = st.sampled_from(
    [
        *"县，。：\n\t 0×（）",
        "王建国",
        "同志",
        "电话",
        "13900001111",
        "青山县财政局",
        "青山",
        "姓名：",
        "增长12.5%",
        "2023年5月",
        "张\n伟民",
        "会员群：      免费QQ群：\n",
        "更多资料请关注公众号：青石文库\n",
        "１３９",
        "😀",
        "\u200b",
        "姓名,金额\n王建国,12.5\n",
        WALL,
        FENCE,
        "欧阳",
        "https://example.com/",
        "王<!-- ",
        " -->建",
        "<span style='",
        "display:none'>x</span>",
        "&#x4e",
        "％E4%BA",
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)


@pytest.mark.slow
@pytest.mark.parametrize(("policy", "step"), [("publish", 4), ("clean", 3), ("label", 9), ("court", 13)])
def test_examples_of_rules(policy: str, step: int) -> None:
    redactor = made(policy)
    texts = sample(EXAMPLES[::step], 3)
    assert list(redactor.redact_many(texts)) == [redactor.redact(text) for text in texts]


@pytest.mark.slow
def test_texts_of_pages() -> None:
    redactor = made()
    pages = [path.read_text("utf-8") for path in sorted(Path(__file__).with_name("data").glob("*.txt"))]
    texts = [page for page in pages if everything or len(page) < 50_000] * 2
    assert len(texts) > 2
    alone = {text: redactor.redact(text) for text in texts}
    assert list(redactor.redact_many(texts)) == [alone[text] for text in texts]


@pytest.mark.parametrize("policy", ["publish", "court"])
def test_residue_of_examples(policy: str) -> None:
    redactor = made(policy, ner="none")
    redacted = [(text, redactor.redact(text)) for text in [*sample(EXAMPLES[::8], 3), f"13号{FENCE}7号"]]
    for number in range(0, len(redacted), 100):
        some = redacted[number : number + 100]
        assert redactor.pipeline.account_all(some) == [redactor.account(*each) for each in some]


@draws(80)
@given(texts=st.lists(TEXTS, max_size=6))
def test_any_texts(publish: Redactor, texts: list[str]) -> None:
    assert list(publish.redact_many(texts)) == [publish.redact(text) for text in texts]


@pytest.mark.parametrize("policy", ["publish", "court", "clean"])
def test_built_in_rules_let_texts_be_looked_at_together(policy: str) -> None:
    assert made(policy).pipeline.plan.joins


def test_markup_that_is_open_hides_nothing_of_the_next_text(publish: Redactor) -> None:
    texts = ["请王<!-- 电话13900001111", " -->建国同志牵头"]
    assert [result.text for result in publish.redact_many(texts)] == [publish.redact(text).text for text in texts]


OWN = """
[[rule]]
id = "own.{name}"
entity = "PERSON"
description = {{ zh = "自定", en = "own" }}
score = 0.9
pattern = '{pattern}'
[rule.examples]
match = ["{example}"]
no_match = ["无"]
"""


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        pytest.param("^工号[0-9]{3}", ["工号123", "工号123", "x工号123", "x\n工号123"], id="beginning"),
        pytest.param(r"\A工号[0-9]{3}", ["工号123", "工号123", "x\n工号123"], id="beginning-by-escape"),
        pytest.param("工号[0-9]{3}$", ["工号123", "工号123", "工号123\n", "工号123\n\n", "工号123x"], id="end"),
        pytest.param(r"工号[0-9]{3}\Z", ["工号123", "工号123", "工号123\n"], id="end-by-escape"),
        pytest.param("(?m)^工号[0-9]{3}$", ["工号123", "x\n工号123\nx", "工号123x"], id="lines"),
        pytest.param(r"工号[0-9]{3}(?!\n)", ["工号123", "工号123", "工号123\n"], id="no-line-break-follows"),
        pytest.param("工号[^甲]+", ["工号123", "工号123乙", "工号1甲"], id="as-far-as-it-goes"),
        pytest.param(r"工号\P{Han}{1,200}", ["工号123", "工号123", "工号1甲"], id="as-far-as-two-hundred"),
    ],
)
def test_rules_of_users_see_nothing_of_the_next_text(tmp_path: Path, pattern: str, texts: list[str]) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OWN.format(name="x", pattern=pattern, example="工号123"), "utf-8")
    redactor = Redactor(rules=[file], builtin=False, ner="none")
    assert list(redactor.redact_many(texts)) == [redactor.redact(text) for text in texts]
    assert any(redactor.redact(text).edits for text in texts)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("exclude = ['^工号[0-9]+']", id="exclude-at-the-beginning"),
        pytest.param("exclude = ['[0-9]+$']", id="exclude-at-the-end"),
        pytest.param("exclude = ['甲[^乙]*乙']", id="exclude-across"),
        pytest.param("context = [{ words = ['甲'], within = 200, add = -0.8 }]", id="context"),
        pytest.param("context = [{ words = ['乙'], within = 200, add = -0.8, side = 'after' }]", id="context-after"),
    ],
)
def test_what_speaks_against_stands_in_the_same_text(tmp_path: Path, more: str) -> None:
    file = tmp_path / "own.toml"
    rule = OWN.format(name="x", pattern="工号[0-9]{3}", example="。工号123。")
    file.write_text(rule.replace("[rule.examples]", f"{more}\n[rule.examples]"), "utf-8")
    redactor = Redactor(rules=[file], builtin=False, ner="none")
    texts = ["甲", "。工号123。", "工号123", "乙", "甲。工号123。", "。工号123。乙", "甲。工号123。乙", "工号123。"]
    assert list(redactor.redact_many(texts)) == [redactor.redact(text) for text in texts]
    assert any(redactor.redact(text).edits for text in texts)


def test_each_text_has_labels_and_names_of_its_own() -> None:
    first, second = (
        r.text for r in made("label").redact_many(["王建国同志总结。王建国补充。", "王建国补充。李晓明同志总结。"])
    )
    assert first == "【人名1】同志总结。【人名1】补充。"
    assert second == made("label").redact("王建国补充。李晓明同志总结。").text


@pytest.mark.slow
def test_texts_are_taken_as_results_are_asked_for(publish: Redactor) -> None:
    taken: list[int] = []

    def endless() -> Iterator[str]:
        while True:
            taken.append(1)
            yield "请王建国同志牵头。" * 100

    assert next(publish.redact_many(endless())).text.startswith("请×同志牵头。")
    assert len(taken) < 200


class Refusing(Pipeline):
    """Ends at a word, as a rule does that takes too long."""

    def look(self, document: Document):  # type: ignore[no-untyped-def]
        if "增长" in document.text:
            raise LimitError("takes too long")
        return super().look(document)


def refusing(**settings: str) -> Redactor:
    """A redactor that does."""
    redactor = Redactor(**settings)  # type: ignore[arg-type]
    redactor.pipeline = Refusing(**vars(redactor.pipeline))
    return redactor


@cache
def refusing_once() -> Redactor:
    return refusing()


def test_a_limit_is_that_of_one_text() -> None:
    redactor = refusing()
    good = [Document("请王建国同志牵头。"), Document("李晓明同志配合。")]
    bad = Document("增长12.5%。")
    assert [r.text for r in redactor.pipeline.redact_all(good, [Memory(), Memory()])] == [
        "请×同志牵头。",
        "×同志配合。",
    ]
    done = redactor.redact_many([document.text for document in (*good, bad)])
    with pytest.raises(LimitError):
        list(done)


@given(
    st.lists(st.sampled_from(["请王建国同志牵头。", "增长12.5%。", "李晓明同志配合。", "", None, b"x", 7]), max_size=9)
)
@draws(100)
def test_errors_take_the_place_of_texts_that_cannot_be_redacted(texts: list[Any]) -> None:
    redactor = refusing_once()

    def one(text: Any) -> Any:
        return redactor.redact(text) if isinstance(text, str) and "增长" not in text else None

    done = list(redactor.redact_many(texts, errors="return"))
    assert [each if isinstance(each, Result) else None for each in done] == [one(text) for text in texts]
    kinds = [TypeError if not isinstance(text, str) else LimitError for text in texts if one(text) is None]
    assert [type(each) for each in done if not isinstance(each, Result)] == kinds


def test_one_text_is_not_several_whatever_is_done_about_errors() -> None:
    with pytest.raises(TypeError, match="several texts"):
        refusing_once().redact_many("王建国", errors="return")
    with pytest.raises(ValueError, match="errors must be"):
        refusing_once().redact_many([], errors="skip")  # type: ignore[call-overload]


def test_long_texts_and_such_as_could_be_taken_for_a_fence_go_alone() -> None:
    texts = ["a" * 50_000, "b" * 50_000, "c", f"d{WALL}", "e"]
    assert [[document.text[0] for document in batch] for batch in batches(map(Document, texts))] == [
        ["a"],
        ["b", "c"],
        ["d"],
        ["e"],
    ]


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_files_of_a_folder(run: Run, tmp_path: Path, publish: Redactor, jobs: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    texts = {f"{number:03}.txt": f"全县要认真落实各项工作。\n{text}\n" for number, text in enumerate(EXAMPLES[:60])}
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("gb18030" if name.startswith("01") else "utf-8"))
    (folder / "030a.txt").write_bytes(b"\xff" * 9)
    (folder / "030b.txt").write_bytes(b"")
    (folder / "030c.json").write_text('["请王建国同志牵头"]', "utf-8")
    done = run("clean", folder, "-o", tmp_path / "out", "--jobs", jobs, "--report", tmp_path / "report.json")
    assert done.returncode == 2
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))["files"]
    assert [Path(file["name"]).name for file in report] == sorted(path.name for path in folder.iterdir())
    assert [Path(file["name"]).name for file in report if file["error"] is not None] == ["030a.txt"]
    assert (tmp_path / "out" / "030c.json").read_text("utf-8") == '["请×同志牵头"]'
    assert (tmp_path / "out" / "030b.txt").read_bytes() == b""
    for name, text in texts.items():
        encoding = "gb18030" if name.startswith("01") else "utf-8"
        assert (tmp_path / "out" / name).read_bytes().decode(encoding) == publish.redact(text).text, name


@pytest.mark.slow  # test_hostile.py stops one rule by default
def test_a_file_that_takes_too_long_is_refused_and_those_beside_it_are_done(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "slow.toml").write_text(
        '[[rule]]\nid = "own.slow"\nentity = "PERSON"\ndescription = { zh = "慢", en = "slow" }\n'
        'pattern = \'(?:a|a)+b\'\n[rule.examples]\nmatch = ["慢快"]\nno_match = ["慢"]\n',
        "utf-8",
    )
    for number in range(12):
        text = "请王建国同志牵头。" if number != 5 else "a" * 200 + "。 b"
        (tmp_path / "in" / f"{number:02}.txt").write_text(text, "utf-8")
    done = run("clean", tmp_path / "in", "-o", tmp_path / "out", "--rules", tmp_path / "slow.toml", "--jobs", "1", "-q")
    assert done.returncode == 2
    assert done.stderr.decode().count("own.slow") == 1
    assert "05.txt: rule 'own.slow'" in done.stderr.decode()
    assert {path.name: path.read_text("utf-8") for path in (tmp_path / "out").iterdir()} == {
        f"{number:02}.txt": "请×同志牵头。" for number in range(12) if number != 5
    }


def test_when_a_process_dies_each_of_its_files_is_tried_by_itself() -> None:
    def die_on_seven(number: int) -> int:
        if number == 7:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    job: Any = SimpleNamespace(
        do=die_on_seven, lost=lambda number, reason: -number, settled=lambda tasks, outcomes: outcomes
    )
    assert Job.lost_all(job, [5, 6, 7, 8], "died") == [5, 6, -7, 8]  # type: ignore[list-item]
    assert Job.lost_all(job, [7], "died") == [-7]  # type: ignore[list-item]


@given(texts=st.lists(TEXTS, min_size=1, max_size=5))
def test_joined_texts_stand_where_it_is_said(texts: list[str]) -> None:
    whole = joined([Document(text) for text in texts])
    assert [whole.text[start : start + len(member.text)] for start, member in whole.members] == texts
    assert apart((), whole) == [[] for _ in texts]
