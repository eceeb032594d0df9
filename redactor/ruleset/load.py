"""TOML rule files to a RuleSet: layers of packs, later ones over earlier ones; every error names file and rule."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from redactor.matching.compiled import Memo
from redactor.model import RuleError
from redactor.ruleset.boilerplate import CUE_KEYS, BoilerplateRule, parse_boilerplate
from redactor.ruleset.pack import MAX_DATA_BYTES, MAX_RULE_BYTES, Pack, parse_toml
from redactor.ruleset.paths import packaged_rules
from redactor.ruleset.schema import (
    PACK_KEYS,
    TABLES,
    Change,
    Rule,
    RuleSet,
    check_id,
    parse_description,
    parse_override,
    parse_rule,
)


def load_rules(paths: Iterable[str | Path] = (), *, builtin: bool = True, memo: Memo | None = None) -> RuleSet:
    """The built-in rules, then each file or folder in turn; a later rule replaces an earlier one of the same id.

    `memo`: what is known of the rules. Raises RuleError (file, rule, line, reason) on anything that is not right; nothing is guessed.
    """
    loading = _Loading(memo or Memo())
    for number, layer in enumerate(_layers(paths, builtin=builtin), start=0 if builtin else 1):
        for file in _rule_files(layer):
            loading.read_pack(file, layer if layer.is_dir() else layer.parent, layer=number)
    return loading.finish()


def rules_digest(paths: Iterable[str | Path] = (), *, builtin: bool = True) -> str | None:
    """SHA-256 of what the rule files say, in their order; None when they can't be read: `load_rules` will tell why."""
    sha = hashlib.sha256()
    try:
        for layer in _layers(paths, builtin=builtin):
            for file in _rule_files(layer):
                if file.stat().st_size > MAX_RULE_BYTES:
                    return None
                sha.update(hashlib.sha256(file.read_bytes()).digest())
    except (RuleError, OSError):
        return None
    return sha.hexdigest()


def _layers(paths: Iterable[str | Path], *, builtin: bool) -> list[Path]:
    if isinstance(paths, str | Path):
        paths = (paths,)
    return [*([packaged_rules()] if builtin else []), *map(Path, paths)]


def _rule_files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(p for p in path.glob("*.toml") if p.is_file())
        if not found:
            raise RuleError(f"{path}: no rule files (*.toml) in this folder")
        for file in found:
            if not file.resolve().is_relative_to(path.resolve()):
                raise RuleError(f"{file}: is a link to a file outside the rule folder")
        return found
    if not path.is_file():
        raise RuleError(f"{path}: no such rule file or folder")
    return [path]


