"""Models that the user brings: what they find is masked, and whatever is wrong with them ends the run before anything is written."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from redactor import PolicyError, Redactor, RuleError
from redactor.detect.ner.labels import compile_scheme
from redactor.detect.ner.onnx import load_onnx
from redactor.detect.ner.recogniser import Engine, Tags
from redactor.document.state import Memory
from redactor.parallel.records import Spread
from tests.conftest import Run, made

NAMES = {"PER": "柿桷枥", "LOC": "氹桉垌", "ORG": "犇焱髹"}
"""What the model knows: each character is a sign of its entity only beside its neighbour."""
PERSON, PLACE, ORGANISATION = NAMES.values()
pytestmark = pytest.mark.slow
"""An engine of somebody else's, and models made for each test."""
OUTSIDE_VOCABULARY, NOT_A_NUMBER = "囧", "囍"
VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    *"".join(NAMES.values()),
    *"人好。，",
    NOT_A_NUMBER,
    OUTSIDE_VOCABULARY,
]
BIO = ("B-", "I-", "I-")
SCHEMES = {
    "BIO": BIO,
    "BIOES": ("B-", "I-", "E-"),
    "BMES": ("B-", "M-", "E-"),
    "BILOU": ("B_", "I_", "L_"),
    "inside alone": ("I-", "I-", "I-"),
    "plain": ("", "", ""),
}
ROLES = ("B-", "I-", "M-", "E-", "S-", "B_", "I_", "L_", "U_")


