"""Policies: what each built-in one writes, what a policy file may say, and what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest
import regex

from redactor import PolicyError, Redactor
from redactor.model import ENTITIES
from redactor.policy.load import Policy, load_policy, policy_names
from redactor.policy.operators import Labels, Operator, replacement
from tests.conftest import made

TEXT = "请王建国同志到云岭县，增长12.5%，电话13900001111。\n"
KEY = b"a key for these tests"


def policy(folder: Path, text: str) -> Policy:
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return load_policy(folder / "mine.toml")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("publish", "请×同志到×县，增长×%，电话×。\n"),
        ("clean", TEXT),
        ("court", "请王某同志到云岭县，增长12.5%，电话。\n"),
        ("label", "请【人名1】同志到【地名1】，增长【百分比1】，电话【电话1】。\n"),
        ("crossn", "请×××同志到××县，增长××××%，电话×××××××××××。\n"),
        ("mou", "请王某某同志到某县，增长某%，电话。\n"),
        ("partial", "请王*国同志到云岭县，增长12.5%，电话139****1111。\n"),
        ("code", "请甲同志到A县，增长【数字1】%，电话〔电话1〕。\n"),
        ("fake", "请莨裥茵玉同志到袷苜茵玉县，增长×%，电话009990213693951。\n"),
        ("strip", "请同志到县，增长%，电话。\n"),
        ("scan-only", TEXT),
    ],
)
def test_built_in_policies(name: str, expected: str) -> None:
    assert made(policy=name).redact(TEXT).text == expected


def test_every_built_in_policy_is_named_and_described() -> None:
    assert policy_names() == (
        "clean",
        "code",
        "court",
        "crossn",
        "fake",
        "label",
        "mou",
        "partial",
        "publish",
        "scan-only",
        "strip",
        "vault",
    )
    for name in policy_names():
        loaded = load_policy(name)
        assert loaded.name == name
        assert {"zh", "en"} <= loaded.description.keys()


VALUES = [
    ("mask", Operator("mask"), "张伟明", "×"),
    ("mask-sign", Operator("mask", sign="某"), "张伟明", "某"),
    ("mask-each", Operator("mask", each=True), "张伟明", "×××"),
    ("mask-each-counts-what-shows", Operator("mask", each=True), "张 伟\u200b明", "×××"),
    ("strip", Operator("strip"), "张伟明", ""),
    ("replace", Operator("replace", replacement="（略）"), "张伟明", "（略）"),
    ("keep", Operator("keep"), "张伟明", "张伟明"),
    ("label", Operator("label", name="人名"), "张伟明", "【人名1】"),
    ("label-by-entity", Operator("label"), "张伟明", "【PERSON1】"),
    ("partial-phone", Operator("partial", sign="*", show_first=3, show_last=4, each=True), "13812345678", "138****5678"),
    ("partial-one-sign", Operator("partial", show_first=3, show_last=4), "13812345678", "138×5678"),
    ("partial-surname", Operator("partial", sign="某", show_first="surname", each=True), "张伟明", "张某某"),
    ("partial-compound", Operator("partial", sign="某", show_first="surname", each=True), "欧阳明", "欧阳某"),
    ("partial-surname-alone", Operator("partial", sign="某", show_first="surname", each=True), "张", "张"),
    ("partial-too-short-hides-all", Operator("partial", sign="*", show_first=3, show_last=4, each=True), "1234567", "*******"),
    ("partial-of-nothing-shown", Operator("partial", sign="*", each=True), "张伟", "**"),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "value", "expected"), [pytest.param(*row[1:], id=row[0]) for row in VALUES])
def test_operators(operator: Operator, value: str, expected: str) -> None:
    assert replacement(operator, "PERSON", value, Labels(), None) == expected


def test_labels_number_values_by_first_appearance() -> None:
    labels, operator = Labels(), Operator("label", name="人名")
    written = [replacement(operator, "PERSON", v, labels, None) for v in ("甲乙", "丙丁", "甲 乙", "丙丁")]
    assert written == ["【人名1】", "【人名2】", "【人名1】", "【人名2】"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("【人名1】说请王建国同志和李强同志到会", "【人名1】说请【人名2】同志和【人名3】同志到会"),
        (
            "请王建国同志到会，【人名2】、【人名12】缺席，李强同志补",
            "请【人名1】同志到会，【人名2】、【人名12】缺席，【人名3】同志补",
        ),
        ("【附件1】请王建国同志到会", "【附件1】请【人名1】同志到会"),
    ],
)
def test_a_label_that_the_text_came_with_is_given_to_nobody_else(text: str, expected: str) -> None:
    assert made("label").redact(text).text == expected


class TestHash:
    def test_depends_on_key_entity_and_value_alone(self) -> None:
        def written(key: bytes, entity: str, value: str) -> str:
            return replacement(Operator("hash"), entity, value, Labels(), key)

        base = written(KEY, "PERSON", "张伟明")
        assert base == written(KEY, "PERSON", "张 伟明")
        assert (
            len(
                {
                    base,
                    written(b"other", "PERSON", "张伟明"),
                    written(KEY, "LOCATION", "张伟明"),
                    written(KEY, "PERSON", "张伟"),
                }
            )
            == 4
        )

    def test_needs_a_key(self, tmp_path: Path) -> None:
        hashing = policy(tmp_path, "name = 'x'\n[entities]\nPERSON = 'hash'")
        with pytest.raises(PolicyError, match="needs a key"):
            Redactor(policy=hashing)
        once = Redactor(policy=hashing, key=KEY).redact(TEXT)
        assert once.text.startswith("请<PERSON:")
        assert Redactor(policy=hashing, key=KEY).redact(once.text).edits == ()


class TestFile:
    def test_default_covers_all_but_boilerplate(self, tmp_path: Path) -> None:
        loaded = policy(tmp_path, "name = 'x'\ndefault = 'strip'\n[entities]\nPERSON = 'keep'")
        assert loaded.operator("MONEY").kind == "strip"
        assert loaded.operator("PERSON").kind == "keep"
        assert loaded.operator("BOILERPLATE").kind == "keep"
        assert set(loaded.operators) == set(ENTITIES) - {"BOILERPLATE"}

    def test_threshold_decides_what_is_acted_on(self, tmp_path: Path) -> None:
        (tmp_path / "rule.toml").write_text(
            "[[rule]]\nid = 'a'\nentity = 'PERSON'\nscore = 0.6\nterms = ['云杉']", encoding="utf-8"
        )

        def redact(threshold: float) -> str:
            loaded = policy(tmp_path, f"name = 'x'\nthreshold = {threshold}\ndefault = 'mask'")
            return Redactor(loaded, rules=[tmp_path / "rule.toml"], builtin=False).redact("云杉").text

        assert (redact(0.6), redact(0.61)) == ("×", "云杉")

    def test_keep_list_can_be_switched_off(self, tmp_path: Path) -> None:
        (tmp_path / "rule.toml").write_text(
            "[[rule]]\nid = 'a'\nentity = 'PERSON'\nterms = ['云杉']\n[[rule]]\nid = 'k'\nentity = 'KEEP'\nscore = 1.0\nterms = ['云杉']",
            encoding="utf-8",
        )

        def redact(keep_list: str) -> str:
            loaded = policy(tmp_path, f"name = 'x'\nkeep_list = {keep_list}\ndefault = 'mask'")
            return Redactor(loaded, rules=[tmp_path / "rule.toml"], builtin=False).redact("云杉").text

        assert (redact("true"), redact("false")) == ("云杉", "×")

    def test_whole_takes_the_suffix_too(self, tmp_path: Path) -> None:
        loaded = policy(tmp_path, "name = 'x'\n[entities]\nPERCENT = { operator = 'mask', whole = true }")
        assert Redactor(loaded).redact("增长12.5%").text == "增长×"


BAD = [
    ("not-toml", "name = ", "not valid TOML"),
    ("nested", "x = " + "[" * 50_000, "not valid TOML"),
    ("no-name", "threshold = 0.5", "needs name"),
    ("unknown-key", "name = 'x'\ntreshold = 1", "unknown key 'treshold'"),
    ("unknown-entity", "name = 'x'\n[entities]\nPERSONS = 'mask'", "unknown key 'PERSONS'"),
    ("keep-is-no-entity-of-a-policy", "name = 'x'\n[entities]\nKEEP = 'mask'", "unknown key 'KEEP'"),
    ("entities-list", "name = 'x'\nentities = []", "entities must be a table"),
    ("threshold-range", "name = 'x'\nthreshold = 2", "threshold must be a number"),
    ("threshold-type", "name = 'x'\nthreshold = true", "threshold must be a number"),
    (
        "priority",
        "name = 'x'\n[priorities]\n\"a\\u001b[1m\" = 'high'",
        r"a key: holds a control character \(U\+001B\)",
    ),
    ("keep-list", "name = 'x'\nkeep_list = 1", "keep_list must be true or false"),
    ("description", "name = 'x'\ndescription = 'y'", "description must be a table"),
    ("operator", "name = 'x'\ndefault = 'maks'", "default: unknown operator 'maks'; did you mean 'mask'"),
    ("operator-number", "name = 'x'\ndefault = 3", "default must be a text that is not empty or a table"),
    ("operator-list", "name = 'x'\n[entities]\nURL = { operator = ['mask'] }", "URL: operator must be a text"),
    ("operator-key", "name = 'x'\n[entities]\nURL = { operator = 'mask', sing = 'x' }", "URL: unknown key 'sing'"),
    ("sign-number", "name = 'x'\n[entities]\nURL = { operator = 'mask', sign = 1 }", "sign must be a text"),
    (
        "show-first",
        "name = 'x'\n[entities]\nURL = { operator = 'partial', show_first = 21 }",
        "show_first must be a whole number from 0 to 20 or one of surname",
    ),
    (
        "show-last",
        "name = 'x'\n[entities]\nURL = { operator = 'partial', show_last = 'surname' }",
        "show_last must be a whole number from 0 to 20",
    ),
    (
        "show-true",
        "name = 'x'\n[entities]\nURL = { operator = 'partial', show_last = true }",
        "show_last must be a whole number from 0 to 20",
    ),
    ("flag", "name = 'x'\n[entities]\nURL = { operator = 'mask', each = 1 }", "must be true or false"),
    ("replace-without-text", "name = 'x'\n[entities]\nURL = 'replace'", "replace needs with"),
]


@pytest.mark.parametrize(("text", "message"), [pytest.param(t, m, id=i) for i, t, m in BAD])
def test_errors_say_what_where_and_why(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message) as caught:
        policy(tmp_path, text)
    assert "mine.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("template", [r"\g<0>", r"\0", r"\1", "$0", "${1}", "{0}", "{}", r"a\g<value>b"])
def test_replacements_cannot_put_the_original_back(tmp_path: Path, template: str) -> None:
    with pytest.raises(PolicyError, match="can't put the original back"):
        policy(tmp_path, f"name = 'x'\n[entities]\nPERSON = {{ operator = 'replace', with = '{template}' }}")


@pytest.mark.parametrize("template", ["&", "%s", "{value}", "$&", "{original}", "【$】"])
def test_what_looks_like_another_template_stays_plain_text(tmp_path: Path, template: str) -> None:
    loaded = policy(tmp_path, f"name = 'x'\n[entities]\nPERSON = {{ operator = 'replace', with = '{template}' }}")
    assert Redactor(loaded).redact("请王建国同志牵头").text == f"请{template}同志牵头"


def test_unknown_and_missing_policies(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"no policy 'pubish'; built in are clean, code, court"):
        load_policy("pubish")
    with pytest.raises(PolicyError, match=r"none\.toml: can't be read: No such file"):
        load_policy(tmp_path / "none.toml")
    (tmp_path / "gbk.toml").write_bytes("# 注释".encode("gbk"))
    with pytest.raises(PolicyError, match=r"gbk\.toml: not UTF-8 text at byte 4"):
        load_policy(tmp_path / "gbk.toml")


class TestDocs:
    page = (Path(__file__).parent.parent.parent / "docs" / "policies.md").read_text(encoding="utf-8")

    def test_the_example_policy_works(self, tmp_path: Path) -> None:
        (block,) = regex.findall(r"(?ms)^```toml\n(.*?)^```$", self.page)
        loaded = policy(tmp_path, block)
        assert Redactor(loaded).redact(TEXT).text == "请【人员1】同志到×县，增长×%，电话139****1111。\n"

    @pytest.mark.parametrize("name", ["publish", "court", "label", "strip"])
    def test_the_table_shows_what_policies_write(self, name: str) -> None:
        assert f"| {made(policy=name).redact(TEXT).text.strip()} |" in self.page
