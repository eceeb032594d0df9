"""What three editors send back: sentences in another order, a translation, a part; each restored as far as its labels are there."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest
import regex

from redactor import Redactor, Vault, redact_to_vault, restore, write_vault
from redactor.vault.lock import new_identity
from tests.command import Run

TEXT = """云岭县2023年春耕现场会纪要
会议由王建国同志主持，李晓梅、张海涛参加。会前，王建国、李晓梅到云岭县青石镇察看了高标准农田，面积12.5万亩，同比增长8.3%。
张海涛汇报：种子由东海农业有限公司供应，已到位96%，余款1200万元于3月15日前付清。李晓梅要求，每个村都要有人盯，联系电话13812345678。
手机：138 1234 5678
王建国强调，不误农时。会后，材料发zhang@example.com，抄送云岭县农业农村局。
"""
LABEL = regex.compile(r"〔(\p{Han})([0-9]+)(-[0-9]+)?·(..)〕")
ENGLISH = {
    "人": "Person",
    "地": "Place",
    "机": "Organization",
    "日": "date",
    "款": "amount",
    "比": "PERCENT",
    "量": "quantity",
}
ENGLISH |= {"电": "Phone", "邮": "e-mail"}


def reordered(text: str) -> str:
    """The sentences from the last to the first."""
    return "\n".join(reversed([part for part in regex.split(r"(?<=。)|\n", text) if part]))


def translated(text: str) -> str:
    """English sentences about the labels, which are written with English words, round or square brackets, fewer zeros."""
    ways = cycle(
        (
            "[{word} {number}{form}·{signs}]",
            "{word} {number:03}{form} ({signs})",
            "[{word} No. {number}{form} · {signs}]",
        )
    )

    def label(match: regex.Match[str]) -> str:
        word = ENGLISH[match[1]].replace("e-mail", "email")
        return next(ways).format(word=word, number=int(match[2]), form=match[3] or "", signs=match[4].lower())

    return "The minutes say: " + "; then ".join(label(match) for match in LABEL.finditer(text)) + "."


def cut(text: str) -> str:
    """The first half, with a label of another kind, one that is no more than a beginning, one that nobody has written."""
    half = text[: text.index("张", 1) if "张" in text else len(text) // 2]
    return f"{half[: half.rfind('〕') + 1]}。另见〔人001·〕、〔人002〕、〔地099·XX〕。"


def sent() -> tuple[Vault, str]:
    vault = Vault()
    return vault, redact_to_vault(TEXT, vault, Redactor("vault", ner="none")).text


def values(vault: Vault, text: str) -> list[str]:
    """What the labels of a text stand for, in order, looked up one by one."""
    known = dict(vault.labels())
    return [known[match[0]] for match in LABEL.finditer(text)]


def test_what_is_sent_holds_labels_of_many_kinds_and_no_name() -> None:
    vault, text = sent()
    assert {match[1] for match in LABEL.finditer(text)} >= set("人地机款比电邮")
    assert {match[3] for match in LABEL.finditer(text)} == {None, "-2"}
    assert not any(value in text for _, value in vault.labels() if len(value) > 1)


def test_sentences_in_another_order_come_back_exactly() -> None:
    vault, text = sent()
    done = restore(reordered(text), vault)
    assert done.text == reordered(TEXT)
    assert (done.exact, done.tolerant, done.foreign, done.missing) == (len(values(vault, text)), 0, (), ())


def test_a_translation_comes_back_with_all_its_values() -> None:
    vault, text = sent()
    done = restore(translated(text), vault)
    assert done.text == "The minutes say: " + "; then ".join(values(vault, text)) + "."
    assert (done.exact, done.tolerant, done.foreign, done.missing) == (0, len(values(vault, text)), (), ())


def test_of_a_part_what_is_there_comes_back_and_the_rest_is_listed() -> None:
    vault, text = sent()
    part = cut(text)
    done = restore(part, vault)
    whole = part.partition("。另见")[0]
    assert done.text.startswith(TEXT[:20])
    assert [edit.replacement for edit in done.edits] == values(vault, whole)
    assert (done.exact, done.tolerant) == (len(values(vault, whole)), 0)
    assert [each.label for each in done.foreign] == ["〔人001·〕", "〔人002〕", "〔地099·XX〕"]
    assert set(done.missing) == {label for label, _ in vault.labels()} - {match[0] for match in LABEL.finditer(whole)}
    assert done.missing


@pytest.mark.parametrize(
    ("editor", "code"), [(reordered, 0), (translated, 3), (cut, 3), (lambda text: LABEL.sub("", text), 2)]
)
def test_exit_codes(run: Run, tmp_path: Path, editor: Callable[[str], str], code: int) -> None:
    vault, text = sent()
    identity, recipient = new_identity()
    write_vault(tmp_path / "v.age", vault, (recipient,))
    (tmp_path / "key.txt").write_text(identity, encoding="ascii")
    (tmp_path / "back.txt").write_text(editor(text), encoding="utf-8")
    done = run("restore", tmp_path / "back.txt", "--vault", tmp_path / "v.age", "--identity", tmp_path / "key.txt")
    assert done.returncode == code
    assert done.stdout.decode() == (restore(editor(text), vault).text if code != 2 else "")
