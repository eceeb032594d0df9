"""Strings, names and comments in a PDF that nobody draws (row SAFETY-L6): in every kind of content stream, and about it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Object, Pdf, String
from reportlab.pdfgen.canvas import Canvas

from redactor import Redactor
from redactor.formats.options import Options
from redactor.formats.pdf.operators import scrubbed
from redactor.formats.pdf.resource_names import NewNames
from redactor.model import FormatError
from tests.build.canaries import Canaries, count
from tests.build.packages import redacted

PDF: Final = Options(output=".pdf")
FINDING: Final = "Zhugeliang"
Put = Callable[[Canaries, str], bytes]


def hexed(term: str) -> bytes:
    return b"<" + ("\ufeff" + term).encode("utf-16-be").hex().encode() + b">"


def named(term: str) -> bytes:
    return b"/" + b"".join(b"#%02x" % byte for byte in term.encode())


WAYS: Final[dict[str, Put]] = {
    "point with a list": lambda c, at: b"/Y <</K %s>> DP" % hexed(c(at)),
    "point": lambda c, at: named(c(at)) + b" MP",
    "tag": lambda c, at: named(c(at)) + b" BMC EMC",
    "list of a stretch": lambda c, at: b"/Span <</ActualText %s /MCID 0>> BDC EMC" % hexed(c(at)),
    "key of a list": lambda c, at: b"/Span <<%s 1>> BDC EMC" % named(c(at)),
    "name in a list": lambda c, at: b"/Span <</T [1 [%s]]>> BDC EMC" % named(c(at)),
    "list in a list": lambda c, at: b"/Z <</A <</T %s>>>> BDC EMC" % hexed(c(at)),
    "language": lambda c, at: b"/Z <</Lang %s>> BDC EMC" % hexed(c(at)),
    "name of a list": lambda c, at: b"/Z %s BDC EMC" % named(c(at)),
    "unknown operator": lambda c, at: b"BX (%s) zz EX" % c(at).encode(),
    "unknown operator of many": lambda c, at: b"1 [%s 2] <</A %s>> qq1" % (hexed(c(at)), hexed(c(at))),
    "comment": lambda c, at: b"%% %s\n" % c(at).encode(),
    "comment after a string": lambda c, at: b"/F1 gs %% (%s\n" % c(at).encode(),
    "operand too many": lambda c, at: b"%s 1 0 0 RG" % hexed(c(at)),
    "operand of another kind": lambda c, at: b"%s gs" % hexed(c(at)),
    "operand where there is none": lambda c, at: b"%s n" % hexed(c(at)),
    "array of another kind": lambda c, at: b"[1 %s] 0 d" % hexed(c(at)),
    "colours": lambda c, at: b"%s 1 0 0 sc" % hexed(c(at)),
    "inline picture": lambda c, at: b"BI /W 1 /H 1 /BPC 8 /CS /G /X %s ID \xff EI" % hexed(c(at)),
}
"""What can be put between the operators of a stream."""


def form(pdf: Pdf, data: bytes, **more: object) -> Object:
    return pdf.make_stream(data, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9], **more)


def kind_of(resources: Object, key: str) -> Object:
    """What resources hold of a kind, to be added to."""
    if key not in resources:
        resources[key] = Dictionary()
    return resources[key]


def add_stream(pdf: Pdf, place: str, data: bytes, number: int) -> None:
    """Put content where it is drawn, or could be."""
    page = pdf.pages[0].obj
    resources = page.Resources
    own = f"/R{number}"
    match place:
        case "page":
            page.Contents = pdf.make_stream(page.Contents.read_bytes() + b"\n" + data)
        case "form":
            kind_of(resources, "/XObject")[own] = form(pdf, data)
            page.Contents = pdf.make_stream(page.Contents.read_bytes() + b"\nq %s Do Q" % own.encode())
        case "form in a form":
            inner = form(pdf, data)
            outer = form(pdf, b"/In Do", Resources=Dictionary(XObject=Dictionary(In=inner)))
            kind_of(resources, "/XObject")[own] = outer
            page.Contents = pdf.make_stream(page.Contents.read_bytes() + b"\nq %s Do Q" % own.encode())
        case "pattern":
            more = {"PatternType": 1, "PaintType": 1, "TilingType": 1, "XStep": 9, "YStep": 9}
            stream = pdf.make_stream(data, BBox=[0, 0, 9, 9], Resources=Dictionary(), **more)
            kind_of(resources, "/Pattern")[own] = stream
        case "soft mask":
            state = Dictionary(Type=Name.ExtGState, SMask=Dictionary(S=Name.Luminosity, G=form(pdf, data)))
            kind_of(resources, "/ExtGState")[own] = state
        case _:
            glyphs = Dictionary(a=pdf.make_stream(b"500 0 d0 " + data))
            kind_of(resources, "/Font")[own] = Dictionary(
                Type=Name.Font,
                Subtype=Name.Type3,
                FontBBox=[0, 0, 9, 9],
                FontMatrix=[0.001, 0, 0, 0.001, 0, 0],
                FirstChar=97,
                LastChar=97,
                Widths=[500],
                Encoding=Dictionary(Differences=[97, Name.a]),
                CharProcs=glyphs,
                Resources=Dictionary(),
            )


STREAMS: Final = ("page", "form", "form in a form", "pattern", "soft mask", "glyph")


def page_of(text: str) -> Pdf:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    canvas.drawString(50, 700, text)
    canvas.save()
    return pikepdf.open(io.BytesIO(out.getvalue()))


def saved(pdf: Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def add_about(pdf: Pdf, c: Canaries) -> None:
    """Strings and names in the dictionaries that a page refers to."""
    page = pdf.pages[0].obj
    resources = page.Resources
    term = lambda place: String(c(place))  # noqa: E731
    name = lambda place: f"/{c(place)}"  # noqa: E731
    page.Contents = pdf.make_stream(page.Contents.read_bytes(), Secret=term("dictionary of the content"))
    picture = pdf.make_stream(
        b"\xff",
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=1,
        Height=1,
        BitsPerComponent=8,
        ColorSpace=Name.DeviceGray,
        Secret=term("picture"),
    )
    resources["/XObject"] = Dictionary(
        {name("name of a picture"): picture, "/Ps": pdf.make_stream(f"({c('PostScript')})".encode(), Subtype=Name.PS)}
    )
    state = Dictionary(
        Type=Name.ExtGState,
        LW=1,
        Secret=term("graphics state"),
        Deeper=Dictionary(Secret=term("below a graphics state")),
        Stream=pdf.make_stream(c("stream below a graphics state").encode()),
    )
    resources["/ExtGState"] = Dictionary({name("name of a graphics state"): state})
    tint = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0], C1=[1], N=1, Secret=term("function"))
    resources["/ColorSpace"] = Dictionary(
        {
            name("name of a colour space"): Array([Name.Separation, Name(name("ink")), Name.DeviceGray, tint]),
            "/Cal": Array([Name.CalGray, Dictionary(WhitePoint=[1, 1, 1], Secret=term("calibration"))]),
            "/Spare": Array([Name.Indexed, Name.DeviceGray, 0, String(b"\0"), term("end of a colour space")]),
        }
    )
    resources["/Shading"] = Dictionary(
        {
            name("name of a shading"): Dictionary(
                ShadingType=2, ColorSpace=Name.DeviceGray, Coords=[0, 0, 1, 1], Function=tint, Secret=term("shading")
            )
        }
    )
    resources["/Pattern"] = Dictionary(
        {
            name("name of a pattern"): Dictionary(
                PatternType=2, Shading=resources["/Shading"][name("name of a shading")], Secret=term("pattern")
            )
        }
    )
    program = f"{{ dup %{c('comment of a function')}\n pop }}".encode()
    calculated = pdf.make_stream(program, FunctionType=4, Domain=[0, 1], Range=[0, 1])
    resources.ColorSpace["/Sep"] = Array([Name.Separation, Name.Spot, Name.DeviceGray, calculated])
    group = pdf.make_stream(f"0 g %{c('content of a group without a kind')}\n".encode(), BBox=[0, 0, 1, 1])
    resources.ExtGState["/Gm"] = Dictionary(SMask=Dictionary(S=Name.Luminosity, G=group, Secret=term("mask")))
    resources["/Properties"] = Dictionary({name("name of properties"): Dictionary(Alt=term("properties"))})
    resources["/ProcSet"] = Array([Name.PDF, term("procedures")])
    resources["/Secret"] = term("resources")
    page["/Group"] = Dictionary(S=Name.Transparency, Secret=term("group"))
    page["/Secret"] = term("page")
    font = next(iter(resources.Font.values()))
    font["/Secret"] = term("font")
    words = "".join(
        f"%{c('comment of a map')}\n 1 beginbfchar <01> <{c('word of a map').encode('utf-16-be').hex()}> endbfchar"
    )
    font["/ToUnicode"] = pdf.make_stream(
        b"1 begincodespacerange <00> <ff> endcodespacerange " + words.encode(), Secret=term("map")
    )
    font["/Encoding"] = Dictionary(BaseEncoding=Name.WinAnsiEncoding, Secret=term("encoding"))


@pytest.mark.parametrize(
    "text",
    ["Nothing to be found here", f"Here is {FINDING} again"],
    ids=["SAFETY-L6 no finding", "SAFETY-L6 a finding"],
)
def test_safety_l6_nothing_is_left_in_streams_and_about_them(text: str) -> None:
    canaries = Canaries()
    pdf = page_of(text)
    for number, place in enumerate(STREAMS):
        content = b"\n".join(put(canaries, f"{place}: {way}") for way, put in WAYS.items())
        add_stream(pdf, place, content, number)
    data = saved(pdf)
    out, session = redacted("pdf", data, Redactor(mask=[FINDING], ner="none"), PDF)
    assert count("pdf, streams", data, out, canaries) == []
    assert ("page 1", "what stands in its content and is not drawn") in session.taken_out
    canaries = Canaries()
    pdf = page_of(text)
    add_about(pdf, canaries)
    data = saved(pdf)
    out, _ = redacted("pdf", data, Redactor(mask=[FINDING], ner="none"), PDF)
    assert count("pdf, dictionaries", data, out, canaries) == []


def test_safety_l6_names_in_a_content_follow_those_of_its_resources() -> None:
    pdf = page_of("Nothing to be found here")
    page = pdf.pages[0].obj
    shared = form(pdf, b"/" + b"#e5#bc#a0" + b" gs 0 0 5 5 re f")  # by way of the page's resources
    page.Resources["/ExtGState"] = Dictionary({"/张": Dictionary(LW=3)})
    page.Resources["/XObject"] = Dictionary({"/三": shared})
    page.Contents = pdf.make_stream(page.Contents.read_bytes() + b"\n/#e4#b8#89 Do")
    out, _ = redacted("pdf", saved(pdf), Redactor(ner="none"), PDF)
    with pikepdf.open(io.BytesIO(out)) as done:
        page = done.pages[0].obj
        (drawn,) = page.Resources.XObject.keys()
        (state,) = page.Resources.ExtGState.keys()
        assert f"{drawn} Do".encode() in page.Contents.read_bytes()
        assert f"{state} gs".encode() in page.Resources.XObject[drawn].read_bytes()
        assert page.Resources.ExtGState[state].LW == 3


@pytest.mark.parametrize(
    "content",
    [
        b"q 1 0 0 1 5 5 cm BT /F1 12 Tf (a%b \\) %) Tj [(a) -20.5 <41>] TJ T* (x) ' 1 2 (y) \" ET Q",
        b"/P <</MCID 3/Lang (zh-CN)>> BDC EMC /Artifact <</Type /Pagination /BBox [0 0 1 1.5] /Attached [/Top]>> BDC EMC",
        b"/OC /MC0 BDC EMC /Artifact BMC EMC /Cs1 cs 0.5 scn /P1 scn 1 0 0 RG [3 1] 0 d [] 0 d /GS0 gs /Im0 Do",
        b"BI /W 1 /H 1 /BPC 8 /CS /G /F /AHx /DP [null <</K -1>>] ID ff> EI BX /Sh0 sh EX 0 0 m 1 1 l 0 0 1 1 2 2 c h W n",
        b"",
    ],
)
def test_safety_l6_what_programs_write_stays_byte_for_byte(content: bytes) -> None:
    with pikepdf.new() as pdf:
        assert scrubbed(pdf, content, NewNames()) is None


OPERANDS: Final = st.sampled_from([b"1", b"-2.5", b"/F1", b"(s)", b"<41>", b"[1 (a)]", b"<</A (b)>>", b"true", b"null"])
OPERATORS: Final = st.sampled_from(
    [b"q", b"Q", b"rg", b"Tj", b"TJ", b"gs", b"Do", b"BDC", b"MP", b"DP", b"zz", b"re", b"d", b"scn"]
)


@given(st.lists(st.tuples(st.lists(OPERANDS, max_size=5), OPERATORS), max_size=12))
def test_safety_l6_what_is_left_is_left_again(steps: list[tuple[list[bytes], bytes]]) -> None:
    content = b"\n".join(b" ".join((*operands, operator)) for operands, operator in steps)
    with pikepdf.new() as pdf:
        once = scrubbed(pdf, content, NewNames())
        if once is not None:
            assert scrubbed(pdf, once, NewNames()) is None
            assert b"zz" not in once
            assert b"DP" not in once


def fake_font(pdf: Pdf, resources: Object) -> Object:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Resources=resources)
    return pdf.make_indirect(font)


@pytest.mark.parametrize(
    ("put", "said"),
    [
        (lambda pdf: fake_font(pdf, pdf.make_stream(b"x")), "a stream stands in place"),
        (lambda pdf: fake_font(pdf, pdf.make_indirect(Dictionary(Font=Dictionary(F=pdf.pages[0].obj)))), "two things"),
        (lambda pdf: pdf.pages[0].obj, "two things"),
    ],
    ids=["stream", "page within a font", "page as a font"],
)
def test_an_object_that_is_not_what_it_should_be_is_refused(put: Callable[[Pdf], Object], said: str) -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 700, FINDING)
    canvas.save()
    with pikepdf.open(io.BytesIO(out.getvalue())) as pdf:
        kind_of(pdf.pages[0].obj.Resources, "/Font")["/Odd"] = put(pdf)
        pdf.save(changed := io.BytesIO())
    with pytest.raises(FormatError, match=said):
        redacted("pdf", changed.getvalue(), Redactor(mask=[FINDING], ner="none"), PDF)
