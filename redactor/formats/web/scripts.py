"""Where texts stand in JavaScript, JSON and CSS: strings, comments, names; and how they are escaped there.

The lexers follow ECMA-262, section 12, and CSS Syntax Level 3, section 4, as far as needed to tell text from code. What can't be told (whether a slash
divides or begins a regular expression) is guessed from the token before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from redactor.formats.web.splice import CODE, Syntax
from redactor.text.decode import encodes

Literal = tuple[str, int, int]
"""Kind, start and end of a text in a program, its quotes left out."""

# Repeated groups cost memory for each turn: what may be long is one class of characters, or is looked for step by step.
_JS = re.compile(
    r"""(?P<blank>[\s\ufeff]++)
    |(?P<comment>//[^\n\r\u2028\u2029]*+|/\*(?s:.*?\*/|.*+)|<!--[^\n\r]*+|(?:^|(?<=[\n\r]))-->[^\n\r]*+)
    |(?P<string>"[^"\\\n\r]*+"|'[^'\\\n\r]*+')
    |(?P<number>[0-9][0-9A-Za-z._]*+)
    |(?P<name>[\w$\u200c\u200d]++)
    |(?P<sign>[\s\S])""",
    re.X,
)
_STOPS: Final = {
    '"': re.compile(r'["\\\n\r]'),
    "'": re.compile(r"['\\\n\r]"),
    "`": re.compile(r"`|\\|\$\{"),
}
"""What ends a string, is escaped in it, or shows that it is none."""
_REGEX = re.compile(r"/(?![*/])((?:[^\\/\[\n\r]++|\\[^\n\r]|\[(?:[^\]\\\n\r]++|\\[^\n\r]){0,999}+\]){1,999}+)/[a-z]*+")
_BEFORE_REGEX: Final = frozenset(
    (
        "await",
        "case",
        "delete",
        "do",
        "else",
        "in",
        "instanceof",
        "new",
        "of",
        "return",
        "throw",
        "typeof",
        "void",
        "yield",
    )
)
_CSS = re.compile(
    r"""(?P<comment>/\*(?s:.*?\*/|.*+))
    |(?P<quote>["'])
    |(?i:url)\(\s*+(?P<url>(?:[^"'()\\\s]++|\\[^\n\r\f]){1,9999}+)\s*+(?:\)|\Z)
    |(?P<name>[-A-Za-z0-9_]*+(?:[^\x00-\x7f]|\\[0-9A-Fa-f]{1,6}+\s?+)(?:[-\w]|[^\x00-\x7f]|\\[0-9A-Fa-f]{1,6}+\s?+){0,999}+)
    |[-A-Za-z0-9_]++""",
    re.X,
)
JS_ESCAPES: Final = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u\{0*+[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}"
    r"|[0-7]{1,3}|\r\n|[\s\S])"
)
CSS_ESCAPES: Final = re.compile(r"\\(?:[0-9a-fA-F]{1,6}(?:\r\n|[ \t\n\r\f])?|\r\n|[\s\S])")
_LETTERS: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "\n": "", "\r": "", "\r\n": "", "\u2028": "", "\u2029": ""}  # fmt: skip
_OCTAL = re.compile(r"[0-7]{1,3}")
_LONG_NUMBER = re.compile(r"(?:[0-9][._]?){7}")


def js_literals(text: str) -> Iterator[Literal]:
    """The texts of a script or of JSON: strings, templates, regular expressions, comments, long numbers, names beyond ASCII."""
    at, value_before = 0, False
    braces: list[bool] = []  # whether the brace that is open belongs to a template
    while match := _JS.match(text, at):
        start, at = match.span()
        match match.lastgroup:
            case "blank":
                continue
            case "comment":
                yield "comment", start, at
            case "string":
                yield "string", start + 1, at - 1
                value_before = True
            case "number":
                if _LONG_NUMBER.search(text, start, at):
                    yield "number", start, at
                value_before = True
            case "name":
                if not match.group().isascii():
                    yield "name", start, at
                value_before = match.group() not in _BEFORE_REGEX
            case _:
                sign = match.group()
                if sign == "/" and not value_before and (found := _REGEX.match(text, start)):
                    yield "regex", *found.span(1)
                    at, value_before = found.end(), True
                elif sign in "\"'":
                    end = _string_end(text, at, sign)
                    yield "string", at, end
                    at, value_before = end + 1, True
                elif sign == "`" or (sign == "}" and braces and braces.pop()):
                    # A template begins, or goes on after an expression in it.
                    end = _string_end(text, at, "`")
                    yield "template", at, end
                    value_before = text[end : end + 1] == "`"
                    at = end + (1 if value_before else 2)
                    if not value_before:
                        braces.append(True)
                else:
                    if sign == "{":
                        braces.append(False)
                    value_before = sign in ")]"


def _string_end(text: str, at: int, quote: str) -> int:
    """Where a string ends that begins at a place: at the end of its line, if it is not closed; templates go over lines."""
    while stop := _STOPS[quote].search(text, at):
        if stop.group() != "\\":
            return stop.start()
        at = stop.end() + (2 if text.startswith("\r\n", stop.end()) else 1)
    return len(text)


def css_literals(text: str) -> Iterator[Literal]:
    """The texts of a style sheet: strings, addresses, comments, names beyond ASCII."""
    at = 0
    while match := _CSS.search(text, at):
        at = match.end()
        kind = match.lastgroup
        if kind == "quote":
            end = _string_end(text, at, match.group())
            yield "string", at, end
            at = end + 1
        elif kind:
            yield kind, *match.span(kind)


def js_decode(match: re.Match[str]) -> tuple[str, int]:
    """What an escape in a string of JavaScript or JSON stands for."""
    body = match.group()[1:]
    size = len(match.group())
    if body[0] in "ux" and len(body) > 1:
        if len(body) > 8 and "\\" in body:
            high, low = int(body[1:5], 16), int(body[7:11], 16)
            return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)), size
        point = int(body[1:].strip("{}"), 16)
        return (chr(point) if point < 0x110000 else "\ufffd"), size
    if _OCTAL.fullmatch(body):
        return chr(int(body, 8)), size
    return _LETTERS.get(body, body), size


def css_decode(match: re.Match[str]) -> tuple[str, int]:
    """What an escape in CSS stands for."""
    body = match.group()[1:].strip("\r\n\t\f ") or match.group()[1:]
    size = len(match.group())
    if all(c in "0123456789abcdefABCDEF" for c in body):
        point = int(body, 16)
        return (chr(point) if 0 < point < 0x110000 else "\ufffd"), size
    return _LETTERS.get(body, body) if body.isspace() else body, size


def _js_escape(text: str, codec: str) -> str:
    return "".join(_js_unit(c) if c in _JS_SPECIAL or c < " " or not encodes(c, codec) else c for c in text)


def _js_unit(char: str) -> str:
    data = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[i]:02x}{data[i + 1]:02x}" for i in range(0, len(data), 2))


def _css_escape(text: str, codec: str) -> str:
    return "".join(f"\\{ord(c):x} " if c in _CSS_SPECIAL or c < " " or not encodes(c, codec) else c for c in text)


def _name_escape(text: str, codec: str) -> str:
    """A name of a script: nothing but letters, digits and low lines may stand in it."""
    return "".join(c if c == "_" or (c.isalnum() and encodes(c, codec)) else "_" for c in text) or "_"


def _comment_escape(text: str, codec: str) -> str:
    """In a comment nothing is escaped: what could end it is put in another way."""
    text = "".join(_COMMENT_SIGNS.get(c, c) for c in text)
    return "".join(c if encodes(c, codec) else "_" for c in text)


_JS_SPECIAL: Final = frozenset("\"'`\\<>&$\x7f\u2028\u2029")
_CSS_SPECIAL: Final = frozenset("\"'\\<>&(){};*/\x7f")
_COMMENT_SIGNS: Final = {
    "\n": " ",
    "\r": " ",
    "\u2028": " ",
    "\u2029": " ",
    "*": "×",
    "--": "—",
    "/": "∕",
    "-": "‐",
    "`": "ˋ",
}
JS_STRING: Final = Syntax(_js_escape, CODE.before, CODE.after)
CSS_STRING: Final = Syntax(_css_escape, CODE.before, CODE.after)
JS_NAME: Final = Syntax(_name_escape, CODE.before, CODE.after)
COMMENT: Final = Syntax(_comment_escape, CODE.before, CODE.after)
