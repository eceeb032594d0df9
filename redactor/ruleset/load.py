"""TOML rule files to a RuleSet: layers of packs, later ones over earlier ones; every error names file and rule.

A layer is one file or one folder. A folder is read with the folders in it, in the order of the paths; files are named by their path
from the top of it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from redactor.matching.compiled import Memo
from redactor.model import RuleError
from redactor.packaged import packaged_rules
from redactor.plugins import installed
from redactor.ruleset.boilerplate import BoilerplateRule, parse_boilerplate
from redactor.ruleset.characters import refuse_controls
from redactor.ruleset.content import RuleFiles
from redactor.ruleset.fields import FILE, OVERRIDE, PACK, named, read, unknown
from redactor.ruleset.installed import rule_folder
from redactor.ruleset.learned import learned_rules
from redactor.ruleset.pack import MAX_DATA_BYTES, MAX_RULE_BYTES, Pack, parse_toml
from redactor.ruleset.schema import Change, Rule, RuleSet, parse_rule
from redactor.text.places import at as placed
from redactor.text.whole_file import read_whole, text_of

NO_RULES: Final = frozenset({"data", "lists", "policies"})
"""Folders inside a rule folder that hold no rule files: word lists, other data, policies."""


def load_rules(paths: Iterable[str | Path] = (), *, builtin: bool = True, memo: Memo | None = None) -> RuleSet:
    """The built-in rules, then each file or folder in turn; a later rule replaces an earlier one of the same id.

    `memo`: what is known of the rules. Raises RuleError (file, rule, line, reason) on anything that is not right; nothing is guessed.
    """
    loading = _Loading(memo or Memo())
    for number, layer in enumerate(layers(paths, builtin=builtin), start=0 if builtin else 1):
        root = layer if layer.is_dir() else layer.parent
        # Each layer has all that it says: two files of one folder may include the same one.
        loading.texts, loading.used, loading.data, loading.filled = {}, {}, {}, {}
        for file in rule_files(layer):
            loading.read_pack(file, root, layer=number)
        if number:
            loading.own.append(RuleFiles("" if layer == root else layer.name, tuple(sorted(loading.texts.items()))))
    return loading.finish()


def rules_digest(paths: Iterable[str | Path] = (), *, builtin: bool = True) -> str | None:
    """SHA-256 of what the rule files say, in their order; None when they can't be read: `load_rules` will tell why."""
    sha = hashlib.sha256()
    try:
        for layer in layers(paths, builtin=builtin):
            for file in rule_files(layer):
                sha.update(hashlib.sha256(read_whole(file, MAX_RULE_BYTES, RuleError)).digest())
    except (RuleError, OSError):
        return None
    return sha.hexdigest()


def layers(paths: Iterable[str | Path], *, builtin: bool) -> list[Path]:
    """The files and folders to be read, in their order: the built-in rules first."""
    if isinstance(paths, str | Path):
        paths = (paths,)
    return [*([packaged_rules()] if builtin else []), *map(rule_folder, paths)]


def rule_files(path: Path) -> list[Path]:
    """The rule files of a layer in the order in which they are read; RuleError when there are none."""
    if path.is_dir():
        found = sorted(_walk(path), key=lambda file: file.relative_to(path).as_posix())
        if not found:
            raise RuleError("{path}: no rule files (*.toml) in this folder", path=path)
        for file in found:
            if file.is_symlink() and not file.resolve().is_relative_to(path.resolve()):
                raise RuleError("{file}: is a link to a file outside the rule folder", file=file)
        return found
    if not path.is_file():
        packs = f"; installed rule packs are {', '.join(installed('rules'))}" if installed("rules") else ""
        raise RuleError("{path}: no such rule file or folder{packs}", path=path, packs=packs)
    return [path]


def _walk(top: Path) -> Iterator[Path]:
    """The rule files of a folder and of those in it; links to folders are not followed, hidden folders not entered."""
    for folder, inside, names in os.walk(top):
        inside[:] = [name for name in inside if name not in NO_RULES and not name.startswith(".")]
        yield from (Path(folder, name) for name in names if name.endswith(".toml") and Path(folder, name).is_file())


