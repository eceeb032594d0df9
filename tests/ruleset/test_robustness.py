"""Rule files by strangers: rows G1–G12 of the robustness list, each id beginning with its row.

Patterns that run away (G1) are run by the command in test_hostile.py; here is what it takes to stop them.
"""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from typing import Any

import pytest
import regex

from redactor import LimitError, PolicyError, Redactor, RuleError
from redactor.detect import patterns, weigh
from redactor.policy.load import load_policy
from redactor.ruleset.load import load_rules
from redactor.testing.rules import check_rules
from tests.conftest import Run
from tests.draws import slow

RULE = "[[rule]]\nid = 'x.y'\nentity = 'QUANTITY'\n"


SOUND = "description = { zh = '工号', en = 'Staff numbers' }\n[rule.examples]\nmatch = ['工号1234', '工号5678', '工号9012']\nno_match = ['工号', '工号12']\n"


def write(folder: Path, text: str, name: str = "theirs.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def redactor(folder: Path, text: str) -> Redactor:
    return Redactor(rules=[write(folder, text)], builtin=False)


def pattern_rule(pattern: str, more: str = "") -> str:
    return f"{RULE}pattern = '''{pattern}'''\n{more}"


@pytest.mark.slow
def test_g1_time_for_a_rule_is_bounded_over_the_whole_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Each block is slow but within its own limit: only the sum gives the rule away.
    monkeypatch.setattr(patterns, "BLOCK", 1_000)
    monkeypatch.setattr(patterns, "BLOCK_SECONDS", 30.0)
    monkeypatch.setattr(patterns, "SPARE_SECONDS", 0.05)
    monkeypatch.setattr(patterns, "SECONDS_PER_PLACE", 0.0)
    text = ("a" * 400 + "\n") * 300
    with pytest.raises(LimitError, match=r"rule 'x\.y' \(theirs\.toml\): takes too long"):
        redactor(tmp_path, pattern_rule(r"[a-z]{1,200}[a-z]{1,200}[0-9]")).redact(text + "b1")


def test_g1_a_busy_machine_gets_a_second_try_by_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = redactor(tmp_path, pattern_rule(r"\p{Han}{2}(?:[a-z]{1,9}\n)?[\p{N}]{4}"))
    text = "正文\n" * 200 + "工号abc\n1234\n" + "工号5678\n" * 3
    expected = slow.redact(text).text
    assert expected.count("×") == 4
    tried: list[int] = []
    real = patterns.PatternDetector.matches_until

    def once_late(self: patterns.PatternDetector, text: str, start: int, *rest: Any) -> object:
        tried.append(rest[0] - start)
        if len(tried) == 1:
            raise TimeoutError
        return real(self, text, start, *rest)

    monkeypatch.setattr(patterns.PatternDetector, "matches_until", once_late)
    assert slow.redact(text).text == expected
    assert len(tried) > 200


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("pattern = 'a{1,9}'\nexclude = ['(?:a|a)+[xy]']", id="of-a-pattern"),
        pytest.param("terms = ['甲乙']\nexclude = ['(?:a|a)+[xy]']", id="of-terms"),
    ],
)
def test_g1_exclude_patterns_are_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setattr(weigh, "EXCLUDE_SECONDS", 0.2)
    with pytest.raises(LimitError, match=r"rule 'x\.y' \(theirs\.toml\): an exclude pattern takes too long"):
        redactor(tmp_path, RULE + body).redact("甲乙" + "a" * 80 + "是")


def test_g1_a_rule_that_ends_still_works_beside_one_that_is_slow(tmp_path: Path) -> None:
    text = "a" * 4_000 + "工号1234"
    assert redactor(tmp_path, pattern_rule(r"工号(?P<value>\d{4})")).redact(text).text == "a" * 4_000 + "工号×"


