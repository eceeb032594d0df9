"""Shared fixtures: redactors by policy, the command; and what is worked out from rules, once for all tests of a process."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any
from zlib import crc32

# Before numpy is imported: the matrices are small, and processes share the processors.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
if sys.dont_write_bytecode:
    # No bytecode is to lie beside the sources; where pytest keeps its own things it may, or each process would compile all anew.
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).parents[1] / ".pytest_cache" / "bytecode")
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import pytest
from hypothesis import settings

import redactor.cli.options
import redactor.detect.patterns
import redactor.detect.plan
import redactor.detect.terms
import redactor.redactor
import redactor.ruleset.load
import tests.draws
from redactor import Redactor
from redactor.chinese.lattice import Words
from redactor.formats.registry import FORMATS, load_format
from redactor.matching.compiled import Memo
from redactor.packaged import packaged_rules
from redactor.policy.load import load_policy, policy_names
from redactor.ruleset.cache import KnownRules, known_rules
from redactor.ruleset.load import rule_files
from redactor.ruleset.schema import RuleSet
from tests import command
from tests.command import COMMAND, Run
from tests.pages import large_pages

__all__ = ["COMMAND", "Run", "made"]

CACHE = (
    Path(tempfile.gettempdir()) / f"redactor-tests-{getattr(os, 'getuid', int)()}-{crc32(os.fsencode(__file__)):08x}"
)
"""Not the user's own, and one for each checkout; each state of the code has files of its own there."""
_KEPT = 24
"""Of each kind of what is made of rules, how many are kept."""
_unshared: list[bool] = []
_AsItIs = redactor.ruleset.load._Loading
_of_the_rules = known_rules(CACHE, (), builtin=True)
"""What is known of the rules of this process: what a memo holds hangs on what a rule says and on nothing else."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run also what takes long (marked slow), as .ci/run does")
    parser.addoption(
        "--huge", action="store_true", help="run also what takes minutes each: inputs of a gigabyte and the like"
    )


def pytest_configure(config: pytest.Config) -> None:
    tests.draws.everything = config.getoption("--slow")
    tests.draws.huge = config.getoption("--huge")
    # The same draws each time, so that what turns red is the fault of the change; `--hypothesis-seed=random` draws others.
    seeded = config.getoption("--hypothesis-seed") is not None
    settings.register_profile("tests", tests.draws.draws(100, derandomize=not seeded, print_blob=True))
    settings.load_profile("tests")
    os.environ["REDACTOR_CACHE"] = str(CACHE)
    os.environ.pop("REDACTOR_LANG", None)  # tests read messages in English, but where they ask for another language
    _share_what_is_known()
    large_pages()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for name in ("slow", "huge"):
        for item in () if config.getoption(f"--{name}") else items:
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=f"runs with --{name}"))
    if not config.getoption("--slow"):
        _sample(items)


def _sample(items: list[pytest.Item]) -> None:
    """Of the cases of a test that is marked `sampled(of)`, every so manieth runs, the first one among them."""
    met: Counter[str] = Counter()
    for item in items:
        marker = item.get_closest_marker("sampled")
        if marker and not item.get_closest_marker("slow"):
            test = item.nodeid.partition("[")[0]
            if met[test] % marker.args[0]:
                item.add_marker(pytest.mark.skip(reason="one of many cases: runs with --slow"))
            met[test] += 1


def _share_what_is_known() -> None:
    """One memo for all rules of this process; a cache folder that a test names itself is read and written as ever."""
    memo = _of_the_rules.memo

    def shared(folder: Path | None, paths: Any, *, builtin: bool) -> KnownRules:
        own = _unshared or folder not in (None, CACHE)
        return known_rules(folder, paths, builtin=builtin) if own else KnownRules(memo)

    for module in (redactor.ruleset.load, redactor.detect.plan, redactor.detect.patterns):
        module.Memo = lambda: Memo() if _unshared else memo  # type: ignore[attr-defined]
    redactor.redactor.known_rules = shared
    load_rules = redactor.redactor.load_rules
    builtin_rules = cache(load_rules)

    def load(paths: Any = (), *, builtin: bool = True, memo: Memo | None = None) -> RuleSet:
        own = _unshared or paths or not builtin or memo is not _of_the_rules.memo
        return load_rules(paths, builtin=builtin, memo=memo) if own else builtin_rules(memo=memo)

    redactor.redactor.load_rules = load
    redactor.ruleset.load._Loading = _Loading  # type: ignore[misc]
    for module, name in (
        (redactor.detect.plan, "compile_pattern_rules"),
        (redactor.detect.plan, "compile_suffixes"),
        (redactor.detect.plan, "compile_boilerplate"),
        (redactor.detect.terms, "_compile"),
    ):
        setattr(module, name, _once(getattr(module, name)))
    redactor.cli.options.Redactor = _sooner  # type: ignore[assignment,misc]


class _Loading(redactor.ruleset.load._Loading):
    """Reads the built-in rules once for all tests, so that what is made of them is the same under rules of a test's own."""

    def read_pack(self, file: Path, root: Path, *, layer: int) -> None:
        if layer or _unshared or self.memo is not _of_the_rules.memo:
            super().read_pack(file, root, layer=layer)
        elif not self.files:
            for name, value in vars(_builtin_loading()).items():
                setattr(self, name, copy(value) if name != "memo" else value)


