"""Teaches the network our labels: the first layers of a multilingual encoder, trained on.

What each word piece means to the encoder stays as it is, so that a word which our mails never had keeps its place
beside its like. The weights that are given are the mean of those of the last steps, which sorts better than the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import encoder
import jax
import jax.numpy as jnp
import numpy as np
import optax
from beside import Pool
from encoder import HEAD, INNER, WIDTH
from numpy.typing import NDArray
from somebody import with_passages

from corpus import Labelled
from mailbot.classify.network import LONGEST, Cut, pieces_of
from mailbot.classify.verdicts import KINDS

Weights = Any
Read = tuple[NDArray[np.int64], NDArray[np.int64]]

LAYERS = 6
ROUNDS = 5
#: The step at its greatest, for the encoder's weights; the new ones on top of them move further.
STEP, NEW_STEP, WARMING, LAST = 1e-4, 2e-3, 0.08, 0.03
#: How much of the mean of the weights stays at each step.
STEADY = 0.995
#: Of the pieces that are read so many are hidden, and labels are believed so far.
HIDDEN, BELIEVED = 0.10, 0.97
#: Mails are taken together by length: so many pieces at a time.
LENGTHS = (32, 48, 64, 80, 96, 128, 176, 240, LONGEST)
TOGETHER = 2048
_END = re.compile(r"[.!?]\s+|\n+")
_STOP = re.compile(r"[.,;:!?]+(?=\s|$)|\n+")
_UNKNOWN, _PAD, _MARKS = 3, 1, 4
#: A text of so many letters is put in the middle of another one.
SHORT = 160
#: How far the scores reach.
LOUD = 4.0
_DEEP = ("q", "k", "v", "ao", "fi", "fo")
_NEW = ("attend", "heard", "whole", "offset")


def taught(mails: list[Labelled], beside: Pool, cut: Cut, kept: NDArray[np.int64], seed: int = 0) -> Weights:
    """The weights after all rounds. `beside`: what people say beside what they ask. `kept`: which pieces of the encoder
    are known, in order."""
    chance = np.random.default_rng(seed)
    words, weights = jnp.asarray(encoder.tensor("emb.word").reshape(-1, WIDTH)[kept]), _begun(chance)
    steps = ROUNDS * len(list(_together([len(pieces_of(mail.reading, cut)[0]) for mail in mails], chance)))
    rate = optax.schedules.warmup_cosine_decay_schedule(0.0, 1.0, int(steps * WARMING), steps, LAST)
    climb = _climb(weights, rate)
    state, steady, losses = climb.init(weights), weights, []

    @jax.jit
    def step(weights: Weights, steady: Weights, state: Any, batch: Any) -> Any:
        loss, slope = jax.value_and_grad(_loss)(weights, words, *batch)
        change, state = climb.update(slope, state, weights)
        weights = optax.apply_updates(weights, change)
        return weights, optax.incremental_update(weights, steady, 1 - STEADY), state, loss

    for _ in range(ROUNDS):
        varied = [_varied(mail, mails, beside, chance) for mail in mails]
        reads = [pieces_of(mail.reading, cut) for mail in varied]
        wanted = _wanted(varied)
        for length, chosen in _together([len(pieces) for pieces, _ in reads], chance):
            batch = _batch([_hidden(reads[at], chance) for at in chosen], wanted[chosen], length)
            weights, steady, state, loss = step(weights, steady, state, batch)
            losses.append(float(loss))
            if len(losses) % 50 == 0:
                print(f"network: {len(losses)} of {steps} steps, loss {np.mean(losses[-50:]):.2f}", flush=True)
    return jax.tree.map(np.asarray, steady)


def scores(weights: Weights, words: Any, pieces: Any, parts: Any, there: Any) -> Any:
    """Mails x kinds. `there`: which places hold a piece."""
    mails, length = pieces.shape
    heads = WIDTH // HEAD
    flow = words[pieces] + weights["place"][:length] + weights["part"][parts]
    flow = _even(flow, weights["even_w"], weights["even_b"])
    away = jnp.where(there, 0, -1e9)[:, None, None, :]
    for layer in weights["layers"]:
        query, key, value = (
            _linear(flow, layer, name).reshape(mails, length, heads, HEAD).transpose(0, 2, 1, 3) for name in "qkv"
        )
        share = jax.nn.softmax(jnp.einsum("bhtd,bhsd->bhts", query, key) / HEAD**0.5 + away, axis=-1)
        looked = jnp.einsum("bhts,bhsd->bhtd", share, value).transpose(0, 2, 1, 3).reshape(mails, length, WIDTH)
        flow = _even(flow + _linear(looked, layer, "ao"), layer["aln.w"], layer["aln.b"])
        inner = jax.nn.gelu(_linear(flow, layer, "fi"), approximate=True)
        flow = _even(flow + _linear(inner, layer, "fo"), layer["oln.w"], layer["oln.b"])
    share = jax.nn.softmax(jnp.where(there[..., None], flow @ weights["attend"], -1e9), axis=1)
    middle = (flow * there[..., None]).sum(1) / there.sum(1, keepdims=True)
    return (share * (flow @ weights["heard"])).sum(1) * LOUD + (middle @ weights["whole"]) * LOUD + weights["offset"]


def _linear(flow: Any, layer: Any, name: str) -> Any:
    half = jnp.bfloat16
    whole = jnp.dot(flow.astype(half), layer[f"{name}.w"].astype(half), preferred_element_type=jnp.float32)
    return whole + layer[f"{name}.b"]


def _even(flow: Any, weight: Any, offset: Any) -> Any:
    """Layer normalisation."""
    middle = flow.mean(-1, keepdims=True)
    spread = ((flow - middle) ** 2).mean(-1, keepdims=True)
    return (flow - middle) / jnp.sqrt(spread + 1e-12) * weight + offset


def _loss(weights: Weights, words: Any, pieces: Any, parts: Any, there: Any, wanted: Any, real: Any) -> Any:
    believed = wanted * (2 * BELIEVED - 1) + (1 - BELIEVED)
    each = optax.sigmoid_binary_cross_entropy(scores(weights, words, pieces, parts, there), believed).sum(-1)
    return (each * real).sum() / real.sum()


def _begun(chance: np.random.Generator) -> Weights:
    """The encoder's first layers, and small numbers of chance for what is ours."""
    part = encoder.tensor("emb.type").reshape(-1, WIDTH)[0]
    weights: dict[str, Any] = {
        "place": encoder.tensor("emb.pos").reshape(-1, WIDTH)[:LONGEST],
        "part": np.stack([part] * 3),
        "even_w": encoder.tensor("emb.ln.w"),
        "even_b": encoder.tensor("emb.ln.b"),
        "layers": [_layer(at) for at in range(LAYERS)],
    }
    weights |= {name: chance.normal(0, 0.02, (WIDTH, len(KINDS))) for name in _NEW[:3]}
    weights["offset"] = np.full(len(KINDS), -2.0)
    return jax.tree.map(lambda each: jnp.asarray(each, jnp.float32), weights)


