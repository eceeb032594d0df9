"""Programs for Chinese beside this one, on the sentences of compare.txt: `python benchmarks/compare.py [PROGRAM…]`.

Each program is tried if it can be imported, so that each may have an environment of its own:

    python -m venv helan && helan/bin/pip install helan && helan/bin/python benchmarks/compare.py helan

For each kind of value it prints how many of those marked are covered whole by what the program finds; then how many finds touch no
marked value at all, in the whole text; and how long it took. Each program runs as it comes, with no model to be downloaded.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

Spans = Iterable[tuple[int, int]]
KINDS = ("contact", "number", "person", "place", "organization", "figure")


def main() -> None:
    """Print a row of the table for each program that is here."""
    lines = [
        line for line in Path(__file__).with_name("compare.txt").read_text("utf-8").splitlines() if line[:1] != "#"
    ]
    marked = [_marked(line) for line in lines]
    totals = {kind: sum(each == kind for _, values in marked for _, _, each in values) for kind in KINDS}
    print("| program | " + " | ".join(f"{kind} ({totals[kind]})" for kind in KINDS) + " | false finds | seconds |")
    for name in sys.argv[1:] or PROGRAMS:
        try:
            title, find = PROGRAMS[name]()
        except ImportError as missing:
            print(f"| {name}: {missing} |")
            continue
        list(find("预热一下"))
        covered, false, began = dict.fromkeys(KINDS, 0), 0, time.perf_counter()
        for text, values in marked:
            found = list(find(text))
            hidden = {at for start, end in found for at in range(start, end)}
            for start, end, kind in values:
                covered[kind] += hidden.issuperset(range(start, end))
            false += sum(all(end <= start or stop <= begin for start, stop, _ in values) for begin, end in found)
        seconds = time.perf_counter() - began
        print(f"| {title} | " + " | ".join(str(covered[kind]) for kind in KINDS) + f" | {false} | {seconds:.2f} |")


def _marked(line: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The sentence without its marks, and start, end and kind of each value."""
    text, values = "", []
    for before, kind, value in re.findall(r"([^⟦]*)(?:⟦(\w+)\|([^⟧]*)⟧)?", line):
        text += before
        if kind:
            values.append((len(text), len(text) + len(value), kind))
            text += value
    return text, values


def redactor() -> tuple[str, Callable[[str], Spans]]:
    """Policy `publish`, what is edited."""
    from redactor import Redactor, __version__

    ours = Redactor()
    return f"redactor {__version__}", lambda text: [(edit.start, edit.end) for edit in ours.redact(text).edits]


def helan() -> tuple[str, Callable[[str], Spans]]:
    """All that it recognises."""
    import helan

    return f"helan {version('helan')}", lambda text: [(found.start, found.end) for found in helan.recognize(text)]


def argus() -> tuple[str, Callable[[str], Spans]]:
    """Mode `fast`: its other modes need models from elsewhere."""
    import argus_redact

    def find(text: str) -> Spans:
        entities = argus_redact.redact(text, lang="zh", mode="fast", detailed=True)[2]["entities"]
        return [(each["start"], each["end"]) for each in entities]

    return f"argus-redact {version('argus-redact')}, fast", find


def jionlp() -> tuple[str, Callable[[str], Spans]]:
    """Its extractors of numbers, contacts, time and money; it brings no model for names."""
    import jionlp

    extractors = [
        getattr(jionlp, f"extract_{name}")
        for name in (
            "phone_number",
            "id_card",
            "email",
            "ip_address",
            "url",
            "qq",
            "wechat_id",
            "motor_vehicle_licence_plate",
        )
    ]

    def find(text: str) -> Spans:
        found = [each["offset"] for extract in extractors for each in extract(text, detail=True)]
        found += [each["offset"] for each in (*jionlp.ner.extract_time(text), *jionlp.ner.extract_money(text))]
        return [(start, end) for start, end in found]

    return f"JioNLP {version('jionlp')}", find


def presidio() -> tuple[str, Callable[[str], Spans]]:
    """Its recognisers by pattern and its telephone numbers of China; names need a model of spaCy's, which no package index has."""
    from presidio_analyzer import predefined_recognizers as known

    names = ("CreditCard", "Crypto", "Date", "Email", "Iban", "Ip", "MacAddress", "Url")
    recognizers = [getattr(known, f"{name}Recognizer")(supported_language="zh") for name in names]
    recognizers.append(known.PhoneRecognizer(supported_language="zh", supported_regions=("CN",)))

    def find(text: str) -> Spans:
        results = [each for one in recognizers for each in one.analyze(text, one.supported_entities, None) or []]
        return [(each.start, each.end) for each in results if each.score >= 0.4]

    return f"Presidio {version('presidio-analyzer')}, patterns", find


PROGRAMS = {"presidio": presidio, "jionlp": jionlp, "helan": helan, "argus": argus, "redactor": redactor}

if __name__ == "__main__":
    main()
