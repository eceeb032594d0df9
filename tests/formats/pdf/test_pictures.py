"""Pictures of a PDF that are files of their own: nothing of what they say beside their pixels is left, wherever in them it stands."""

from __future__ import annotations

import io
import struct
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from redactor import Redactor
from redactor.formats.options import Options
from redactor.formats.pdf.pictures import without_boxes, without_segments
from redactor.formats.registry import load_format
from redactor.formats.session import DocumentSession
from tests.build import collection
from tests.build.documents import jpeg

SAID = b"Zhang San"


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">L", 8 + len(content)) + kind + content


JPEG = jpeg(SAID.decode())
JPEG_2000 = b"".join(
    (
        box(b"jP  ", b"\r\n\x87\n"),
        box(b"ftyp", b"jp2 \0\0\0\0jp2 "),
        box(b"xml ", SAID),
        box(b"jp2h", box(b"ihdr", bytes(14))),
        struct.pack(">L4sQ", 1, b"uuid", 16 + len(SAID)) + SAID,
        box(b"jp2c", b"\xff\x4f\xff\xd9"),
        box(b"asoc", box(b"lbl ", SAID)),
    )
)


@pytest.mark.parametrize(
    ("data", "filters", "parameters"),
    [
        pytest.param(JPEG, ["/DCTDecode"], None, id="jpeg"),
        pytest.param(JPEG, ["/DCTDecode"], {"/ColorTransform": 0}, id="jpeg-with-parameters"),
        pytest.param(zlib.compress(JPEG), ["/FlateDecode", "/DCTDecode"], None, id="jpeg-deflated"),
        pytest.param(JPEG_2000, ["/JPXDecode"], None, id="jpeg-2000"),
    ],
)
def test_nothing_is_left_of_what_a_picture_says(
    data: bytes, filters: list[str], parameters: dict[str, int] | None
) -> None:
    source, out = io.BytesIO(), io.BytesIO()
    with pikepdf.open(io.BytesIO(collection.pages())) as pdf:
        more = {"DecodeParms": Dictionary(parameters)} if parameters else {}
        kind = {"Type": Name.XObject, "Subtype": Name.Image, "Width": 1, "Height": 1}
        image = pdf.make_stream(data, **kind, ColorSpace=Name.DeviceGray, BitsPerComponent=8, **more)
        image.Filter = Name(filters[0]) if len(filters) == 1 else Array(map(Name, filters))
        pdf.pages[0].Resources.XObject = Dictionary(Im1=image)
        pdf.pages[0].contents_add(pdf.make_stream(b"q 9 0 0 9 0 0 cm /Im1 Do Q"))
        pdf.save(source)
    source.seek(0)
    session = DocumentSession(Redactor(mask=["苏大强"], builtin=False, ner="none"), lambda *_: None)
    load_format("pdf")(source, out, session, Options(output=".pdf"))
    with pikepdf.open(out) as pdf:
        image = pdf.pages[0].Resources.XObject.Im1
        raw = bytes(image.read_raw_bytes())
        assert SAID not in raw
        assert raw[-2:] == b"\xff\xd9"
        assert image.Filter == Name(filters[-1])
        assert (image.get("/DecodeParms") is not None) == bool(parameters)


def test_what_is_broken_stays() -> None:
    for data in (b"", b"\xff\xd8", JPEG[:30], JPEG[: JPEG.index(b"\xff\xda") + 4], b"no picture"):
        assert without_segments(data).startswith(data[:2])
    for data in (b"", JPEG_2000[:20], JPEG_2000[:12] + b"\0\0\0\2xml ", b"no picture"):
        assert without_boxes(data) == data or data == JPEG_2000[:20]


def test_segments_between_scans_go_and_fill_stays() -> None:
    comment = b"\xff\xfe\0\x0b" + SAID
    data = JPEG.replace(b"\xff\xd9", comment + b"\xff\xdd\0\4\0\0" + b"\xff\xd9")
    assert SAID not in without_segments(data)
    assert without_segments(without_segments(data)) == without_segments(data)
