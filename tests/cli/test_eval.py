"""`redactor eval`: what it reads, what it counts, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from redactor.cli.eval import read_annotated
from redactor.model import Edit, Finding, RedactorError
from redactor.testing.scores import Annotated, Losses, Scores, context, entities_of
from tests.conftest import Run

TEXT = "请王建国同志到青山县。"
BIO = "".join(
    f"{char} {tag}\n"
    for char, tag in zip(
        TEXT, ["O", "B-PER", "I-PER", "I-PER", *["O"] * 3, "B-LOC", "I-LOC", "I-LOC", "O"], strict=True
    )
)


def finding(start: int, end: int, entity: str, rule: str = "r") -> Finding:
    return Finding(start, end, entity=entity, rule=rule, score=0.9)


def test_reads_bio(tmp_path: Path) -> None:
    (tmp_path / "gold.bio").write_text(BIO + "\n好 O\n", encoding="utf-8")
    first, second = read_annotated(tmp_path / "gold.bio")
    assert (first.text, first.mentions) == (TEXT, ((1, 4, "PERSON"), (7, 10, "LOCATION")))
    assert (second.text, second.mentions) == ("好", ())


def test_reads_entities_that_touch_and_white_space(tmp_path: Path) -> None:
    (tmp_path / "gold.bio").write_text("王\tB-PER\n刚\tI-PER\n李\tB-PER\n \tO\n强\tB-PER\n", encoding="utf-8")
    (document,) = read_annotated(tmp_path / "gold.bio")
    assert document.text == "王刚李 强"
    assert document.mentions == ((0, 2, "PERSON"), (2, 3, "PERSON"), (4, 5, "PERSON"))


def test_a_brace_at_the_head_of_bio_is_a_character(tmp_path: Path) -> None:
    (tmp_path / "gold.bio").write_text("{ O\n王 B-PER\n", encoding="utf-8")
    (document,) = read_annotated(tmp_path / "gold.bio")
    assert (document.text, document.mentions) == ("{王", ((1, 2, "PERSON"),))


@pytest.mark.parametrize("key", ["entity", "type"])
def test_reads_json_lines(tmp_path: Path, key: str) -> None:
    row = {"id": "x", "text": TEXT, "spans": [{"start": 1, "end": 4, key: "PERSON"}, [7, 10, "LOC"]]}
    (tmp_path / "gold.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n\n", encoding="utf-8")
    (document,) = read_annotated(tmp_path / "gold.jsonl")
    assert document == Annotated("x", TEXT, ((1, 4, "PERSON"), (7, 10, "LOCATION")))


BAD = [
    ("gold.jsonl", '{"text": "王"}', r"gold\.jsonl:1: not a JSON object"),
    ("gold.jsonl", '{"text": 1, "spans": []}', r"gold\.jsonl:1: not a JSON object"),
    ("gold.jsonl", '{"text": "王", "spans": [[0, 5, "PERSON"]]}', r"gold\.jsonl:1: span 0\.\.5 is not in the text"),
    ("gold.jsonl", '{"text": "王", "spans": [[0, 1, "HERO"]]}', "unknown entity 'HERO'"),
    ("gold.bio", "王 B-HERO\n", r"gold\.bio:1: unknown entity 'HERO'"),
    ("gold.bio", "王 X\n", r"gold\.bio:1: not a character and a BIO tag"),
]


@pytest.mark.parametrize(("name", "content", "message"), BAD, ids=[f"{n}-{i}" for i, (n, _, _) in enumerate(BAD)])
def test_refuses(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(RedactorError, match=message):
        list(read_annotated(tmp_path / name))


def test_counts() -> None:
    document = Annotated("x", TEXT, ((1, 4, "PERSON"), (7, 10, "LOCATION")))
    scores = Scores()
    scores.add(
        document,
        [finding(1, 4, "PERSON", "a"), finding(7, 9, "LOCATION", "b"), finding(0, 1, "MONEY")],
        entities_of([document]),
    )
    person, place = scores.entities["PERSON"], scores.entities["LOCATION"]
    assert (person.precision, person.recall, person.f1, person.cover) == (1.0, 1.0, 1.0, 1.0)
    assert (place.precision, place.recall, place.f1) == (0.0, 0.0, 0.0)
    assert place.cover == pytest.approx(2 / 3)
    assert scores.total.f1 == 0.5
    assert scores.rules["a"].precision == 1.0
    assert [m.context for m in scores.missed] == ["请王建国同志到[青山县]。"]
    assert [(m.rule, m.start, m.end) for m in scores.false] == [("b", 7, 9)]


def test_counts_what_edits_take_of_the_body() -> None:
    document = Annotated("x", TEXT, ((1, 4, "PERSON"), (7, 10, "LOCATION")))
    edits = [
        Edit(0, 1, "×", "PERSON", "a"),  # false: nothing annotated
        Edit(2, 5, "×", "PERSON", "b"),  # touches 建国 and takes 同 besides
        Edit(7, 9, "×", "PERSON", "b"),  # annotated, if as a place
        Edit(9, 11, "×", "LOCATION", "c"),  # takes the full stop
        Edit(5, 6, "×", "MONEY", "d"),  # no name
    ]
    losses = Losses()
    losses.add(document, edits)
    losses.add(Annotated("y", "好" * 9, ()), [])
    counts = {name: (e.edits, e.false_edits, e.lost_chars) for name, e in losses.entities.items()}
    assert counts == {"PERSON": (3, 1, 2), "LOCATION": (1, 0, 1), "ORGANIZATION": (0, 0, 0)}
    assert {name: (e.edits, e.false_edits, e.lost_chars) for name, e in losses.rules.items()} == {
        "a": (1, 1, 1),
        "b": (2, 0, 1),
        "c": (1, 0, 1),
    }
    total = losses.total
    assert (total.edits, total.false_edits, total.lost_chars) == (4, 1, 3)
    assert losses.per_10000(total.lost_chars) == 1500.0  # in 11 characters and 9
    assert [(m.rule, m.context) for m in losses.false] == [("a", "[请]王建国同志到青山县。")]


def test_nothing_to_score_is_no_number() -> None:
    assert Losses().per_10000(0) is None
    total = Scores().total
    assert (total.precision, total.recall, total.f1, total.cover) == (None, None, None, None)


def test_context_is_one_line() -> None:
    assert context("一\n二三\n四", (2, 4)) == "一 [二三] 四"


def test_command(tmp_path: Path, run: Run) -> None:
    (tmp_path / "gold.bio").write_text(BIO, encoding="utf-8")
    done = run("eval", "gold.bio", "--json")
    assert done.returncode == 0, done.stderr
    table = json.loads(done.stdout)
    assert table["total"]["f1"] == 1.0
    assert table["entities"]["PERSON"]["gold"] == 1
    shown = run("eval", "gold.bio", "--by", "rule").stdout.decode()
    assert "all" in shown
    assert "1.000" in shown


@pytest.mark.slow
def test_command_counts_the_same_by_two_processes(tmp_path: Path, run: Run) -> None:
    rows = (
        {"id": f"{at}", "text": f"{at}号：{TEXT}", "spans": [[len(f"{at}号：") + 1, len(f"{at}号：") + 4, "PER"]]}
        for at in range(600)
    )
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    one, two = (run("eval", "gold.jsonl", "--json", "--ner", "none", "--jobs", jobs) for jobs in ("1", "2"))
    assert one.returncode == two.returncode == 0
    assert json.loads(one.stdout)["total"]["gold"] == 600
    assert one.stdout == two.stdout


def test_command_counts_false_edits_under_a_policy_that_edits(tmp_path: Path, run: Run) -> None:
    (tmp_path / "gold.bio").write_text("\n".join(f"{char} O" for char in TEXT), encoding="utf-8")
    table = json.loads(run("eval", "gold.bio", "--json", "--policy", "publish").stdout)["edits"]
    assert table["characters"] == 11
    row = {"edits": 2, "false_edits": 2, "body_characters_lost": 5}  # 王建国, 青山
    assert table["total"] == row | {"false_edits_per_10000": 1818.1818, "body_characters_lost_per_10000": 4545.4545}
    assert {name: row["body_characters_lost"] for name, row in table["entities"].items()} == {
        "LOCATION": 2,
        "ORGANIZATION": 0,
        "PERSON": 3,
    }
    assert sum(row["false_edits"] for row in table["rules"].values()) == 2
    assert [miss["entity"] for miss in table["false"]] == ["PERSON", "LOCATION"]
    shown = run("eval", "gold.bio", "--policy", "publish").stdout.decode().splitlines()
    assert ["all", "2", "2", "1818.18", "5", "4545.45"] in [line.split() for line in shown]
    assert [line.split()[:2] for line in shown if line.startswith("edited")] == [
        ["edited", "PERSON"],
        ["edited", "LOCATION"],
    ]


def test_command_counts_no_edits_under_a_policy_that_makes_none(tmp_path: Path, run: Run) -> None:
    (tmp_path / "gold.bio").write_text(BIO, encoding="utf-8")
    assert json.loads(run("eval", "gold.bio", "--json").stdout)["edits"] is None
    assert "edits" not in run("eval", "gold.bio").stdout.decode()


def test_command_writes_lone_surrogates_as_escapes(tmp_path: Path, run: Run) -> None:
    (tmp_path / "gold.jsonl").write_text(r'{"text": "我\ud800", "spans": [[0, 1, "PERSON"]]}', encoding="utf-8")
    done = run("eval", "gold.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["missed"][0]["context"] == "[我]\ud800"


@pytest.mark.parametrize(("name", "content"), [("gold.jsonl", '{"text": 1, "spans": []}'), ("gold.bio", "王\n")])
def test_command_names_the_bad_line(tmp_path: Path, run: Run, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    done = run("eval", name)
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert f"{name}:1: " in line
