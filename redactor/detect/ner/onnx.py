"""A recogniser that the user brings: a folder with a token classification model in ONNX, its tokenizer and its labels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np
import regex
from numpy.typing import NDArray

from redactor.chinese.lattice import Lattice
from redactor.detect.ner.decode import Tagged
from redactor.detect.ner.labels import Scheme, compile_scheme
from redactor.detect.ner.recogniser import Tags, tags_of
from redactor.language import because, say
from redactor.model import PolicyError, RuleError
from redactor.plugins import install_hint
from redactor.text.show import show

NERS: Final = ("builtin", "none", "onnx:PATH")
_OWN: Final = NERS[:2]
_ONNX: Final = "onnx:"
_LINE: Final = regex.compile(r"[^\n\r\0]+")
_WINDOW: Final = 512
"""Tokens that a model sees at once, at most; less when its folder says so."""
_OVERLAP: Final = 128
_BATCH: Final = 8
_PROBE: Final = "人"
_DTYPES: Final[Mapping[str, type[np.integer[Any]]]] = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
_INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
Logits = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class _Window:
    """Some tokens of a line as the model takes them; `own`: those that are not the tokenizer's marks around them."""

    ids: list[int]
    types: list[int]
    own: list[int]
    offsets: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class OnnxTagger:
    """A model that is ready to run. Safe to use from several threads, and in processes that are forked from this one."""

    name: str
    files: tuple[Path, ...]
    """What its findings depend on."""
    tokenizer: Any
    session: Any
    dtypes: Mapping[str, type[np.integer[Any]]]
    scheme: Scheme
    overlap: int

    def tag(self, lattice: Lattice) -> Tags:
        """Entities line by line, in order. RuleError when the model fails: no text passes unseen."""
        lines = [(match.start(), self._windows(match[0])) for match in _LINE.finditer(lattice.text)]
        scores = iter(self._scores([window for _, windows in lines for window in windows]))
        outside = np.ones(len(lattice.text), np.float32)
        found: list[Tagged] = []
        for start, windows in lines:
            if windows:
                offsets, logits = self._joined(windows, [next(scores) for _ in windows])
                for (low, high), probability in zip(offsets, self.scheme.outside_of(logits), strict=True):
                    outside[start + low : start + high] = np.minimum(outside[start + low : start + high], probability)
                found.extend(_placed(self.scheme.spans(logits), offsets, start))
        return tags_of(found, outside)

    def _windows(self, line: str) -> list[_Window]:
        try:
            encoding = self.tokenizer.encode(line)
        except Exception as error:  # the package has no errors of its own
            raise RuleError(
                "{name}: the tokenizer failed: {name2}", name=self.name, name2=type(error).__name__
            ) from None
        return [window for each in (encoding, *encoding.overflowing) if (window := _window(each)).own]

    def _scores(self, windows: Sequence[_Window]) -> list[Logits]:
        """The logits of each window's own tokens. Windows of one length go together: nothing has to be filled up."""
        scores: list[Logits] = [np.zeros((0, 0))] * len(windows)
        order = sorted(range(len(windows)), key=lambda number: len(windows[number].ids))
        for _, same in groupby(order, key=lambda number: len(windows[number].ids)):
            numbers = list(same)
            for at in range(0, len(numbers), _BATCH):
                batch = numbers[at : at + _BATCH]
                for number, logits in zip(batch, self._run([windows[n] for n in batch]), strict=True):
                    scores[number] = logits[windows[number].own]
        return scores

    def _run(self, batch: Sequence[_Window]) -> Logits:
        """Logits (windows, tokens, labels) of windows of the same length."""
        feed = {"input_ids": [w.ids for w in batch], "token_type_ids": [w.types for w in batch]}
        feed["attention_mask"] = [[1] * len(w.ids) for w in batch]
        try:
            outputs = self.session.run(None, {name: np.array(feed[name], dtype) for name, dtype in self.dtypes.items()})
        except Exception as error:  # each of its errors is a class of its own, and their messages may hold values
            raise RuleError("{name}: the model failed: {name2}", name=self.name, name2=type(error).__name__) from None
        logits: Logits = outputs[0]
        wanted = (len(batch), len(batch[0].ids), len(self.scheme.roles))
        if np.shape(logits) != wanted:
            raise RuleError(
                "{name}: the model gives an output of shape {shape}, not (batch, tokens, labels) = {wanted}",
                name=self.name,
                shape=np.shape(logits),
                wanted=wanted,
            )
        if not np.isfinite(logits).all():
            raise RuleError("{name}: the model gives numbers that are not finite", name=self.name)
        return logits

    def _joined(self, windows: Sequence[_Window], scores: Sequence[Logits]) -> tuple[list[tuple[int, int]], Logits]:
        """A line's tokens and their logits; of two windows that show a token, the one that shows more around it counts."""
        offsets: list[tuple[int, int]] = []
        rows: list[Logits] = []
        half = self.overlap // 2
        for number, (window, logits) in enumerate(zip(windows, scores, strict=True)):
            low = half if number else 0
            high = len(window.own) - (self.overlap - half if number + 1 < len(windows) else 0)
            offsets.extend(window.offsets[low:high])
            rows.append(logits[low:high])
        return offsets, np.concatenate(rows)


def _window(encoding: Any) -> _Window:
    own = [at for at, special in enumerate(encoding.special_tokens_mask) if not special]
    return _Window(encoding.ids, encoding.type_ids, own, [encoding.offsets[at] for at in own])


