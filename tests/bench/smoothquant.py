"""Smooths the activations of a network before it is quantised (SmoothQuant; Xiao and others, 2022).

What goes into a matrix product is quantised by one scale, so a single channel with large activations would cost all
others their precision. Each channel is divided by as much as the weights that it meets are multiplied by.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Floats = NDArray[np.float32]
#: Token ids and segment ids.
Encoded = tuple[NDArray[np.int64], NDArray[np.int64]]

#: The migration strength: how much of the range moves from the activations into the weights.
ALPHA = 0.8
_EPSILON = 1e-5


def smoothed(model: onnx.ModelProto, calibration: list[Encoded]) -> onnx.ModelProto:
    """The same network with smooth activations. `calibration`: mails on which their ranges are measured."""
    products = products_of(model)
    initializers = {each.name: each for each in model.graph.initializer}
    for activation, act_max in _activation_maxima(model, [*products], calibration).items():
        weights = [numpy_helper.to_array(initializers[node.input[1]]) for node in products[activation]]
        weight_max = np.max([np.abs(each).max(axis=1) for each in weights], axis=0)
        scale = np.maximum(act_max, _EPSILON) ** ALPHA / np.maximum(weight_max, _EPSILON) ** (1 - ALPHA)
        inverse = numpy_helper.from_array((1 / scale).astype(np.float32), inverse_scale_name(activation))
        model.graph.initializer.append(inverse)
        for node, each in zip(products[activation], weights, strict=True):
            scaled = numpy_helper.from_array(each * scale.astype(np.float32)[:, None], node.input[1])
            initializers[node.input[1]].CopyFrom(scaled)
            node.input[0] = f"{activation}.smoothed"
        _insert(model.graph, helper.make_node("Mul", [activation, inverse.name], [f"{activation}.smoothed"]))
    return model


def inverse_scale_name(activation: str) -> str:
    """The tensor that these activations are multiplied by."""
    return f"{activation}.inverse_scale"


def products_of(model: onnx.ModelProto) -> dict[str, list[onnx.NodeProto]]:
    """The nodes that multiply activations by weights, by the name of the activations."""
    weights = {each.name for each in model.graph.initializer}
    products = defaultdict(list)
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1] in weights:
            products[node.input[0]].append(node)
    return products


def _activation_maxima(model: onnx.ModelProto, names: list[str], calibration: list[Encoded]) -> dict[str, Floats]:
    """The greatest absolute activation of each channel."""
    observed = onnx.ModelProto()
    observed.CopyFrom(model)
    observed.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    session = onnxruntime.InferenceSession(observed.SerializeToString(), providers=["CPUExecutionProvider"])
    maxima: dict[str, Floats] = {}
    for token_ids, segment_ids in calibration:
        position_ids = np.arange(len(token_ids))
        inputs = {"token_ids": token_ids, "segment_ids": segment_ids, "position_ids": position_ids}
        here = (np.abs(each).max(axis=0) for each in session.run(names, inputs))
        maxima = {name: np.maximum(maxima.get(name, 0), each) for name, each in zip(names, here, strict=True)}
    return maxima


def _insert(graph: onnx.GraphProto, node: onnx.NodeProto) -> None:
    """Puts a node behind the one that gives its input."""
    at = next(at for at, before in enumerate(graph.node) if node.input[0] in before.output)
    graph.node.insert(at + 1, node)
