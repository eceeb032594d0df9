"""Rule files: what is read, what is refused and with which words; layers and overrides; schema and checks."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import regex

from redactor import Redactor, RuleError
from redactor.matching.growth import growth
from redactor.matching.guard import compile_tree, read_pattern
from redactor.matching.machine import Machine
from redactor.matching.syntax import SyntaxRefused, parse
from redactor.packaged import packaged_rules
from redactor.ruleset.load import load_rules, rule_files
from redactor.ruleset.pack import laid_out
from redactor.ruleset.schema import Change, RuleSet
from redactor.testing.jsonschema import json_schema, policy_schema
from redactor.testing.rules import check_rules, run_examples
from tests.draws import slow

DOCS = Path(__file__).parent.parent.parent / "docs"
HEAD = "[pack]\nname = 'mine'\n"
RULE = "[[rule]]\nid = 'my.rule'\nentity = 'QUANTITY'\n"


def load(folder: Path, text: str, name: str = "mine.toml") -> RuleSet:
    """The rules of one file, the built-in ones left out."""
    (folder / name).write_text(text, encoding="utf-8")
    return load_rules([folder / name], builtin=False)


def compiled(folder: Path, text: str) -> Redactor:
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return Redactor(rules=[folder / "mine.toml"], builtin=False)


BAD_FILES = [
    ("not-toml", "[[rule]\nid = 1", r"mine\.toml: not valid TOML: .*line 1"),
    ("duplicate-key", "[pack]\nname = 'a'\nname = 'b'\nx = 1", r"mine\.toml: not valid TOML: .*line 3"),
    ("tab-yaml", "rule:\n\t- id: x", r"not valid TOML"),
    ("huge-integer", f"[pack]\nname = {'9' * 5000}", r"not valid TOML"),
    ("nested-arrays", "[define]\na = " + "[" * 50_000, r"nested too deeply"),
    ("nested-tables", "[define]\n" + "a." * 20 + "b = 'x'", r"nest deeper than 16"),
    ("long-key", "x = 1\n" + "a." * 5_000 + "b = 1", r"mine\.toml:2: .*key of more than 24 parts"),
    ("unknown-table", "[rules]\nid = 'x'", r"mine\.toml: unknown table 'rules'; did you mean 'rule'"),
    ("unknown-pack-key", "[pack]\ntitel = 'x'", r"\[pack\]: unknown key 'titel'; did you mean 'title'\?"),
    ("pack-not-a-table", "pack = 'x'", r"\[pack\] must be a table"),
    ("pack-language", "[pack]\nlanguage = 3", r"\[pack\]: language must be a text"),
    ("rule-in-single-brackets", "[rule]\nid = 'x'", r"write \[\[rule\]\] with two brackets"),
    ("no-id", HEAD + "[[rule]]\nentity = 'PERSON'", r"mine\.toml:3: rule without id: needs id"),
    ("id-with-spaces", HEAD + "[[rule]]\nid = 'a b'", r"mine\.toml:4: rule 'a b': id must be a text of small letters"),
    ("id-with-escape", HEAD + '[[rule]]\nid = "a\\u001b[31m"', r"mine\.toml:4: rule 'a\\x1b\[31m': id"),
    ("id-too-long", HEAD + f"[[rule]]\nid = '{'a' * 81}'", r"80 at most"),
    ("unknown-key", HEAD + RULE + "patern = 'x'", r"mine\.toml:4: rule 'my\.rule': unknown key 'patern'; did you mean 'pattern'\?"),
    ("unknown-entity", HEAD + "[[rule]]\nid = 'a'\nentity = 'PERSONS'\nterms = ['x']", r"entity must be one of PERSON, .*; did you mean 'PERSON'\?"),
    ("entity-is-a-list", HEAD + "[[rule]]\nid = 'a'\nentity = ['PERSON']", r"entity must be one of PERSON"),
    ("no-matcher", HEAD + RULE, r"needs exactly one of pattern, terms"),
    ("two-matchers", HEAD + RULE + "pattern = 'x'\nterms = ['y']", r"exactly one of .* has pattern, terms"),
    ("context-of-a-recognizer", HEAD + RULE + "recognizer = 'person-name'\ncontext = { words = ['a'] }",
     r"mine\.toml:4: rule 'my\.rule': context means nothing beside recognizer; it goes with pattern, terms, terms_file, suffixes"),
    ("validate-of-a-recognizer", HEAD + RULE + "recognizer = 'person-name'\nvalidate = 'luhn'", r"validate means nothing beside"),
    ("exclude-of-a-recognizer", HEAD + RULE + "recognizer = 'person-name'\nexclude = ['x']", r"exclude means nothing beside"),
    ("anchors-of-terms", HEAD + RULE + "terms = ['x']\nanchors = ['x']", r"anchors means nothing beside terms; it goes with pattern"),
    ("empty-pattern", HEAD + RULE + "pattern = ''", r"pattern must be a text that is not empty"),
    ("no-terms", HEAD + RULE + "terms = []", r"has no terms"),
    ("empty-term", HEAD + RULE + "terms = ['']", r"none empty"),
    ("numbers-for-terms", HEAD + RULE + "terms = [1, 2]", r"terms must be .* a list of texts, none empty"),
    ("score-out-of-range", HEAD + RULE + "terms = ['x']\nscore = 5", r"score must be a number from 0 to 1"),
    ("score-is-a-text", HEAD + RULE + "terms = ['x']\nscore = '1'", r"score must be a number"),
    ("priority-is-a-fraction", HEAD + RULE + "terms = ['x']\npriority = 1.5", r"priority must be a whole number"),
    ("flag-is-a-number", HEAD + RULE + "terms = ['x']\nsegmented = 1", r"segmented must be true or false"),
    ("line-flag-is-a-text", HEAD + RULE + "pattern = 'x'\none_line = 'yes'", r"one_line must be true or false"),
    ("validate-is-a-list", HEAD + RULE + "terms = ['x']\nvalidate = ['luhn']", r"validate must be a text"),
    ("recognizer-is-a-table", HEAD + RULE + "recognizer = {}", r"recognizer must be a text"),
    ("language-is-a-number", HEAD + RULE + "terms = ['x']\nlanguage = 1", r"language must be a text"),
    ("unknown-view", HEAD + RULE + "terms = ['x']\nview = 'folded'", r"view must be one of plain, contact, raw"),
    ("options-is-a-list", HEAD + RULE + "recognizer = 'person-name'\noptions = []", r"options must be a table"),
    ("files-is-a-list", HEAD + RULE + "recognizer = 'person-name'\nfiles = ['x']", r"files must be a table"),
    ("description-is-a-text", HEAD + RULE + "terms = ['x']\ndescription = 'x'", r"description must be a table"),
    ("description-language", HEAD + RULE + "terms = ['x']\ndescription = { '中文' = 'x' }", r"description: '中文' is not a language"),
    ("context-side", HEAD + RULE + "terms = ['x']\ncontext = { words = ['a'], side = 'left' }", r"context: side must be one of before"),
    ("context-key", HEAD + RULE + "terms = ['x']\ncontext = { word = ['a'] }", r"context: unknown key 'word'"),
    ("context-within", HEAD + RULE + "terms = ['x']\ncontext = { words = ['a'], within = 900 }", r"context: within must be a whole number from 1 to 200"),
    ("context-without-words", HEAD + RULE + "terms = ['x']\ncontext = { add = 0.1 }", r"context: needs words"),
    ("context-is-a-text", HEAD + RULE + "terms = ['x']\ncontext = 'near'", r"context must be a table or a list of tables"),
    ("examples-key", HEAD + RULE + "terms = ['x']\nexamples = { matches = ['x'] }", r"unknown key 'matches'"),
    ("examples-redact", HEAD + RULE + "terms = ['x']\nexamples = { redact = [{ in = 'x' }] }", r"examples: redact: needs out"),
    ("examples-redact-number", HEAD + RULE + "terms = ['x']\nexamples = { redact = [{ in = 1, out = 2 }] }", r"examples: redact: in must be a text"),
    ("examples-redact-table", HEAD + RULE + "terms = ['x']\nexamples = { redact = { in = '1', out = '2' } }", r"redact must be a list of tables"),
    ("undefined-name", HEAD + RULE + "pattern = '{numbr}元'", r"mine\.toml:4: rule 'my\.rule': \{numbr\} is not in \[define\]"),
    ("define-is-a-number", "[define]\na = 1\n" + RULE + "pattern = '{a}'", r"\[define\]: a must be a text"),
    ("define-name", "[define]\nA = 'x'\n" + RULE + "pattern = '{a}'", r"\[define\]: 'A' is not a name of small letters"),
    ("define-loop", "[define]\na = '{b}'\nb = 'x{a}'\n" + RULE + "pattern = '{a}'", r"\[define\] a → b → a: refers to itself"),
    ("define-undefined", "[define]\na = 'x{b}'\n" + RULE + "pattern = '{a}'", r"\[define\] a: \{b\} is not in"),
    ("name-inside-class", "[define]\na = 'x'\n" + RULE + "pattern = '[{a}]元'", r"\{a\} can't stand inside \[ \]"),
    ("list-is-a-number", "[lists]\na = 1\n" + RULE + "pattern = '{a}'", r"\[lists\]: a must be .* a list of texts"),
    ("list-is-empty", "[lists]\na = []\n" + RULE + "pattern = '{a}'", r"\[lists\]: a must be .* a list of texts, none empty"),
    ("list-file-missing", "[lists]\na = 'no.txt'\n" + RULE + "pattern = '{a}'", r"\[lists\] a: no such file 'no\.txt'"),
    ("terms-file-missing", HEAD + RULE + "terms_file = 'no.txt'", r"mine\.toml:4: rule 'my\.rule': no such file 'no\.txt'"),
    ("duplicate-id", HEAD + (RULE + "terms = ['x']\n") * 2, r"mine\.toml:8: rule 'my\.rule': id is already used in mine\.toml"),
    ("override-key", "[[override]]\nid = 'x'\nterms = ['x']", r"mine\.toml:2: override 'x': unknown key 'terms'"),
    ("override-nothing", "[[override]]\nid = 'x'", r"changes nothing"),
    ("override-unknown", "[[override]]\nid = 'x'\nenabled = false", r"mine\.toml:2: override 'x': no such rule to override"),
    ("override-score", "[[override]]\nid = 'x'\nscore = true", r"score must be a number"),
    ("override-enabled", "[[override]]\nid = 'x'\nenabled = 'no'", r"enabled must be true or false"),
    ("override-priority", "[[override]]\nid = 'x'\npriority = '1'", r"priority must be a whole number"),
    ("cues-is-a-list", "cues = [1]", r"\[cues\] must be a table"),
    ("cues-key", "[cues.a]\nwords = ['x']", r"\[cues\.a\]: unknown key 'words'"),
    ("boilerplate-key", "[[boilerplate]]\nid = 'b'\nunits = 'line'", r"mine\.toml:2: rule 'b': unknown key 'units'"),
    ("boilerplate-no-cue", "[[boilerplate]]\nid = 'b'", r"needs at least one cue"),
    ("boilerplate-use", "[[boilerplate]]\nid = 'b'\ncue = [{ use = ['x'] }]", r"cue: use must be a text"),
    ("boilerplate-own-cues", "[[boilerplate]]\nid = 'b'\ncues = {}\ncue = [{ any = ['x'] }]", r"unknown key 'cues'"),
    ("boilerplate-id", "[[boilerplate]]\nid = 'B 1'\ncue = [{ any = ['x'] }]", r"id must be a text of"),
    ("boilerplate-twice", "[[boilerplate]]\nid = 'b'\ncue = [{ any = ['x'] }]\n" * 2, r"mine\.toml:5: rule 'b': id is already used"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), [pytest.param(t, m, id=i) for i, t, m in BAD_FILES])
def test_errors_say_what_where_and_why(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message) as caught:
        load(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert "mine.toml" in str(caught.value)
    assert str(caught.value).isprintable()


BAD_WHEN_COMPILED = [
    (
        "column-without-a-name",
        "recognizer = 'table-columns'\n[rule.options.columns]\n'' = 'PERSON'",
        r"options\.columns: a column without a name",
    ),
    ("bad-regex", "pattern = '(价格|元'", r"mine\.toml:4: rule 'my\.rule': a \( without its \), at character 1"),
    ("unknown-property", r"pattern = '\p{Hun}'", r"mine\.toml:4: rule 'my\.rule': bad pattern: unknown property"),
    ("keep-group", "pattern = '(?P<unit>元)'\nkeep = ['units']", r"keep names group 'units', which the pattern does not have"),
    ("validator", "terms = ['x']\nvalidate = 'lohn'", r"mine\.toml:4: rule 'my\.rule': unknown validator 'lohn'; did you mean"),
    ("recognizer", "recognizer = 'os.system'", r"mine\.toml:4: rule 'my\.rule': unknown recognizer 'os\.system'; known are"),
    ("exclude", "terms = ['x']\nexclude = ['a++b{']", r"mine\.toml:4: rule 'my\.rule': exclude: not a repeat such as"),
    ("suffix-option", "suffixes = ['县']\noptions = { headmax = 3 }", r"options: unknown key 'headmax'; did you mean 'head_max'\?"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "message"), [pytest.param(b, m, id=i) for i, b, m in BAD_WHEN_COMPILED])
def test_rules_that_do_not_compile_are_named(tmp_path: Path, body: str, message: str) -> None:
    with pytest.raises(RuleError, match=message) as caught:
        compiled(tmp_path, HEAD + RULE + body)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda p: p / "none.toml", r"none\.toml: no such rule file or folder", id="missing"),
        pytest.param(lambda p: p, r"no rule files \(\*\.toml\) in this folder", id="empty-folder"),
    ],
)
def test_missing_rule_files(tmp_path: Path, make: Any, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        load_rules([make(tmp_path)], builtin=False)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes("# 注释".encode("gbk"))
    with pytest.raises(RuleError, match=r"x\.toml: not UTF-8 text at byte 4"):
        load_rules([tmp_path], builtin=False)


def test_a_single_path_is_taken_as_one(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(RULE + "terms = ['云杉']", encoding="utf-8")
    assert load_rules(str(tmp_path / "mine.toml"), builtin=False).rules[0].terms == ("云杉",)


def test_lines_point_at_the_id(tmp_path: Path) -> None:
    text = "# x\n[[rule]]\nentity = 'URL'\n\nid = 'a'\nterms = ['x']\n[[override]]\nid = 'a'\nscore = 0.6\n"
    ruleset = load(tmp_path, text)
    assert ruleset.rules[0].line == 5
    assert ruleset.changes == (Change("a", "score 0.6", "mine.toml:8"),)


def test_head_of_a_rule_inside_a_text_does_not_mislead(tmp_path: Path) -> None:
    text = "[[rule]]\nid = 'a'\nentity = 'URL'\nterms = ['''x\n[[rule]]\ny''']\n[[rule]]\nentity = 'NOPE'\nid = 'b'\n"
    with pytest.raises(RuleError, match=r"mine\.toml:1: rule 'b': entity must be"):
        load(tmp_path, text)


def test_files_are_pinned_by_their_sha256(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("云杉\n", encoding="utf-8")
    ruleset = load(tmp_path, RULE + "terms_file = 'words.txt'")
    assert ruleset.files == tuple(
        (name, hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()) for name in ("mine.toml", "words.txt")
    )


class TestDefine:
    def test_names_nest(self, tmp_path: Path) -> None:
        text = "[define]\nn = '\\d{1,3}'\nrange = '{n}-{n}'\n[lists]\nunit = ['亩', '公顷']\n" + RULE
        redactor = compiled(tmp_path, text + "pattern = '(?P<value>{range}){unit}'")
        assert redactor.redact("共12-15公顷，3亩").text == "共×公顷，3亩"

    def test_alternatives_in_a_name_stay_together(self, tmp_path: Path) -> None:
        redactor = compiled(tmp_path, "[define]\nn = '甲|乙'\n" + RULE + "pattern = '{n}组'")
        assert redactor.redact("甲，乙组").text == "甲，×"

    def test_repeats_and_properties_are_no_names(self, tmp_path: Path) -> None:
        redactor = compiled(tmp_path, "[define]\nhan = '甲'\n" + RULE + r"pattern = '\p{Han}{1,2}\{han\}'")
        assert redactor.redact("乙{han}").text == "×"

    @pytest.mark.parametrize("word", [".*", "a|b", "[甲]", "^", "]", "-", "(", "\\d", "a b", "{n}"])
    def test_list_words_are_literal(self, tmp_path: Path, word: str) -> None:
        quoted = json.dumps([word, "丙"], ensure_ascii=False)
        redactor = compiled(tmp_path, f"[lists]\nw = {quoted}\n" + RULE + "pattern = '{w}完'")
        assert redactor.redact(f"，{word}完").text == "，×"
        assert redactor.redact("，丁完").text == "，丁完"

    def test_long_lists_become_named_lists_in_excludes_too(self, tmp_path: Path) -> None:
        (tmp_path / "long.txt").write_text("\n".join(f"词{n}号" for n in range(5_000)), encoding="utf-8")
        text = "[lists]\nlong = 'long.txt'\n" + RULE + "pattern = '词\\d+号'\nexclude = ['{long}']"
        assert load(tmp_path, text).rules[0].exclude == (r"\L<long>",)
        assert compiled(tmp_path, text).redact("词4999号、词5000号").text == "词4999号、×"


class TestLayers:
    def layers(self, tmp_path: Path, *texts: str) -> RuleSet:
        paths = []
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.toml").write_text(text, encoding="utf-8")
            paths.append(tmp_path / f"{number}.toml")
        return load_rules(paths, builtin=False)

    def test_later_layer_replaces_by_id(self, tmp_path: Path) -> None:
        ruleset = self.layers(tmp_path, RULE + "terms = ['甲']", RULE + "terms = ['乙']")
        assert [r.terms for r in ruleset.rules] == [("乙",)]
        assert ruleset.changes == (Change("my.rule", "replaced", "1.toml:2"),)

    def test_same_id_in_two_files_of_a_folder_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_text(RULE + "terms = ['甲']", encoding="utf-8")
        (tmp_path / "b.toml").write_text(RULE + "terms = ['乙']", encoding="utf-8")
        with pytest.raises(RuleError, match=r"b\.toml:2: rule 'my\.rule': id is already used in a\.toml"):
            load_rules([tmp_path], builtin=False)

    def test_override_disables_and_a_still_later_one_enables(self, tmp_path: Path) -> None:
        off = "[[override]]\nid = 'my.rule'\nenabled = false"
        ruleset = self.layers(tmp_path, RULE + "terms = ['甲']", off)
        assert (ruleset.rules, ruleset.disabled) == ((), ("my.rule",))
        ruleset = self.layers(tmp_path, RULE + "terms = ['甲']", off, off.replace("false", "true"))
        assert [r.id for r in ruleset.rules] == ["my.rule"]
        assert [c.what for c in ruleset.changes] == ["disabled", "enabled"]

    def test_override_changes_score_and_priority_alone(self, tmp_path: Path) -> None:
        override = "[[override]]\nid = 'my.rule'\nscore = 0.4\npriority = 3"
        (rule,) = self.layers(tmp_path, RULE + "terms = ['甲']", override).rules
        assert (rule.score, rule.priority, rule.terms) == (0.4, 3, ("甲",))

    def test_override_of_boilerplate(self, tmp_path: Path) -> None:
        block = "[[boilerplate]]\nid = 'b'\ncue = [{ any = ['甲'] }]"
        (rule,) = self.layers(tmp_path, block, "[[override]]\nid = 'b'\nscore = 0.6").boilerplate
        assert rule.score == 0.6
        ruleset = self.layers(tmp_path, block, "[[override]]\nid = 'b'\nenabled = false")
        assert (ruleset.boilerplate, ruleset.disabled) == ((), ("b",))
        with pytest.raises(RuleError, match="a boilerplate rule has no priority"):
            self.layers(tmp_path, block, "[[override]]\nid = 'b'\npriority = 3")

    def test_a_disabled_rule_comes_back_when_it_is_written_anew(self, tmp_path: Path) -> None:
        block = "[[boilerplate]]\nid = 'b'\ncue = [{ any = ['甲'] }]"
        ruleset = self.layers(tmp_path, block, "[[override]]\nid = 'b'\nenabled = false", block)
        assert (len(ruleset.boilerplate), ruleset.disabled) == (1, ())

    def test_a_user_file_disables_a_built_in_rule(self, tmp_path: Path) -> None:
        (tmp_path / "mine.toml").write_text("[[override]]\nid = 'figures.percent'\nenabled = false", encoding="utf-8")
        redactor = Redactor(rules=[tmp_path / "mine.toml"], only=["PERCENT"])
        assert redactor.redact("增长12.5%").text == "增长12.5%"
        assert Redactor(only=["PERCENT"]).redact("增长12.5%").text == "增长×%"


SYNTAX = [
    (r"\d{1,3}(?:,\d{3})*元", 2),
    (r"(?P<value>[甲乙]{2,})(?:同志|先生)", 4),
    (r"(?<=电话[:：])\d{7,8}(?!\d)", 7),
    (r"(?i:qq)\s?\d++", 3),
    (r"甲|乙丙|丁", 1),
    (r"[^\]\[]{3}", 3),
    (r"[]甲]", 1),
    (r"[[:digit:]]\p{Han}\P{L}", 3),
    (r"(?>甲+)乙", 2),
    (r"(甲)\1", 1),
    (r"甲{,3}乙", 1),
    ("\\u7532\\x41\\.", 3),
]


@pytest.mark.parametrize(("source", "least"), SYNTAX)
def test_syntax_that_rules_may_use(source: str, least: int) -> None:
    assert parse(source).least == least
    compile_tree(source, "here", {})


@pytest.mark.parametrize("source", ["(甲", "甲)", "[甲", "甲{2}{3}", "*甲", "甲{5,2}", "(?P<1>甲)", "甲\\"])
def test_broken_syntax_is_located(source: str) -> None:
    with pytest.raises(SyntaxRefused, match=r"at character \d+$"):
        parse(source)


def test_the_parser_reads_every_built_in_pattern() -> None:
    ruleset = load_rules()
    for rule in ruleset.rules:
        for source in (*((rule.pattern,) if rule.pattern else ()), *rule.exclude):
            assert read_pattern(source, rule.id, rule.word_lists).least >= 1


class TestSchema:
    rules = jsonschema.Draft202012Validator(json_schema())
    policies = jsonschema.Draft202012Validator(policy_schema())

    @pytest.mark.parametrize("schema", [json_schema(), policy_schema()], ids=["rules", "policies"])
    def test_is_a_schema(self, schema: dict[str, Any]) -> None:
        jsonschema.Draft202012Validator.check_schema(schema)

    @pytest.mark.parametrize("file", rule_files(packaged_rules()), ids=lambda p: f"{p.parent.name}/{p.name}")
    def test_built_in_rule_files_are_valid(self, file: Path) -> None:
        self.rules.validate(tomllib.loads(file.read_text(encoding="utf-8")))

    @pytest.mark.parametrize("file", sorted(packaged_rules().glob("policies/*.toml")), ids=lambda p: p.name)
    def test_built_in_policies_are_valid(self, file: Path) -> None:
        self.policies.validate(tomllib.loads(file.read_text(encoding="utf-8")))

    # What only compiling or another table can tell is not the schema's matter.
    BEYOND = frozenset(
        [
            "define-loop",
            "define-undefined",
            "undefined-name",
            "name-inside-class",
            "list-file-missing",
            "terms-file-missing",
            "duplicate-id",
            "override-unknown",
            "boilerplate-twice",
            "no-terms",
        ]
    )

    @pytest.mark.parametrize(
        "text", [pytest.param(t, id=i) for i, t, why in BAD_FILES if "TOML" not in why and i != "nested-arrays"]
    )
    def test_refuses_what_the_loader_refuses(self, request: pytest.FixtureRequest, text: str) -> None:
        if request.node.callspec.id in self.BEYOND:
            assert self.rules.is_valid(tomllib.loads(text))
        else:
            assert not self.rules.is_valid(tomllib.loads(text))

    def test_every_misspelt_key_is_refused_by_both(self, tmp_path: Path) -> None:
        whole: dict[str, Any] = {
            "pack": {"name": "mine"},
            "rule": [{"id": "a", "entity": "URL", "terms": ["x"], "context": {"words": ["y"]}, "examples": {"match": ["x"]}}],
            "boilerplate": [{"id": "b", "cue": [{"any": ["x"]}], "examples": {"match": ["x"]}}],
            "override": [{"id": "a", "score": 0.5}],
        }  # fmt: skip
        self.rules.validate(whole)
        load(tmp_path, to_toml(whole))
        for path in dict_paths(whole):
            broken = copy.deepcopy(whole)
            holder: Any = broken
            for step in path:
                holder = holder[step]
            holder["mispelt"] = "x"
            assert not self.rules.is_valid(broken), path
            with pytest.raises(RuleError):
                load(tmp_path, to_toml(broken))

    @pytest.mark.parametrize(
        ("name", "schema"), [("rule-schema.json", json_schema()), ("policy-schema.json", policy_schema())]
    )
    def test_published_schema_is_current(self, name: str, schema: dict[str, Any]) -> None:
        current = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        if os.environ.get("REDACTOR_WRITE_DOCS"):
            (DOCS / name).write_text(current, encoding="utf-8")
        assert (DOCS / name).read_text(encoding="utf-8") == current, "REDACTOR_WRITE_DOCS=1 writes it anew"


def dict_paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The way to every table in a rule file."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [p for key, v in inner for p in dict_paths(v, (*path, key))]
    return [path, *below] if isinstance(value, dict) else below


def to_toml(table: dict[str, Any]) -> str:
    """Rule tables as TOML, every value inline."""
    return "\n".join(f"{key} = {inline(value)}" for key, value in table.items())


def inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {inline(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


FULL = """
description = { zh = "编号", en = "Numbers" }
[rule.examples]
match = ["编号：1234", "编号：99", "编号：7"]
no_match = ["编号", "1234"]
"""


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no end is given up soon; `tests/ruleset/test_robustness.py` has it given up when it is for users."""
    monkeypatch.setattr("redactor.matching.growth._MOST", 50_000)


