"""Follow every link within a site of pages: `python tools/check_links.py FOLDER` names those that lead nowhere, and exits with 1."""

from __future__ import annotations

import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """The links of a page, and what they may lead to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.add(value)
            elif name in ("id", "name") and value:
                self.anchors.add(value)


page = cache(Page)


def lost(folder: Path) -> list[str]:
    """Pages and links that lead nowhere. The page 404 is left out: it is shown at any address."""
    found = []
    for path in sorted(folder.rglob("*.html")):
        for link in sorted(page(path).links if path.name != "404.html" else ()):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchor = unquote(parts.fragment)
            if not target.exists() or (anchor and target.suffix == ".html" and anchor not in page(target).anchors):
                found.append(f"{path.relative_to(folder)}: {link}")
    return found


def main() -> None:
    """Print them."""
    folder = Path(sys.argv[1]).resolve()
    found = lost(folder)
    print("\n".join(found) or f"{sum(1 for _ in folder.rglob('*.html'))} pages, all links lead somewhere")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
