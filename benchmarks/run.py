"""MB/s of `clean` and `publish` on a generated text, beside the naive loop over the same rules, in one run.

    python benchmarks/run.py [--size MB] [--repeat N] [--json] [--profile | --file [MB] | --linear [MB…] | --jobs [N]]

The text comes from a seed (benchmarks/text.py). The naive loop runs every pattern of the rule set over the whole text with
`regex.finditer`, term lists and class words as named lists; it weighs, decides and redacts nothing.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from typing import TypeVar

import regex
from command import Row, linear, mib, one_file, spread
from text import generate

from redactor import Redactor
from redactor.ruleset.load import load_rules
from redactor.testing.profile import ProfiledRedactor, as_dict, as_table

T = TypeVar("T")


def main() -> None:
    """Read the command line and print the figures that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=float, metavar="MB", help="size of the text (default 4; with --jobs 100)")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="take the best of N runs")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another text")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--policy", help="of --file (default publish), --linear and --jobs (default clean)")
    parser.add_argument("--files", type=int, default=2_000, metavar="N", help="files in the folder of --jobs (2000)")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--profile", action="store_true", help="time of each stage and rule, slowest first")
    mode.add_argument("--file", type=float, nargs="?", const=100.0, metavar="MB", help="the command on a file (100 MB)")
    mode.add_argument(
        "--linear", type=float, nargs="*", metavar="MB", help="time and memory over sizes (1 10 100, and --size)"
    )
    mode.add_argument(
        "--jobs",
        type=int,
        nargs="?",
        const=2,
        metavar="N",
        help="many files, and a large one, by 1 and N processes (2)",
    )
    arguments = parser.parse_args()
    seed, repeat = arguments.seed, arguments.repeat
    policy = arguments.policy or ("publish" if arguments.file else "clean")
    if arguments.profile:
        show_profile(generate(arguments.size or 4.0, seed), as_json=arguments.json)
    elif arguments.file:
        show(one_file(arguments.file, policy, seed, repeat), as_json=arguments.json)
    elif arguments.linear is not None:
        sizes = {*(arguments.linear or (1.0, 10.0, 100.0)), *([arguments.size] if arguments.size else [])}
        show_table(linear(sorted(sizes), policy, seed, repeat), as_json=arguments.json)
    elif arguments.jobs:
        rows = spread(arguments.size or 100.0, arguments.files, arguments.jobs, policy, seed, repeat)
        show_table(rows, as_json=arguments.json)
    else:
        show(compare(generate(arguments.size or 4.0, seed), repeat), as_json=arguments.json)


def show(results: Row, *, as_json: bool) -> None:
    """A line for each figure."""
    if as_json:
        print(json.dumps(results))
        return
    for name, value in results.items():
        print(f"{name:22} {value:>10}")


def show_table(rows: list[Row], *, as_json: bool) -> None:
    """A line for each row, below the names of its columns."""
    if as_json:
        print(json.dumps(rows))
        return
    print("  ".join(f"{name:>12}" for name in rows[0]))
    for row in rows:
        print("  ".join(f"{value!s:>{max(12, len(name))}}" for name, value in row.items()))


def compare(text: str, repeat: int) -> Row:
    """Speeds through the public API and of the naive loop, in megabytes of UTF-8 a second."""
    megabytes = len(text.encode()) / 1e6
    results: Row = {"text_mb": round(megabytes, 2)}
    for name, policy, ner in (
        ("clean", "clean", "builtin"),
        ("no_ner", "publish", "none"),
        ("publish", "publish", "builtin"),
    ):
        redactor = Redactor(policy=policy, ner=ner)
        seconds, done = best(lambda r=redactor: r.redact(text), repeat)
        results[f"{name}_mb_per_s"] = round(megabytes / seconds, 2)
    results["edits_per_1000_chars"] = round(1000 * len(done.edits) / len(text), 1)
    paragraphs = text.splitlines(keepends=True)
    seconds, _ = best(lambda: list(redactor.redact_many(paragraphs)), repeat)
    results["paragraphs_mb_per_s"] = round(megabytes / seconds, 2)
    some = paragraphs[: 1 + len(paragraphs) // 8]
    seconds, _ = best(lambda: [redactor.redact(paragraph) for paragraph in some], repeat)
    results["alone_mb_per_s"] = round(len("".join(some).encode()) / 1e6 / seconds, 2)
    results["peak_mib"] = mib(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    patterns = naive_patterns()
    seconds, _ = best(lambda: [sum(1 for _ in pattern.finditer(text)) for _, pattern in patterns], repeat)
    results["naive_patterns"] = len(patterns)
    results["naive_mb_per_s"] = round(megabytes / seconds, 2)
    results["publish_over_naive"] = round(results["publish_mb_per_s"] / max(results["naive_mb_per_s"], 0.01), 2)
    return results


def naive_patterns() -> list[tuple[str, regex.Pattern[str]]]:
    """Each rule as its entity and one pattern."""
    patterns = []
    for rule in load_rules().rules:
        if rule.pattern is not None:
            patterns.append((rule.entity, regex.compile(rule.pattern, ignore_unused=True, **rule.word_lists)))
        elif rule.terms or rule.suffixes:
            patterns.append((rule.entity, regex.compile(r"\L<words>", words=rule.terms or rule.suffixes)))
    return patterns


def show_profile(text: str, *, as_json: bool) -> None:
    """Where the time of `publish` on the text goes, by stage and by rule."""
    redactor = ProfiledRedactor(Redactor())
    redacted = redactor.redact(text)
    rows = redactor.clock.rows()
    if as_json:
        print(json.dumps(as_dict(rows, len(redacted.findings)), ensure_ascii=False))
        return
    for line in as_table(rows, len(redacted.findings)):
        print(line)


def best(action: Callable[[], T], repeat: int = 1) -> tuple[float, T]:
    """The least time of `repeat` runs in seconds, and what the last one gave."""
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        given = action()
        times.append(time.perf_counter() - began)
    return min(times), given


if __name__ == "__main__":
    main()
