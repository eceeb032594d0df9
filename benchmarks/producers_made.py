"""What the documents of producers.py say, made up and harmless, other for each number; and the programs that they are made with."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

COUNT: Final = 10
"""Documents a producer and kind."""
PARTS: Final = (
    "# 关于召开推进会的通知\n\n请李素华同志牵头，值班电话13900001111，同比增长12.5%。",
    "- 云岭县青山镇\n- 第二项\n    1. 其一\n    2. 其二",
    "| 姓名 | 电话 | 金额 |\n|---|---|--:|\n| 李素华 | 13900001111 | 3.2 |\n| 陈国强 | 13900002222 | 1,000 |",
    "见[链接](http://example.cn/a?b=1&c=2)，**粗**、*斜*、`码`，注[^1]。\n\n[^1]: 脚注：联系人陈国强。",
    "## 二、下一步\n\n> 引文一段，由王建国整理。\n\n---\n\n末段。",
    "Meeting minutes: Mr. Li & colleagues agreed on 12.5% <of all>.\n\n    code 1\n      code 2",
    "为进一步做好有关工作，现将有关事项通知如下。" * 60,
    "$E = mc^2$，第3.2条，2024年5月6日。\n\n1. 甲\n2. 乙\n3. 丙",
)
"""Passages in Markdown."""
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Tools:
    """A folder for what lies between, and where pandoc is."""

    work: Path
    pandoc: str

    def run(self, *command: str | Path, cwd: Path | None = None) -> bytes:
        """A program's output; CalledProcessError where it fails."""
        return subprocess.run(
            [str(each) for each in command], check=True, capture_output=True, cwd=cwd, timeout=600
        ).stdout

    def office(self, sources: Sequence[Path], becomes: str, target: Path, name: str, reads: str = "") -> None:
        """Convert files by LibreOffice, and put them in their place under a name."""
        out = Path(mkdtemp(dir=self.work))
        command = ["soffice", "--headless", f"-env:UserInstallation={(self.work / 'profile').as_uri()}"]
        command += [f"--infilter={reads}"] if reads else []
        self.run(*command, "--convert-to", becomes, "--outdir", out, *sources)
        placed(sorted(out.iterdir()), target, name)

    def markdown(self) -> list[Path]:
        """Texts in Markdown."""
        paths = [self.work / f"{number}.md" for number in range(COUNT)]
        for number, path in enumerate(paths):
            path.write_text(source(number), encoding="utf-8")
        return paths

    def written(self, kind: str) -> list[Path]:
        """The same, made by pandoc into another kind."""
        sources = self.markdown()
        paths = [path.with_suffix(f".{kind}") for path in sources]  # `pandoc.pptx`, too, is one of .pptx
        for made, path in zip(sources, paths, strict=True):
            self.run(self.pandoc, "-s", "--metadata", f"title=文件{made.stem}", made, "-o", path)
        return paths


def placed(paths: Iterable[Path], target: Path, name: str) -> None:
    """Copy documents to where they are looked for, numbered after those of the same producer that are there."""
    for number, path in enumerate(paths, len(list(target.glob(f"{name}~*")))):
        shutil.copyfile(path, target / f"{name}~{number:02}{path.suffix}")


def source(number: int) -> str:
    """Some passages, others for each number."""
    chosen = random.Random(number).sample(PARTS, 2 + number % (len(PARTS) - 2))
    return "\n\n".join(chosen) + "\n"


def rows(number: int) -> Rows:
    """A table of so many rows, with empty cells in it."""
    return [
        {
            "姓名": random.Random(each).choice(("李素华", "陈国强", "Wang Lei", "")),
            "电话": f"1390000{1000 + each}",
            "金额": each * 3.5 if each % 4 else None,
            "日期": f"2024-03-{each % 27 + 1:02}",
            "备注": "无" if each % 3 else '见"附件"，\n第二行',
        }
        for each in range(1 + 5 * number)
    ]


def picture() -> io.BytesIO:
    """A small PNG."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "png")
    out.seek(0)
    return out
