"""What `mkdocs` does for the site of the docs beyond its own: one build for each language, from the same folder.

`mkdocs build -f mkdocs.yml` takes the pages in English, `-f mkdocs.zh.yml` puts `NAME.zh-CN.md` in the place of each `NAME.md`, so that each
language has a site and a search of its own. Each page links to itself in the other language; a link out of docs/ becomes the file's name.
"""

from __future__ import annotations

import posixpath
from typing import Any

import regex

SUFFIX = ".zh-CN.md"
FENCED = regex.compile(r"(?ms)(^ *```.*?^ *```$)")
BREAK = regex.compile(r"(?<=[\p{Han}，。；：、！？）】”])\n *(?=[\p{Han}（【“《])")
AS_IT_IS = "as-it-is:"
LINK = regex.compile(r"\[(?P<text>[^]\n]*)\]\((?P<target>[^)#: ]+)(?P<anchor>#[^)]*)?\)")


def on_files(files: Any, config: Any) -> None:
    """Leave each page once, in the language that is built."""
    from mkdocs.structure.files import File

    for translated in [file for file in files if file.src_uri.endswith(SUFFIX)]:
        files.remove(translated)
        name = translated.src_uri.removesuffix(SUFFIX) + ".md"
        if _is_chinese(config):
            files.remove(files.get_file_from_path(name))
            files.append(File.generated(config, name, abs_src_path=translated.abs_src_path))


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Links to pages of the language stay; to the other language they lead into its site; out of docs/ they are no links."""
    folder = posixpath.dirname(page.file.src_uri)
    if folder == "rules":  # a hundred and fifty pages, each about one rule: found behind those that explain
        page.meta["search"] = {"boost": 0.2}

    def shown(link: regex.Match[str]) -> str:
        target = link["target"].replace(SUFFIX, ".md")
        place = posixpath.normpath(posixpath.join(folder, target))
        if place.startswith("../"):
            return f"{link['text']} (`{place.removeprefix('../')}`)"
        to_chinese, twin = target != link["target"], files.get_file_from_path(place)
        to_english = not to_chinese and _is_translated(page.file) and twin is not None and _is_translated(twin)
        if twin is not None and (to_english or (to_chinese and not _is_chinese(config))):
            return f'<a href="{_other(config, page, twin.url)}">{link["text"]}</a>'
        return f"[{link['text']}]({target}{link['anchor'] or ''})"

    markdown = LINK.sub(shown, markdown)
    return _joined(markdown) if _is_translated(page.file) else markdown


def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> None:
    """The switch of language leads to the same page."""
    here, there = {"name": "简体中文", "lang": "zh"}, {"name": "English", "lang": "en"}
    if not _is_chinese(config):
        here, there = there, here
    here["link"], there["link"] = AS_IT_IS + posixpath.basename(page.url), AS_IT_IS + _other(config, page, page.url)
    config.extra["alternate"] = sorted((here, there), key=lambda each: each["lang"])


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Addresses that the theme was not to reckon anew."""
    return output.replace(f'"{AS_IT_IS}', '"')


def _joined(markdown: str) -> str:
    """Lines that break between Chinese characters, put together: a browser would show a blank there. Code stays."""
    parts = FENCED.split(markdown)
    return "".join(part if at % 2 else BREAK.sub("", part) for at, part in enumerate(parts))


def _is_translated(file: Any) -> bool:
    """Whether a page stands in the place of an English one: only so where the site in Chinese is built."""
    return file.generated_by is not None


def _is_chinese(config: Any) -> bool:
    return bool(config.theme["language"] == "zh")


def _other(config: Any, page: Any, url: str) -> str:
    """From a page to the address of one in the other language's site, which lies in the folder zh of the English one."""
    up = "../" * page.url.count("/")
    return f"{up}../{url}" if _is_chinese(config) else f"{up}zh/{url}"
