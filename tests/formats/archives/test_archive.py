"""Zip, tar and compressed files: leaks, what stays, hostile archives (rows E16, F5 to F11)."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import shutil
import struct
import subprocess
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from redactor import Redactor
from redactor.formats.options import Options
from redactor.formats.registry import load_format
from redactor.formats.session import DocumentSession
from redactor.formats.sniff import kind_of
from redactor.model import DecodeError, FormatError, RedactorError
from tests.build.documents import jpeg, png
from tests.conftest import made
from tests.draws import some

SECRETS = [f"秘密{c}号甲乙丙" for c in "天地玄黄宇宙洪荒日月盈昃"]
PNG = bytes.fromhex("89504e470d0a1a0a0000000d494844520000000100000001080000000000000000") + b"IEND"


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return made(mask=SECRETS, ner="none")


Clean = Callable[..., tuple[bytes, DocumentSession]]


@pytest.fixture(scope="module")
def clean(redactor: Redactor) -> Clean:
    def run(data: bytes, *, strict: bool = False, **choices: object) -> tuple[bytes, DocumentSession]:
        session = DocumentSession(redactor, lambda *_: None, strict)
        source, out = io.BytesIO(data), io.BytesIO()
        load_format(kind_of(source, ""))(source, out, session, Options(**choices))  # type: ignore[arg-type]
        return out.getvalue(), session

    return run


Members = list[tuple[str, bytes]]


def zipped(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: Members, mode: str = "w", form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=form) as archive:  # type: ignore[call-overload]
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.uname, info.uid = len(data), 1.7e9 + 0.5, "zhang", 1000
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def unzipped(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return [(name, archive.read(name)) for name in archive.namelist()]


def untarred(data: bytes) -> Members:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return [(info.name, archive.extractfile(info).read()) for info in archive]  # type: ignore[union-attr]


PACKERS = {
    "zip-deflated": (zipped, unzipped),
    "zip-stored": (lambda m: zipped(m, zipfile.ZIP_STORED), unzipped),
    "zip-bzip2": (lambda m: zipped(m, zipfile.ZIP_BZIP2), unzipped),
    "tar-pax": (tarred, untarred),
    "tar-gnu": (lambda m: tarred(m, form=tarfile.GNU_FORMAT), untarred),
    "tar-gz": (lambda m: tarred(m, "w:gz"), untarred),
    "tar-bz2": (lambda m: tarred(m, "w:bz2"), untarred),
    "tar-xz": (lambda m: tarred(m, "w:xz"), untarred),
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("kind", PACKERS)
def test_members_are_redacted_and_the_rest_is_as_it_was(clean: Clean, kind: str) -> None:
    pack, unpack = PACKERS[kind]
    members = [
        ("读我.txt", "本期没有什么。\r\n".encode("gb18030")),
        ("夹/a.txt", f"前{SECRETS[0]}后\r\n".encode("gb18030")),
        ("夹/b.txt", f"前{SECRETS[1]}后\n".encode("utf-16")),
        ("c.bin", bytes(range(256)) * 3),
        ("p.png", PNG),
        ("长" * 60 + ".txt", b"x\n" * 40_000),
    ]
    out, session = clean(pack(members))
    want = dict(members) | {"夹/a.txt": "前×后\r\n".encode("gb18030"), "夹/b.txt": "前×后\n".encode("utf-16")}
    assert unpack(out) == list(want.items())
    assert [where for where, _ in session.not_checked] == ["c.bin", "p.png"]
    assert clean(out)[0] == out


def test_nothing_of_twelve_secrets_is_left_in_any_place_of_a_zip(clean: Clean, tmp_path: Path) -> None:
    inner = tarred([("x.txt", SECRETS[0].encode())], "w:gz")
    deep = zipped([("y.zip", zipped([("z.txt", SECRETS[1].encode("gb18030"))]))])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = SECRETS[2].encode()
        for name, data in (("in.tgz", inner), ("deep.zip", deep), (f"{SECRETS[3]}.txt", b"1"), (f"{SECRETS[4]}/", b"")):
            info = zipfile.ZipInfo(name)
            info.comment, info.extra = SECRETS[5].encode(), b"\xfe\xca" + struct.pack("<H", 21) + SECRETS[6].encode()
            archive.writestr(info, data)
        archive.writestr(f"{SECRETS[4]}/a.csv.txt", f"甲,乙\n{SECRETS[7]},2\n")
        archive.writestr("u.txt", SECRETS[8].encode("utf-16"))
        archive.writestr("g.gz", gzip.compress(SECRETS[9].encode()))
    data = SECRETS[10].encode() + out.getvalue() + SECRETS[11].encode()
    (tmp_path / "in.zip").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "in.zip") as archive:
        assert len(archive.namelist()) == 7
    written, session = clean(data)
    assert {what for _, what in session.taken_out} == {
        "a comment",
        "bytes before the first member",
        "bytes after the end",
    }
    for text in everything_in(written):
        for secret in SECRETS:
            assert secret not in text
    assert [name for name, _ in unzipped(written)] == [
        "in.tgz", "deep.zip", "×.txt", "×/", "×/a.csv.txt", "u.txt", "g.gz",
    ]  # fmt: skip


def everything_in(data: bytes) -> list[str]:
    """All bytes of an archive and of what is in it, read in three encodings, by the standard library."""
    texts = [data.decode(encoding, "replace") for encoding in ("utf-8", "gb18030", "utf-16-le")]
    if zipfile.is_zipfile(io.BytesIO(data)):
        for name, content in unzipped(data):
            texts += [name, *everything_in(content)]
    elif data[:2] == b"\x1f\x8b":
        texts += everything_in(gzip.decompress(data))
    elif data[257:262] == b"ustar":
        for name, content in untarred(data):
            texts += [name, *everything_in(content)]
    return texts


def test_nothing_is_left_in_any_place_of_a_tar(clean: Clean) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"comment": SECRETS[0]}) as archive:
        info = tarfile.TarInfo(f"{SECRETS[1]}/{SECRETS[2]}.txt")
        info.uname, info.gname, info.pax_headers = SECRETS[3], SECRETS[4], {"SCHILY.xattr.user.who": SECRETS[5]}
        info.size = len(SECRETS[6].encode())
        archive.addfile(info, io.BytesIO(SECRETS[6].encode()))
    redacted, _ = clean(out.getvalue())
    assert untarred(redacted) == [("×/×.txt", "×".encode())]
    for text in everything_in(redacted):
        assert not any(secret in text for secret in SECRETS)
    with tarfile.open(fileobj=io.BytesIO(redacted)) as archive:
        [info] = archive
        assert (info.uname, info.gname, info.uid, info.mtime) == ("", "", 0, 0)


@pytest.mark.parametrize(
    ("pack", "unpack"),
    [(gzip.compress, gzip.decompress), (bz2.compress, bz2.decompress), (lzma.compress, lzma.decompress)],
)
def test_a_compressed_file_is_read_through(
    clean: Clean, pack: Callable[[bytes], bytes], unpack: Callable[[bytes], bytes]
) -> None:
    secret = f"一{SECRETS[0]}二\n".encode()
    assert unpack(clean(pack(secret) + pack(secret))[0]).decode() == "一×二\n一×二\n"
    with pytest.raises(FormatError, match=r"early|broken"):
        clean(pack(secret)[:-3])
    with pytest.raises(FormatError, match=r"early|broken"):
        clean(pack(secret) + b"more")


@pytest.mark.skipif(not shutil.which("unzip"), reason="unzip is not installed")
def test_e16_names_are_redacted_alike_and_stay_apart(clean: Clean, tmp_path: Path) -> None:
    a, b = SECRETS[:2]
    names = [f"{a}/1.txt", f"{a}/2.txt", f"{a}.txt", f"{b}.txt", "×~2.txt", "×.pdf.txt", f"{b}/1.txt"]
    out, _ = clean(zipped([(name, b"x") for name in names]))
    assert [n for n, _ in unzipped(out)] == [
        "×/1.txt",
        "×/2.txt",
        "×.txt",
        "×~3.txt",
        "×~2.txt",
        "×.pdf.txt",
        "×~2/1.txt",
    ]
    (tmp_path / "o.zip").write_bytes(out)
    listed = subprocess.run(["unzip", "-p", tmp_path / "o.zip"], capture_output=True, check=True)
    assert listed.stdout == b"x" * 7


def test_names_in_gbk_without_a_mark_are_read(clean: Clean) -> None:
    data = zipped([("GGGGGG.txt", b"x")]).replace(b"GGGGGG", "通知书".encode("gb18030"))
    assert [name for name, _ in unzipped(clean(data)[0])] == ["通知书.txt"]


BAD_NAMES = {
    "f7-parent": ["../x.txt"],
    "f7-parent-inside": ["a/../../x.txt"],
    "f7-absolute": ["/etc/passwd"],
    "f7-drive": ["C:/x.txt"],
    "f7-backslash": ["a\\..\\x.txt"],
    "f7-unc": ["\\\\?\\C\\x"],
    "f7-control": ["a\nb.txt"],
    "f7-trailing-dot": ["a."],
    "f7-trailing-space": ["a /b"],
    "f7-reserved": ["aux.txt"],
    "f7-reserved-folder": ["con/x.txt"],
    "f7-case": ["A.txt", "a.TXT"],
    "f7-normal-form": ["\u00e9.txt", "e\u0301.txt"],
    "f7-long": ["x" * 2000],
    "f7-empty-step": ["a//b"],
    "f9-twice": ["a.txt", "a.txt"],
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar"])
@pytest.mark.parametrize("case", BAD_NAMES)
def test_names_that_are_dangerous_are_refused(clean: Clean, case: str, pack: Callable[[Members], bytes]) -> None:
    with pytest.raises(FormatError, match="name"):
        clean(pack([(name, b"x") for name in BAD_NAMES[case]]))


def test_f7_nul_in_a_name(clean: Clean) -> None:
    with pytest.raises(FormatError, match="name"):
        clean(zipped([("aXb.txt", b"x")]).replace(b"aXb.txt", b"a\0b.txt"))


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, b"S", b"Z"]
)
def test_f8_links_and_devices_are_refused(clean: Clean, kind: bytes, form: int) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.linkname = kind, "/etc/passwd"
    data = info.tobuf(form) + bytes(1024)
    with pytest.raises(FormatError, match=r"link|device|pipe|sparse|kind"):
        clean(data)


def test_f8_a_symbolic_link_in_a_zip_is_refused(clean: Clean) -> None:
    info = zipfile.ZipInfo("x")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(FormatError, match="link"):
        clean(out.getvalue())


def lying(size: int, claimed: int) -> bytes:
    """A zip with a member of zeros whose headers say another size."""
    data = bytearray(zipped([("x.txt", bytes(size))]))
    directory = data.rfind(b"PK\1\2")
    for at in (22, directory + 24):
        data[at : at + 4] = struct.pack("<L", claimed)
    return bytes(data)


def peak(work: Callable[[], object]) -> int:
    """Bytes of memory at most while refused work is done."""
    tracemalloc.start()
    try:
        with pytest.raises(FormatError):
            work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_f5_a_size_that_lies_takes_no_memory(clean: Clean) -> None:
    data = lying(400 << 20, 1000)
    assert peak(lambda: clean(data)) < 10 << 20


@pytest.mark.sampled(4)
@pytest.mark.parametrize("pack", [lambda d: zipped([("x.txt", d)]), gzip.compress, bz2.compress, lzma.compress])
def test_f5_bombs_are_refused_by_the_bytes_that_come(clean: Clean, pack: Callable[[bytes], bytes]) -> None:
    data = pack(bytes(150 << 20))
    assert peak(lambda: clean(data)) < 100 << 20


def test_f5_many_small_bombs_are_counted_together(clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redactor.formats.session.MAX_TOTAL", 1 << 20)
    inner = zipped([("x.bin", random.Random(1).randbytes(300_000))])
    with pytest.raises(FormatError, match="MiB"):
        clean(zipped([(f"{n}.zip", inner) for n in range(4)]))


def test_f6_overlapping_members_are_refused(clean: Clean) -> None:
    data = zipped([("x.txt", b"x" * 1000)])
    start = data.rfind(b"PK\1\2")
    entry = data[start : data.rfind(b"PK\5\6")]
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, 2 * len(entry), start, 0)
    with pytest.raises(FormatError, match="overlap"):
        clean(data[:start] + entry + entry + end)


def test_f6_depth_is_bounded(clean: Clean) -> None:
    data = b"x"
    for depth in range(6):
        data = zipped([("x.zip" if depth else "x.txt", data)])
        if depth == 3:
            clean(data)
    with pytest.raises(FormatError, match="deep"):
        clean(data)


def test_f6_a_million_members_are_refused_before_they_are_read(clean: Clean) -> None:
    entry = struct.pack("<4s2B5H3L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    count = 1_000_000
    directory = entry * count
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(directory), 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(directory), 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    data = b"PK\3\4" + directory[4:] + wide + locator + end
    assert peak(lambda: clean(data)) < 1 << 20
    with pytest.raises(FormatError, match="10000 members"):
        clean(tarred([]).join([tarfile.TarInfo("x").tobuf() * 10_001, b""]))


def test_zip64_is_read(clean: Clean) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open("a.txt", "w", force_zip64=True) as member:
        member.write(SECRETS[0].encode())
    data = out.getvalue()
    start, end = data.rfind(b"PK\1\2"), data.rfind(b"PK\5\6")
    extra = struct.pack("<2H2Q", 1, 16, 21, 21)
    entry = bytearray(data[start:end])
    entry[20:28], entry[30:32] = b"\xff" * 8, struct.pack("<H", len(extra))
    entry += extra
    size = len(SECRETS[0].encode())
    entry[-16:] = struct.pack("<2Q", size, size)
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(entry), start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + len(entry), 1)
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    data = data[:start] + bytes(entry) + wide + locator + last
    assert unzipped(data) == [("a.txt", SECRETS[0].encode())]
    assert unzipped(clean(data)[0]) == [("a.txt", "×".encode())]


def test_encrypted_members_are_refused(clean: Clean) -> None:
    data = bytearray(zipped([("x.txt", b"x")]))
    data[6] |= 1
    data[data.rfind(b"PK\1\2") + 8] |= 1
    with pytest.raises(FormatError, match="encrypted"):
        clean(bytes(data))


def test_one_bad_member_refuses_the_archive_and_is_named(clean: Clean) -> None:
    broken = zipped([("x.txt", b"x" * 100)])[:-30]
    with pytest.raises(FormatError, match="b/broken.zip: .*zip"):
        clean(zipped([("a.txt", b"x"), ("b/broken.zip", broken)]))
    with pytest.raises(DecodeError, match=r"c\.txt: not valid"):
        clean(zipped([("c.txt", "通知".encode() * 20 + b"\xff\xff")]))
    with pytest.raises(FormatError, match="×.zip .member 1."):
        clean(zipped([(f"{SECRETS[0]}.zip", broken)]))


@pytest.mark.parametrize(
    "data", [bytes.fromhex("789f3e22") + b"x", b"7z\xbc\xaf\x27\x1c" + bytes(600)], ids=["tnef", "7z"]
)
def test_a_member_of_a_kind_that_is_not_supported(clean: Clean, data: bytes) -> None:
    archive = zipped([("a.doc", data), ("b.txt", b"x")])
    with pytest.raises(FormatError, match=r"a\.doc: is of a kind that is not supported: "):
        clean(archive)
    out, session = clean(archive, unknown="drop")
    assert unzipped(out) == [("b.txt", b"x")]
    assert session.taken_out[0][0] == "a.doc"


def test_strict_refuses_what_cannot_be_looked_into(clean: Clean) -> None:
    with pytest.raises(FormatError, match=r"p\.png: .*strict"):
        clean(zipped([("p.png", PNG)]), strict=True)


def test_pictures_say_nothing_beside_their_pixels(clean: Clean) -> None:
    said = "Zhang San"
    broken = png(said)[:-20]
    out, session = clean(zipped([("a.png", png(said)), ("b.jpg", jpeg(said)), ("c.png", broken)]))
    written = dict(unzipped(out))
    assert [said.encode() in written[name] for name in ("a.png", "b.jpg")] == [False, False]
    assert written["c.png"] == broken
    assert [where for where, _ in session.taken_out] == ["a.png", "b.jpg"]
    assert len(session.not_checked) == 3


def test_the_first_page_of_an_open_document_goes(clean: Clean) -> None:
    members = [("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<?xml version='1.0'?><a/>")]
    out, session = clean(zipped([*members, ("Thumbnails/thumbnail.png", png("x"))]))
    assert unzipped(out) == members
    assert session.taken_out == [("Thumbnails/thumbnail.png", "a thumbnail")]
    assert session.not_checked == []


def test_a_tar_with_something_after_its_end_is_refused(clean: Clean) -> None:
    one = tarred([("a.txt", b"x")])
    with pytest.raises(FormatError, match="after its end"):
        clean(one + one)
    with pytest.raises(FormatError, match="early"):
        clean(one[:1024])


MUTANTS: list[tuple[str, Callable[[Members], bytes], Callable[[bytes], Members]]] = [
    (kind, *PACKERS[kind]) for kind in ("zip-deflated", "zip-bzip2", "tar-pax", "tar-gz", "tar-xz")
]


@pytest.mark.parametrize(("kind", "pack", "unpack"), MUTANTS, ids=[kind for kind, *_ in MUTANTS])
def test_f11_mutants_are_redacted_or_refused(
    clean: Clean, kind: str, pack: Callable[[Members], bytes], unpack: Callable[[bytes], Members]
) -> None:
    members = [
        ("夹/a.txt", f"一{SECRETS[0]}二".encode()),
        ("b.bin", bytes(range(256))),
        ("c.zip", zipped([("d.txt", b"1")])),
    ]
    good = pack(members)
    rng = random.Random(kind)
    for _ in range(some(200)):
        data = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(max(1, len(data) - 1))
            match rng.randrange(4):
                case 0:
                    data[at : at + 1] = bytes((rng.randrange(256),))
                case 1:
                    data[at : at + rng.randrange(40)] = b""
                case 2:
                    data[at:at] = rng.randbytes(rng.randrange(20))
                case _:
                    data = data[: at + 1]
        try:
            out, _ = clean(bytes(data))
        except RedactorError as error:
            shown = [str(error)]
        else:
            shown = everything_in(out)
        assert not any(SECRETS[0] in text for text in shown)
