"""A real browser, when one is installed: what it makes of a page once its scripts have run."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

_NAMES: Final = ("chromium", "chromium-browser", "chromium-headless-shell", "google-chrome", "google-chrome-stable")
"""Those that can write out what they have built; Firefox can't."""
BROWSER: Final = next(filter(None, map(shutil.which, _NAMES)), None)
_SEEN: Final = """<style>rt { display: none }</style><script>
addEventListener("load", () => { document.documentElement.dataset.seen = JSON.stringify(document.body.innerText); });
</script>"""
"""Writes down what can be seen of the page, but for readings above characters, in an attribute."""
_WRITTEN: Final = re.compile(r'data-seen="([^"]*)"')


def rendered(page: bytes) -> str:
    """The page as the browser has built it, written out."""
    assert BROWSER is not None
    with tempfile.TemporaryDirectory(prefix="redactor-browser-", ignore_cleanup_errors=True) as folder:
        path = Path(folder, "page.html")
        path.write_bytes(page)
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        # Nothing is fetched: addresses in test pages lead nowhere.
        options += ["--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder}/profile", "--dump-dom"]
        done = subprocess.run([BROWSER, *options, path.as_uri()], capture_output=True, check=True, timeout=60)
    return done.stdout.decode()


def seen(page: bytes) -> str:
    """What a reader sees of the page, without white space: its style and place differ, not what it says."""
    written = _WRITTEN.search(rendered(page + _SEEN.encode()))
    assert written, "the page's last script did not run"
    return re.sub(r"\s", "", json.loads(html.unescape(written[1])))
