"""Vaults encrypted: for several keys, by passphrase; whatever is wrong is one line, and nothing is opened."""

from __future__ import annotations

import json

import pytest

from redactor import FormatError, Vault
from redactor.vault.lock import Keys, check_recipients, identities_of, locked, new_identity, unlocked
from redactor.vault.vault import merged

EDITOR, ARCHIVE, STRANGER = (new_identity() for _ in range(3))


def a_vault() -> Vault:
    vault = Vault(inputs=("00",))
    vault.label_of("人", "PERSON", "王建国")
    vault.label_of("人", "PERSON", "lone \ud800 surrogate")
    return vault


def test_each_recipient_opens_it_alone() -> None:
    vault = a_vault()
    data = locked(vault, (EDITOR[1], ARCHIVE[1]))
    for identity, _ in (EDITOR, ARCHIVE):
        opened = unlocked(data, Keys((identity,)))
        assert list(opened.labels()) == list(vault.labels())
        assert opened.recipients == (EDITOR[1], ARCHIVE[1])
    assert "王建国".encode() not in data


def test_every_change_and_cut_and_stranger_is_refused() -> None:
    data = locked(a_vault(), (EDITOR[1],))
    wrong = [data[:-1], data[:100], b"", b"age", data + b"x"]
    wrong += [data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(0, len(data), 7)]
    for each in wrong:
        with pytest.raises(FormatError, match="can't be opened") as caught:
            unlocked(each, Keys((EDITOR[0],)))
        assert "\n" not in str(caught.value)
    with pytest.raises(FormatError, match="can't be opened"):
        unlocked(data, Keys((STRANGER[0],)))
    with pytest.raises(FormatError, match="can't be opened"):
        unlocked(data, Keys(passphrase="a passphrase"))


@pytest.mark.slow  # scrypt takes its time
def test_a_passphrase() -> None:
    data = locked(a_vault(), passphrase="一句口令")
    assert [text for _, text in unlocked(data, Keys(passphrase="一句口令")).labels()] == [
        "王建国",
        "lone \ud800 surrogate",
    ]
    with pytest.raises(FormatError, match="can't be opened"):
        unlocked(data, Keys(passphrase="另一句"))


@pytest.mark.parametrize("text", ["", "# only a note\n", "AGE-SECRET-KEY-1QQ", "age1xyz"])
def test_a_file_without_a_key(text: str) -> None:
    with pytest.raises(FormatError, match=r"^key\.txt: ") as caught:
        identities_of(text, "key.txt")
    assert "QQ" not in str(caught.value)


def test_no_public_key_and_it_is_not_shown() -> None:
    with pytest.raises(FormatError, match="begins with age1") as caught:
        check_recipients([EDITOR[0]])
    assert EDITOR[0] not in str(caught.value)


def test_neither_or_both_is_no_lock() -> None:
    for recipients, passphrase in (((), ""), ((EDITOR[1],), "x")):
        with pytest.raises(FormatError, match="either"):
            locked(a_vault(), recipients, passphrase)


def test_json_and_back() -> None:
    vault = merged([a_vault(), a_vault()])
    assert Vault.from_json(vault.to_json(), "v").to_json() == vault.to_json()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schema", 2),
        ("scope", "all"),
        ("label_key", "AAAA"),
        ("label_key", "?"),
        ("signs", 99),
        ("signs", True),
        ("brackets", "()"),
        ("entries", [{}]),
        ("entries", [{"kind": "x", "n": 1, "entity": "PERSON", "value": "a", "forms": ["a"]}]),
        ("entries", [{"kind": "人", "n": 0, "entity": "PERSON", "value": "a", "forms": ["a"]}]),
        ("entries", [{"kind": "人", "n": 1, "entity": "PERSON", "value": "a", "forms": []}]),
        ("entries", [{"kind": "人", "n": 1, "entity": "PERSON", "value": "a", "forms": [{"text": "a"}]}]),
        (
            "entries",
            [
                {
                    "kind": "人",
                    "n": 1,
                    "entity": "PERSON",
                    "value": "a",
                    "forms": [{"text": "a", "number": 1, "spelled": ""}],
                }
            ],
        ),
        ("inputs", 3),
        ("earlier", {"a": 1}),
    ],
)
def test_what_is_no_vault_is_refused(key: str, value: object) -> None:
    table = json.loads(a_vault().to_json()) | {key: value}
    with pytest.raises(FormatError, match="vault"):
        Vault.from_json(json.dumps(table).encode(), "v")
    with pytest.raises(FormatError, match="not a vault"):
        Vault.from_json(b"[]", "v")


def test_keys_are_not_shown() -> None:
    said = repr((Keys((EDITOR[0],), "secret phrase"), a_vault()))
    assert EDITOR[0] not in said
    assert "secret" not in said
    assert "王建国" not in said
