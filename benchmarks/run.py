"""MB/s of `clean` and `publish` on a generated text, beside the naive loop over the same rules, in one run.

    python benchmarks/run.py [--size MB] [--repeat N] [--json] [--profile] [--file MB]

The text is made from a seed: speech and news sentences with names, places, figures, contacts and promotional lines. The naive
loop runs every pattern of the rule set over the whole text with `regex.finditer` (term lists as named lists).
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import regex

from redactor import Redactor
from redactor.ruleset.load import load_rules
from redactor.text.document import Document

SENTENCES = (
    "要坚持把招商引资作为第一要务，落实责任，细化措施，确保各项任务按期完成。",
    "{title}{name}同志强调，要高度重视安全生产，严格落实各项制度，坚决防止事故发生。",
    "今年以来，全县新签约项目{n}个，到位资金{n}.{d}亿元，同比增长{n}.{d}%以上。",
    "会议指出，第一产业增加值增长{d}.{d}个百分点，带动{n}户{n}人增收，人均收入突破{n}00元。",
    "{place}县{place}镇的征地补偿款近{n}万元已拨付到位，请{name}同志牵头抓好落实。",
    "20{d}{d}年{d}月1{d}日上午，{name}、{name}两位同志到{place}工业园调研，实地察看项目进展。",
    "各级领导干部要团结一心，真抓实干，马上就办，以优异成绩向党和人民交上满意的答卷。",
    "近期组织到浙江、江苏等地对接合作，洽谈项目，学习先进经验，推动高质量发展。",
    "联系人：{name}，联系电话：1390000{d}{d}{d}{d}，邮箱：user{n}@example.com。",
    "群众反映的问题要件件有回音，能当天办的不过夜，办不了的要说明原因。",
    "江南{place}新材料科技有限公司投资{n}亿元建设生产基地，占地{n}亩，年产值{n}亿元。",
    "记者在现场看到，工人们正在抓紧施工，塔吊林立，机器轰鸣，一派繁忙景象。",
)
PROMOTION = "更多材料请加QQ群：30{d}{d}{d}{d}{d}{d}，公众号：公文小筑\n"
SURNAMES, GIVEN, PLACES = "王李张刘陈杨赵周吴徐", "建国志明晓岚伟芳立新海东春华", "云岭清溪石桥柳河东山大湾永丰新兴"


def generate(megabytes: float, seed: int = 1) -> str:
    """A text of about that many megabytes of UTF-8."""
    rng = random.Random(seed)
    parts: list[str] = []
    size, target = 0, int(megabytes * 1_000_000)
    while size < target:
        paragraph = "".join(fill(rng, rng.choice(SENTENCES)) for _ in range(rng.randint(2, 6))) + "\n"
        if rng.random() < 0.03:
            paragraph += fill(rng, PROMOTION)
        parts.append(paragraph)
        size += len(paragraph.encode())
    return "".join(parts)


def fill(rng: random.Random, sentence: str) -> str:
    """Give each slot of a sentence a value of its own."""
    values = {
        "{name}": lambda: rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN),
        "{place}": lambda: "".join(rng.sample(PLACES, 2)),
        "{title}": lambda: rng.choice(("县长", "书记", "镇长", "副局长")),
        "{n}": lambda: str(rng.randint(1, 999)),
        "{d}": lambda: str(rng.randint(0, 9)),
    }
    return regex.sub(r"\{\w+\}", lambda m: values[m[0]](), sentence)


def timed(action: object, repeat: int) -> float:
    """The best time of `repeat` runs, in seconds."""
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        action()  # type: ignore[operator]
        times.append(time.perf_counter() - began)
    return min(times)


def naive(text: str) -> int:
    """Every pattern and every term list of the rules over the whole text, one after another."""
    found = 0
    for rule in load_rules().rules:
        if rule.pattern is not None:
            lists = {name: list(words) for name, words in rule.word_lists.items()}
            found += sum(1 for _ in regex.compile(rule.pattern, **lists).finditer(text))
        elif rule.terms or rule.suffixes:
            words = list(rule.terms or rule.suffixes)
            found += sum(1 for _ in regex.compile(r"\L<words>", words=words).finditer(text))
    return found


def profile(text: str) -> list[tuple[str, float]]:
    """Seconds of each detector on the text, slowest first."""
    redactor = Redactor()
    rows = []
    document = Document(text)
    _ = document.plain, document.contact, document.unwrapped, document.unwrapped_contact
    for detector in redactor._plan.detectors:
        rule = getattr(detector, "rule", None)
        name = rule.id if rule else type(detector).__name__
        rows.append((name, timed(lambda d=detector: list(d.find(document)), 1)))
    rows.append(("boilerplate", timed(lambda: redactor._plan.boilerplate_findings(document), 1)))
    return sorted(rows, key=lambda row: -row[1])


def file_run(megabytes: float) -> dict[str, float]:
    """The installed command on a generated file: MB/s and its peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.txt"), Path(folder, "out.txt")
        piece = generate(min(megabytes, 2.0))
        with source.open("w", encoding="utf-8") as stream:
            for _ in range(max(1, round(megabytes / 2.0))):
                stream.write(piece)
        began = time.perf_counter()
        subprocess.run([Path(sys.executable).with_name("redactor"), "clean", source, "-o", target, "-q"], check=True)
        seconds = time.perf_counter() - began
        size = source.stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"file_mb": round(size, 1), "file_mb_per_s": round(size / seconds, 2), "file_peak_mib": round(peak)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=float, default=4.0, help="megabytes of text (default 4)")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--profile", action="store_true", help="time of each detector")
    parser.add_argument("--file", type=float, metavar="MB", help="run the installed command on a file of this size")
    arguments = parser.parse_args()
    if arguments.file:
        print(json.dumps(file_run(arguments.file)))
        return
    text = generate(arguments.size)
    megabytes = len(text.encode()) / 1e6
    if arguments.profile:
        for name, seconds in profile(text):
            print(f"{seconds:8.3f} s  {len(text) / max(seconds, 1e-9) / 1e6:8.2f} M chars/s  {name}")
        return
    results = {"text_mb": round(megabytes, 2)}
    for policy in ("clean", "publish"):
        redactor = Redactor(policy=policy)
        results[f"{policy}_mb_per_s"] = round(megabytes / timed(lambda r=redactor: r.redact(text), arguments.repeat), 2)
    results["naive_mb_per_s"] = round(megabytes / timed(lambda: naive(text), arguments.repeat), 2)
    results["publish_over_naive"] = round(results["publish_mb_per_s"] / results["naive_mb_per_s"], 2)
    results["peak_mib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    if arguments.json:
        print(json.dumps(results))
    else:
        for name, value in results.items():
            print(f"{name:20} {value}")


if __name__ == "__main__":
    main()
