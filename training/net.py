"""The network in JAX: a residual stack of dilated convolutions over characters, for training only."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
import optax

from redactor.detect.ner.features import FLAGS, PAIRS

DILATIONS: Final = {5: (1, 2, 4, 1, 2), 6: (1, 2, 4, 8, 1, 2)}
"""By number of blocks: how far apart the characters are that each block looks at. What is shipped has five."""
LABELS: Final = 13
CHAR, PAIR = 64, 32
KEPT: Final = (0.85, 0.6, 0.6)
"""Share of characters, left and right pairs that are not hidden in training: pairs learn names by heart."""
Params = dict[str, Any]


def initial(seed: int, channels: int, chars: int, corpora: int, blocks: int) -> Params:
    """Fresh weights."""
    keys = iter(jax.random.split(jax.random.PRNGKey(seed), 32))

    def normal(*shape: int, scale: float) -> jax.Array:
        return jax.random.normal(next(keys), shape, jnp.float32) * scale

    width = CHAR + 2 * PAIR + FLAGS
    return {
        "char": normal(chars + 1, CHAR, scale=0.1),
        "left": normal(PAIRS, PAIR, scale=0.1),
        "right": normal(PAIRS, PAIR, scale=0.1),
        "enter": normal(width, channels, scale=width**-0.5),
        "corpus": normal(corpora, channels, scale=0.1),
        "blocks": [
            {
                "gain": jnp.ones(channels),
                "kernel": normal(3, channels, channels, scale=(2 / (3 * channels)) ** 0.5),
                "bias": jnp.zeros(channels),
            }
            for _ in range(blocks)
        ],
        "gain": jnp.ones(channels),
        "leave": normal(channels, LABELS, scale=channels**-0.5),
        "bias": jnp.zeros(LABELS),
    }


def fitted(
    params: Params, loss: Callable[..., jax.Array], optimizer: Any, batches: Iterable[tuple[Any, ...]], steps: int
) -> Params:
    """Weights after some steps, each down the slope of `loss(params, *batch)`."""
    state = optimizer.init(params)

    @jax.jit
    def step(params: Params, state: Any, *batch: Any) -> Any:
        value, gradient = jax.value_and_grad(loss)(params, *batch)
        updates, state = optimizer.update(gradient, state, params)
        return optax.apply_updates(params, updates), state, value

    began, values = time.time(), []
    for number, batch in zip(range(1, steps + 1), batches, strict=False):
        params, state, value = step(params, state, *batch)
        values.append(float(value))
        if number % 250 == 0 or number == steps:
            print(f"step {number}/{steps} loss {np.mean(values):.4f} {time.time() - began:.0f} s", flush=True)
            values = []
    return params


def normed(hidden: jax.Array, gain: jax.Array) -> jax.Array:
    """RMS normalisation over the channels."""
    return hidden * jax.lax.rsqrt(jnp.mean(hidden**2, -1, keepdims=True) + 1e-6) * gain


def knowing(params: Params, seed: int, width: int) -> Params:
    """The network, with so many more numbers of each character as its input."""
    channels = params["enter"].shape[1]
    return {**params, "known": 0.01 * jax.random.normal(jax.random.PRNGKey(seed), (width, channels))}


def logits(
    params: Params,
    batch: dict[str, jax.Array],
    key: jax.Array | None = None,
    kept: tuple[float, float, float] = KEPT,
) -> jax.Array:
    """Scores of the labels, shape (rows, characters, LABELS); `key`: for dropout in training, which keeps the shares `kept`."""
    parts = [params["char"][batch["chars"]], params["left"][batch["left"]], params["right"][batch["right"]]]
    if key is not None:
        keys = jax.random.split(key, 9)
        # Whole characters and pairs are hidden, so that the context has to speak.
        parts = [
            p * jax.random.bernoulli(k, keep, p.shape[:2])[..., None] / keep
            for p, k, keep in zip(parts, keys, kept, strict=False)
        ]
    hidden = jnp.concatenate([*parts, batch["flags"].astype(jnp.float32)], -1) @ params["enter"]
    hidden = hidden + params["corpus"][batch["corpus"]][:, None, :]
    if "known" in params:
        hidden = hidden + batch["known"].astype(jnp.float32) @ params["known"]
    for number, (block, dilation) in enumerate(zip(params["blocks"], DILATIONS[len(params["blocks"])], strict=True)):
        inner = normed(hidden, block["gain"])
        padded = jnp.pad(inner, ((0, 0), (dilation, dilation), (0, 0)))
        size = inner.shape[1]
        stacked = jnp.concatenate([padded[:, n * dilation : n * dilation + size] for n in range(3)], -1)
        out = jax.nn.relu(stacked @ block["kernel"].reshape(-1, inner.shape[-1]) + block["bias"])
        if key is not None:
            out = out * jax.random.bernoulli(keys[3 + number], 0.85, out.shape) / 0.85
        hidden = hidden + out
    scores: jax.Array = normed(hidden, params["gain"]) @ params["leave"] + params["bias"]
    return scores


def to_numpy(params: Params) -> dict[str, np.ndarray[Any, Any]]:
    """Flat names, as the weight file has them."""
    flat = {k: np.asarray(v) for k, v in params.items() if k != "blocks"}
    for number, block in enumerate(params["blocks"]):
        flat |= {f"block{number}.{k}": np.asarray(v) for k, v in block.items()}
    return flat


def from_numpy(flat: dict[str, np.ndarray[Any, Any]]) -> Params:
    """The inverse of `to_numpy`; other arrays are passed over."""
    params: Params = {k: jnp.asarray(v) for k, v in flat.items() if "." not in k and k != "alphabet"}
    params["blocks"] = [
        {name: jnp.asarray(flat[f"block{number}.{name}"]) for name in ("gain", "kernel", "bias")}
        for number in range(sum(name.endswith(".kernel") for name in flat))
    ]
    return params