def _layer(at: int) -> dict[str, NDArray[np.float32]]:
    shapes = {"fi": (INNER, WIDTH), "fo": (WIDTH, INNER)}
    layer = {
        f"{name}.w": encoder.tensor(f"l{at}.{name}.w").reshape(shapes.get(name, (WIDTH, WIDTH))).T for name in _DEEP
    }
    layer |= {f"{name}.b": encoder.tensor(f"l{at}.{name}.b") for name in _DEEP}
    return layer | {f"{name}.{one}": encoder.tensor(f"l{at}.{name}.{one}") for name in ("aln", "oln") for one in "wb"}


def _climb(weights: Weights, rate: Any) -> Any:
    names = {name: "ours" if name in _NEW else "theirs" for name in weights}
    sorts = {name: jax.tree.map(lambda _, sort=sort: sort, weights[name]) for name, sort in names.items()}
    each = {
        "theirs": optax.adamw(lambda step: STEP * rate(step), weight_decay=0.01),
        "ours": optax.adamw(lambda step: NEW_STEP * rate(step), weight_decay=0.01),
    }
    return optax.chain(optax.clip_by_global_norm(1.0), optax.partition(each, sorts))


def _wanted(mails: list[Labelled]) -> NDArray[np.float32]:
    return np.array([[kind in mail.kinds for kind in KINDS] for mail in mails], np.float32)


