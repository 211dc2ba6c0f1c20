"""The weights of a fine-tuned network, read back from its file: where further fine-tuning starts.

They are what the file holds in eight bits, less what smoothing moved into them from the activations.
"""

from __future__ import annotations

import finetune
import jax
import jax.numpy as jnp
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper
from onnx_export import Graph
from smoothquant import inverse_scale_name, products_of

Floats = NDArray[np.float32]


def imported(stored: bytes, vocabulary: NDArray[np.int64]) -> finetune.Weights:
    """The weights in the bytes of a file that `onnx_export` wrote. `vocabulary`: the one it was written with."""
    shape = finetune.initial_weights(np.random.default_rng(0))
    graph = Graph(shape, vocabulary)
    products = products_of(graph.model())
    activation_of = {node.input[1]: name for name, nodes in products.items() for node in nodes}
    kept = onnx.load_from_string(stored).graph.initializer
    arrays = {each.name: numpy_helper.to_array(each) for each in kept if each.data_type != TensorProto.INT4}
    leaves, structure = jax.tree.flatten(shape)
    names = [graph.name_of[id(leaf)] for leaf in leaves]
    return jax.tree.unflatten(structure, [jnp.asarray(_weight(name, arrays, activation_of)) for name in names])


def _weight(name: str, arrays: dict[str, Floats], activation_of: dict[str, str]) -> Floats:
    weight = arrays[name] if name in arrays else _dequantized(name, arrays)
    if name in activation_of:
        weight = weight * arrays[inverse_scale_name(activation_of[name])][:, None]
    return weight.astype(np.float32)


def _dequantized(name: str, arrays: dict[str, Floats]) -> Floats:
    quantized, zero_point = (arrays[f"{name}_{part}"].astype(np.float32) for part in ("quantized", "zero_point"))
    scaled: Floats = (quantized - zero_point) * arrays[f"{name}_scale"]
    return scaled