@pytest.mark.parametrize(
    "pattern",
    [
        slow(r"关注.*公众号.*回复.*领取", id="cubic"),
        pytest.param(r"\d+(?=元)", id="quadratic"),
        slow(r"(?:[a-z0-9]+\.)+[a-z]{2,}$", id="dotted"),
    ],
)
def test_g2_growth_is_named_and_refused_under_strict(tmp_path: Path, run: Run, pattern: str) -> None:
    write(tmp_path, pattern_rule(pattern))
    refused = run("rules", "check", "theirs.toml", "--strict")
    assert refused.returncode == 2
    assert regex.search(
        rb"theirs\.toml:2: rule 'x\.y': its pattern (?:takes steps that grow as length to the|does not end)",
        refused.stderr,
    )


@pytest.mark.huge  # .ci/run does the same as its last step
def test_g2_nothing_is_to_be_said_against_the_built_in_rules() -> None:
    assert check_rules(load_rules()) == []


def test_g2_a_linear_pattern_passes_under_strict(tmp_path: Path, run: Run) -> None:
    write(tmp_path, pattern_rule(r"工号(?P<value>\d{4})", SOUND))
    done = run("rules", "check", "theirs.toml", "--strict")
    assert (done.returncode, done.stderr) == (0, b""), done.stdout


REFUSED = [
    ("fuzzy", "(?:工号){e<=3}", "fuzzy"),
    ("fuzzy-cost", "(?:工号){i<=1,2i+1d<=3}", "fuzzy"),
    ("fuzzy-bare", "工号{e}", "not in"),
    ("fuzzy-spaced", "工号{ s <= 1 }", "fuzzy"),
    ("fuzzy-chars", r"工号{e<=1:[0-9]}", "fuzzy"),
    ("bestmatch", "(?b)工号", "only i, m and s"),
    ("enhancematch", "(?e)工号", "only i, m and s"),
    ("flags-together", "(?ibe:工号)", "only i, m and s"),
    ("verbose", "(?x)工 号", "only i, m and s"),
    ("version-1", "(?V1)[[a-z]--[b]]", "only i, m and s"),
    ("reverse", "(?r)工号", "only i, m and s"),
    ("recursion", "工(?R)?号", "recursion"),
    ("recursion-by-number", "(工(?1)?号)", "recursion"),
    ("recursion-by-name", "(?P<n>工(?&n)?号)", "recursion"),
    ("recursion-python", "(?P<n>工(?P>n)?号)", "recursion"),
    ("define", "(?(DEFINE)(?P<n>工))号", "DEFINE"),
    ("condition", "(工)?(?(1)号|牌)", "DEFINE"),
    ("verb", "工(*SKIP)号", "verbs"),
    ("keep-out", r"工\K号", "escape"),
    ("search-anchor", r"\G工", "escape"),
    ("grapheme", r"\X工", "escape"),
    ("branch-reset", "(?|(工)|(号))", "kind of group"),
    ("comment", "(?#工)号", "kind of group"),
    ("named-list-of-another", r"\L<surnames>", "word lists are written"),
]


@pytest.mark.parametrize(("pattern", "message"), [pytest.param(p, m, id=f"G3-{i}") for i, p, m in REFUSED])
def test_g3_constructs_without_a_bound(tmp_path: Path, pattern: str, message: str) -> None:
    with pytest.raises(RuleError, match=rf"theirs\.toml.*{message}"):
        redactor(tmp_path, pattern_rule(pattern))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"[define]\nopen = '''(?'''\n{pattern_rule('{open}R)工')}", id="half-a-bracket"),
        pytest.param(f"[define]\nbad = '''(?:工){{e<=2}}'''\n{pattern_rule('{bad}号')}", id="whole-in-define"),
        pytest.param(f"[define]\ncost = '''e<=2'''\n{pattern_rule('工{{cost}}')}", id="cost-in-define"),
        pytest.param(f"[define]\na = '''(?R)'''\nb = '''{{a}}?'''\n{pattern_rule('工{b}号')}", id="two-levels-down"),
        pytest.param(f"[lists]\na = ['(?R)']\n{pattern_rule('工{a}(?R)?')}", id="beside-a-list"),
        pytest.param(f"{RULE}terms = ['工号']\nexclude = ['(?:工){{e<=2}}']", id="exclude"),
        pytest.param("[[boilerplate]]\nid = 'b'\ncue = [{ pattern = '工(?R)?号' }]", id="boilerplate-cue"),
        pytest.param(
            "[cues.a]\npattern = '(?:工){e<=2}'\n[[boilerplate]]\nid = 'b'\ncue = [{ use = 'a' }]", id="shared-cue"
        ),
        pytest.param("[[boilerplate]]\nid = 'b'\ncue = [{ any = ['工'] }]\nveto = ['(?b)工']", id="boilerplate-veto"),
        pytest.param(
            "[[boilerplate]]\nid = 'b'\ncue = [{ any = ['工'] }]\ntitles = ['(?V1)工']", id="boilerplate-titles"
        ),
    ],
)
def test_g3_constructs_hidden_elsewhere(tmp_path: Path, text: str) -> None:
    with pytest.raises(RuleError, match=r"theirs\.toml"):
        redactor(tmp_path, text)


