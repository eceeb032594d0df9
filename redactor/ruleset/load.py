"""TOML rule files to a RuleSet: packs, shared sub-patterns, word lists, overrides; every error names file and rule."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import regex

from redactor.detect.boilerplate import BoilerplateRule, parse_boilerplate
from redactor.model import RuleError
from redactor.ruleset.pattern import check_source
from redactor.ruleset.schema import OVERRIDE_KEYS, Rule, RuleSet, parse_rule

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_INLINE_LIST = 3_000
PACK_KEYS = frozenset({"pack", "define", "lists", "rule", "override", "boilerplate", "cues"})
_NAME = regex.compile(r"(?<!\\[pPN])\{([a-z][a-z0-9_]*)\}")
_DEFINE_DEPTH = 8


def packaged_rules() -> Path:
    """The folder of built-in rules: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def load_rules(paths: Iterable[str | Path] = (), *, builtin: bool = True) -> RuleSet:
    """The built-in rules, then each file or folder in turn; a later rule replaces an earlier one of the same id.

    Raises RuleError (file, rule, line, reason) on anything that is not right; nothing is guessed.
    """
    loading = _Loading()
    layers = [packaged_rules()] if builtin else []
    layers += [Path(p) for p in paths]
    for number, layer in enumerate(layers):
        for file in _rule_files(layer):
            loading.read_pack(file, layer if layer.is_dir() else layer.parent, layer=number)
    return loading.finish()


def read_term_lines(text: str) -> tuple[str, ...]:
    """The terms of a gazetteer: first column of each line that is neither blank nor a `#` comment."""
    lines = (line.partition("\t")[0].strip() for line in text.splitlines() if line[:1] != "#")
    return tuple(term for term in lines if term)


def _rule_files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(p for p in path.glob("*.toml") if p.is_file())
        if not found:
            raise RuleError(f"{path}: no rule files (*.toml) in this folder")
        return found
    if not path.is_file():
        raise RuleError(f"{path}: no such rule file or folder")
    return [path]


