"""Fine-tunes the network on our labels: the first layers of a multilingual encoder, with a classification head.

It starts from the encoder, or from a network that was fine-tuned before and learns from further mails.

The token embeddings of the encoder are frozen, so that a word which our mails never had keeps its place beside its
like. The weights that are given are an exponential moving average (EMA) over the steps, which sorts better than the
last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import encoder
import jax
import jax.numpy as jnp
import numpy as np
import optax
from batching import padded, planned
from encoder import FFN_SIZE, HEAD_SIZE, HIDDEN_SIZE
from numpy.typing import NDArray
from passages import Pool

from corpus import Labelled
from mailbot.classify.network import MAX_TOKENS, Tokenize
from mailbot.classify.verdicts import KINDS

Weights = Any

LAYERS = 6


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """How long it learns and how fast. `learning_rate`: the peak for the encoder's weights, `head_learning_rate` for
    the head; `ema_decay`: how much of the average each step keeps."""

    epochs: int
    learning_rate: float
    head_learning_rate: float
    ema_decay: float


FROM_THE_ENCODER = Hyperparameters(epochs=5, learning_rate=1e-4, head_learning_rate=2e-3, ema_decay=0.995)
FURTHER = Hyperparameters(epochs=1, learning_rate=4e-5, head_learning_rate=4e-4, ema_decay=0.99)
WEIGHT_DECAY, CLIP_NORM = 0.01, 1.0
#: The share of the steps that warms up, linearly; then a cosine decays to this share of the peak.
WARMUP, FINAL = 0.08, 0.03
LABEL_SMOOTHING = 0.06
#: What the head's sums are multiplied by.
LOGIT_SCALE = 4.0
#: The names of a layer's linear maps in the encoder's file.
_LINEAR = {
    **{"query": "q", "key": "k", "value": "v", "attention_output": "ao"},
    **{"ffn_in": "fi", "ffn_out": "fo"},
}
_NORMS = {"attention_norm": "aln", "output_norm": "oln"}
_HEAD = ("pool_attention", "attention_pooled", "mean_pooled", "bias")


def finetuned(
    mails: list[Labelled],
    pool: Pool,
    tokenize: Tokenize,
    vocabulary: NDArray[np.int64],
    chosen: Hyperparameters = FROM_THE_ENCODER,
    start: Weights = None,
) -> Weights:
    """The averaged weights after all epochs. `pool`: passages that augment the mails. `vocabulary`: which tokens of the
    encoder are known, in order. `start`: the weights of a network that was fine-tuned before."""
    rng = np.random.default_rng(0)
    embeddings = jnp.asarray(encoder.tensor("emb.word").reshape(-1, HIDDEN_SIZE)[vocabulary])
    weights = start or initial_weights(rng)
    plan = planned(mails, pool, tokenize, chosen.epochs, rng)
    optimizer = _optimizer(weights, learning_rate_schedule(len(plan)), chosen)
    state, ema, losses = optimizer.init(weights), weights, []

    @jax.jit
    def step(weights: Weights, ema: Weights, state: Any, batch: Any) -> Any:
        loss, gradient = jax.value_and_grad(_loss)(weights, embeddings, *batch)
        updates, state = optimizer.update(gradient, state, weights)
        weights = optax.apply_updates(weights, updates)
        return weights, optax.incremental_update(weights, ema, 1 - chosen.ema_decay), state, loss

    for length, examples in plan:
        weights, ema, state, loss = step(weights, ema, state, padded(examples, length, rng))
        losses.append(float(loss))
        if len(losses) % 50 == 0:
            print(f"network: {len(losses)} of {len(plan)} steps, loss {np.mean(losses[-50:]):.2f}", flush=True)
    return jax.tree.map(np.asarray, ema)


def learning_rate_schedule(steps: int) -> Any:
    """What the learning rates are multiplied by at each step: linear warm-up to one, then cosine decay."""
    return optax.schedules.warmup_cosine_decay_schedule(0.0, 1.0, int(steps * WARMUP), steps, FINAL)


def _optimizer(weights: Weights, schedule: Any, chosen: Hyperparameters) -> Any:
    """AdamW on clipped gradients, with a learning rate for the encoder and one for the head."""
    groups = {name: "head" if name in _HEAD else "encoder" for name in weights}
    labels = {name: jax.tree.map(lambda _, group=group: group, weights[name]) for name, group in groups.items()}
    each = {
        "encoder": optax.adamw(lambda step: chosen.learning_rate * schedule(step), weight_decay=WEIGHT_DECAY),
        "head": optax.adamw(lambda step: chosen.head_learning_rate * schedule(step), weight_decay=WEIGHT_DECAY),
    }
    return optax.chain(optax.clip_by_global_norm(CLIP_NORM), optax.partition(each, labels))


def _loss(
    weights: Weights,
    embeddings: Any,
    token_ids: Any,
    segment_ids: Any,
    attention_mask: Any,
    labels: Any,
    row_weights: Any,
) -> Any:
    """Binary cross-entropy with label smoothing, summed over the kinds, the mean over the rows that hold a mail."""
    smoothed = labels * (1 - LABEL_SMOOTHING) + LABEL_SMOOTHING / 2
    logits = forward(weights, embeddings, token_ids, segment_ids, attention_mask)
    each = optax.sigmoid_binary_cross_entropy(logits, smoothed).sum(-1)
    return (each * row_weights).sum() / row_weights.sum()


def forward(weights: Weights, embeddings: Any, token_ids: Any, segment_ids: Any, attention_mask: Any) -> Any:
    """The logits, mails x kinds."""
    hidden = embeddings[token_ids] + weights["position_embeddings"][: token_ids.shape[1]]
    hidden = _layer_norm(hidden + weights["segment_embeddings"][segment_ids], weights, "embedding_norm")
    for layer in weights["layers"]:
        attended = _linear(_self_attention(hidden, layer, attention_mask), layer, "attention_output")
        hidden = _layer_norm(hidden + attended, layer, "attention_norm")
        inner = jax.nn.gelu(_linear(hidden, layer, "ffn_in"), approximate=True)
        hidden = _layer_norm(hidden + _linear(inner, layer, "ffn_out"), layer, "output_norm")
    return _head(hidden, weights, attention_mask)


def _self_attention(hidden: Any, layer: Any, attention_mask: Any) -> Any:
    batch, length, _ = hidden.shape
    query, key, value = (
        _linear(hidden, layer, name).reshape(batch, length, -1, HEAD_SIZE).transpose(0, 2, 1, 3)
        for name in ("query", "key", "value")
    )
    mask = jnp.where(attention_mask, 0, -1e9)[:, None, None, :]
    attention = jax.nn.softmax(jnp.einsum("bhtd,bhsd->bhts", query, key) / HEAD_SIZE**0.5 + mask, axis=-1)
    return jnp.einsum("bhts,bhsd->bhtd", attention, value).transpose(0, 2, 1, 3).reshape(batch, length, HIDDEN_SIZE)


def _head(hidden: Any, weights: Weights, attention_mask: Any) -> Any:
    """Per kind the hidden states pooled by an attention of its own, and their mean."""
    mask = attention_mask[..., None]
    attention = jax.nn.softmax(jnp.where(mask, hidden @ weights["pool_attention"], -1e9), axis=1)
    pooled = (attention * (hidden @ weights["attention_pooled"])).sum(1)
    mean = (hidden * mask).sum(1) / attention_mask.sum(1, keepdims=True)
    return pooled * LOGIT_SCALE + (mean @ weights["mean_pooled"]) * LOGIT_SCALE + weights["bias"]


def _linear(hidden: Any, layer: Any, name: str) -> Any:
    half = jnp.bfloat16
    product = jnp.dot(hidden.astype(half), layer[f"{name}.w"].astype(half), preferred_element_type=jnp.float32)
    return product + layer[f"{name}.b"]


def _layer_norm(hidden: Any, weights: Any, name: str) -> Any:
    mean = hidden.mean(-1, keepdims=True)
    variance = ((hidden - mean) ** 2).mean(-1, keepdims=True)
    return (hidden - mean) / jnp.sqrt(variance + 1e-12) * weights[f"{name}.w"] + weights[f"{name}.b"]


def initial_weights(rng: np.random.Generator) -> Weights:
    """The encoder's first layers, and a head of small random weights."""
    segment = encoder.tensor("emb.type").reshape(-1, HIDDEN_SIZE)[0]
    weights: dict[str, Any] = {
        "position_embeddings": encoder.tensor("emb.pos").reshape(-1, HIDDEN_SIZE)[:MAX_TOKENS],
        "segment_embeddings": np.stack([segment] * 3),
        "embedding_norm.w": encoder.tensor("emb.ln.w"),
        "embedding_norm.b": encoder.tensor("emb.ln.b"),
        "layers": [_initial_layer(at) for at in range(LAYERS)],
    }
    weights |= {name: rng.normal(0, 0.02, (HIDDEN_SIZE, len(KINDS))) for name in _HEAD[:3]}
    weights["bias"] = np.full(len(KINDS), -2.0)
    return jax.tree.map(lambda each: jnp.asarray(each, jnp.float32), weights)


def _initial_layer(at: int) -> dict[str, NDArray[np.float32]]:
    shapes = {"ffn_in": (FFN_SIZE, HIDDEN_SIZE), "ffn_out": (HIDDEN_SIZE, FFN_SIZE)}
    layer = {}
    for name, stored in _LINEAR.items():
        matrix = encoder.tensor(f"l{at}.{stored}.w").reshape(shapes.get(name, (HIDDEN_SIZE, HIDDEN_SIZE)))
        layer |= {f"{name}.w": matrix.T, f"{name}.b": encoder.tensor(f"l{at}.{stored}.b")}
    for name, stored in _NORMS.items():
        layer |= {f"{name}.{one}": encoder.tensor(f"l{at}.{stored}.{one}") for one in "wb"}
    return layer
