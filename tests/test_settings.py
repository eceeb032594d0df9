"""Settings: a Redactor in another place is the same one, and takes neither key nor text along."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from redactor import Finding, Operator, Policy, PolicyError, Redactor, Settings, load_policy
from redactor.ruleset.content import RuleFiles

TEXT = "编号K123，青石，白云，请王建国同志，电话13900001111"
KEYED = Policy("keyed", {}, {"PERSON": Operator("hash"), "DOC_NUMBER": Operator("mask")})


def codes(text: str) -> list[Finding]:
    """A recognizer that other processes can import."""
    return [Finding(0, 2, "URL", "codes", 0.9)]


def written(value: str, entity: str, number: int) -> str:
    """An operator that other processes can import."""
    return f"<{number}>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of rule files that include another file."""
    (tmp_path / "rules" / "words").mkdir(parents=True)
    (tmp_path / "rules" / "words" / "places.txt").write_text("青石\r\n# 注\n白云\n", "utf-8")
    (tmp_path / "rules" / "not-read.txt").write_text("x", "utf-8")
    (tmp_path / "rules" / "own.toml").write_text(
        '[[rule]]\nid = "own.place"\nentity = "LOCATION"\nterms_file = "words/places.txt"\nscore = 0.9\n'
        '[rule.examples]\nmatch = ["青石"]\nno_match = ["无"]\n',
        "utf-8",
    )
    (tmp_path / "single.toml").write_text(
        '[[rule]]\nid = "own.code"\nentity = "DOC_NUMBER"\npattern = "K[0-9]{3}"\nscore = 0.9\n'
        '[rule.examples]\nmatch = ["K123"]\nno_match = ["无"]\n',
        "utf-8-sig",
    )
    return tmp_path


def redactor_of(folder: Path, **settings: object) -> Redactor:
    """A small Redactor with everything in it."""
    given = {"policy": "label", "keep": ["白云"], "mask": ["王建国"], "own_places": ["电话县"], **settings}
    paths = [folder / "rules", folder / "single.toml"]
    return Redactor(rules=paths, builtin=False, ner="none", **given)  # type: ignore[arg-type]


def gone(folder: Path) -> None:
    """The rule files are not where the settings are taken to."""
    for path in (folder / "rules" / "words" / "places.txt", folder / "rules" / "own.toml", folder / "single.toml"):
        path.unlink()


def test_rule_files_go_along_by_content(folder: Path) -> None:
    redactor = redactor_of(folder, recognizers=[codes], operators={"URL": written})
    expected = redactor.redact(TEXT)
    assert expected.text == "<1>【文号1】，【地名1】，白云，请【人名1】同志，【地名2】13900001111"
    data = pickle.dumps(redactor)
    gone(folder)
    again = pickle.loads(data)
    assert again.redact(TEXT) == expected
    assert again.settings == redactor.settings
    assert again.settings.digest == redactor.settings.digest
    assert [name for own in again.settings.rules for name, _ in own.files] == [
        "own.toml",
        "words/places.txt",
        "single.toml",
    ]
    assert len(data) < 4_000


def test_what_two_files_include_goes_along_with_each(folder: Path) -> None:
    text = (folder / "rules" / "own.toml").read_text("utf-8")
    (folder / "rules" / "two.toml").write_text(text.replace("own.place", "own.other"), "utf-8")
    redactor = Redactor(rules=[folder / "rules" / "own.toml", folder / "rules" / "two.toml"], builtin=False, ner="none")
    assert [[name for name, _ in own.files] for own in redactor.settings.rules] == [
        ["own.toml", "words/places.txt"],
        ["two.toml", "words/places.txt"],
    ]
    assert redactor.settings.redactor().redact(TEXT) == redactor.redact(TEXT)


def test_spawned_processes_do_the_same(folder: Path) -> None:
    redactor = redactor_of(folder, recognizers=[codes])
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(redactor.redact, [TEXT, "K123"])) == [redactor.redact(TEXT), redactor.redact("K123")]


