"""What is kept of rules for the next start: never of any consequence, wherever it lies and whatever it says."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from redactor import Redactor, RuleError
from redactor.chinese.lexicon import Lexicon
from redactor.matching.anchors import as_json, from_json, needs_of
from redactor.matching.compiled import Memo
from redactor.matching.guard import read_pattern
from redactor.packaged import packaged_rules
from redactor.ruleset import cache as cache_module
from redactor.ruleset.cache import Cache, cache_folder, known_rules
from redactor.ruleset.load import load_rules
from tests.conftest import COMMAND, Run, unshared
from tests.draws import everything

DATA = Path(__file__).parent.parent / "data"
MINE = """
[[rule]]
id = "mine.code"
entity = "ORGANIZATION"
description = { zh = "代号", en = "Codes" }
pattern = '代号[甲乙丙丁]{2}'
"""

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="there is no cache where files have no owners")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def warm_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("warm") / "cache"
    Redactor(cache=made)
    return made


@pytest.fixture(scope="module")
def anew() -> Redactor:
    """The redactor whose rules are worked out anew."""
    with unshared():
        return Redactor()


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*")) if folder.exists() else []


def texts() -> Iterator[str]:
    for file in sorted(DATA.rglob("*.txt")) if everything else ():
        yield file.read_text(encoding="utf-8", errors="replace")
    ruleset = load_rules()
    for rule in (*ruleset.rules, *ruleset.boilerplate):
        yield "\n".join((*rule.examples.match, *rule.examples.no_match))
    for rule in ruleset.rules:
        yield from (example.before for example in rule.examples.redact)


@pytest.mark.slow
def test_the_second_start_finds_what_the_first_found(warm_folder: Path, anew: Redactor) -> None:
    warm = Redactor(cache=warm_folder)
    assert len(kept(warm_folder)) == 1
    for text in tuple(texts())[::24]:
        expected = anew.redact(text)
        assert warm.redact(text) == expected
        assert warm.residue(text, expected) == anew.residue(text, expected)
        assert warm.scan(text) == anew.scan(text)


@pytest.mark.slow
def test_other_policies_add_to_what_is_known(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    Redactor(policy="clean", cache=folder)
    (file,) = kept(folder)
    few = file.stat().st_size
    redactor = Redactor(policy="publish", cache=folder)
    assert kept(folder) == [file]
    assert file.stat().st_size > few
    text = (DATA / "speech.txt").read_text(encoding="utf-8")
    for policy in ("clean", "court", "scan-only"):
        assert Redactor(policy=policy, cache=folder).redact(text) == Redactor(policy=policy).redact(text)
    whole = file.stat()
    assert Redactor(policy="publish", cache=folder).redact(text) == redactor.redact(text)
    assert file.stat().st_mtime_ns == whole.st_mtime_ns


@pytest.mark.slow
def test_nothing_is_compiled_before_it_is_needed(warm_folder: Path, anew: Redactor) -> None:
    warm = Redactor(cache=warm_folder)
    assert not any("pattern" in expression.__dict__ for expression in warm._expressions)
    warm.prepare()
    assert all("pattern" in expression.__dict__ for expression in warm._expressions)
    # Without a cache, all is compiled as it is checked.
    assert all("pattern" in expression.__dict__ for expression in anew._expressions)


@pytest.mark.slow
def test_folder_and_file_are_the_users_alone(warm_folder: Path) -> None:
    assert warm_folder.stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o777 for file in kept(warm_folder)] == [0o600]


def known_in(folder: Path, *rules: Path) -> dict[str, object]:
    return known_rules(folder, rules, builtin=False).memo.known


@pytest.fixture
def small(tmp_path: Path, folder: Path) -> Path:
    """A rule file whose memo is in the folder."""
    rules = tmp_path / "mine.toml"
    rules.write_text(MINE, encoding="utf-8")
    Redactor(rules=[rules], builtin=False, ner="none", cache=folder)
    assert known_in(folder, rules)
    return rules


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_ignored(small: Path, folder: Path, mode: int) -> None:
    kept(folder)[0].chmod(mode)
    assert not known_in(folder, small)


@pytest.mark.parametrize("mode", [0o770, 0o777])
def test_a_folder_that_others_may_write_is_ignored(small: Path, folder: Path, mode: int) -> None:
    folder.chmod(mode)
    assert not known_in(folder, small)
    before = kept(folder)[0].stat().st_mtime_ns
    assert Redactor(rules=[small], builtin=False, ner="none", cache=folder).scan("代号甲乙")
    assert kept(folder)[0].stat().st_mtime_ns == before


def test_what_belongs_to_another_is_ignored(small: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module.os, "geteuid", lambda: os.getuid() + 1)
    assert not known_in(folder, small)
    assert Redactor(rules=[small], builtin=False, ner="none", cache=folder).scan("代号甲乙")


def test_links_and_pipes_are_ignored(small: Path, folder: Path, tmp_path: Path) -> None:
    (file,) = kept(folder)
    file.rename(tmp_path / "elsewhere.json")
    file.symlink_to(tmp_path / "elsewhere.json")
    assert not known_in(folder, small)
    file.unlink()
    os.mkfifo(file)
    assert not known_in(folder, small)
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert not known_in(link, small)


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "noise", "list"])
def test_what_is_not_whole_is_ignored_and_written_anew(small: Path, folder: Path, damage: str) -> None:
    (file,) = kept(folder)
    whole = file.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    body = b"[1]"
    listed = cache_module.hashlib.sha256(body).hexdigest().encode() + b"\n" + body
    damaged = {"cut": whole[:-9], "flip": bytes(flipped), "empty": b"", "noise": b"\x80\x04K\x01.", "list": listed}
    file.write_bytes(damaged[damage])
    assert not known_in(folder, small)
    assert Redactor(rules=[small], builtin=False, ner="none", cache=folder).scan("代号甲乙")
    assert file.read_bytes() == whole


def test_another_rule_file_or_version_is_another_key(
    small: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert known_in(folder, small)
    monkeypatch.setattr(cache_module, "__version__", "0.0.0")
    assert not known_in(folder, small)
    monkeypatch.undo()
    small.write_text(MINE.replace("甲乙丙丁", "甲乙"), encoding="utf-8")
    assert not known_in(folder, small)
    redactor = Redactor(rules=[small], builtin=False, ner="none", cache=folder)
    assert redactor.scan("代号甲乙")
    assert not redactor.scan("代号丙丁")
    assert len(kept(folder)) == 2


def test_an_included_list_that_changes_is_looked_at_anew(tmp_path: Path, folder: Path) -> None:
    rules = tmp_path / "mine.toml"
    rules.write_text(MINE.replace("[甲乙丙丁]{2}", "{codes}") + '\n[lists]\ncodes = "codes.txt"\n', encoding="utf-8")
    for words in (["甲乙", "丙丁"], ["戊己"], [f"甲{chr(0x4E00 + n)}" for n in range(3_100)]):
        (tmp_path / "codes.txt").write_text("\n".join(words), encoding="utf-8")
        for _ in range(2):
            redactor = Redactor(rules=[rules], builtin=False, ner="none", cache=folder)
            for code in ("甲乙", "丙丁", "戊己", "甲一"):
                assert bool(redactor.scan(f"代号{code}")) == (code in words)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("{2}", "{2"), "mine.toml"),
        (("entity", "entitty"), "entitty"),
        (("]{2}'", "]{2}'\nkeep = 'x'"), "keep names group"),
        (("[甲乙丙丁]{2}", "(?R)"), "recursion"),
        (("[[rule]]", "[[rule]"), "not valid TOML"),
    ],
)
def test_a_wrong_rule_is_refused_in_the_same_words(
    small: Path, folder: Path, change: tuple[str, str], message: str
) -> None:
    small.write_text(MINE.replace(*change), encoding="utf-8")
    said = []
    for cache in (None, folder, folder):
        with pytest.raises(RuleError, match=message) as error:
            Redactor(rules=[small], builtin=False, ner="none", cache=cache)
        said.append(str(error.value))
    assert len(set(said)) == 1
    assert len(kept(folder)) == 1


@pytest.mark.slow
def test_rule_files_that_are_not_there_are_refused_in_the_same_words(tmp_path: Path, folder: Path) -> None:
    for cache in (None, folder):
        with pytest.raises(RuleError, match="no such rule file"):
            Redactor(rules=[tmp_path / "none.toml"], cache=cache)
    assert not kept(folder)


def test_where_nothing_can_be_written_nothing_is(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    rules = tmp_path / "mine.toml"
    rules.write_text(MINE, encoding="utf-8")
    for folder in (blocked, blocked / "cache", Path("/dev/null/cache")):
        assert Redactor(rules=[rules], builtin=False, ner="none", cache=folder).scan("代号甲乙")
    assert blocked.read_text(encoding="utf-8") == ""


def test_old_files_go(folder: Path) -> None:
    cache = Cache(folder)
    for number in range(12):
        cache.write(str(number), {"number": number})
        os.utime(folder / f"rules-{number}.json", (number, number))
    (folder / "own.txt").write_text("not ours", encoding="utf-8")
    (folder / ".rules-1.json.left").write_text("", encoding="utf-8")
    os.utime(folder / ".rules-1.json.left", (1, 1))
    cache.write("last", {})
    names = {file.name for file in kept(folder)}
    assert names == {"own.txt", "rules-last.json", *(f"rules-{number}.json" for number in range(5, 12))}
    assert cache.read("11") == {"number": 11}


@pytest.mark.slow
def test_two_at_once_leave_a_whole_file(run: Run, tmp_path: Path) -> None:
    environment = {**os.environ, "REDACTOR_CACHE": str(tmp_path / "cache"), "LC_ALL": "C.UTF-8"}
    command = [COMMAND, "clean", DATA / "speech.txt"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) for _ in range(2)]
    outputs = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    (file,) = kept(tmp_path / "cache")
    seal, _, body = file.read_bytes().partition(b"\n")
    assert cache_module.hashlib.sha256(body).hexdigest().encode() == seal
    third = run("clean", DATA / "speech.txt", env={"REDACTOR_CACHE": str(tmp_path / "cache")})
    assert {*outputs, third.stdout} == {(DATA / "speech.publish.txt").read_bytes()}


@pytest.mark.slow
def test_switched_off_it_is_neither_read_nor_written(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    base = {"HOME": str(home), "XDG_CACHE_HOME": "", "REDACTOR_CACHE": ""}
    assert run("scan", "--no-cache", DATA / "speech.txt", env=base).returncode == 0
    assert run("scan", DATA / "speech.txt", env={**base, "REDACTOR_CACHE": "off"}).returncode == 0
    assert run("rules", "list", env=base).returncode == 0
    assert list(home.iterdir()) == []
    assert run("scan", DATA / "speech.txt", env=base).returncode == 0
    assert [file.suffix for file in kept(home / ".cache" / "redactor")] == [".json"]


def test_the_library_keeps_nothing_unless_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDACTOR_CACHE", str(tmp_path / "cache"))
    Redactor(ner="none")
    assert not kept(tmp_path / "cache")


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"HOME": "/home/wang"}, "/home/wang/.cache/redactor"),
        ({"HOME": "/home/wang", "XDG_CACHE_HOME": "/var/c"}, "/var/c/redactor"),
        ({"HOME": "/home/wang", "XDG_CACHE_HOME": "c"}, "/home/wang/.cache/redactor"),
        ({"HOME": "/home/wang", "REDACTOR_CACHE": "/srv/own"}, "/srv/own"),
        ({"HOME": "/home/wang", "REDACTOR_CACHE": "off"}, None),
        ({"XDG_CACHE_HOME": "/var/c"}, "/var/c/redactor"),
        ({}, None),
    ],
)
def test_places(environment: dict[str, str], folder: str | None) -> None:
    assert cache_folder(environment) == (Path(folder) if folder else None)


@pytest.mark.slow
def test_needs_are_the_same_when_read_back() -> None:
    for rule in load_rules().rules:
        if rule.pattern is not None:
            needs = needs_of(read_pattern(rule.pattern, "here", rule.word_lists), rule.word_lists)
            assert from_json(json.loads(json.dumps(as_json(needs)))) == needs


def test_the_lexicon_is_the_same_when_read_back() -> None:
    text = (packaged_rules() / "data" / "lexicon.tsv").read_text(encoding="utf-8")
    parsed = Lexicon.parse(text)
    memo = Memo({})
    assert Lexicon.recalled(text, memo) == parsed
    again = Lexicon.recalled(text, Memo(json.loads(json.dumps(memo.known))))
    assert again == parsed
    assert list(again.words) == list(parsed.words)
    assert Lexicon.recalled("", Memo({})) == Lexicon.parse("")


@pytest.mark.slow
def test_what_is_no_json_is_read_anew(tmp_path: Path, folder: Path) -> None:
    rules = tmp_path / "mine.toml"
    options = "options = { columns = { '代号' = 'ORGANIZATION' }, day = 2024-05-01 }\n"
    rules.write_text(
        MINE.replace("pattern = '代号[甲乙丙丁]{2}'\n", f"recognizer = 'table-columns'\n{options}"), encoding="utf-8"
    )
    for _ in range(2):
        redactor = Redactor(rules=[rules], builtin=False, ner="none", cache=folder)
        assert redactor.ruleset.rules[0].options["day"] == date(2024, 5, 1)
