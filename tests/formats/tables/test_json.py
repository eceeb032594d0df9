"""JSON and JSON Lines: rows E14, C8 and F11; the standard library's json is the independent reader."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import FormatError, Redactor
from redactor.formats.sniff import kind_of
from redactor.formats.tables.json_paths import parse_path, select
from redactor.formats.tables.json_scan import scan
from tests.build.tables import SECRETS, leaks, masking, peak_of, redacted, refuses, survives
from tests.conftest import made
from tests.draws import draws

MASKING = masking(*SECRETS)
CLEAN = masking("没有的词")
ONE = masking("欧阳明月")
BOTH = pytest.mark.parametrize("form", ["json", "jsonl"])


@pytest.fixture(scope="module")
def publish() -> Redactor:
    return made(mask=SECRETS)


@pytest.mark.parametrize("ascii_only", [False, True], ids=["e14-plain", "e14-escaped"])
@BOTH
def test_no_secret_is_left_in_any_place(form: str, ascii_only: bool, publish: Redactor) -> None:
    record = {
        "text": f"请{SECRETS[0]}来",
        SECRETS[1]: 1,
        "nested": [[{"deep": {SECRETS[2]: [f"“{SECRETS[11]}”"]}}]],
        "phone": int(SECRETS[3]),
        "mails": ["好", SECRETS[4], None],
        "id": int(SECRETS[5]),
        "card": -int(SECRETS[6]),
        "plate": f"a\t{SECRETS[7]}\n\\",
        "address": f"{SECRETS[8]}\ud800",
        "姓名": SECRETS[9],
        "name": SECRETS[10],
        "kept": [1, 2.5, True, None, "好", 1234, {}],
    }
    data = json.dumps(record, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    if not ascii_only:
        data = data.replace("\ud800".encode("utf-8", "surrogatepass"), b"\\ud800")
    out, _ = redacted(form, data, publish)
    assert leaks(out) == []
    after = json.loads(out)
    assert len(after) == len(record)
    assert after["text"] == "请×来"
    assert after["kept"] == record["kept"]
    assert after["phone"] == after["id"] == after["姓名"] == after["name"] == "×"
    assert after["mails"] == ["好", "×", None]
    assert after["address"] == "×\ud800"
    assert after["plate"] == "a\t×\n\\"


UNTOUCHED = {
    "spaces": ' {\t"a" :\n[ 1 ,2 ] , "b":{ } }\n',
    "duplicate-keys": '{"a":1,"a":"x","a":{}}\n',
    "not-a-number": '[NaN,Infinity,-Infinity,{"x":NaN}]',
    "numbers": "[0,-0,1e5,1E-5,0.10,1.000,123456789012345678901234567890,-1.5e+300]",
    "escapes": r'["\u0041\/\b\f\n\r\t\"\\","\ud83d\ude00","\ud800","\udc00\ud800","é","\u00E9"]',
    "raw-controls": '["a\tb\x01\x7f\u2028\x85"]',
    "literals": "[true,false,null]",
    "text": '"x"',
    "empty": "",
    "white-space": " \n \t",
    "300-deep": "[" * 300 + '"x"' + "]" * 300,
    "300-deep-objects": '{"a":' * 300 + "1" + "}" * 300,
    "long-line": json.dumps({"a": ["x"] * 1000 + ["字" * 10_000] * 60}, ensure_ascii=False),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", UNTOUCHED.values(), ids=[f"e14-{name}" for name in UNTOUCHED])
@BOTH
def test_untouched_files_are_the_same_bytes(form: str, text: str, encoding: str) -> None:
    if form == "jsonl":
        text = text.replace("\n", " ") + "\r\n\r\n \n" + text.replace("\n", " ")
    data = text.encode(encoding)
    assert redacted(form, data, CLEAN)[0] == data


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"a": "欧阳明月"}', '{"a": "×"}', id="e14-text"),
        pytest.param('{"a":"\\u6b27阳明\\u6708\\n"}', '{"a":"×\\n"}', id="e14-half-escaped"),
        pytest.param('["\\u6b27\\u9633\\u660e\\u6708 a"]', '["\\u00d7 a"]', id="e14-escaped"),
        pytest.param('["\\"欧阳明月\\"\\\\"]', '["\\"×\\"\\\\"]', id="e14-escapes-beside"),
        pytest.param('["\\ud83d\\ude00欧阳明月\\ud83d"]', '["\\ud83d\\ude00×\\ud83d"]', id="c8-surrogates"),
        pytest.param('{"欧阳明月": 1}', '{"×": 1}', id="e14-key"),
        pytest.param('{"×":0,"欧阳明月":1,"司徒若兰":2}', '{"×":0,"×2":1,"×3":2}', id="e14-keys-stay-apart"),
        pytest.param(
            '{"a":{"欧阳明月":1},"b":{"欧阳明月":1}}', '{"a":{"×":1},"b":{"×":1}}', id="e14-keys-of-two-objects"
        ),
        pytest.param("[13900017788, 1390001778]", '["×", 1390001778]', id="e14-number"),
        pytest.param('{"n":330106199003071234 }', '{"n":"×" }', id="e14-big-number"),
        pytest.param('{"a":"欧阳","b":"明月"}', '{"a":"欧阳","b":"明月"}', id="e14-texts-are-not-joined"),
    ],
)
@BOTH
def test_edits(form: str, text: str, expected: str) -> None:
    assert redacted(form, text.encode(), MASKING)[0].decode() == expected


def test_e14_what_is_written_is_escaped(tmp_path: Path) -> None:
    policy = tmp_path / "quotes.toml"
    policy.write_text(
        'name = "quotes"\ndescription = { zh = "a", en = "a" }\n'
        'default = { operator = "replace", with = \'"\\某"\' }\n',
        encoding="utf-8",
    )
    quoting = Redactor(policy, builtin=False, ner="none", mask=["欧阳明月"])
    out, _ = redacted("jsonl", '{"a":"x欧阳明月y","欧阳明月":"\\u6b27阳明月"}'.encode(), quoting)
    assert json.loads(out) == {"a": 'x"\\某"y', '"\\某"': '"\\某"'}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "gb18030"])
@BOTH
def test_encodings_are_kept(form: str, encoding: str) -> None:
    text = '{"标题":"请欧阳明月来","正文":"请大家坚持问题导向把群众关心的事情办好"}'
    out, _ = redacted(form, text.encode(encoding), MASKING)
    assert out == text.replace("欧阳明月", "×").encode(encoding)


def test_what_an_encoding_lacks_is_escaped() -> None:
    strip = masking("Smithers")
    text = '{"a":"é Smithers"}'
    out, _ = redacted("json", text.encode("cp1250"), strip, encoding="cp1250")
    assert json.loads(out.decode("cp1250")) == {"a": "é ×"}


def test_other_encodings_must_be_named() -> None:
    assert "--encoding" in refuses("jsonl", '{"a":"größer als früher"}\n'.encode("latin-1"), CLEAN, "utf-8")


@pytest.mark.parametrize(
    ("fields", "columns", "expected"),
    [
        (("b",), {}, {"a": "S", "b": "×", "c": {"d": ["S", {"e": "S"}]}, "S": "S"}),
        (("c.d[*].e",), {}, {"a": "S", "b": "S", "c": {"d": ["S", {"e": "×"}]}, "S": "S"}),
        (("$.c.d[0]",), {}, {"a": "S", "b": "S", "c": {"d": ["×", {"e": "S"}]}, "S": "S"}),
        (("c",), {}, {"a": "S", "b": "S", "c": {"d": ["×", {"e": "×"}]}, "S": "S"}),
        (('["c"]["d"]', "*"), {}, {"a": "×", "b": "×", "c": {"d": ["×", {"e": "×"}]}, "S": "×"}),
        (("b",), {"a": "PERSON"}, {"a": "×", "b": "×", "c": {"d": ["S", {"e": "S"}]}, "S": "S"}),
    ],
    ids=lambda value: str(value) if isinstance(value, tuple) else None,
)
@pytest.mark.parametrize("form", ["json", "jsonl", "json-array"])
def test_fields(form: str, fields: tuple[str, ...], columns: dict[str, str], expected: Any) -> None:
    plain = {"a": "S", "b": "S", "c": {"d": ["S", {"e": "S"}]}, "S": "S"}
    text, wanted = (json.dumps(v, ensure_ascii=False).replace("S", SECRETS[0]) for v in (plain, expected))
    if form == "json-array":
        text, wanted, form = f"[{text}]", f"[{wanted}]", "json"
    out, _ = redacted(form, text.encode(), MASKING, fields=fields, columns=columns)
    assert out.decode() == wanted


def test_columns_hold_what_the_user_says(publish: Redactor) -> None:
    data = b'{"who":"a b","n":12,"list":["x",{"y":"z"}],"t":true}\n{"who":"-"}\n'
    out, _ = redacted("jsonl", data, publish, columns={"who": "PERSON", "n": "DOC_NUMBER", "list": "PERSON"})
    assert [json.loads(line) for line in out.splitlines()] == [
        {"who": "×", "n": "×", "list": ["×", {"y": "×"}], "t": True},
        {"who": "×"},
    ]


@pytest.mark.parametrize("options", [{"fields": ("a", "txt")}, {"columns": {"txt": "PERSON"}}], ids=["field", "column"])
@BOTH
def test_a_field_that_never_occurs_is_refused(form: str, options: dict[str, Any]) -> None:
    assert refuses(form, b'{"a":"x"}', CLEAN, "txt", **options) == "nothing stands at 'txt'"
    assert redacted(form, b" ", CLEAN, **options)[0] == b" "


@pytest.mark.parametrize("path", ["", "a..b", "a[", "a[x]", "[*", "a]b", "$", '["a', "a[1]b"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(FormatError, match="no path"):
        parse_path(path)


def test_paths() -> None:
    paths = select(["a", "b[*].c", "d.*", '["x.y"]'])
    assert paths.covering(("a", 0, "z")) == "a"
    assert paths.covering((3, "a")) == "a"
    assert paths.covering(("b", 7, "c")) == "b[*].c"
    assert paths.covering(("b", "c")) is None
    assert paths.covering(("d", "e")) == "d.*"
    assert paths.covering(("d",)) is None
    assert paths.covering(("x.y",)) == '["x.y"]'
    with pytest.raises(FormatError, match=r"^nothing"):
        select(["q"]).check()


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ('{"a": 1}\n', "", "json"),
        ('\ufeff[{"a":\n"x"}]', "x.txt", "json"),
        ('{"a":1}\n{"a":2}\n', "x.json", "jsonl"),
        ('{"a":1}\n{"a":2}\n', "x", "jsonl"),
        ('{"a":1}\n', "x.jsonl", "jsonl"),
        ('[{"a": "' + "x" * 100_000 + '"}]', "", "json"),
        ('{"a": 1} is an object\n', "x.txt", "text"),
        ("[" * 70_000, "", "text"),
        ("[" * 9_000 + "]" * 9_000, "", "text"),
    ],
)
def test_the_kind_is_told_by_the_content(text: str, name: str, kind: str) -> None:
    assert kind_of(io.BytesIO(text.encode()), name) == kind


BROKEN = {
    "e14-comma": b'{"a":1,}',
    "e14-colon": b'{"a" 1}',
    "e14-no-comma": b"[1 2]",
    "e14-two-values": b"1 2",
    "e14-wrong-closer": b'{"a":[1}',
    "e14-key-is-no-text": b"{1:2}",
    "e14-leading-zero": b"[01]",
    "e14-bare-word": b"[nul]",
    "e14-bad-escape": rb'["\x41"]',
    "e14-single-quotes": b"{'a':1}",
    "f11-cut-off-text": b'{"a":"bc',
    "f11-cut-off-object": b'{"a":"b"',
    "f11-stray-closer": b'{"a":"b"}}',
    "e14-100000-deep": b"[" * 100_000,
    "e14-100000-deep-objects": b'{"a":' * 100_000,
    "f11-quotes-that-never-end": b'["' + b'\\"' * 300_000,
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    refuses("json", data, CLEAN, "^(not valid JSON|JSON nests deeper)")
    message = refuses("jsonl", b'{"ok":1}\n\n' + data + b'\n{"ok":2}\n', CLEAN, "^line 3: ")
    assert len(message) < 80


def test_a_json_file_that_is_too_large_to_hold_is_refused() -> None:
    class Large:
        """A stream that says how long it is."""

        def seek(self, offset: int, whence: int = 0) -> int:
            return 200 << 20

    from redactor.formats.options import Options
    from redactor.formats.registry import load_format

    with pytest.raises(FormatError, match="more than 100 MB"):
        load_format("json")(Large(), None, None, Options())  # type: ignore[arg-type]


def test_each_line_is_a_document_of_its_own() -> None:
    label = made("label", ner="none")
    lines = [{"姓名": "甲丙戊", "n": "甲丙戊"}, {"姓名": "丁己"}]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    array = json.dumps(lines, ensure_ascii=False)
    expected = [{"姓名": "【人名1】", "n": "【人名1】"}, {"姓名": "【人名1】"}]
    assert [json.loads(line) for line in redacted("jsonl", text.encode(), label)[0].splitlines()] == expected
    assert json.loads(redacted("json", array.encode(), label)[0]) == expected


_BODY = "雨停之后，巡查队修好了路灯线路，工作组逐户登记了停车位，大家都说省了不少力气。\n入冬以后，农技员清理了库存物资，下一步要看天气。"
_HEAD = "老街坊论坛 » 生活杂谈 » 查看：3267｜回复：80\n发表于 2020-01-04 22:54 只看该作者 倒序浏览\n"
_TAIL = "\n您需要登录后才可以回帖 登录 | 立即注册\n本版积分规则 高级模式 发表回复 回帖后跳转到最后一页"
_BARE = {
    "id": 10020,
    "hash": "9f86d081884c7d65",
    "url": "https://forum.example.com/10020",
    "day": "2020年1月4日",
    "at": "2020-01-04 22:54",
}


@pytest.mark.parametrize("first", [True, False], ids=["before", "behind"])
@BOTH
def test_what_a_site_puts_around_a_text_takes_no_id_and_no_address_along(form: str, first: bool) -> None:
    text = {"text": _HEAD + _BODY + _TAIL}
    record = {**_BARE, **text} if first else {**text, **_BARE}
    out, _ = redacted(form, json.dumps(record, ensure_ascii=False).encode(), made("clean"))
    assert json.loads(out) == record | {"text": f"{_BODY}\n"}
    assert redacted(form, out, made("clean"))[0] == out
    record |= {"by": "13900001111"}
    masked = json.loads(redacted(form, json.dumps(record, ensure_ascii=False).encode(), made())[0])
    assert (masked["id"], masked["url"], masked["by"]) == (10020, "×", "×")


def test_a_long_document_is_one_document() -> None:
    label = made("label", ner="none")
    people = [{"姓名": name} for name in ("甲丙戊", "丁己戊") * 200]
    data = json.dumps({"x": "好" * 400_000, "all": people, "z": "好" * 400_000}, ensure_ascii=False).encode()
    after = json.loads(redacted("json", data, label)[0])["all"]
    assert [person["姓名"] for person in after] == ["【人名1】", "【人名2】"] * 200


@BOTH
def test_f11_damaged_files_are_redacted_or_refused(form: str) -> None:
    data = ('{"a":"请欧阳明月来","司徒若兰":[1,13900017788,NaN],"\\u6b27":{"b":"\\ud83d\\ude00"}}\n' * 8).encode()
    if form == "json":
        data = b"[" + data.strip().replace(b"\n", b",\n") + b"]"
    assert survives(form, data, MASKING) > 0


PIECES = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        '"a"',
        '"',
        "1",
        "-",
        "0",
        ".5",
        "e3",
        "true",
        "NaN",
        "-Infinity",
        " ",
        "\n",
        "\\",
        "x",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
@draws(1000)
def test_the_scanner_accepts_what_json_accepts(text: str) -> None:
    assert _accepts(lambda: list(scan(text))) == _accepts(lambda: json.loads(text, strict=False)), text


def _accepts(read: Any) -> bool:
    try:
        read()
    except (FormatError, ValueError):
        return False
    return True


TEXTS = st.lists(
    st.sampled_from(["欧阳明月", '"', "\\", "/", "\n", "\t", "中", "😀", "\ud83d", "\ude00", "b", " ", "é"]),
    max_size=6,
).map("".join)
VALUES = st.recursive(
    TEXTS | st.integers(-9999, 9999) | st.floats(allow_nan=False) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 1, "\t"]), st.sampled_from([(",", ":"), (" , ", " : ")]))
@draws(300)
def test_the_output_parses_to_the_same_but_for_what_is_redacted(
    value: Any, ascii_only: bool, indent: Any, separators: tuple[str, str]
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent, separators=separators)
    text = "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)
    # Two halves of a pair that stand apart in memory are read as one character once they are written side by side.
    value = json.loads(text)
    out, _ = redacted("json", text.encode(), ONE)
    assert json.loads(out) == _expected(value)


def _expected(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("欧阳明月", "×")
    if isinstance(value, list):
        return [_expected(each) for each in value]
    if isinstance(value, dict):
        taken = {key for key in value if "欧阳明月" not in key}
        after = {}
        for key, each in value.items():
            new = plain = _expected(key)
            number = 1
            while "欧阳明月" in key and new in taken:
                number += 1
                new = f"{plain}{number}"
            taken.add(new)
            after[new] = _expected(each)
        return after
    return value


@pytest.mark.huge
def test_a_gigabyte_of_lines_takes_less_than_500_mb(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    rng = random.Random(1)
    lines = [
        json.dumps(
            {"id": n, "url": f"https://example.com/{n}", "text": "会议要求，各地要抓好工作落实。" * rng.randint(10, 90)}
        )
        for n in range(5_000)
    ]
    block = "\n".join(lines) + "\n"
    with path.open("w", encoding="utf-8") as file:
        while file.tell() < 1 << 30:
            file.write(block)
    assert peak_of("jsonl", str(path), "Options(fields=('url',))") < 500 << 20
