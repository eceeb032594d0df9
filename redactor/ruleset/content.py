"""Rule files by content."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """What one of the rule files or folders beside the built-in ones says, so that it can be loaded where they are not.

    `name`: of the file; "" for a folder. `files`: the path below the folder, and the text, of every file that was read.
    """

    name: str
    files: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        for path, _ in self.files:
            if not path or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
                raise ValueError(f"{path!r} is no path below a rule folder")

    def written(self, folder: Path) -> Path:
        """Put the files into a folder that is there; the path that is to be loaded."""
        for path, text in self.files:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8", newline="")
        return folder / self.name
