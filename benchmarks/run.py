"""MB/s of `clean` and `publish` on a generated text, beside the naive loop over the same rules, in one run.

    python benchmarks/run.py [--size MB] [--repeat N] [--json] [--profile] [--file [MB]]

The text comes from a seed (benchmarks/text.py). The naive loop runs every pattern of the rule set over the whole text with
`regex.finditer`, term lists and class words as named lists; it weighs, decides and redacts nothing.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import regex
from text import generate, paragraphs

from redactor import Redactor
from redactor.ruleset.load import load_rules
from redactor.text.document import Document

T = TypeVar("T")
Results = dict[str, float]


def main() -> None:
    """Read the command line and print the figures that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=float, default=4.0, metavar="MB", help="size of the text (default 4)")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="take the best of N runs")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another text")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--profile", action="store_true", help="time of each detector, slowest first")
    parser.add_argument(
        "--file", type=float, nargs="?", const=100.0, metavar="MB", help="the command on a file (100 MB)"
    )
    arguments = parser.parse_args()
    if arguments.profile:
        show_profile(generate(arguments.size, arguments.seed), as_json=arguments.json)
        return
    if arguments.file:
        results = run_command(arguments.file, arguments.seed)
    else:
        results = compare(generate(arguments.size, arguments.seed), arguments.repeat)
    if arguments.json:
        print(json.dumps(results))
    else:
        for name, value in results.items():
            print(f"{name:22} {value:>10}")


def compare(text: str, repeat: int) -> Results:
    """Speeds through the public API and of the naive loop, in megabytes of UTF-8 a second."""
    megabytes = len(text.encode()) / 1e6
    results: Results = {"text_mb": round(megabytes, 2)}
    for name, policy, ner in (
        ("clean", "clean", "builtin"),
        ("no_ner", "publish", "none"),
        ("publish", "publish", "builtin"),
    ):
        redactor = Redactor(policy=policy, ner=ner)
        seconds, done = best(lambda r=redactor: r.redact(text), repeat)
        results[f"{name}_mb_per_s"] = round(megabytes / seconds, 2)
    results["edits_per_1000_chars"] = round(1000 * len(done.edits) / len(text), 1)
    results["peak_mib"] = peak_mib(resource.RUSAGE_SELF)
    patterns = naive_patterns()
    seconds, _ = best(lambda: [sum(1 for _ in pattern.finditer(text)) for pattern in patterns], repeat)
    results["naive_patterns"] = len(patterns)
    results["naive_mb_per_s"] = round(megabytes / seconds, 2)
    results["publish_over_naive"] = round(results["publish_mb_per_s"] / max(results["naive_mb_per_s"], 0.01), 2)
    return results


def naive_patterns() -> list[regex.Pattern[str]]:
    """Each rule as one pattern."""
    patterns = []
    for rule in load_rules().rules:
        if rule.pattern is not None:
            patterns.append(regex.compile(rule.pattern, ignore_unused=True, **rule.word_lists))
        elif rule.terms or rule.suffixes:
            patterns.append(regex.compile(r"\L<words>", words=rule.terms or rule.suffixes))
    return patterns


def show_profile(text: str, *, as_json: bool) -> None:
    """Seconds of each detector on the text, and what the whole of `publish` takes."""
    redactor = Redactor()
    document = Document(text)
    rows = {
        "(views)": best(lambda: (document.plain, document.contact, document.unwrapped, document.unwrapped_contact))[0]
    }
    for number, detector in enumerate(redactor._plan.detectors):
        rule = getattr(detector, "rule", None)
        name = rule.id if rule else f"{type(detector).__name__}-{number}"
        rows[name] = best(lambda d=detector: list(d.find(document)))[0]
    rows["boilerplate"] = best(lambda: redactor._plan.boilerplate_findings(document))[0]
    found = sum(rows.values())
    rows["(all of publish)"] = best(lambda: redactor.redact(text))[0]
    rows["(decisions, second look, edits)"] = rows["(all of publish)"] - found
    if as_json:
        print(json.dumps({name: round(seconds, 4) for name, seconds in rows.items()}))
        return
    for name, seconds in sorted(rows.items(), key=lambda row: -row[1]):
        print(f"{seconds:8.3f} s  {len(text) / max(seconds, 1e-9) / 1e6:8.2f} M chars/s  {name}")


def run_command(megabytes: float, seed: int) -> Results:
    """The installed command on a generated file: its speed and its peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.txt"), Path(folder, "out.txt")
        with source.open("w", encoding="utf-8") as stream:
            stream.writelines(paragraphs(megabytes, seed))
        size = source.stat().st_size / 1e6
        command = [Path(sys.executable).with_name("redactor"), "clean", source, "-o", target, "--quiet"]
        seconds, _ = best(lambda: subprocess.run(command, check=True))
    return {
        "file_mb": round(size, 1),
        "seconds": round(seconds, 1),
        "file_mb_per_s": round(size / seconds, 2),
        "file_peak_mib": peak_mib(resource.RUSAGE_CHILDREN),
    }


def best(action: Callable[[], T], repeat: int = 1) -> tuple[float, T]:
    """The least time of `repeat` runs in seconds, and what the last one gave."""
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        given = action()
        times.append(time.perf_counter() - began)
    return min(times), given


def peak_mib(who: int) -> int:
    """Peak resident memory of this process or of its largest child."""
    peak = resource.getrusage(who).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))


if __name__ == "__main__":
    main()