@cache
def _builtin_loading() -> redactor.ruleset.load._Loading:
    loading = _AsItIs(_of_the_rules.memo)
    root = packaged_rules()
    for file in rule_files(root):
        loading.read_pack(file, root, layer=0)
    return loading


def _once(make: Callable[..., Any]) -> Callable[..., Any]:
    """What is made of the same rules is made once; the rules of another Redactor are the same where they are the built-in ones.

    What was not asked for lately is let go: what is made of rules of a test's own takes 100 MB, and each fork has to copy its tables.
    """
    known: dict[tuple[int, ...], tuple[Any, Any]] = {}

    def made_once(rules: Sequence[Any], *others: Any) -> Any:
        key = (*map(id, rules), *(id(other) for other in others if isinstance(other, Words)))
        if _unshared:
            return make(rules, *others)
        if key not in known:
            # With what it is made of, so that nothing else ever has the same identity.
            known[key] = make(rules, *others), (tuple(rules), others)
        known[key] = known.pop(key)
        while len(known) > _KEPT:
            del known[next(iter(known))]
        return known[key][0]

    return made_once


@contextmanager
def unshared() -> Iterator[None]:
    """In the block rules are worked out anew."""
    _unshared.append(True)
    try:
        yield
    finally:
        _unshared.pop()


def made(policy: str = "publish", **settings: Any) -> Redactor:
    """The redactor of these settings, made once in a process: nothing that it does changes it."""
    return _made(policy, tuple((name, tuple(v) if isinstance(v, list) else v) for name, v in sorted(settings.items())))


@cache
def _made(policy: str, settings: tuple[tuple[str, Any], ...]) -> Redactor:
    redactor = Redactor(policy, **dict(settings))
    if policy == "publish" and not settings:
        _of_the_rules.save()
    return redactor


@cache
def warm(policy: str = "publish") -> None:
    """Make ready, here, what each fork that runs the command would else make ready for itself."""
    redactor = made(policy)
    redactor.prepare()
    for text in (
        "请王建国同志牵头，同比增长12.5%以上。",
        "首页\n\n" + "会议强调要抓好落实。" * 9 + "\n\n责任编辑：王建国",
        "abc",
    ):
        redactor.redact(text)
    _ = redactor.settings.digest
    for name in ("clean", "scan", "eval", "rules"):
        import_module(f"redactor.cli.{name}")
    for kind in FORMATS:
        load_format(kind)
    gc.freeze()


def _sooner(*, policy: str | Path, ner: str, cache: Path | None, **settings: Any) -> Redactor:
    """What the command calls for a Redactor: that of a built-in policy without more settings is there already."""
    plain = settings.get("key") is None and not any(settings.values())
    if cache == CACHE and isinstance(policy, str) and ner in ("builtin", "none") and plain:
        return made(policy, ner=ner) if ner != "builtin" else made(policy)
    return Redactor(policy, ner=ner, cache=cache, **settings)


@pytest.fixture(scope="session")
def publish() -> Redactor:
    return made()


@pytest.fixture(scope="session")
def clean() -> Redactor:
    return made("clean")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command in a folder of its own, in a fork of this process (see tests/command.py)."""
    warm()

    def run_command(
        *arguments: str | Path, stdin: bytes = b"", seconds: int = 300, env: Any = None, cwd: Path = tmp_path
    ) -> Any:
        for option, value in pairwise(arguments):
            if option == "--policy" and value in policy_names() and not load_policy(str(value)).needs_key:
                warm(str(value))
        return command.forked(arguments, stdin=stdin, cwd=cwd, settings=env or {}, seconds=seconds)

    return run_command


@pytest.fixture
def run_installed(tmp_path: Path) -> Run:
    """Run the installed command in a folder of its own."""

    def run_command(*arguments: str | Path, stdin: bytes = b"", seconds: int = 300, env: Any = None) -> Any:
        return command.installed(arguments, stdin=stdin, cwd=tmp_path, settings=env or {}, seconds=seconds)

    return run_command