def test_a_copy_is_the_same(folder: Path) -> None:
    redactor = redactor_of(folder)
    assert copy.deepcopy({"x": redactor})["x"].redact(TEXT) == copy.copy(redactor).redact(TEXT) == redactor.redact(TEXT)


def test_a_key_never_goes_along(folder: Path) -> None:
    key = b"0123456789abcdef"
    redactor = redactor_of(folder, policy=KEYED, key=key)
    with pytest.raises(PolicyError, match=r"key can't be pickled.* call settings\.redactor\(key\) where the key is"):
        pickle.dumps(redactor)
    assert copy.deepcopy(redactor).redact(TEXT) == redactor.redact(TEXT)
    other = redactor_of(folder, policy=KEYED, key=b"another key here")
    assert other.settings == redactor.settings
    assert other.settings.digest == redactor.settings.digest
    data = pickle.dumps(redactor.settings)
    assert key not in data
    assert pickle.loads(data).redactor(key).redact(TEXT) == redactor.redact(TEXT)
    with pytest.raises(PolicyError, match="needs a key"):
        pickle.loads(data).redactor()
    unused = pickle.dumps(redactor_of(folder, key=key))  # nothing is lost with a key that no operator works with
    assert key not in unused


def answer(redactor: Redactor, pipe: Connection) -> None:
    """What a process does that is started with a Redactor."""
    pipe.send(redactor.redact(TEXT))


def test_a_key_goes_to_a_process_that_is_started_with_it(folder: Path) -> None:
    redactor = redactor_of(folder, policy=KEYED, key=b"0123456789abcdef")
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=answer, args=(redactor, theirs))
    process.start()
    theirs.close()
    assert ours.recv() == redactor.redact(TEXT)
    process.join()


def test_nothing_of_a_text_goes_along(publish: Redactor) -> None:
    publish.redact("扫码关注公众号暗号甲乙丙，回复领取资料，加群号123456789。\n" * 3)
    assert "暗号甲乙丙".encode() not in pickle.dumps(publish)


def test_repr_shows_no_terms(folder: Path) -> None:
    assert repr(redactor_of(folder, key=b"a secret to keep")) == "<Redactor policy='label' ner='none', 2 rules>"


@pytest.mark.parametrize(
    "other",
    [
        Settings(load_policy("court")),
        Settings(rules=(RuleFiles("a.toml", (("a.toml", ""),)),)),
        Settings(rules=(RuleFiles("", (("a.toml", ""),)),)),
        Settings(only=("PERSON",)),
        Settings(own_places=("甲",)),
        Settings(keep=("甲",)),
        Settings(mask=("甲",)),
        Settings(builtin=False),
        Settings(ner="none"),
        Settings(recognizers=(codes,)),
    ],
)
def test_a_digest_for_each_of_the_settings(other: Settings) -> None:
    assert other.digest != Settings().digest
    assert other.digest == pickle.loads(pickle.dumps(other)).digest


def test_a_digest_is_the_same_in_every_process(folder: Path) -> None:
    (folder / "policy.toml").write_text('name = "x"\ndefault = "mask"\n', "utf-8")
    code = (
        "import sys, redactor; policy, *rules = sys.argv[1:]; from pathlib import Path;"
        "print(redactor.Redactor(Path(policy), rules, builtin=False, ner='none', only=['URL', 'PERSON']).settings.digest)"
    )
    arguments = [folder / "policy.toml", folder / "rules", folder / "single.toml"]
    found = {
        subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


@pytest.mark.parametrize("path", ["../a.toml", "/a.toml", "b/../../a.toml", ""])
def test_files_lie_below_their_folder(path: str) -> None:
    with pytest.raises(ValueError, match="is no path below a rule folder"):
        RuleFiles("", ((path, ""),))
