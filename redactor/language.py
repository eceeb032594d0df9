"""The language of messages: what the program says to people, in English or Chinese (gettext; the catalogue is redactor/locale).

A message is written in English where it is said, as a template with named fields: `say("{path}: not a regular file", path=path)`.
Texts of documents, reports' keys and the names of options, rules and entities are never translated.
"""

from __future__ import annotations

import errno
import gettext
import locale
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("en", "zh")
"""The languages that there are messages in; the first is that of the templates."""

VARIABLE: Final = "REDACTOR_LANG"
"""The environment variable that names the language of messages. A process hands it to those that it begins."""

_FOLDER: Final = Path(__file__).parent / "locale"


def use(language: str) -> None:
    """Say everything in this language from now on, in this process and those that it begins; one of `LANGUAGES`."""
    os.environ[VARIABLE] = language
    # What click itself says is looked up by gettext's own rules: in the catalogue of the same name there, by LANGUAGE.
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain("messages", str(_FOLDER))


def current() -> str:
    """The language in use; English where nobody has chosen."""
    return _known(os.environ.get(VARIABLE, ""))


def wanted(environment: Mapping[str, str]) -> str:
    """The language that a user's environment asks for: REDACTOR_LANG, else as POSIX has it (LC_ALL, LC_MESSAGES, LANG), else the system's."""
    for name in (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return _known(value)
    return _known(locale.getlocale()[0] or "")


def _known(name: str) -> str:
    """A language of `LANGUAGES` for the name of a locale, such as `zh_CN.UTF-8` or Windows' `Chinese (Simplified)_China`."""
    return "zh" if name.lower().startswith(("zh", "chinese")) else LANGUAGES[0]


def say(template: str, /, **values: object) -> str:
    """A message in the language that is in use, its `{fields}` filled in as by `str.format`.

    `template` is the message in English, and must be a literal: the catalogue is made from those that the sources hold. From a library's
    caller that has set no REDACTOR_LANG the language is English.
    """
    translated = _catalogue(current()).gettext(template) if template else ""
    return translated.format_map(values) if values else translated


def said_in(language: str, template: str) -> str:
    """A message, marked by `later`, in a language whichever is in use: for files that speak several."""
    return _catalogue(language).gettext(template)


def later(template: str) -> str:
    """The template itself: what marks one that is said, by a name for it, in another place."""
    return template


def several(one: str, many: str, number: int, /, **values: object) -> str:
    """A message about a number of things: `one` for 1, `many` for any other number, which is the field `{number}`."""
    return _catalogue(current()).ngettext(one, many, number).format_map({"number": number, **values})


def because(error: OSError) -> str:
    """Why the system refused something, such as "No such file or directory"."""
    said = say(error.strerror or "")
    if said and (said != error.strerror or current() == LANGUAGES[0]):
        return said
    return say("error of the system ({name})", name=errno.errorcode.get(error.errno or 0, type(error).__name__))


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("messages", _FOLDER, [language], fallback=language == LANGUAGES[0])