@dataclass
class _Loading:
    memo: Memo
    rules: dict[str, Rule] = field(default_factory=dict)
    boilerplate: dict[str, BoilerplateRule] = field(default_factory=dict)
    layer_of: dict[str, tuple[int, str]] = field(default_factory=dict)
    files: list[tuple[str, str]] = field(default_factory=list)
    disabled: set[str] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)
    used: dict[Path, Pack] = field(default_factory=dict)
    """Rule files that others use, each read once."""
    texts: dict[str, str] = field(default_factory=dict)
    """Of the files of the layer that is being read, by their paths below its folder."""
    own: list[RuleFiles] = field(default_factory=list)
    unreviewed: list[str] = field(default_factory=list)
    data: dict[Path, str] = field(default_factory=dict)
    """Files that rules include."""
    tops: dict[Path, Path] = field(default_factory=dict)
    """The folders of the layers, links followed."""
    filled: dict[tuple[Path, ...], dict[str, tuple[str, Mapping[str, tuple[str, ...]]]]] = field(default_factory=dict)
    """By the files that a rule file uses, what their names stand for."""

    def read_pack(self, file: Path, root: Path, *, layer: int) -> None:
        pack = self.open_pack(file, root)
        language = pack.table.get("pack", {}).get("language", "zh")
        for line, item in pack.tables("rule"):
            self.add_rule(item, pack, line, language, layer)
        cues = pack.cues
        for line, item in pack.tables("boilerplate"):
            self.add_boilerplate(item, cues, pack, line, layer)
        for rule in learned_rules(pack):
            self.claim(rule.id, layer, pack.name, 1)
            self.boilerplate[rule.id] = rule
        for line, item in pack.tables("override"):
            self.override(item, f"{pack.name}:{line}")

    def open_pack(self, file: Path, root: Path, *, used: bool = False) -> Pack:
        """A rule file, read but not yet looked into; `used`: for another one, so that it uses none itself."""
        name = file.relative_to(root).as_posix()
        text = self.read_text(file, root, MAX_RULE_BYTES)
        table = self.memo.value("toml", text, lambda: parse_toml(text, str(file)))
        for key in table:
            if key not in FILE["properties"]:
                raise RuleError(f"{file}: {unknown('table', key, FILE['properties'])}")
        head = read(table.get("pack", {}), PACK, f"{name}: [pack]")
        if not head.get("reviewed", True):
            self.unreviewed.append(str(file))
        uses = head.get("uses", ()) if not used else ()
        packs = tuple(self.use(other, name, root) for other in uses)
        shared = self.filled.setdefault(tuple(root / other for other in uses), {}) if packs else None
        return Pack(name, self.top(root), text, table, partial(self.read_data, root), packs, shared=shared)

    def top(self, root: Path) -> Path:
        if root not in self.tops:
            self.tops[root] = root.resolve()
        return self.tops[root]

    def read_data(self, root: Path, target: Path, where: str) -> str:
        """The text of an included file."""
        if target not in self.data:
            self.data[target] = self.read_text(target, root, MAX_DATA_BYTES)
            refuse_controls(self.data[target], where)
        return self.data[target]

    def use(self, other: str, name: str, root: Path) -> Pack:
        """The rule file that another one uses, named from the top of the rule folder."""
        file = root / other
        if ".." in Path(other).parts or Path(other).is_absolute() or not other.endswith(".toml") or not file.is_file():
            raise RuleError("{name}: [pack] uses: no rule file {other!r} in the rule folder", name=name, other=other)
        if not file.resolve().is_relative_to(self.top(root)):
            raise RuleError("{name}: [pack] uses: {other!r} is outside the rule folder", name=name, other=other)
        if file not in self.used:
            self.used[file] = self.open_pack(file, root, used=True)
        return self.used[file]

    def add_rule(self, item: Mapping[str, Any], pack: Pack, line: int, language: str, layer: int) -> None:
        rule = parse_rule(
            pack.with_words(item, placed(f"{pack.name}:{line}", named(item))),
            file=pack.name,
            line=line,
            language=language,
            expand=pack.expand,
            read_terms=pack.read_terms,
            read_file=pack.read_file,
            lists=pack.lists,
        )
        self.claim(rule.id, layer, pack.name, line)
        self.boilerplate.pop(rule.id, None)
        self.rules[rule.id] = rule
        (self.disabled.discard if rule.enabled else self.disabled.add)(rule.id)

    def add_boilerplate(
        self, item: Mapping[str, Any], cues: Mapping[str, Any], pack: Pack, line: int, layer: int
    ) -> None:
        where = placed(f"{pack.name}:{line}", named(item))
        table = pack.with_words(item, where)
        rule = parse_boilerplate(table, where, pack.expand, pack.read_file, cues, self.memo)
        self.claim(rule.id, layer, pack.name, line)
        self.rules.pop(rule.id, None)
        self.disabled.discard(rule.id)
        self.boilerplate[rule.id] = rule

    def claim(self, rule_id: str, layer: int, file: str, line: int) -> None:
        known = self.layer_of.get(rule_id)
        if known and known[0] == layer:
            raise RuleError(
                "{file}:{line}: rule {rule_id!r}: id is already used in {known}",
                file=file,
                line=line,
                rule_id=rule_id,
                known=known[1],
            )
        if known:
            self.changes.append(Change(rule_id, "replaced", f"{file}:{line}"))
        self.layer_of[rule_id] = (layer, file)

    def override(self, item: Mapping[str, Any], at: str) -> None:
        changes = read(item, OVERRIDE, f"{at}: override {item.get('id')!r}")
        rule_id = changes.pop("id")
        if not changes:
            raise RuleError(
                "{at}: override {rule_id!r}: changes nothing; give enabled, score or priority",
                at=at,
                rule_id=rule_id,
            )
        if rule_id in self.boilerplate:
            if "priority" in changes:
                raise RuleError(
                    "{at}: override {rule_id!r}: a boilerplate rule has no priority", at=at, rule_id=rule_id
                )
            scored = {k: v for k, v in changes.items() if k == "score"}
            self.boilerplate[rule_id] = replace(self.boilerplate[rule_id], **scored)
        elif rule_id in self.rules:
            self.rules[rule_id] = replace(self.rules[rule_id], **changes)
        else:
            raise RuleError("{at}: override {rule_id!r}: no such rule to override", at=at, rule_id=rule_id)
        if "enabled" in changes:
            (self.disabled.discard if changes["enabled"] else self.disabled.add)(rule_id)
        what = (f"{k} {v:g}" if k != "enabled" else "enabled" if v else "disabled" for k, v in changes.items())
        self.changes.append(Change(rule_id, ", ".join(what), at))

    def read_text(self, file: Path, root: Path, most: int) -> str:
        data = read_whole(file, most, RuleError)
        text = text_of(data, file, RuleError)
        top = next((top for top in (root, self.top(root)) if file.is_relative_to(top)), file.parent)
        name = file.relative_to(top).as_posix()
        entry = (name, hashlib.sha256(data).hexdigest())
        if entry not in self.files:
            self.files.append(entry)
        self.texts[name] = text
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
            own=tuple(self.own),
            unreviewed=tuple(self.unreviewed),
        )