def make_model(
    folder: Path,
    *,
    prefixes: Sequence[str] = BIO,
    types: dict[str, str] | None = None,
    integers: int = TensorProto.INT64,
    inputs: Sequence[str] = ("input_ids", "attention_mask", "token_type_ids"),
    file: str = "model.onnx",
    batch: int | str = "batch",
    nodes: Sequence[onnx.NodeProto] = (),
    config: dict[str, Any] | None = None,
) -> Path:
    """A folder with a model: embeddings, and a convolution over three tokens. `nodes` go from `scores` to `logits`."""
    types = types or {name: name for name in NAMES}
    roles = [p for p in ROLES if p in prefixes] or [""]
    labels = ["O", *(f"{role}{types[name]}" for name in NAMES for role in roles), "B-TIME"]
    table = np.zeros((len(VOCABULARY) - 1, 10), np.float32)
    kernel = np.zeros((len(labels), 10, 3), np.float32)
    bias = np.full(len(labels), -15, np.float32)
    bias[0] = 0
    table[VOCABULARY.index(NOT_A_NUMBER)] = np.nan
    for kind, (name, characters) in enumerate(NAMES.items()):
        for place, char in enumerate(characters):
            table[VOCABULARY.index(char), 3 * kind + place] = 1
            label = labels.index(prefixes[place] + types[name])
            kernel[label, 3 * kind + place, 1] = 10
            kernel[label, 3 * kind + (1, 0, 1)[place], 0 if place else 2] = 10
    graph = [helper.make_node("Gather", ["table", "input_ids"], ["embedded"])]
    shown = "embedded"
    for name in inputs[1:]:
        graph += [
            helper.make_node("Cast", [name], [f"{name}.float"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", [f"{name}.float", "last"], [f"{name}.wide"]),
            helper.make_node("Sub", ["one", f"{name}.wide"], [f"{name}.not"]),
            helper.make_node(
                "Mul", [shown, f"{name}.{'wide' if name == 'attention_mask' else 'not'}"], [f"{name}.out"]
            ),
        ]
        shown = f"{name}.out"
    graph += [
        helper.make_node("Transpose", [shown], ["channels"], perm=[0, 2, 1]),
        helper.make_node("Conv", ["channels", "kernel", "bias"], ["convolved"], pads=[1, 1]),
        helper.make_node("Transpose", ["convolved"], ["scores"], perm=[0, 2, 1]),
        *(nodes or [helper.make_node("Identity", ["scores"], ["logits"])]),
    ]
    arrays = {
        "table": table,
        "kernel": kernel,
        "bias": bias,
        "one": np.array([1], np.float32),
        "last": np.array([-1], np.int64),
    }
    made = helper.make_model(
        helper.make_graph(
            graph,
            "tiny",
            [helper.make_tensor_value_info(name, integers, [batch, "tokens"]) for name in inputs],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, None)],
            [numpy_helper.from_array(array, name) for name, array in arrays.items()],
        ),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("stranger", 1)],
        ir_version=8,
    )
    (folder / file).parent.mkdir(parents=True)
    (folder / file).write_bytes(made.SerializeToString())
    make_tokenizer().save(str(folder / "tokenizer.json"))
    content = {"id2label": {str(number): label for number, label in enumerate(labels)}, **(config or {})}
    (folder / "config.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder


def make_tokenizer() -> Tokenizer:
    """A tokenizer as that of BERT for Chinese: a token for each character."""
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(VOCABULARY)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(VOCABULARY[:4])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


Read = Callable[[Path, str], Tags]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def own(model: Path) -> Redactor:
    return Redactor(ner=f"onnx:{model}")


@pytest.fixture
def read(publish: Redactor) -> Read:
    """What the model in a folder says of a text."""

    def read_text(folder: Path, text: str) -> Tags:
        engine: Engine = load_onnx(folder)
        return engine.tag(publish.pipeline.plan.words.lattice(text))

    return read_text


def found(tags: Tags, text: str) -> list[tuple[str, str]]:
    return [(text[start:end], entity) for start, end, entity, _ in tags.entities]


def test_what_only_the_model_finds_is_masked(own: Redactor) -> None:
    text = f"昨天{PERSON}来过，说起{ORGANISATION}的事。"
    assert own.redact(text).text == "昨天×来过，说起×的事。"
    assert made(ner="none").redact(text).text == text


def test_evidence_names_the_model(own: Redactor) -> None:
    (finding,) = own.scan(f"昨天{PERSON}来过。")
    assert "recognizer onnx model tiny, probability 0.99" in finding.why()


def test_the_model_stands_in_place_of_the_built_in_recogniser(own: Redactor) -> None:
    text = "随后唐纳德在码头见到了芭芭拉。"
    assert "唐纳德" not in made().redact(text).text
    assert own.redact(text).text == text


def test_terms_to_keep_win_over_the_model(model: Path) -> None:
    kept = Redactor(ner=f"onnx:{model}", keep=[PERSON])
    assert kept.redact(f"昨天{PERSON}来过，说起{ORGANISATION}的事。").text == f"昨天{PERSON}来过，说起×的事。"


def test_rules_that_guess_give_way_where_the_model_is_sure(own: Redactor, read: Read, model: Path) -> None:
    text = f"昨天{PERSON}来过𠮷"
    outside = read(model, text).outside
    assert outside.shape == (len(text),)
    assert outside[:2].min() > 0.99
    assert outside[2:5].max() < 0.01
    assert outside[5:].min() > 0.99


@pytest.mark.parametrize("prefixes", SCHEMES.values(), ids=SCHEMES)
def test_schemes_of_labels(tmp_path: Path, read: Read, prefixes: Sequence[str]) -> None:
    text = f"人{PERSON}{PLACE}好{ORGANISATION}{ORGANISATION}"
    tags = read(make_model(tmp_path / "model", prefixes=prefixes), text)
    first = [(PERSON, "PERSON"), (PLACE, "LOCATION")]
    if prefixes[0].startswith("B"):
        assert found(tags, text) == [*first, (ORGANISATION, "ORGANIZATION"), (ORGANISATION, "ORGANIZATION")]
    else:  # nothing tells where one of a kind ends and the next begins
        assert found(tags, text) == [*first, (ORGANISATION * 2, "ORGANIZATION")]


TYPES = [
    {"PER": "PERSON", "LOC": "GPE", "ORG": "ORGANIZATION"},
    {"PER": "nr", "LOC": "ns", "ORG": "nt"},
    {"PER": "name", "LOC": "address", "ORG": "company"},
    {"PER": "NR", "LOC": "scene", "ORG": "government"},
    {"PER": "PER", "LOC": "LOCATION", "ORG": "organization"},
]


@pytest.mark.parametrize("types", TYPES, ids=["".join(types.values()) for types in TYPES])
def test_names_of_entities(tmp_path: Path, read: Read, types: dict[str, str]) -> None:
    text = f"{PERSON}，{PLACE}，{ORGANISATION}"
    expected = [(PERSON, "PERSON"), (PLACE, "LOCATION"), (ORGANISATION, "ORGANIZATION")]
    assert found(read(make_model(tmp_path / "model", types=types), text), text) == expected


@pytest.mark.parametrize("integers", [TensorProto.INT64, TensorProto.INT32], ids=["int64", "int32"])
@pytest.mark.parametrize(
    "inputs",
    [("input_ids",), ("input_ids", "attention_mask"), ("input_ids", "attention_mask", "token_type_ids")],
    ids=len,
)
def test_inputs_are_those_that_the_model_asks_for(
    tmp_path: Path, read: Read, integers: int, inputs: Sequence[str]
) -> None:
    folder = make_model(tmp_path / "model", integers=integers, inputs=inputs)
    assert found(read(folder, f"人{PERSON}人"), f"人{PERSON}人") == [(PERSON, "PERSON")]


def test_a_model_in_the_folder_onnx_is_found(tmp_path: Path, read: Read) -> None:
    folder = make_model(tmp_path / "model", file="onnx/model.onnx")
    assert found(read(folder, PLACE), PLACE) == [(PLACE, "LOCATION")]


@pytest.mark.parametrize("window", [{}, {"max_position_embeddings": 40}, {"max_position_embeddings": 9}], ids=str)
def test_nothing_is_lost_where_a_long_line_is_cut(tmp_path: Path, read: Read, window: dict[str, int]) -> None:
    folder = make_model(tmp_path / "model", config=window)
    for shift in range(0, 40, 3):
        text = "人" * shift + f"{PERSON}{PLACE}好" * 400
        tags = read(folder, text)
        assert found(tags, text) == [(PERSON, "PERSON"), (PLACE, "LOCATION")] * 400
        assert min(probability for *_, probability in tags.entities) > 0.99


def test_the_tokenizer_may_ask_for_shorter_windows(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "model")
    tokenizer = make_tokenizer()
    tokenizer.enable_truncation(20)
    tokenizer.save(str(folder / "tokenizer.json"))
    lengths = {len(window.ids) for window in load_onnx(folder)._windows("人" * 100)}
    assert max(lengths) == 20


def test_offsets_are_code_points_and_no_entity_reaches_over_a_line_break(model: Path, read: Read) -> None:
    text = f"𠮷𠮷{PERSON}\r\n  {PLACE[:2]}\n{PLACE[2]}𠮷{PLACE}\n\n{PERSON}"
    expected = [(PERSON, "PERSON"), (PLACE[:2], "LOCATION"), (PLACE, "LOCATION"), (PERSON, "PERSON")]
    assert found(read(model, text), text) == expected


def test_empty_text_and_marks_of_the_tokenizer_are_text(model: Path, read: Read) -> None:
    assert read(model, "").entities == ()
    assert read(model, " \n\n").entities == ()
    text = f"[SEP]{PERSON}[CLS]"
    assert found(read(model, text), text) == [(PERSON, "PERSON")]
    (window,) = load_onnx(model)._windows(text)
    assert window.ids.count(VOCABULARY.index("[SEP]")) == 1


def test_a_path_that_is_not_legal_is_not_taken() -> None:
    scheme = compile_scheme(["O", "B-PER", "E-PER", "B-ORG", "E-ORG"])
    logits = np.array([[0, 3, 0, 0, 0], [0, 0, 2.9, 0, 3]], np.float32)
    ((start, end, entity, probability),) = scheme.spans(logits)
    assert (start, end, entity) == (0, 2, "PERSON")
    share = np.exp(logits[:, 1:3]).sum(1) / np.exp(logits).sum(1)
    assert probability == pytest.approx(share.mean())


def test_a_line_opens_with_no_label_that_goes_on() -> None:
    scheme = compile_scheme(["O", "B-PER", "I-PER"])
    assert list(scheme.spans(np.array([[1, 0, 3]]))) == []


def test_letters_may_stand_behind_the_names() -> None:
    scheme = compile_scheme(["O", "PER_B", "PER_I", "PER-S"])
    spans = [span[:3] for span in scheme.spans(9 * np.eye(4)[[1, 2, 1, 3, 3, 0]])]
    assert spans == [(0, 2, "PERSON"), (2, 3, "PERSON"), (3, 4, "PERSON"), (4, 5, "PERSON")]


def test_an_entity_that_must_be_closed_is_closed() -> None:
    scheme = compile_scheme(["O", "B-PER", "I-PER", "E-PER"])
    assert [span[:2] for span in scheme.spans(np.array([[0, 5, 0, 0], [0, 0, 5, 0]]))] == [(0, 2)]
    assert list(scheme.spans(np.array([[0, 5, 0, 0]]))) == []


LABELS = [
    (["O", "B-TIME"], "no person, place or organisation among the labels O, B-TIME"),
    (["B-PER", "I-PER"], "no label O"),
    (["O", "I-PER", "E-PER"], "label that ends PER but none that begins it"),
]


@pytest.mark.parametrize(("labels", "reason"), LABELS, ids=[reason[:12] for _, reason in LABELS])
def test_labels_that_cannot_be_used(labels: list[str], reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        compile_scheme(labels)


def test_files_are_spread_over_processes(tmp_path: Path, model: Path, run: Run) -> None:
    (tmp_path / "in").mkdir()
    for day in "甲乙丙丁戊己":
        (tmp_path / "in" / f"{day}.txt").write_text(f"{day}日{PERSON}来过。\n", encoding="utf-8")
    done = run("clean", "in", "-o", "out", "--jobs", "2", "-q", "--ner", f"onnx:{model}")
    assert (done.returncode, done.stderr) == (0, b"")
    for day in "甲乙丙丁戊己":
        assert (tmp_path / "out" / f"{day}.txt").read_text(encoding="utf-8") == f"{day}日×来过。\n"


def test_parts_are_spread_over_processes(own: Redactor) -> None:
    parts = [partial(str, f"{day}日{PERSON}来过{ORGANISATION}。\n" * 20) for day in "甲乙丙丁戊"]
    once, twice = ([done.text for done in Spread(own, jobs).parts(lambda: parts, Memory())] for jobs in (1, 2))
    assert once == twice == [f"{day}日×来过×。\n" * 20 for day in "甲乙丙丁戊"]


def test_finished_files_are_done_again_when_the_model_is_another(tmp_path: Path, run: Run) -> None:
    config = make_model(tmp_path / "model") / "config.json"
    (tmp_path / "a.txt").write_text(f"昨天{PERSON}来过。\n", encoding="utf-8")
    arguments = ("clean", "a.txt", "-o", "out.txt", "--state", "state", "--force", "--ner", "onnx:model")
    assert run(*arguments).returncode == 0
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "昨天×来过。\n"
    config.write_text(config.read_text(encoding="utf-8").replace("PER", "TIME"), encoding="utf-8")
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == f"昨天{PERSON}来过。\n"


def test_the_files_of_a_model_are_known(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "model", file="onnx/model.onnx")
    (folder / "onnx" / "model.onnx_data").touch()
    names = ["onnx/model.onnx", "onnx/model.onnx_data", "tokenizer.json", "config.json"]
    assert [str(file.relative_to(folder)) for file in load_onnx(folder).files] == names


@pytest.mark.parametrize("command", [["scan", "--explain"], ["eval"]], ids=["scan", "eval"])
def test_other_commands_take_a_model(tmp_path: Path, model: Path, run: Run, command: list[str]) -> None:
    (tmp_path / "a.bio").write_text("".join(f"{c} O\n" for c in f"昨天{PERSON}来过"), encoding="utf-8")
    done = run(*command, "a.bio", "--ner", f"onnx:{tmp_path / 'none'}")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"no folder with an ONNX model" in done.stderr
    assert run(*command, "a.bio", "--ner", f"onnx:{model}").returncode == 0


def remove(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def write(name: str, content: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(content, encoding="utf-8")


def remake(**settings: Any) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        other = make_model(folder.with_name("other"), **settings)
        for file in other.iterdir():
            file.replace(folder / file.name)

    return make


def deaf(folder: Path) -> None:
    Tokenizer(models.BPE({"a": 0}, [])).save(str(folder / "tokenizer.json"))


def abroad(folder: Path) -> None:
    """Weights in a file beside the folder."""
    file = folder / "model.onnx"
    made = onnx.load(str(file))
    table = made.graph.initializer[0]
    (folder.parent / "weights").write_bytes(table.raw_data)
    table.ClearField("raw_data")
    table.data_location = TensorProto.EXTERNAL
    entry = table.external_data.add()
    entry.key, entry.value = "location", "../weights"
    file.write_bytes(made.SerializeToString())


LABEL_NAMES = '{"id2label": {"0": "O", "1": "B-TIME"}}'
FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no model": (remove("model.onnx"), "model: no model.onnx, nor onnx/model.onnx"),
    "no tokenizer": (remove("tokenizer.json"), "model: no tokenizer.json"),
    "no config": (remove("config.json"), "model: no config.json"),
    "broken model": (write("model.onnx", "no model"), "model/model.onnx: not a model that can be run: "),
    "broken tokenizer": (write("tokenizer.json", "{}"), "model/tokenizer.json: not a tokenizer: "),
    "broken config": (write("config.json", "{"), "model/config.json: can't be used: "),
    "config without labels": (write("config.json", "{}"), "model/config.json: no labels from 0 in id2label"),
    "labels of other things": (
        write("config.json", LABEL_NAMES),
        "model/config.json: can't be used: no person, place or organisation among the labels O, B-TIME",
    ),
    "labels without names": (
        write("config.json", '{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}'),
        "model/config.json: can't be used: no label O",
    ),
    "no room": (remake(config={"max_position_embeddings": 2}), "model/tokenizer.json: no room for text in 2 tokens"),
    "no Chinese": (deaf, "model/tokenizer.json: makes no token of 人: Chinese would not be seen"),
    "another number of labels": (
        write("config.json", '{"id2label": {"0": "O", "1": "PER"}}'),
        "onnx model model: the model gives an output of shape (2, 3, 8), not (batch, tokens, labels) = (2, 3, 2)",
    ),
    "output of another shape": (
        remake(nodes=[helper.make_node("ReduceMax", ["scores"], ["logits"], axes=[1], keepdims=0)]),
        "onnx model model: the model gives an output of shape (2, 8), not (batch, tokens, labels) = (2, 3, 8)",
    ),
    "an operator of a library": (
        remake(nodes=[helper.make_node("Spy", ["scores"], ["logits"], domain="stranger")]),
        "model/model.onnx: not a model that can be run: ",
    ),
    "one line at a time": (remake(batch=1), "onnx model model: the model failed: InvalidArgument"),
    "unknown input": (
        remake(inputs=("input_ids", "position_ids")),
        "model/model.onnx: takes input_ids tensor(int64), position_ids tensor(int64);"
        " known are input_ids, attention_mask, token_type_ids of int64 or int32, and input_ids is needed",
    ),
    "weights outside the folder": (abroad, "model/model.onnx: not a model that can be run: "),
}


@pytest.mark.parametrize(("spoil", "reason"), FAULTS.values(), ids=FAULTS)
def test_a_model_that_cannot_be_used_ends_the_run(
    tmp_path: Path, run: Run, spoil: Callable[[Path], object], reason: str
) -> None:
    spoil(make_model(tmp_path / "model"))
    check_refused(tmp_path, run, "onnx:model", f"redactor: {reason}")


@pytest.mark.parametrize(
    ("ner", "reason"),
    [
        ("onnx:absent", "redactor: absent: no folder with an ONNX model\n"),
        ("onnx:", "redactor: unknown recogniser 'onnx:'; known are builtin, none, onnx:PATH\n"),
        ("foo:bar", "redactor: unknown recogniser 'foo:bar'; known are builtin, none, onnx:PATH\n"),
    ],
)
def test_an_engine_that_is_not_there_ends_the_run(tmp_path: Path, run: Run, ner: str, reason: str) -> None:
    check_refused(tmp_path, run, ner, reason)


def check_refused(folder: Path, run: Run, ner: str, reason: str) -> None:
    (folder / "a.txt").write_text("昨天来过。\n", encoding="utf-8")
    done = run("clean", "a.txt", "-o", "out.txt", "--ner", ner)
    message = done.stderr.decode()
    assert message.startswith(reason)
    assert message.count("\n") == 1
    assert (done.returncode, done.stdout) == (2, b"")
    assert not (folder / "out.txt").exists()


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(
    ("char", "reason"),
    [
        (OUTSIDE_VOCABULARY, "the model failed: InvalidArgument"),
        (NOT_A_NUMBER, "the model gives numbers that are not finite"),
    ],
)
def test_a_document_that_the_model_fails_on_is_not_passed(
    tmp_path: Path, model: Path, run: Run, jobs: str, char: str, reason: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bad.txt").write_text(f"昨天{PERSON}来过。\n好{char}\n", encoding="utf-8")
    (tmp_path / "in" / "good.txt").write_text(f"昨天{PERSON}来过。\n", encoding="utf-8")
    done = run("clean", "in", "-o", "out", "--jobs", jobs, "--ner", f"onnx:{model}")
    first, second, *_ = done.stderr.decode().splitlines()
    assert first == f"redactor: in/bad.txt: onnx model tiny: {reason}"
    assert second.startswith("redactor: 1 file written, 0 of them unchanged, 1 failed; ")
    assert done.returncode == 2
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["good.txt"]
    assert (tmp_path / "out" / "good.txt").read_text(encoding="utf-8") == "昨天×来过。\n"


def test_a_tokenizer_that_fails_ends_in_an_error(tmp_path: Path, publish: Redactor) -> None:
    folder = make_model(tmp_path / "model")
    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    content["model"]["unk_token"] = "absent"
    (folder / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(RuleError, match="^onnx model model: the tokenizer failed: Exception$"):
        load_onnx(folder).tag(publish.pipeline.plan.words.lattice("龘"))


def test_a_model_that_no_rule_asks_is_refused(model: Path) -> None:
    with pytest.raises(PolicyError, match="no rule has recognizer = 'tagger': onnx model tiny would not be asked"):
        Redactor(builtin=False, mask=["甲"], ner=f"onnx:{model}")


@pytest.mark.parametrize("package", ["onnxruntime", "tokenizers"])
def test_a_missing_package_is_named(model: Path, package: str) -> None:
    program = f"import sys; sys.modules[{package!r}] = None; from redactor.cli import main; main()"
    arguments = [sys.executable, "-c", program, "clean", "-", "--ner", f"onnx:{model}"]
    done = subprocess.run(arguments, input=b"a", capture_output=True, check=False)
    reason = f'redactor: --ner onnx needs {package}, which is not installed: pip install "redactor-zh[onnx]"\n'
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", reason)


@pytest.mark.parametrize("arguments", [["--help"], ["clean", "-", "-q"]], ids=["help", "clean"])
def test_nothing_heavy_is_loaded_unless_asked_for(arguments: list[str]) -> None:
    program = (
        "import sys, atexit; atexit.register(lambda: print('onnxruntime' in sys.modules, 'tokenizers' in sys.modules));"
        "from redactor.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], input=b"a\n", capture_output=True, check=True)
    assert done.stdout.decode().endswith("False False\n")
