"""`redactor verify --vault`: labels that lead back pass, others don't; and what a program has saved that converts a document first."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from redactor.files.verifying import Looked, Way, look, made_of
from redactor.formats.options import Options
from redactor.formats.registry import load_format
from redactor.formats.session import DocumentSession
from redactor.formats.sniff import kind_of
from redactor.vault.lock import new_identity
from redactor.vault.vault import Vault
from tests.command import Run
from tests.conftest import made
from tests.formats.office.test_old import rich
from tests.verify.faults import repacked
from tests.verify.planted import original, path


def labelled(kind: str) -> tuple[bytes, Vault]:
    """A document with labels of a vault, and the vault."""
    vault, out, source = Vault(), io.BytesIO(), original(kind)
    session = DocumentSession(made("vault"), lambda *_: None, vault=vault)
    options = Options(scrub_metadata=True, output=path(kind).suffix)
    load_format(kind_of(io.BytesIO(source), path(kind).name))(io.BytesIO(source), out, session, options)
    return out.getvalue(), vault


def verified(kind: str, output: bytes, vault: Vault | None, *, resaved: bool = False) -> Looked:
    way = Way(made("vault"), vault=vault, resaved=resaved)
    return look(original(kind), output, path(kind), path(kind), way)


def found(looked: Looked) -> set[str]:
    return {name for name, faults in looked.faults.items() if faults}


MORE = ("word_rich", "slides", "table_csv", "tree")


@pytest.mark.parametrize("kind", ["txt", *(pytest.param(kind, marks=pytest.mark.slow) for kind in MORE)])
def test_labels_that_lead_back_pass(kind: str) -> None:
    output, vault = labelled(kind)
    looked = verified(kind, output, vault)
    assert found(looked) == set(), looked.faults
    assert "intact" in found(verified(kind, output, None))  # without the vault nobody knows which labels there are


def test_labels_that_do_not_lead_back_are_told() -> None:
    kind = "txt"
    output, vault = labelled(kind)
    labels = [label for label, _ in vault.labels() if label.encode() in output]
    one, other = labels[0].encode(), labels[1].encode()
    swapped = output.replace(one, b"\0").replace(other, one).replace(b"\0", other)
    assert "back" in found(verified(kind, swapped, vault, resaved=True))
    assert "back" in found(verified(kind, output.replace(one, labels[0][:-2].encode()), vault, resaved=True))
    _, stranger = labelled("md")
    assert "back" in found(verified(kind, output, stranger))


def test_of_a_format_that_can_not_be_restored_it_is_told_so() -> None:
    output, vault = labelled("xml_feed")
    looked = verified("xml_feed", output, vault)
    assert "labels that can't be put back in this format" in {leak.what for leak in looked.unchecked}


def test_the_command_wants_a_vault_that_opens(run: Run, tmp_path: Path) -> None:
    identity, recipient = new_identity()
    (tmp_path / "key.txt").write_text(identity)
    (tmp_path / "a.txt").write_text("请王建国同志牵头。\n", "utf-8")
    keep = ("--policy", "vault", "--vault", "v.age")
    assert run("clean", "a.txt", *keep, "--recipient", recipient, "-o", "b.txt").returncode == 0
    check = ("verify", "a.txt", "b.txt", *keep)
    assert run(*check, "--identity", "key.txt").returncode == 0
    assert run(*check).returncode == 2
    assert run("verify", "a.txt", "b.txt", "--identity", "key.txt").returncode == 2
    assert run("verify", "a.txt", "b.txt", "--vault", "v.age", "--identity", "key.txt").returncode == 2
    (tmp_path / "b.txt").write_text((tmp_path / "b.txt").read_text("utf-8").replace("牵头", "带头"), "utf-8")
    changed = run(*check, "--identity", "key.txt", "--resaved")
    assert changed.returncode == 1
    assert "back: 1: put back, it is not the original" in changed.stdout.decode()


WORDS = ("牵头办理", "带头办理")


def test_a_changed_word_is_found_in_a_text_of_a_document_that_was_saved_since() -> None:
    html = "<p>请王建国同志牵头办理。</p><p>电话13800138000。</p>".encode()
    way = Way(made(), Options(to="text"), resaved=True)
    written = made_of(html, Path("a.html"), Path("a.html.txt"), way)
    assert found(look(html, written, Path("a.html"), Path("a.html.txt"), way)) == set()
    changed = written.replace(*(word.encode() for word in WORDS))
    assert found(look(html, changed, Path("a.html"), Path("a.html.txt"), way)) == {"intact"}


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
def test_a_changed_word_is_found_in_a_converted_document_that_was_saved_since() -> None:
    source = rich("请王建国同志牵头办理。")
    way = Way(made(), resaved=True)
    written = made_of(source, Path("a.rtf"), Path("a.docx"), way)
    changed = repacked(written, changed={"word/document.xml": WORDS})
    assert changed != written
    looked = [found(look(source, each, Path("a.rtf"), Path("a.docx"), way)) for each in (written, changed)]
    assert looked == [set(), {"intact"}]
