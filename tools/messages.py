"""The catalogue of messages: `python tools/messages.py` brings redactor/locale/zh in step with the sources.

What is said is found in the sources, by their syntax trees: templates given to `say`, `several` and to errors, help of commands and
options, and what formats say of themselves. Translations that stand are kept; a new message is added without one, and a test fails until
somebody writes it; one that nothing says any more is dropped. Then the catalogue is compiled for gettext.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).parent.parent / "redactor"
CATALOGUE = ROOT / "locale" / "zh" / "LC_MESSAGES" / "messages.po"
FOREIGN = ("click", "system")
"""Comments of what click itself and the operating system say: looked up in the same catalogue, it stands in no source of ours."""

_NAMED = {"Format": ("title", "sees", "misses"), "option": ("help",), "Option": ("help",), "setting": ("help",)}


def templates(source: str) -> Iterator[tuple[str, str]]:
    """Each message in a module; beside one for a number of things, the form for many."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) == "several":
            one, many = (ast.literal_eval(each) for each in node.args[:2])
            yield one, many
        elif isinstance(node, ast.Call):
            for text in _said(node, _name(node.func)):
                yield text, ""
        elif isinstance(node, ast.FunctionDef) and any(map(_is_command, node.decorator_list)):
            yield inspect.cleandoc(ast.get_docstring(node) or ""), ""


def _said(call: ast.Call, name: str) -> Iterator[str]:
    if name in ("say", "later", "unknown", "error") or (name.endswith("Error") and not hasattr(builtins, name)):
        texts = call.args[:1]
    else:
        texts = call.args[1:2] if name == "Format" else []
    texts += [keyword.value for keyword in call.keywords if keyword.arg in _NAMED.get(name, ())]
    for text in texts:
        for each in (text.body, text.orelse) if isinstance(text, ast.IfExp) else (text,):
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value.strip():
                yield each.value


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and _name(decorator.func) in ("command", "group")


def messages() -> dict[str, tuple[str, str]]:
    """Each message of the sources: its form for many, if it has one, and the first module that says it."""
    found: dict[str, tuple[str, str]] = {}
    for module in sorted(ROOT.rglob("*.py")):
        for text, many in templates(module.read_text("utf-8")):
            found.setdefault(text, (many, str(module.relative_to(ROOT.parent))))
    return found


def main() -> None:
    """Bring the catalogue in step, and compile it; say how many messages lack a translation."""
    catalogue = polib.pofile(str(CATALOGUE), wrapwidth=100)
    said = messages()
    for entry in list(catalogue):
        stands = entry.msgid in said and said[entry.msgid][0] == entry.msgid_plural
        if entry.comment not in FOREIGN and not stands:
            catalogue.remove(entry)
    standing = {entry.msgid: entry for entry in catalogue}
    for text, (many, module) in said.items():
        if text not in standing:
            catalogue.append(polib.POEntry(msgid=text, msgid_plural=many, msgstr_plural={0: ""} if many else {}))
            standing[text] = catalogue[-1]
        if standing[text].comment not in FOREIGN:
            standing[text].comment = module
    catalogue.sort(key=lambda entry: (entry.comment, entry.msgid))
    catalogue.save()
    catalogue.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
    print(f"{len(catalogue)} messages, {len(catalogue.untranslated_entries())} without translation")


if __name__ == "__main__":
    main()
