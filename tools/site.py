"""What `mkdocs` does for the site of the docs beyond its own: one build for each language, from the same folder.

`mkdocs build -f mkdocs.yml` takes the pages in English, `-f mkdocs.zh.yml` puts `NAME.zh-CN.md` in the place of each `NAME.md`, so that each
language has a site and a search of its own. Each page links to itself in the other language; a link out of docs/ becomes the file's name.
"""

from __future__ import annotations

import posixpath
from typing import Any

import regex

SUFFIX = ".zh-CN.md"
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
    if folder == "rules":
        page.meta["search"] = {
            "boost": 0.2
        }  # a hundred and fifty pages, each about one rule: behind those that explain
    own_page_is_translated = page.file.generated_by is not None

    def shown(link: regex.Match[str]) -> str:
        target, anchor = link["target"], link["anchor"] or ""
        place = posixpath.normpath(posixpath.join(folder, target))
        if place.startswith("../"):
            return f"{link['text']} (`{place.removeprefix('../')}`)"
        plain = target.replace(SUFFIX, ".md")
        to_chinese = target != plain
        other = to_chinese != _is_chinese(config) if to_chinese or own_page_is_translated else False
        twin = files.get_file_from_path(place.replace(SUFFIX, ".md"))
        if other and twin is not None and (to_chinese or twin.generated_by is not None):
            return f'<a href="{_other(config, page, twin.url)}">{link["text"]}</a>'
        return f"[{link['text']}]({plain}{anchor})"

    return LINK.sub(shown, markdown)


def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> None:
    """Where the switch of language leads from this page."""
    here = {"name": "简体中文", "lang": "zh"}, {"name": "English", "lang": "en"}
    own, other = here if _is_chinese(config) else here[::-1]
    links = [{**own, "link": page.url}, {**other, "link": ("../" if _is_chinese(config) else "zh/") + page.url}]
    config.extra["alternate"] = sorted(links, key=lambda each: each["lang"])


def _is_chinese(config: Any) -> bool:
    return bool(config.theme["language"] == "zh")


def _other(config: Any, page: Any, url: str) -> str:
    """From a page to the address of one in the other language's site, which lies in the folder zh of the English one."""
    up = "../" * page.url.count("/")
    return f"{up}../{url}" if _is_chinese(config) else f"{up}zh/{url}"