class TestCheck:
    def warnings(self, tmp_path: Path, body: str, examples: str = FULL) -> list[str]:
        return [f.message for f in check_rules(load(tmp_path, RULE + body + examples))]

    def test_a_good_rule_passes(self, tmp_path: Path) -> None:
        assert self.warnings(tmp_path, r"pattern = '编号：(?P<value>\d{1,9}+)'") == []

    @pytest.mark.parametrize(
        ("body", "examples", "message"),
        [
            pytest.param("terms = ['编号：']", "", "has no description in zh and en", id="description"),
            pytest.param("terms = ['编号：']", "", "needs at least 3 match and 2 no_match examples", id="examples"),
            pytest.param(r"pattern = '\p{Han}{1,4}\W[\p{N}]{1,9}+'", FULL, "may begin with almost any character", id="slow-start"),
            slow(r"pattern = '编号.*：.*\d.*元'", FULL, r"length to the", id="cubic"),
            pytest.param(r"pattern = '(?:[a-z]+\.)+元|编号：\d'", FULL, "length to the", id="dotted"),
            pytest.param(r"pattern = '[\p{Han}：]{1,9}+\d*'", FULL, r"takes \d\d% of an ordinary page", id="greedy"),
        ],
    )  # fmt: skip
    def test_warnings(self, tmp_path: Path, body: str, examples: str, message: str) -> None:
        found = self.warnings(tmp_path, body, examples)
        assert any(regex_search(message, m) for m in found), found

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            pytest.param(r"pattern = '编(?:号|号)*$|编号：\d'", "its pattern does not end", id="exponential"),
            pytest.param(
                "terms = ['编号：']\nexclude = ['编(?:号|号)*$']", "an exclude pattern does not end", id="exclude"
            ),
        ],
    )
    def test_what_does_not_end_is_named(self, tmp_path: Path, few_steps: None, body: str, message: str) -> None:
        assert any(message in found for found in self.warnings(tmp_path, body))

    @pytest.mark.parametrize(
        "body", ["anchors = ['：']\npattern = '\\p{Han}{1,4}\\W[\\p{N}]{1,9}+'", "pattern = '\\p{Han}{1,4}：\\d{1,9}+'"]
    )
    def test_anchors_or_a_literal_make_a_wide_start_acceptable(self, tmp_path: Path, body: str) -> None:
        assert self.warnings(tmp_path, body) == []

    def test_a_rule_that_never_decides_is_named(self, tmp_path: Path) -> None:
        other = "\n[[rule]]\nid = 'my.other'\nentity = 'QUANTITY'\npriority = 90\npattern = '编号：\\d{1,9}+'" + FULL
        found = self.warnings(tmp_path, "pattern = '编号：\\d{1,9}+'", FULL + other)
        assert found == ["never decides: rule 'my.other' finds the same in every match example and goes first"]

    def test_boilerplate_is_looked_over_too(self, tmp_path: Path, few_steps: None) -> None:
        ruleset = load(tmp_path, "[[boilerplate]]\nid = 'b'\ncue = [{ pattern = '(?:关注|关注)*公众号' }]")
        messages = [f.message for f in check_rules(ruleset)]
        assert len(messages) == 3
        assert "does not end" in messages[2]
        assert {(f.file, f.rule) for f in check_rules(ruleset)} == {("mine.toml:2", "b")}

    @pytest.mark.parametrize(
        ("examples", "message"),
        [
            pytest.param("match = ['甲', '丁', '甲']\nno_match = ['乙', '丙']", "must match, but does not: '丁'", id="match"),
            pytest.param("match = ['甲', '甲', '甲']\nno_match = ['乙', '甲']", "must not match, but does: '甲'", id="no-match"),
            pytest.param("match = ['甲', '甲', '甲']\nno_match = ['乙', '丙']\nredact = [{ in = '甲乙', out = '××' }]",
                         "'甲乙' under publish gives '×乙', expected '××'", id="redact"),
            pytest.param("match = ['甲', '甲', '甲']\nno_match = ['乙', '丙']\nredact = [{ in = '甲', out = '×', policy = '../x.toml' }]",
                         "policy '../x.toml' is not built in", id="policy"),
            pytest.param("match = ['甲']\nno_match = ['乙', '丙']", "needs at least 3 match", id="too-few"),
        ],
    )  # fmt: skip
    def test_failing_examples_are_named(self, tmp_path: Path, examples: str, message: str) -> None:
        ruleset = load(tmp_path, RULE + "terms = ['甲']\n[rule.examples]\n" + examples)
        (failure,) = run_examples(ruleset, [tmp_path / "mine.toml"])
        assert (failure.file, failure.rule) == ("mine.toml:2", "my.rule")
        assert message in failure.message

    def test_failing_boilerplate_examples_are_named(self, tmp_path: Path) -> None:
        block = "[[boilerplate]]\nid = 'b'\ncue = [{ any = ['公众号'], weight = 9 }]\n[boilerplate.examples]\n"
        examples = "match = ['公众号', '公众号', '微博']\nno_match = ['通知', '公众号']"
        failures = run_examples(load(tmp_path, block + examples))
        assert [f.message for f in failures] == [
            "must match, but does not: '微博'",
            "must not match, but does: '公众号'",
        ]