@dataclass
class _Loading:
    memo: Memo
    rules: dict[str, Rule] = field(default_factory=dict)
    boilerplate: dict[str, BoilerplateRule] = field(default_factory=dict)
    layer_of: dict[str, tuple[int, str]] = field(default_factory=dict)
    files: list[tuple[str, str]] = field(default_factory=list)
    disabled: set[str] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)

    def read_pack(self, file: Path, root: Path, *, layer: int) -> None:
        pack = self.open_pack(file, root)
        table = pack.table
        language = _check_head(table.get("pack", {}), file.name)
        for line, item in pack.tables("rule"):
            self.add_rule(item, pack, line, language, layer)
        cues = _check_cues(table.get("cues", {}), file.name)
        for line, item in pack.tables("boilerplate"):
            self.add_boilerplate(item, cues, pack, line, layer)
        for line, item in pack.tables("override"):
            self.override(item, f"{file.name}:{line}")

    def open_pack(self, file: Path, root: Path, *, used: bool = False) -> Pack:
        """A rule file, read but not yet looked into; `used`: for another one, so that it uses none itself."""
        text = self.read_text(file, MAX_RULE_BYTES)
        table = self.memo.value("toml", text, lambda: parse_toml(text, str(file)))
        for key in table:
            if key not in TABLES:
                raise RuleError(f"{file}: unknown table {key!r}; known are {', '.join(sorted(TABLES))}")
        head = table.get("pack", {})
        names = head.get("uses", []) if isinstance(head, dict) and not used else []
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise RuleError(f"{file.name}: [pack] uses must be a list of rule files")
        packs = []
        for name in names:
            if Path(name).name != name or not name.endswith(".toml") or not (file.parent / name).is_file():
                raise RuleError(f"{file.name}: [pack] uses: no rule file {name!r} beside it")
            if not (file.parent / name).resolve().is_relative_to(root.resolve()):
                raise RuleError(f"{file.name}: [pack] uses: {name!r} is outside the rule folder")
            packs.append(self.open_pack(file.parent / name, root, used=True))
        return Pack(file, root, text, table, lambda path: self.read_text(path, MAX_DATA_BYTES), tuple(packs))

    def add_rule(self, item: Mapping[str, Any], pack: Pack, line: int, language: str, layer: int) -> None:
        rule = parse_rule(
            item,
            file=pack.file.name,
            line=line,
            language=language,
            expand=pack.expand,
            read_terms=pack.read_terms,
            read_file=pack.read_file,
            lists=pack.lists,
        )
        self.claim(rule.id, layer, pack.file.name, line)
        self.boilerplate.pop(rule.id, None)
        self.rules[rule.id] = rule
        (self.disabled.discard if rule.enabled else self.disabled.add)(rule.id)

    def add_boilerplate(
        self, item: Mapping[str, Any], cues: Mapping[str, Any], pack: Pack, line: int, layer: int
    ) -> None:
        where = f"{pack.file.name}:{line}: rule {item.get('id')!r}"
        if "cues" in item:
            raise RuleError(
                f"{where}: unknown key 'cues'; [cues] is a table of the file, a rule has [[boilerplate.cue]]"
            )
        check_id(item.get("id"), where)
        parse_description(item, where)
        for cue in item.get("cue", []) if isinstance(item.get("cue"), list) else []:
            if isinstance(cue, dict) and not isinstance(cue.get("use", ""), str):
                raise RuleError(f"{where}: cue: use must be a text")
        rule = parse_boilerplate({**item, "cues": cues}, where, self.memo, pack.read_file)
        self.claim(rule.id, layer, pack.file.name, line)
        self.rules.pop(rule.id, None)
        self.disabled.discard(rule.id)
        self.boilerplate[rule.id] = rule

    def claim(self, rule_id: str, layer: int, file: str, line: int) -> None:
        known = self.layer_of.get(rule_id)
        if known and known[0] == layer:
            raise RuleError(f"{file}:{line}: rule {rule_id!r}: id is already used in {known[1]}")
        if known:
            self.changes.append(Change(rule_id, "replaced", f"{file}:{line}"))
        self.layer_of[rule_id] = (layer, file)

    def override(self, item: Mapping[str, Any], at: str) -> None:
        rule_id, changes = parse_override(item, f"{at}: override {item.get('id')!r}")
        if rule_id in self.boilerplate:
            if "priority" in changes:
                raise RuleError(f"{at}: override {rule_id!r}: a boilerplate rule has no priority")
            scored = {k: v for k, v in changes.items() if k == "score"}
            self.boilerplate[rule_id] = replace(self.boilerplate[rule_id], **scored)
        elif rule_id in self.rules:
            self.rules[rule_id] = replace(self.rules[rule_id], **changes)
        else:
            raise RuleError(f"{at}: override {rule_id!r}: no such rule to override")
        if "enabled" in changes:
            (self.disabled.discard if changes["enabled"] else self.disabled.add)(rule_id)
        what = (f"{k} {v:g}" if k != "enabled" else "enabled" if v else "disabled" for k, v in changes.items())
        self.changes.append(Change(rule_id, ", ".join(what), at))

    def read_text(self, file: Path, most: int) -> str:
        try:
            if file.stat().st_size > most:
                raise RuleError(f"{file}: larger than {most} bytes")
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
        rules = tuple(r for r in self.rules.values() if r.id not in self.disabled)
        needs_lexicon = any(r.needs_lexicon for r in rules)
        lexicon = packaged_rules() / "data" / "lexicon.tsv"
        return RuleSet(
            rules=rules,
            boilerplate=tuple(b for b in self.boilerplate.values() if b.id not in self.disabled),
            files=tuple(self.files),
            lexicon=lexicon.read_text(encoding="utf-8") if needs_lexicon and lexicon.is_file() else "",
            disabled=tuple(sorted(self.disabled)),
            changes=tuple(self.changes),
            added=frozenset(rule_id for rule_id, (layer, _) in self.layer_of.items() if layer),
        )


def _check_head(head: object, file: str) -> str:
    """The language of a pack's rules, from its `[pack]` table."""
    if not isinstance(head, dict):
        raise RuleError(f"{file}: [pack] must be a table")
    for key, value in head.items():
        if key not in PACK_KEYS:
            raise RuleError(f"{file}: [pack] unknown key {key!r}; known are {', '.join(sorted(PACK_KEYS))}")
        if key not in ("title", "uses") and (not isinstance(value, str) or not value):
            raise RuleError(f"{file}: [pack] {key} must be a text that is not empty")
    parse_description({"description": head.get("title", {})}, f"{file}: [pack] title")
    language = head.get("language", "zh")
    assert isinstance(language, str)
    return language


def _check_cues(cues: object, file: str) -> Mapping[str, Any]:
    if not isinstance(cues, dict):
        raise RuleError(f"{file}: [cues] must be a table of groups")
    for name, group in cues.items():
        if not isinstance(group, dict):
            raise RuleError(f"{file}: [cues.{name}] must be a table")
        for key in group:
            if key not in CUE_KEYS - {"use"}:
                raise RuleError(f"{file}: [cues.{name}] unknown key {key!r}; known are any, pattern, weight")
    return cues