@dataclass
class _Loading:
    rules: dict[str, Rule] = field(default_factory=dict)
    boilerplate: dict[str, BoilerplateRule] = field(default_factory=dict)
    layer_of: dict[str, tuple[int, str]] = field(default_factory=dict)
    files: list[tuple[str, str]] = field(default_factory=list)
    disabled: set[str] = field(default_factory=set)

    def read_pack(self, file: Path, root: Path, *, layer: int) -> None:
        text = self.read_text(file)
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise RuleError(f"{file}: not valid TOML: {error}") from None
        except RecursionError:
            raise RuleError(f"{file}: not valid TOML: nested too deeply") from None
        for key in table:
            if key not in PACK_KEYS:
                raise RuleError(f"{file}: unknown table {key!r}; known are {', '.join(sorted(PACK_KEYS))}")
        self.read_tables(table, _Pack(self, file, root, text, table), layer)

    def read_tables(self, table: Mapping[str, Any], pack: _Pack, layer: int) -> None:
        language = table.get("pack", {}).get("language", "zh")
        for item in _tables(table, "rule", pack.file):
            rule = parse_rule(
                item,
                file=pack.file.name,
                line=pack.line_of(item.get("id")),
                language=language,
                expand=pack.expand,
                read_terms=pack.read_terms,
                read_file=pack.read_file,
                lists=pack.lists,
            )
            self.claim(rule.id, layer, pack, rule.line)
            self.boilerplate.pop(rule.id, None)
            self.rules[rule.id] = rule
            (self.disabled.discard if rule.enabled else self.disabled.add)(rule.id)
        cues = table.get("cues", {})
        for item in _tables(table, "boilerplate", pack.file):
            line = pack.line_of(item.get("id"))
            parsed = parse_boilerplate(
                {**item, "cues": cues} if cues else item, f"{pack.file.name}:{line}: rule {item.get('id')!r}"
            )
            self.claim(parsed.id, layer, pack, line)
            self.rules.pop(parsed.id, None)
            self.boilerplate[parsed.id] = parsed
        for item in _tables(table, "override", pack.file):
            self.override(item, pack)

    def claim(self, rule_id: str, layer: int, pack: _Pack, line: int) -> None:
        known = self.layer_of.get(rule_id)
        if known and known[0] == layer:
            raise RuleError(f"{pack.file.name}:{line}: rule {rule_id!r}: id is already used in {known[1]}")
        self.layer_of[rule_id] = (layer, pack.file.name)

    def override(self, item: Mapping[str, Any], pack: _Pack) -> None:
        rule_id = item.get("id")
        where = f"{pack.file.name}:{pack.line_of(rule_id)}: override {rule_id!r}"
        for key in item:
            if key not in OVERRIDE_KEYS:
                raise RuleError(f"{where}: unknown key {key!r}; known are {', '.join(sorted(OVERRIDE_KEYS))}")
        if rule_id in self.boilerplate and set(item) <= {"id", "enabled"}:
            (self.disabled.discard if item.get("enabled", True) else self.disabled.add)(rule_id)
            return
        if rule_id not in self.rules:
            raise RuleError(f"{where}: no such rule to override")
        changes = {k: v for k, v in item.items() if k != "id"}
        if not isinstance(changes.get("enabled", True), bool):
            raise RuleError(f"{where}: enabled must be true or false")
        score, priority = changes.get("score", 0.5), changes.get("priority", 0)
        if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
            raise RuleError(f"{where}: score must be a number from 0 to 1")
        if isinstance(priority, bool) or not isinstance(priority, int):
            raise RuleError(f"{where}: priority must be a whole number")
        rule = replace(self.rules[rule_id], **changes)
        self.rules[rule_id] = rule
        (self.disabled.discard if rule.enabled else self.disabled.add)(rule_id)

    def read_text(self, file: Path) -> str:
        try:
            if file.stat().st_size > MAX_FILE_BYTES:
                raise RuleError(f"{file}: larger than {MAX_FILE_BYTES} bytes")
            data = file.read_bytes()
            text = data.decode("utf-8-sig")
        except OSError as error:
            raise RuleError(f"{file}: can't be read: {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise RuleError(f"{file}: not UTF-8 text at byte {error.start}") from None
        entry = (file.name, hashlib.sha256(data).hexdigest())
        if entry not in self.files:
            self.files.append(entry)
        return text

    def finish(self) -> RuleSet:
        rules = tuple(r for r in self.rules.values() if r.enabled)
        needs_lexicon = any(r.segmented or r.suffixes or r.recognizer for r in rules)
        lexicon = packaged_rules() / "data" / "lexicon.tsv"
        return RuleSet(
            rules=rules,
            boilerplate=tuple(b for b in self.boilerplate.values() if b.id not in self.disabled),
            files=tuple(self.files),
            lexicon=lexicon.read_text(encoding="utf-8") if needs_lexicon and lexicon.is_file() else "",
            disabled=tuple(sorted(self.disabled)),
        )


@dataclass
class _Pack:
    loading: _Loading
    file: Path
    root: Path
    text: str
    table: Mapping[str, Any]

    def __post_init__(self) -> None:
        self.defines = self.names("define")
        self.lists = {name: self.word_list(name, value) for name, value in self.names("lists").items()}

    def names(self, key: str) -> Mapping[str, Any]:
        value = self.table.get(key, {})
        if not isinstance(value, dict):
            raise RuleError(f"{self.file.name}: [{key}] must be a table")
        for name in value:
            if not regex.fullmatch(r"[a-z][a-z0-9_]*", name):
                raise RuleError(f"{self.file.name}: [{key}] {name!r}: names are small letters, digits and _")
        return value

    def word_list(self, name: str, value: object) -> tuple[str, ...]:
        where = f"{self.file.name}: [lists] {name}"
        if isinstance(value, str):
            return self.read_terms(value, where)
        if isinstance(value, list) and all(isinstance(v, str) and v for v in value):
            return tuple(value)
        raise RuleError(f"{where}: must be a list of texts or the name of a file")

    def line_of(self, rule_id: object) -> int:
        found = regex.search(rf"(?m)^\s*id\s*=\s*[\"']{regex.escape(str(rule_id))}[\"']", self.text)
        return self.text.count("\n", 0, found.start()) + 1 + found.group().count("\n") if found else 1

    def read_terms(self, name: str, where: str) -> tuple[str, ...]:
        return read_term_lines(self.read_file(name, where))

    def read_file(self, name: str, where: str) -> str:
        target = (self.file.parent / name).resolve()
        root = self.root.resolve()
        if "://" in name or Path(name).is_absolute() or not target.is_relative_to(root):
            raise RuleError(f"{where}: {name!r} is outside the rule folder")
        if not target.is_file():
            raise RuleError(f"{where}: no such file {name!r}")
        return self.loading.read_text(target)

    def expand(self, source: str, where: str) -> tuple[str, Mapping[str, tuple[str, ...]]]:
        """Fill in `{names}`; lists too long for an alternation come back as named lists for `\\L<name>`."""
        check_source(source, where)
        used: dict[str, tuple[str, ...]] = {}
        for _ in range(_DEFINE_DEPTH):
            if not _NAME.search(source):
                return source, used
            source = _NAME.sub(lambda m: self.fill(m[1], where, used), source)
        raise RuleError(f"{where}: [define] names nest deeper than {_DEFINE_DEPTH} or refer to themselves")

    def fill(self, name: str, where: str, used: dict[str, tuple[str, ...]]) -> str:
        if name in self.defines:
            value = self.defines[name]
            if not isinstance(value, str):
                raise RuleError(f"{self.file.name}: [define] {name}: must be a text")
            check_source(value, f"{self.file.name}: [define] {name}")
            return f"(?:{value})"
        if name not in self.lists:
            raise RuleError(f"{where}: {{{name}}} is not in [define] or [lists] of {self.file.name}")
        words = self.lists[name]
        if len(words) > MAX_INLINE_LIST:
            used[name] = words
            return rf"\L<{name}>"
        return alternation(words)


def alternation(words: Iterable[str]) -> str:
    """One pattern for a list of literal words: longest first, single characters as one class."""
    unique = sorted(set(words), key=lambda w: (-len(w), w))
    singles = "".join(regex.escape(w, literal_spaces=True) for w in unique if len(w) == 1)
    parts = [regex.escape(w, literal_spaces=True) for w in unique if len(w) > 1]
    if singles:
        parts.append(f"[{singles}]")
    return f"(?:{'|'.join(parts)})"


def _tables(table: Mapping[str, Any], key: str, file: Path) -> list[Mapping[str, Any]]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        raise RuleError(f"{file.name}: write [[{key}]] with two brackets, one for each")
    return value
