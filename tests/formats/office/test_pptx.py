"""Presentations: a secret in each hiding place, formatting that stays, damage and malice."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from pptx.util import Inches

from redactor import Redactor
from redactor.formats.options import Options
from redactor.model import FormatError, RedactorError
from tests.build.packages import Full, damaged, leaks, members, operated, packed, redacted, row_of
from tests.build.presentations import presentation
from tests.build.workbooks import DRAWINGML
from tests.draws import some

ROWS = {
    "d1": ("over runs", "field", "after a break"),
    "d3": ("comment", "author"),
    "d4": ("notes", "master", "layout"),
    "d6": ("white", "hidden", "off the slide"),
    "d8": ("link", "tooltip"),
    "d9": ("alt", "name"),
    "d16": ("embedded",),
    "d17": ("chart", "diagram"),
}


@pytest.fixture(scope="module")
def full() -> Full:
    data, secrets = presentation()
    out, session = redacted("pptx", data, Redactor(mask=secrets.values()))
    return Full(data, out, secrets, session, frozenset(leaks(data, secrets)), frozenset(leaks(out, secrets)))


@pytest.fixture(scope="module")
def literal() -> Redactor:
    """Finds one text and nothing else."""
    return Redactor(mask=["秘密甲"], builtin=False, ner="none")


PLACES = list(presentation()[1])


@pytest.mark.sampled(4)
@pytest.mark.parametrize("place", [pytest.param(p, id=f"{row_of(ROWS, p)}-{p.replace(' ', '-')}") for p in PLACES])
def test_no_secret_stays(full: Full, place: str) -> None:
    assert place in full.before, "the secret was never there"
    assert place not in full.after


def _runs(data: bytes) -> Iterator[tuple[int, str, bool | None]]:
    """The runs of all slides in order: slide, text, whether bold."""
    for number, slide in enumerate(Presentation(io.BytesIO(data)).slides):
        for shape in slide.shapes:
            if shape.has_text_frame:
                for paragraph in shape.text_frame.paragraphs:
                    yield from ((number, run.text, run.font.bold) for run in paragraph.runs)


def test_the_visible_rest_is_the_same(full: Full) -> None:
    before, after = list(_runs(full.data)), list(_runs(full.out))
    assert len(before) == len(after)
    for (slide, old, bold), (now, new, still) in zip(before, after, strict=True):
        assert (slide, bold) == (now, still)
        if not any(secret in old for secret in full.secrets.values()) and old[:1] not in full.secrets["text over runs"]:
            assert new == old or old.startswith(("前", *full.secrets["text over runs"]))
    assert [text for _, text, _ in after][2:5] == ["前×", "", "后"]
    assert after[0][1] == "季度汇报 ×"
    old, new = Presentation(io.BytesIO(full.data)), Presentation(io.BytesIO(full.out))
    for left, right in zip(old.slides, new.slides, strict=True):
        assert [type(s) for s in left.shapes] == [type(s) for s in right.shapes]
        assert [(s.left, s.top, s.width, s.height) for s in left.shapes] == [
            (s.left, s.top, s.width, s.height) for s in right.shapes
        ]
    assert new.slides[0].notes_slide.notes_text_frame.text == "备注 ×"
    assert new.slides[1].shapes[0].text_frame.paragraphs[0].text == "表格"
    chart: Any = next(shape for shape in new.slides[1].shapes if shape.has_chart)
    assert list(chart.chart.plots[0].categories) == ["甲", "×"]
    assert list(chart.chart.plots[0].series[0].values) == [1.5, 2.5]


def test_the_report_tells_what_went_and_what_stays_unseen(full: Full) -> None:
    told = " ".join(f"{where} {what}" for where, what in (*full.session.taken_out, *full.session.not_checked))
    for what in ("custom XML", "thumbnail", "markup", "beside its pixels", "seen in a picture", "film or sound"):
        assert what in told
    assert not any(secret in told for secret in full.secrets.values())


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
def test_libreoffice_opens_it(full: Full, tmp_path: Path) -> None:
    (tmp_path / "a.pptx").write_bytes(full.out)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "odp", "--outdir", tmp_path, tmp_path / "a.pptx"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    if not (tmp_path / "a.odp").exists():
        pytest.skip("LibreOffice without Impress")
    content = zipfile.ZipFile(tmp_path / "a.odp").read("content.xml").decode()
    assert content.count("<draw:page ") == 3
    assert "季度汇报" in content
    assert leaks((tmp_path / "a.odp").read_bytes(), full.secrets) == []


def _saved(*texts: str) -> bytes:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    frame = slide.shapes.add_textbox(0, 0, Inches(3), Inches(3)).text_frame
    frame.text = texts[0]
    for text in texts[1:]:
        frame.add_paragraph().text = text
    out = io.BytesIO()
    deck.save(out)
    # What the template of the library brings along, and is always taken out, would hide what else changes.
    return _without_template_parts(out.getvalue())


def _without_template_parts(data: bytes) -> bytes:
    out, _ = redacted("pptx", data, Redactor(builtin=False, ner="none"))
    return out


def test_untouched_parts_stay_as_they_are(literal: Redactor) -> None:
    data = _saved("螺母", "垫圈")
    out, session = redacted("pptx", data, literal)
    assert members(out) == members(data)
    assert (session.taken_out, session.not_checked) == ([], [])


def test_parts_without_findings_stay_when_others_change(literal: Redactor) -> None:
    data = _saved("螺母", "说的是秘密甲")
    out, _ = redacted("pptx", data, literal)
    before, after = members(data), members(out)
    assert [name for name in before if before[name] != after[name]] == ["ppt/slides/slide1.xml"]


def _hidden_slide(deck: Any) -> None:
    deck.slides[0]._element.set("show", "0")


def _hidden_group(deck: Any) -> None:
    shapes = deck.slides[0].shapes
    group = shapes.add_group_shape([shapes[0]])
    group._element.nvGrpSpPr.cNvPr.set("hidden", "1")


@pytest.mark.parametrize(
    ("hide", "told"),
    [
        pytest.param(_hidden_slide, ("on a hidden slide", 2), id="slide"),
        pytest.param(_hidden_group, ("in a hidden shape", 2), id="group"),
        pytest.param(lambda deck: deck.slides[0]._element.set("show", "1"), None, id="shown"),
        pytest.param(lambda deck: deck.slides[1]._element.set("show", "0"), None, id="blank-slide"),
    ],
)
def test_hidden_text_is_told_and_redacted(
    hide: Callable[[Any], object], told: tuple[str, int] | None, literal: Redactor
) -> None:
    deck = Presentation(io.BytesIO(_saved("螺母", "说的是秘密甲", " ")))
    deck.slides.add_slide(deck.slide_layouts[6])
    hide(deck)
    out = io.BytesIO()
    deck.save(out)
    data, session = redacted("pptx", out.getvalue(), literal)
    assert session.hidden_texts == ({("ppt/slides/slide1.xml", told[0]): told[1]} if told else {})
    assert leaks(data, {"second": "秘密甲"}) == []


def test_promotion_goes_with_its_paragraphs(clean: Redactor) -> None:
    body = [f"第{number}条 各单位要按照要求做好安全生产检查工作，及时上报检查结果。" for number in range(1, 9)]
    data = _saved(*body, "更多资料请关注微信公众号：天天文库", "回复“资料”免费领取")
    out, _ = redacted("pptx", data, clean)
    frame = Presentation(io.BytesIO(out)).slides[0].shapes[0].text_frame
    assert [paragraph.text for paragraph in frame.paragraphs] == body


def test_twice_is_once(full: Full) -> None:
    again, session = redacted("pptx", full.out, Redactor(mask=full.secrets.values(), builtin=False, ner="none"))
    assert members(again) == members(full.out)
    assert session.taken_out == []


def test_authors_go_with_other_metadata(full: Full, literal: Redactor) -> None:
    out, _ = redacted("pptx", full.data, literal, Options(scrub_metadata=True))
    places = (
        "author",
        "last editor",
        "manager",
        "comment author",
        "author initials",
        "modern author",
        "author mail",
        "tag",
    )
    assert leaks(out, {place: full.secrets[place] for place in places}) == []
    assert "2024-01-02T03:04:05" not in "".join(body.decode("utf-8", "replace") for body in members(out).values())
    assert len(Presentation(io.BytesIO(out)).slides) == 3


PLAIN = _saved("螺母")
HOSTILE: Mapping[str, tuple[bytes, str]] = {
    "f1-external-entity": (
        operated(
            PLAIN,
            {
                "ppt/slides/slide1.xml": lambda t: (
                    '<!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
                    + t[t.index("<p:sld") :].replace("螺母", "&e;")
                )
            },
        ),
        "DTD",
    ),
    "f2-entities-of-entities": (
        operated(
            PLAIN,
            {
                "ppt/presentation.xml": lambda t: (
                    '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + t[t.index("<p:pres") :]
                )
            },
        ),
        "DTD",
    ),
    "f4-too-deep": (
        operated(
            PLAIN,
            {
                "ppt/slides/slide1.xml": lambda _: (
                    f'<a:p xmlns:a="{DRAWINGML}/main">' + "<a:p>" * 100_000 + "</a:p>" * 100_001
                )
            },
        ),
        "well-formed",
    ),
    "f5-zip-bomb": (operated(PLAIN, {"ppt/presProps.xml": b"<a>" + b" " * (30 << 20) + b"</a>"}), "unpacks to more"),
    "f11-cut-short": (PLAIN[:-300], "broken or truncated"),
    "d25-macros": (
        operated(
            PLAIN,
            {
                "[Content_Types].xml": lambda t: t.replace(
                    "vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
                    "vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
                )
            },
        ),
        "macros",
    ),
    "d23-no-presentation": (
        operated(
            PLAIN,
            {
                "[Content_Types].xml": lambda t: t.replace(
                    "presentationml.presentation.main+xml", "presentationml.slide+xml"
                )
            },
        ),
        "no presentation",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_and_broken_presentations_are_refused(case: str, literal: Redactor) -> None:
    data, reason = HOSTILE[case]
    with pytest.raises(FormatError, match=reason):
        redacted("pptx", data, literal)


def test_pictures_and_films_are_refused_under_strict(full: Full, literal: Redactor) -> None:
    with pytest.raises(FormatError, match="--strict"):
        redacted("pptx", full.data, literal, strict=True)


@pytest.mark.parametrize("part", ["zip", "xml"])
def test_f11_damage_is_redacted_or_refused(part: str, literal: Redactor) -> None:
    """Bytes of the file, then of its parts, changed at random: no other error, and no output of a part."""
    data = operated(_saved("说的是秘密甲", "螺母"), {})
    parts = members(data)
    random_ = random.Random(21)
    done = 0
    tries = some(100)
    for _ in range(tries):
        name = random_.choice(sorted(n for n in parts if "slideLayout" not in n))
        broken = damaged(data, random_) if part == "zip" else packed({**parts, name: damaged(parts[name], random_)})
        try:
            out, _ = redacted("pptx", broken, literal)
        except RedactorError as error:
            told = str(error)
        else:
            done += 1
            told = ""
            assert zipfile.ZipFile(io.BytesIO(out)).testzip() is None
            assert leaks(out, {"slide": "秘密甲"}) == []
        assert "\n" not in told
        assert "秘密甲" not in told
    assert done < tries