def regex_search(pattern: str, text: str) -> bool:
    return regex.search(pattern, text) is not None


LINEAR = [r"编号：\d{1,9}+", r"\d{1,20}(?=元)", r"关注.{0,40}公众号", r"(?:[a-z0-9]{1,20}\.){1,4}[a-z]{2,6}"]
NOT_LINEAR = [
    r"\d+(?=元)",
    r"关注.*公众号.*回复.*领取",
    r"(?:[a-z0-9]+\.)+[a-z]{2,}$",
    r"(甲|甲)*乙",
    r"([a-z])+.+[A-Z]([a-z])+$",
]


@pytest.mark.parametrize("source", LINEAR)
def test_growth_of_bounded_patterns(source: str) -> None:
    assert growth(Machine(parse(source)), parse(source)) <= 1.3


@pytest.mark.sampled(3)
@pytest.mark.parametrize("source", NOT_LINEAR)
def test_growth_of_unbounded_patterns(few_steps: None, source: str) -> None:
    assert growth(Machine(parse(source)), parse(source)) > 1.3


class TestUses:
    """`[pack] uses`: sub-patterns and word lists of a file beside."""

    SHARED = "[define]\nnumber = '\\d{3}'\nletter = '[A-Z]'\n[lists]\nkinds = ['工号', '学号']\n"
    RULE = "[[rule]]\nid = 'x.y'\nentity = 'DOC_NUMBER'\npattern = '{kinds}{letter}{number}'\n"

    def test_pieces_of_another_file_are_known_and_own_go_first(self, tmp_path: Path) -> None:
        (tmp_path / "shared.toml").write_text(self.SHARED, encoding="utf-8")
        own = "[pack]\nuses = ['shared.toml']\n[define]\nletter = '[a-z]'\n"
        (tmp_path / "a.toml").write_text(own + self.RULE, encoding="utf-8")
        (rule,) = load_rules([tmp_path], builtin=False).rules
        assert rule.pattern == r"(?:学号|工号)(?:[a-z])(?:\d{3})"

    def test_words_and_cues_of_another_file_are_known(self, tmp_path: Path) -> None:
        (tmp_path / "cues").mkdir()
        (tmp_path / "cues" / "a.toml").write_text(
            "[define]\nwho = '客服'\n[lists]\nplain = ['乙']\n"
            "[cues.ads]\nweight = 2\nany = ['甲', '{plain}']\npattern = '{who}\\d'\n",
            encoding="utf-8",
        )
        (tmp_path / "b.toml").write_text(
            "[pack]\nuses = ['cues/a.toml']\n[define]\nwho = '小编'\n"
            "[[boilerplate]]\nid = 'b'\ncue = [{ use = 'ads' }, { pattern = '{who}' }]\n",
            encoding="utf-8",
        )
        (rule,) = load_rules([tmp_path], builtin=False).boilerplate
        shared, own = rule.cues
        assert shared.words == {"甲", "乙"}
        assert [cue.pattern and cue.pattern.source for cue in (shared, own)] == [r"(?:客服)\d", "(?:小编)"]

    @pytest.mark.parametrize("name", ["missing.toml", "../shared.toml", "shared.txt"])
    def test_only_rule_files_of_the_same_folder(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "rules").mkdir()
        (tmp_path / "shared.toml").write_text(self.SHARED, encoding="utf-8")
        (tmp_path / "rules" / "shared.txt").write_text(self.SHARED, encoding="utf-8")
        (tmp_path / "rules" / "a.toml").write_text(f"[pack]\nuses = ['{name}']\n{self.RULE}", encoding="utf-8")
        with pytest.raises(RuleError, match=r"a\.toml: \[pack\] uses: no rule file"):
            load_rules([tmp_path / "rules"], builtin=False)