def test_g3_braces_may_be_written_escaped(tmp_path: Path) -> None:
    assert redactor(tmp_path, pattern_rule(r"工\{e<=2\}")).redact("工{e<=2}").text == "×"


BOMBS = [
    ("one-repeat", "a{1000000}b", "repeat {1000000} is too large"),
    ("product", "((a{1000}){1000}){1000}", "repeats inside repeats"),
    ("product-of-a-choice", "(?:(?:a|bc){1000}){1000}", "repeats inside repeats"),
    ("product-with-ranges", "(?:(?:ab?c{0,100}){0,100}){0,100}", "repeats inside repeats"),
    ("product-in-look-behind", "(?<=(?:a{1000}){1000})b", "repeats inside repeats"),
    ("alternatives", "|".join(f"词{n}" for n in range(20_000)), "pattern of 128889 characters; at most 10000"),
    ("brackets", "(?:" * 2_000 + "a" + ")" * 2_000, "more than 60 brackets"),
    ("brackets-unclosed", "(" * 5_000, "more than 60 brackets"),
    ("long", "a" * 10_001, "pattern of 10001 characters; at most 10000"),
]


@pytest.mark.parametrize(("pattern", "message"), [pytest.param(p, m, id=f"G4-{i}") for i, p, m in BOMBS])
def test_g4_compile_bombs(tmp_path: Path, pattern: str, message: str) -> None:
    with pytest.raises(RuleError, match=r"theirs\.toml:2: rule 'x\.y'") as caught:
        redactor(tmp_path, pattern_rule(pattern))
    assert message in str(caught.value)
    assert len(str(caught.value)) < 400


def test_g4_names_that_multiply(tmp_path: Path) -> None:
    levels = "\n".join(f"n{k} = '''{{n{k - 1}}}{'{n' + str(k - 1) + '}'}'''" * 1 for k in range(1, 8))
    wide = "\n".join(f"m{k} = '''{(f'{{m{k - 1}}}') * 900}'''" for k in range(1, 8))
    text = f"[define]\nn0 = 'a'\n{levels}\nm0 = 'a'\n{wide}\n"
    assert redactor(tmp_path, text + pattern_rule("{n7}b")).redact("a" * 128 + "b").text == "×"
    with pytest.raises(RuleError, match="longer than 200000 characters"):
        redactor(tmp_path, text + pattern_rule("{m7}b"))


@pytest.mark.slow
def test_g4_huge_lists(tmp_path: Path) -> None:
    write(tmp_path, "\n".join(f"词条{n}" for n in range(60_000)), "words.txt")
    text = f"[lists]\nwords = 'words.txt'\n{pattern_rule('{words}号')}"
    assert redactor(tmp_path, text).redact("词条59999号").text == "×"
    short = "\n".join(f"词{n}" for n in range(1_500))
    write(tmp_path, short, "words.txt")
    with pytest.raises(RuleError, match="longer than 200000 characters"):
        redactor(tmp_path, f"[lists]\nwords = 'words.txt'\n{pattern_rule('{words}' * 40)}")


def test_g4_huge_files(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="larger than 4096 KiB"):
        redactor(tmp_path, "#" * (4 * 1024 * 1024 + 1))