def _together(lengths: list[int], chance: np.random.Generator) -> Iterator[tuple[int, list[int]]]:
    """Mails of about one length, in an order of chance."""
    groups: dict[int, list[int]] = {length: [] for length in LENGTHS}
    for at in chance.permutation(len(lengths)).tolist():
        groups[next(length for length in LENGTHS if lengths[at] <= length)].append(at)
    batches = [
        (length, group[first : first + _many(length)])
        for length, group in groups.items()
        for first in range(0, len(group), _many(length))
    ]
    for at in chance.permutation(len(batches)).tolist():
        yield batches[at]


def _many(length: int) -> int:
    return TOGETHER // length


def _batch(reads: list[Read], wanted: NDArray[np.float32], length: int) -> tuple[Any, ...]:
    size = _many(length)
    pieces, parts = np.full((size, length), _PAD), np.zeros((size, length), np.int64)
    there, real = np.zeros((size, length), bool), np.zeros(size, np.float32)
    there[:, 0] = True
    asked = np.zeros((size, len(KINDS)), np.float32)
    for at, (each, where) in enumerate(reads):
        pieces[at, : len(each)], parts[at, : len(each)], there[at, : len(each)], real[at] = each, where, True, 1
    asked[: len(reads)] = wanted
    return pieces, parts, there, asked, real


def _hidden(read: Read, chance: np.random.Generator) -> Read:
    pieces, parts = read
    gone = (chance.random(len(pieces)) < HIDDEN) & (pieces >= _MARKS)
    return np.where(gone, _UNKNOWN, pieces), parts


def _varied(mail: Labelled, mails: list[Labelled], beside: Pool, chance: np.random.Generator) -> Labelled:
    """As others would have sent it: with who they are and what else asks nothing, two subjects in one mail, all small
    letters, without a stop, no subject, slips of the keys."""
    mail = with_passages(mail, beside, chance)
    if chance.random() < 0.25:
        mail = _with_another(mail, mails[int(chance.integers(len(mails)))], chance)
    luck = chance.random()
    if luck < 0.12:
        mail = replace(mail, subject=mail.subject.lower(), text=mail.text.lower())
    elif luck < 0.14:
        mail = replace(mail, text=mail.text.upper())
    elif luck < 0.22:
        mail = replace(mail, text=_STOP.sub(" ", mail.text).lower())
    if mail.text and chance.random() < 0.10:
        mail = replace(mail, subject="")
    return replace(mail, text=_slipped(mail.text, chance)) if chance.random() < 0.25 else mail


def _with_another(mail: Labelled, other: Labelled, chance: np.random.Generator) -> Labelled:
    """Both texts as one mail that asks what both ask, where that is sure: one after the other, or a short one
    somewhere in a long one."""
    alone = {"deceased", "minor"} & {*mail.kinds, *other.kinds}
    long, short = sorted((mail, other), key=lambda one: len(one.text), reverse=True)
    if (
        alone
        or mail.quoted
        or other.quoted
        or len(long.text) > 1000
        or len(short.text) > 500
        or long.rules != short.rules
    ):
        return mail
    if len(short.text) <= SHORT:
        return _both(long, short, _put_in(long.text, _said(short), chance))
    if len(long.text) > 500:
        return mail
    one, two = (mail, other) if chance.random() < 0.5 else (other, mail)
    return _both(one, two, f"{one.text}\n{_said(two)}")


def _said(mail: Labelled) -> str:
    """All that a mail says: what it asks may stand in its subject only."""
    return ". ".join(part for part in (mail.subject, mail.text) if part)


def _both(one: Labelled, two: Labelled, text: str) -> Labelled:
    kinds = tuple(dict.fromkeys(kind for kind in (*one.kinds, *two.kinds) if kind != "not_a_request"))
    return replace(one, text=text, kinds=kinds or one.kinds)


def _put_in(long: str, short: str, chance: np.random.Generator) -> str:
    """A text behind a sentence of another one, or before its first or behind its last."""
    edges = [0, *(found.end() for found in _END.finditer(long)), len(long)]
    at = int(chance.choice(edges))
    return f"{long[:at]} {short} {long[at:]}".strip()


def _slipped(text: str, chance: np.random.Generator) -> str:
    letters = list(text)
    for _ in range(1 + int(len(letters) * 0.02 * chance.random())):
        if len(letters) < 20:
            break
        at, luck = int(chance.integers(1, len(letters) - 1)), chance.random()
        if luck < 0.4:
            del letters[at]
        elif luck < 0.7:
            letters[at], letters[at - 1] = letters[at - 1], letters[at]
        else:
            letters.insert(at, letters[at])
    return "".join(letters)