class TestFolders:
    """A rule folder with folders in it; what a file names, it names from the top."""

    def test_files_of_all_folders_in_the_order_of_their_paths(self, tmp_path: Path) -> None:
        for name in (
            "b/one.toml",
            "a.toml",
            "b/deep/two.toml",
            "lists/no.toml",
            "data/no.toml",
            "policies/no.toml",
            ".git/no.toml",
        ):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            rule_id = name.replace("/", ".").removesuffix(".toml")
            text = (
                "not toml" if "no.toml" in name else f"[[rule]]\nid = '{rule_id}'\nentity = 'PERSON'\nterms = ['甲']\n"
            )
            (tmp_path / name).write_text(text, encoding="utf-8")
        ruleset = load_rules([tmp_path], builtin=False)
        assert [(rule.id, rule.file) for rule in ruleset.rules] == [
            ("a", "a.toml"), ("b.deep.two", "b/deep/two.toml"), ("b.one", "b/one.toml"),
        ]  # fmt: skip
        assert [name for name, _ in ruleset.files] == ["a.toml", "b/deep/two.toml", "b/one.toml"]

    def test_word_lists_are_named_from_the_top(self, tmp_path: Path) -> None:
        (tmp_path / "lists").mkdir()
        (tmp_path / "lists" / "kinds.txt").write_text("# 种类\n项目\n课题\n", encoding="utf-8")
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "a.toml").write_text(
            "[lists]\nkinds = 'lists/kinds.txt'\n" + RULE + "terms = ['{kinds}', '合同']\n", encoding="utf-8"
        )
        ruleset = load_rules([tmp_path], builtin=False)
        assert ruleset.rules[0].terms == ("项目", "课题", "合同")
        assert [name for name, _ in ruleset.files] == ["sub/a.toml", "lists/kinds.txt"]

    def test_lists_stand_among_words_wherever_words_stand(self, tmp_path: Path) -> None:
        head = "[lists]\nnear = ['批次', '批号']\n[define]\nwho = '小编'\n"
        ruleset = load(
            tmp_path,
            head + RULE + "terms = '{near}'\nexclude_terms = ['丙', '{near}']\ncontext = { words = ['乙', '{near}'] }\n"
            "[[boilerplate]]\nid = 'b'\nhints = ['{near}']\ncue = [{ any = ['{near}', '丁'], pattern = ['{who}', '{near}'] }]\n",
        )
        (rule,), (block,) = ruleset.rules, ruleset.boilerplate
        assert (rule.terms, rule.exclude_terms) == (("批次", "批号"), ("丙", "批次", "批号"))
        assert rule.context[0].words == ("乙", "批次", "批号")
        assert (block.hints, block.cues[0].words) == (("批次", "批号"), {"批次", "批号", "丁"})
        assert block.cues[0].pattern
        assert block.cues[0].pattern.source == "(?:小编)|(?:批号|批次)"

    def test_a_list_in_a_list_is_no_word(self, tmp_path: Path) -> None:
        with pytest.raises(RuleError, match="terms must be .* a list of texts"):
            load(tmp_path, RULE + "terms = [['甲']]")

    def test_an_unknown_list_among_words_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(
            RuleError, match=r"mine\.toml:2: rule 'my\.rule': \{kinds\} is not in \[lists\] of mine\.toml"
        ):
            load(tmp_path, RULE + "terms = ['{kinds}']")


LAID_OUT = [
    ("one line", "a # b", "a # b"),
    ("lines", "\n  (?:甲|乙)\n  丙\n", "(?:甲|乙)丙"),
    ("comments", "甲  # 第一\n# 单独一行\n\t乙 #\n#丙", "甲乙#丙"),
    ("blanks inside stay", "\n  a b[ ]\n  c\n", "a b[ ]c"),
    ("alternatives", ["甲", "\n  乙\n  丙\n"], "甲|乙丙"),
]


@pytest.mark.parametrize(("source", "meant"), [pytest.param(s, m, id=i) for i, s, m in LAID_OUT])
def test_how_a_pattern_is_laid_out(source: object, meant: str) -> None:
    assert laid_out(source, "here") == meant


@pytest.mark.parametrize("source", ["", [], [[]], ["甲", ""], 1, [1]])
def test_what_is_no_pattern(source: object) -> None:
    with pytest.raises(RuleError, match="here: a pattern must be a text"):
        laid_out(source, "here")
