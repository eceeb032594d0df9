"""Which rule decides: short texts in which findings overlap or protected words stand, with what wins (`tests/data/ranking.txt`).

A block of the file is a text (line breaks as ⏎, tabs as ⇥), then a line for each finding: entity, rule, and what was found, with
`[ ]` about the values that are edited; none where all of it is. After a change that is meant, `python -m tests.document.test_ranking`
writes the file anew; read the difference.
"""

from __future__ import annotations

from pathlib import Path

from redactor import Redactor
from redactor.model import Finding

FILE = Path(__file__).parent.parent / "data" / "ranking.txt"


def shown(text: str, finding: Finding) -> str:
    at, marked = finding.start, ""
    for start, end in finding.values:
        marked += f"{text[at:start]}[{text[start:end]}]"
        at = end
    return escaped(f"  {finding.entity} {finding.rule} {marked}{text[at : finding.end]}")


def escaped(text: str) -> str:
    return text.replace("\n", "⏎").replace("\t", "⇥")


def blocks() -> dict[str, list[str]]:
    """What the file says: by text, a line for each finding."""
    found: dict[str, list[str]] = {}
    for line in FILE.read_text(encoding="utf-8").split("\n"):
        if line.startswith("  "):
            found[next(reversed(found))].append(line)
        elif line:
            found[line] = []
    return found


def ranked(redactor: Redactor, texts: list[str]) -> dict[str, list[str]]:
    given = [text.replace("⏎", "\n").replace("⇥", "\t") for text in texts]
    results = redactor.redact_many(given)
    return {
        text: [shown(plain, finding) for finding in result.findings]
        for text, plain, result in zip(texts, given, results, strict=True)
    }


def test_which_rule_decides(publish: Redactor) -> None:
    expected = blocks()
    assert ranked(publish, list(expected)) == expected


if __name__ == "__main__":
    told = ranked(Redactor(), list(blocks()))
    lines = (line for text, findings in told.items() for line in (text, *findings))
    FILE.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
