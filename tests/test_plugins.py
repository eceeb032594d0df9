"""Plug-ins: what is named is loaded, what is broken is named, and nothing passes unseen."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from redactor import Finding, PluginError, Policy, PolicyError, Redactor, RuleError, apply, load_policy, policy_names
from redactor.formats.sniff import kind_of
from redactor.policy.load import parse_policy
from redactor.policy.operators import Operator
from tests.build.plugins import Install, install
from tests.command import Run

__all__ = ["install"]

CODE = """
import re

SOMETHING = 7

def codes(text, prefix="K"):
    return [match.span() for match in re.finditer(prefix + "[0-9]{3}", text)]

def failing(text, **_):
    raise ValueError("secret " + text)

def not_a_list(text):
    return 5

def not_a_finding(text):
    return ["K123"]

def too_far(text):
    return [(0, len(text) + 1)]

def backwards(text):
    return [(3, 1)]

def unknown(text):
    from redactor import Finding
    return [Finding(0, 1, "NAME", "x", 1.0)]

def even(text):
    return int(text[-1]) % 2 == 0

def starred(value, entity, number, sign="*"):
    return sign * number

def nothing(value, entity, number):
    return None
"""
RULE = """
[[rule]]
id = "own.code"
entity = "{entity}"
description = {{ zh = "编号", en = "codes" }}
score = 0.9
{more}
[rule.examples]
match = ["K123"]
no_match = ["无"]
"""


@pytest.fixture
def site(install: Install) -> Path:
    """A package with everything, good and bad."""
    functions = ("codes", "failing", "not_a_list", "not_a_finding", "too_far", "backwards", "unknown", "SOMETHING")
    return install(
        "redactor-own",
        {
            "redactor_own/__init__.py": CODE,
            "redactor_own/broken.py": "import redactor_own_missing\n",
            "redactor_own/forms.py": "from redactor import Format\n"
            "GOOD = Format('own', 'Own', ('.own',), 'redactor_own.good')\n"
            "NONE = Format('none', 'None', ('.none',), 'redactor_own')\n",
            "redactor_own/good.py": "def redact(source, out, session, options):\n    raise KeyError(source.read())\n",
            "redactor_own/pack/own.toml": RULE.format(entity="DOC_NUMBER", more="pattern = 'K[0-9]{3}'"),
            "redactor_own/pack/policies/own-policy.toml": "name = 'own'\ndefault = 'starred'\n",
        },
        {
            "redactor.recognizers": {name: f"redactor_own:{name}" for name in functions}
            | {"broken": "redactor_own.broken:x", "tagger": "redactor_own.broken:x"},
            "redactor.validators": {
                "even": "redactor_own:even",
                "failing-check": "redactor_own:failing",
                "luhn": "redactor_own.broken:x",
            },
            "redactor.operators": {
                "starred": "redactor_own:starred",
                "nothing": "redactor_own:nothing",
                "mask": "redactor_own.broken:x",
            },
            "redactor.rules": {"own": "redactor_own.pack", "no-folder": "redactor_own"},
            "redactor.formats": {"own": "redactor_own.forms:GOOD", "none": "redactor_own.forms:NONE"},
        },
    )


def of_rule(tmp_path: Path, more: str, entity: str = "DOC_NUMBER", policy: str | Policy = "publish") -> Redactor:
    """A Redactor of one rule."""
    file = tmp_path / "own.toml"
    file.write_text(RULE.format(entity=entity, more=more), "utf-8")
    return Redactor(policy, [file], builtin=False, ner="none", mask=["青石K456"] if entity == "KEEP" else ())


@pytest.mark.usefixtures("site")
def test_a_rule_names_a_recognizer_and_its_options(tmp_path: Path) -> None:
    assert of_rule(tmp_path, "recognizer = 'codes'").redact("K123和L123").text == "×和L123"
    redactor = of_rule(tmp_path, "recognizer = 'codes'\noptions = { prefix = 'L' }")
    assert redactor.redact("K123和L123").text == "K123和×"
    (finding,) = redactor.scan("K123和L123")
    assert (finding.rule, finding.entity, finding.score) == ("own.code", "DOC_NUMBER", 0.9)
    texts = ["K123和L123", "L", "123", "L456L789"]
    assert list(redactor.redact_many(texts)) == [redactor.redact(text) for text in texts]


@pytest.mark.usefixtures("site")
def test_a_recognizer_can_protect(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        RULE.format(entity="KEEP", more="recognizer = 'codes'")
        + RULE.format(entity="DOC_NUMBER", more="pattern = '[A-Z][0-9]{3}'").replace("own.code", "own.other"),
        "utf-8",
    )
    assert Redactor(rules=[file], builtin=False, ner="none").redact("K123和L123").text == "K123和×"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("failing", r"recognizer 'failing' of package redactor-own 1\.0 failed: ValueError at __init__\.py:10$"),
        ("not_a_list", r"'not_a_list' of package redactor-own 1\.0 failed: TypeError"),
        ("not_a_finding", r"'not_a_finding' .* gave str; a recognizer gives findings"),
        ("too_far", r"'too_far' .* gave a finding that ends at 5 of a text of 4 characters"),
        ("backwards", r"'backwards' .* gave a span from 3 to 1"),
        ("unknown", r"'unknown' .* gave unknown entity 'NAME'; known are PERSON"),
    ],
)
@pytest.mark.usefixtures("site")
def test_a_recognizer_that_fails_is_named_and_shows_no_text(tmp_path: Path, name: str, message: str) -> None:
    redactor = of_rule(tmp_path, f"recognizer = '{name}'")
    with pytest.raises(PluginError, match=message) as caught:
        redactor.redact("K123")
    assert "K123" not in str(caught.value)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            "recognizer = 'broken'",
            "recognizer 'broken' of package redactor-own 1.0 can't be loaded: ModuleNotFoundError: No",
        ),
        ("recognizer = 'SOMETHING'", "'SOMETHING' of package redactor-own 1.0 is int; it must be a function"),
        (
            "recognizer = 'codes'\noptions = { suffix = 'x' }",
            "options: recognizer 'codes' .* unexpected keyword argument",
        ),
        ("recognizer = 'cods'", "unknown recognizer 'cods'; did you mean 'codes'"),
        ("pattern = 'x'\nvalidate = 'evn'", "unknown validator 'evn'; did you mean 'even'"),
    ],
)
@pytest.mark.usefixtures("site")
def test_a_rule_that_names_what_can_not_be_used(tmp_path: Path, more: str, message: str) -> None:
    with pytest.raises((PluginError, RuleError), match=message):
        of_rule(tmp_path, more)


@pytest.mark.usefixtures("site")
def test_validators(tmp_path: Path) -> None:
    assert of_rule(tmp_path, "pattern = 'K[0-9]{3}'\nvalidate = 'even'").redact("K123和K124").text == "K123和×"
    with pytest.raises(PluginError, match="validator 'failing-check' of package redactor-own 1.0 failed: ValueError"):
        of_rule(tmp_path, "pattern = 'K[0-9]{3}'\nvalidate = 'failing-check'").redact("K123")


@pytest.mark.usefixtures("site")
def test_operators(tmp_path: Path) -> None:
    table = {"name": "own", "default": {"operator": "starred", "options": {"sign": "#"}}}
    redactor = of_rule(tmp_path, "pattern = 'K[0-9]{3}'", policy=parse_policy(table, "own"))
    assert redactor.redact("K123、K124、K123").text == "#、##、#"
    with pytest.raises(PluginError, match="operator 'nothing' of package redactor-own 1.0 gave NoneType"):
        apply("王建国", [(0, 3, "PERSON")], operators={"PERSON": "nothing"})
    with pytest.raises(PolicyError, match="operators: PERSON: unknown operator 'strred'; did you mean 'starred'"):
        apply("王建国", [], operators={"PERSON": "strred"})
    with pytest.raises(PolicyError, match=r"operator 'starred' .* unexpected keyword argument 'size'"):
        apply("王建国", [], operators={"PERSON": {"operator": "starred", "options": {"size": 2}}})  # type: ignore[dict-item]
    with pytest.raises(PolicyError, match="options are for the operator of a plug-in"):
        parse_policy({"name": "own", "default": {"operator": "mask", "options": {"size": 2}}}, "own")


@pytest.mark.usefixtures("site")
def test_what_is_built_in_goes_first(tmp_path: Path) -> None:
    assert apply("王建国", [(0, 3, "PERSON")], operators={"PERSON": "mask"}).text == "×"
    assert of_rule(tmp_path, "pattern = '[0-9 ]{13,19}'\nvalidate = 'luhn'").redact("4539578763621486").text == "×"


@pytest.mark.usefixtures("site")
def test_rule_packs_and_their_policies() -> None:
    redactor = Redactor(rules=["own"], builtin=False, ner="none")
    assert redactor.redact("编号K123").text == "编号×"
    assert redactor.settings.redactor().redact("编号K123").text == "编号×"
    assert Redactor("own-policy", "own", builtin=False, ner="none").redact("编号K123").text == "编号*"
    with pytest.raises(RuleError, match="owm: no such rule file or folder; installed rule packs are no-folder, own"):
        Redactor(rules=["owm"])


def test_policies_of_packs_are_listed(install: Install) -> None:
    install(
        "redactor-a",
        {"redactor_a/x.toml": "", "redactor_a/policies/own-policy.toml": "name = 'own'\ndefault = 'mask'\n"},
        {"redactor.rules": {"a": "redactor_a"}},
    )
    assert "own-policy" in policy_names()
    assert load_policy("own-policy").operator("URL") == Operator("mask")


def test_a_pack_that_is_no_folder_is_named(install: Install) -> None:
    install("redactor-a", {"redactor_a.py": "X = 1\n"}, {"redactor.rules": {"a": "redactor_a:X"}})
    with pytest.raises(PluginError, match=r"rule pack 'a' of package redactor-a 1\.0 has no folder"):
        Redactor(rules=["a"])


def test_two_packages_with_one_name(install: Install) -> None:
    for name in ("redactor-a", "redactor-b"):
        install(name, {}, {"redactor.operators": {"same": f"{name}:x"}})
    with pytest.raises(
        PluginError, match="operator 'same' is registered by two packages: redactor-a 1.0 and redactor-b"
    ):
        apply("王建国", [], operators={"PERSON": "same"})


@pytest.mark.usefixtures("site")
def test_formats_are_told_by_name_where_no_built_in_format_has_the_suffix() -> None:
    assert kind_of(io.BytesIO(b"text"), "a.own") == "own"
    assert kind_of(io.BytesIO(b"text"), "a.txt") == "text"
    assert kind_of(io.BytesIO(b"text"), "a.dat") == "text"


def test_functions_of_the_caller() -> None:
    def codes(text: str) -> list[Finding]:
        at = text.find("K1")
        return (
            [Finding(at, at + 4, "DOC_NUMBER", "codes", 0.9), Finding(at, at + 1, "URL", "codes", 0.9)]
            if at >= 0
            else []
        )

    redactor = Redactor(
        builtin=False, ner="none", recognizers=[codes], operators={"DOC_NUMBER": lambda v, e, n: f"<{n}>"}
    )
    assert redactor.redact("编号K123").text == "编号<1>"
    texts = ["编号K123", "K1", "23", "K1234"]
    assert list(redactor.redact_many(["编号K123", "无", "K1234"])) == [
        redactor.redact(t) for t in ("编号K123", "无", "K1234")
    ]
    with pytest.raises(PluginError, match="gave a finding that ends at 4 of a text of 2 characters"):
        list(redactor.redact_many(texts))
    with pytest.raises(TypeError, match="a recognizer must be a function of a text, not str"):
        Redactor(builtin=False, recognizers=["codes"])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="recognizers must be several functions"):
        Redactor(builtin=False, recognizers=codes)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="operators must be a table by entity"):
        Redactor(builtin=False, operators=["mask"])  # type: ignore[arg-type]
    only = Redactor("court", builtin=False, ner="none", recognizers=[codes])
    assert [each.entity for each in only.scan("K123")] == ["URL"]  # the policy has no use for the other


def test_the_command_ends_with_one_line(run: Run, site: Path, tmp_path: Path) -> None:
    (tmp_path / "a.own").write_text("请王建国同志", "utf-8")
    (tmp_path / "b.none").write_text("请王建国同志", "utf-8")
    (tmp_path / "own.toml").write_text(RULE.format(entity="URL", more="recognizer = 'broken'"), "utf-8")
    for arguments, message in (
        (
            ("--rules", "own.toml", "a.own"),
            b"redactor: recognizer 'broken' of package redactor-own 1.0 can't be loaded: ",
        ),
        (
            ("--ner", "none", "a.own"),
            b"redactor: a.own: format 'own' of package redactor-own 1.0 failed: KeyError at good.py:2\n",
        ),
        (
            ("--ner", "none", "b.none"),
            b"redactor: b.none: format 'none' of package redactor-own 1.0 can't be loaded: Attrib",
        ),
    ):
        done = run("clean", *arguments)
        assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
        assert done.stderr.startswith(message)
        assert "王建国".encode() not in done.stderr


def test_plug_ins_cost_nothing_where_none_is_named() -> None:
    code = (
        "import sys, redactor.cli.clean, redactor\n"
        "redactor.Redactor(builtin=False, ner='none')\n"
        "from redactor import plugins\n"
        "assert plugins.installed.cache_info().misses == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_policy_made_by_hand_leaves_nothing_by_a_slip() -> None:
    with pytest.raises(PolicyError, match="unknown operator 'masc'; built in are strip, mask"):
        Operator("masc")
    with pytest.raises(PolicyError, match="policy 'own': operators: unknown key 'NAME'; known are PERSON"):
        Policy("own", {}, {"NAME": Operator("mask")})