def _placed(spans: Iterator[Tagged], offsets: Sequence[tuple[int, int]], start: int) -> Iterator[Tagged]:
    """Spans of tokens as spans of characters; tokens may be parts of one character, or stand for none."""
    before = 0
    for first, last, entity, probability in spans:
        low, high = max(before, offsets[first][0]), offsets[last - 1][1]
        if low < high:
            yield start + low, start + high, entity, probability
            before = high


def engine_of(ner: str) -> OnnxTagger | None:
    """The model that `ner` names; None when it names none."""
    check_name(ner)
    return None if ner in _OWN else load_onnx(Path(ner.removeprefix(_ONNX)))


def check_name(ner: str) -> None:
    """PolicyError for a name that no recogniser has."""
    if ner not in _OWN and (not ner.startswith(_ONNX) or ner == _ONNX):
        raise PolicyError("unknown recogniser {ner!r}; known are {ners}", ner=ner, ners=say(", ").join(NERS))


def load_onnx(folder: Path) -> OnnxTagger:
    """The recogniser in a folder. RuleError when something in it is missing or can't be used, PolicyError without the packages."""
    if not folder.is_dir():
        raise RuleError("{folder}: no folder with an ONNX model", folder=folder)
    model = next((f for f in (folder / "model.onnx", folder / "onnx" / "model.onnx") if f.is_file()), None)
    if model is None:
        raise RuleError("{folder}: no model.onnx, nor onnx/model.onnx", folder=folder)
    for name in ("tokenizer.json", "config.json"):
        if not (folder / name).is_file():
            raise RuleError("{folder}: no {name}", folder=folder, name=name)
    scheme, most = _read_config(folder / "config.json")
    tokenizer, overlap = _load_tokenizer(folder / "tokenizer.json", most)
    session, dtypes = _load_session(model)
    weights = sorted(f for f in model.parent.glob(f"{model.name}*") if f.is_file())
    files = (*weights, folder / "tokenizer.json", folder / "config.json")
    tagger = OnnxTagger(f"onnx model {show(folder.resolve().name)}", files, tokenizer, session, dtypes, scheme, overlap)
    # What only running it shows is shown before any document is opened.
    probe = tagger._windows(_PROBE)
    if not probe:
        raise RuleError(
            "{folder}: makes no token of {probe}: Chinese would not be seen",
            folder=folder / "tokenizer.json",
            probe=_PROBE,
        )
    tagger._scores(probe * 2)
    return tagger


def _read_config(file: Path) -> tuple[Scheme, int]:
    """The labels, and how many tokens the model takes."""
    try:
        config = json.loads(file.read_bytes())
        names = config["id2label"]
        scheme = compile_scheme([str(names[str(number)]) for number in range(len(names))])
        return scheme, min(_WINDOW, int(config.get("max_position_embeddings", _WINDOW)))
    except OSError as error:
        raise RuleError("{file}: can't be read: {strerror}", file=file, strerror=because(error)) from None
    except (KeyError, TypeError, AttributeError, RecursionError):
        raise RuleError(
            "{file}: no labels from 0 in id2label, or no whole number in max_position_embeddings", file=file
        ) from None
    except ValueError as error:
        raise RuleError("{file}: can't be used: {error}", file=file, error=error) from None


def _load_tokenizer(file: Path, most: int) -> tuple[Any, int]:
    """The tokenizer, set to cut lines into windows, and how many tokens two windows share."""
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise _missing("tokenizers") from None
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the package has no errors of its own
        raise RuleError("{file}: not a tokenizer: {one_line}", file=file, one_line=_one_line(error)) from None
    most = min(most, (tokenizer.truncation or {}).get("max_length", most))
    room = most - tokenizer.num_special_tokens_to_add(False)
    if room < 1:
        raise RuleError("{file}: no room for text in {most} tokens", file=file, most=most)
    overlap = min(_OVERLAP, room // 2)
    tokenizer.no_padding()
    tokenizer.enable_truncation(most, stride=overlap)
    tokenizer.encode_special_tokens = True  # [SEP] in a document is text
    return tokenizer, overlap


def _load_session(file: Path) -> tuple[Any, dict[str, type[np.integer[Any]]]]:
    """The model, and the inputs that it asks for."""
    try:
        import onnxruntime
    except ImportError:
        raise _missing("onnxruntime") from None
    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # No threads: they would not be there in a forked process, which would wait for them.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # each of its errors is a class of its own
        raise RuleError(
            "{file}: not a model that can be run: {one_line}", file=file, one_line=_one_line(error)
        ) from None
    inputs = {each.name: each for each in session.get_inputs()}
    wrong = [name for name, each in inputs.items() if name not in _INPUTS or each.type not in _DTYPES]
    if wrong or "input_ids" not in inputs:
        raise RuleError(
            "{file}: takes {items}; known are {inputs} of int64 or int32, and input_ids is needed",
            file=file,
            items=", ".join((f"{n} {i.type}" for n, i in inputs.items())),
            inputs=", ".join(_INPUTS),
        )
    return session, {name: _DTYPES[each.type] for name, each in inputs.items()}


def _missing(package: str) -> PolicyError:
    return PolicyError(
        "--ner onnx needs {package}, which is not installed: {install_hint}",
        package=package,
        install_hint=install_hint("onnx"),
    )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