def test_g4_bad_rules_end_with_2_before_any_input_is_opened(tmp_path: Path, run: Run) -> None:
    write(tmp_path, pattern_rule("(工号"))
    done = run("clean", "no-such-input.txt", "-o", "out.txt", "--rules", "theirs.toml")
    assert done.returncode == 2
    assert b"theirs.toml:2: rule 'x.y': a ( without its )" in done.stderr
    assert b"no-such-input" not in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("!!python/object/apply:os.system ['touch pwned']\n", id="G5-yaml-tag"),
        pytest.param("a: &a [x,x]\nb: &b [*a,*a]\n", id="G5-yaml-aliases"),
        pytest.param('{"rule": []}', id="G5-json"),
        pytest.param("[pack]\nname = 'a'\n[pack]\nname = 'b'\n", id="G5-table-twice"),
        pytest.param(f"{RULE}terms = ['x']\nterms = ['y']\n", id="G5-key-twice"),
        pytest.param(f"[define]\nx = {'[' * 100_000}", id="G5-nested-arrays"),
        pytest.param(f"[define]\nx = {'{a=' * 100_000}", id="G5-nested-tables"),
        pytest.param(f"[define.{'a.' * 100_000}b]\nx = 1", id="G5-key-of-many-parts"),
        pytest.param(f"[define]\nx = {'9' * 10_000}", id="G5-long-number"),
        pytest.param("\x00\x01\x02", id="G5-binary"),
    ],
)
def test_g5_only_plain_toml_is_read(tmp_path: Path, text: str) -> None:
    with pytest.raises(RuleError, match=r"theirs\.toml.*(not valid|unknown table|nest)"):
        redactor(tmp_path, text)
    assert [p.name for p in tmp_path.iterdir()] == ["theirs.toml"]


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A rule folder with a file beside it that is none of its business."""
    (tmp_path / "secret.txt").write_text("绝密\n", encoding="utf-8")
    folder = tmp_path / "rules"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "words.txt").write_text("云杉\n", encoding="utf-8")
    (folder / "data" / "link.txt").symlink_to("words.txt")
    (folder / "data" / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "data" / "loop.txt").symlink_to("loop.txt")
    (folder / "up").symlink_to(tmp_path)
    os.mkfifo(folder / "data" / "fifo.txt")
    return folder


@pytest.mark.parametrize("name", ["data/words.txt", "./data/words.txt", "data/../data/words.txt", "data/link.txt"])
def test_g6_includes_inside_the_rule_folder(theirs: Path, name: str) -> None:
    write(theirs, f"{RULE}terms_file = '{name}'")
    assert load_rules([theirs], builtin=False).rules[0].terms == ("云杉",)


@pytest.mark.parametrize("key", ["terms_file", "lists", "files"])
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("../secret.txt", id="G6-parent"),
        pytest.param("data/../../secret.txt", id="G6-parent-inside"),
        pytest.param("/etc/passwd", id="G6-absolute"),
        pytest.param("data/out.txt", id="G6-link-out"),
        pytest.param("up/secret.txt", id="G6-linked-folder"),
        pytest.param("https://example.com/words.txt", id="G6-url"),
        pytest.param("file:///etc/passwd", id="G6-file-url"),
        pytest.param("data/loop.txt", id="G6-link-loop"),
        pytest.param("data/fifo.txt", id="G6-fifo"),
        pytest.param("data", id="G6-folder"),
        pytest.param("data/none.txt", id="G6-missing"),
        pytest.param("x" * 5_000, id="G6-long-name"),
    ],
)
def test_g6_includes_outside_or_unusable(theirs: Path, key: str, name: str) -> None:
    body = {
        "terms_file": f"{RULE}terms_file = '{name}'",
        "lists": f"[lists]\na = '{name}'\n{pattern_rule('{a}')}",
        "files": f"{RULE}recognizer = 'person-name'\nfiles = {{ surnames = '{name}' }}",
    }
    write(theirs, body[key])
    with pytest.raises(RuleError, match=r"outside the rule folder|no such file|no usable file name") as caught:
        load_rules([theirs], builtin=False)
    assert "绝密" not in str(caught.value)


def test_g6_rule_files_that_are_links_out_of_the_folder(theirs: Path, tmp_path: Path) -> None:
    write(tmp_path, f"{RULE}terms = ['云杉']", "elsewhere.toml")
    (theirs / "link.toml").symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(RuleError, match=r"link\.toml: is a link to a file outside the rule folder"):
        load_rules([theirs], builtin=False)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("recognizer = 'os.system'", id="G7-recognizer"),
        pytest.param("recognizer = 'redactor.cli.main'", id="G7-import-path"),
        pytest.param("terms = ['x']\nvalidate = '__import__(\"os\").system(\"touch pwned\")'", id="G7-validator"),
        pytest.param("pattern = '(?{ touch pwned })x'", id="G7-code-in-pattern"),
        pytest.param("terms = ['x']\npython = 'print()'", id="G7-key"),
    ],
)
def test_g7_no_code_in_a_rule_file(tmp_path: Path, body: str) -> None:
    with pytest.raises(RuleError, match=r"theirs\.toml:2: rule 'x\.y'"):
        redactor(tmp_path, RULE + body)
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(
    "pattern",
    ["", "a*", "(?:)", "a?b?", "(?=a)", "(?<=a)", r"\b", "^", "$", "(?!a)", "a{0}", "a|", "(?:a|b*)", "(a)?", "[ab]*+"],
)
def test_g8_matches_of_nothing_are_refused(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(RuleError, match=r"matches an empty text|not empty"):
        redactor(tmp_path, pattern_rule(pattern))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(r"pattern = '[\p{Han}，。]{1,20}+'", id="G8-pattern"),
        pytest.param("pattern = '.'", id="G8-dot"),
        pytest.param("pattern = '(?s:.{1,500})'", id="G8-everything"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("entity", ["PERSON", "KEEP"])
def test_g8_a_rule_that_takes_most_of_a_page_is_named(tmp_path: Path, body: str, entity: str) -> None:
    path = write(tmp_path, RULE.replace("QUANTITY", entity) + body)
    assert any("of an ordinary page" in f.message for f in check_rules(load_rules([path], builtin=False)))


@pytest.mark.parametrize("template", [r"\g<0>", r"\1", "$1", "{0}"])
def test_g9_templates_that_put_the_original_back(tmp_path: Path, template: str) -> None:
    path = write(tmp_path, f"name = 'x'\n[entities]\nPERSON = {{ operator = 'replace', with = '{template}' }}")
    with pytest.raises(PolicyError, match="can't put the original back"):
        load_policy(path)


def test_g9_a_rule_file_has_no_replacements(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="unknown key 'replace'"):
        redactor(tmp_path, pattern_rule("工号", "replace = '\\g<0>'"))


def test_g10_what_a_later_file_switches_off_is_on_record(tmp_path: Path, run: Run) -> None:
    path = write(tmp_path, "[[override]]\nid = 'figures.percent'\nenabled = false\n")
    ruleset = load_rules([path])
    assert ruleset.disabled == ("figures.percent",)
    assert [(c.rule, c.what, c.at) for c in ruleset.changes] == [("figures.percent", "disabled", "theirs.toml:2")]
    listed = run("rules", "list", path).stdout.decode().splitlines()
    assert any(line.startswith("figures.percent") and line.endswith("(disabled)") for line in listed)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('[[rule]]\nid = "a\\u001b[31m"\nentity = "URL"\nterms = ["x"]', id="G11-id"),
        pytest.param(f'{RULE}terms = ["x"]\ndescription = {{ zh = "\\u001b]0;pwned\\u0007" }}', id="G11-description"),
        pytest.param(f'{RULE}terms = ["x"]\ndescription = {{ zh = "a\\u202eb" }}', id="G11-description-bidi"),
        pytest.param(f'{RULE}terms = ["x"]\ndescription = {{ zh = "a\\nb" }}', id="G11-description-line-break"),
        pytest.param(f'{RULE}terms = ["x\\u009b31m"]', id="G11-term"),
        pytest.param(f'{RULE}terms = ["x"]\ncontext = {{ words = ["\\u001b"] }}', id="G11-context"),
        pytest.param(f'{RULE}pattern = "x\\u001b"', id="G11-pattern"),
        pytest.param(f'[lists]\na = ["\\u001b"]\n{RULE}terms = ["x"]', id="G11-list"),
        pytest.param('[pack]\ntitle = { zh = "\\u001b[2J" }', id="G11-title"),
        pytest.param('[pack]\n"na\\u001bme" = "x"', id="G11-key"),
        pytest.param('[[override]]\nid = "a\\u001b"\nenabled = false', id="G11-override"),
        pytest.param('[[boilerplate]]\nid = "b"\ncue = [{ any = ["\\u001b"] }]', id="G11-cue"),
        pytest.param(f'{RULE}terms = ["x"]\n"e\\u001bvil" = 1', id="G11-unknown-key"),
    ],
)
def test_g11_terminal_escapes_never_reach_the_terminal(tmp_path: Path, text: str) -> None:
    with pytest.raises(RuleError) as caught:
        redactor(tmp_path, text)
    assert str(caught.value).isprintable()


def test_g11_terminal_escapes_in_a_term_file(tmp_path: Path) -> None:
    write(tmp_path, "云杉\x1b[31m\n", "words.txt")
    with pytest.raises(RuleError, match=r"'words\.txt': holds a control character \(U\+001B\)"):
        redactor(tmp_path, f"{RULE}terms_file = 'words.txt'")


def test_g12_every_rule_file_is_pinned(tmp_path: Path) -> None:
    write(tmp_path, "云杉\n", "words.txt")
    path = write(tmp_path, f"{RULE}terms_file = 'words.txt'")
    ruleset = load_rules([path])
    names = [name for name, _ in ruleset.files]
    assert names[-2:] == ["theirs.toml", "words.txt"]
    assert {"figure/date.toml", "data/surnames.txt", "lists/figure-counters.txt"} <= set(names)
    assert dict(ruleset.files)["theirs.toml"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_rules_of_strangers_are_safe_from_several_threads(tmp_path: Path) -> None:
    shared = redactor(tmp_path, pattern_rule(r"工号(?P<value>\d{4})", "exclude = ['旧工号']"))
    text = "工号1234，旧工号5678\n" * 300
    expected = shared.redact(text).text
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(shared.redact(text).text)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [expected] * 4


def test_a_pattern_that_takes_anything_does_not_join_what_is_apart(tmp_path: Path) -> None:
    everything = redactor(tmp_path, pattern_rule(r"始(?s:.{1,80})终"))
    text = "这一行到这\n里才完，始。" + "中间还有很长的一段话。\n" * 40 + "另一行也到这\n里才完，终。"
    assert everything.redact(text).text == text
    assert set(redactor(tmp_path, pattern_rule(".")).redact(text).text) == {"×", "\n"}


class TestBlocks:
    """Long texts are searched in blocks; what lies across an edge must not be lost."""

    def masked(self, tmp_path: Path, pattern: str, text: str) -> str:
        return redactor(tmp_path, pattern_rule(pattern)).redact(text).text

    @pytest.mark.parametrize("shift", [-5, -3, -1, 0, 1, 3])
    def test_a_match_across_an_edge(self, tmp_path: Path, shift: int) -> None:
        filler = "是" * (patterns.BLOCK + shift)
        assert self.masked(tmp_path, r"工号\d{4}", filler + "工号1234" + "是" * 99) == filler + "×" + "是" * 99

    def test_a_match_longer_than_the_overhang(self, tmp_path: Path) -> None:
        filler, value = "是" * (patterns.BLOCK - 10), "http://" + "a" * 3_000
        assert self.masked(tmp_path, r"http://[a-z]+", filler + value + "。") == filler + "×。"

    def test_look_behind_sees_past_the_edge(self, tmp_path: Path) -> None:
        text = "1" * patterns.BLOCK + "12345678" + "是"
        assert self.masked(tmp_path, r"(?<!\d)\d{8}(?!\d)", text) == text
