"""Evens out a network before its numbers become whole ones.

What flows into a step is rounded by one scale, so a single loud channel would cost all others their fineness. Each
channel is made quieter by as much as the weights that it meets are made louder (Xiao and others, SmoothQuant, 2022).
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Floats = NDArray[np.float32]
#: Pieces and the parts they stand in.
Read = tuple[NDArray[np.int64], NDArray[np.int64]]

#: How much of the loudness moves into the weights.
MOVED = 0.8
_LEAST = 1e-5


def evened(model: onnx.ModelProto, reads: list[Read]) -> onnx.ModelProto:
    """The same network with even channels. `reads`: mails in which one hears how loud each becomes."""
    meets = _meets(model)
    numbers = {number.name: number for number in model.graph.initializer}
    for flow, loud in _loudness(model, [*meets], reads).items():
        weights = [numpy_helper.to_array(numbers[step.input[1]]) for step in meets[flow]]
        most = np.max([np.abs(each).max(axis=1) for each in weights], axis=0)
        much = np.maximum(loud, _LEAST) ** MOVED / np.maximum(most, _LEAST) ** (1 - MOVED)
        quiet = numpy_helper.from_array((1 / much).astype(np.float32), f"{flow}.quieter")
        model.graph.initializer.append(quiet)
        for step, each in zip(meets[flow], weights, strict=True):
            louder = numpy_helper.from_array(each * much.astype(np.float32)[:, None], step.input[1])
            numbers[step.input[1]].CopyFrom(louder)
            step.input[0] = f"{flow}.even"
        _insert(model.graph, helper.make_node("Mul", [flow, quiet.name], [f"{flow}.even"]))
    return model


def _meets(model: onnx.ModelProto) -> dict[str, list[onnx.NodeProto]]:
    """The steps that multiply what flows with weights, by what flows into them."""
    weights = {number.name for number in model.graph.initializer}
    meets = defaultdict(list)
    for step in model.graph.node:
        if step.op_type == "MatMul" and step.input[1] in weights:
            meets[step.input[0]].append(step)
    return meets


def _loudness(model: onnx.ModelProto, flows: list[str], reads: list[Read]) -> dict[str, Floats]:
    """The greatest number of each channel."""
    listened = onnx.ModelProto()
    listened.CopyFrom(model)
    listened.graph.output.extend(helper.make_tensor_value_info(flow, TensorProto.FLOAT, None) for flow in flows)
    session = onnxruntime.InferenceSession(listened.SerializeToString(), providers=["CPUExecutionProvider"])
    loud: dict[str, Floats] = {}
    for pieces, parts in reads:
        said = session.run(flows, {"pieces": pieces, "parts": parts, "places": np.arange(len(pieces))})
        tops = (np.abs(each).max(axis=0) for each in said)
        loud = {flow: np.maximum(loud.get(flow, 0), top) for flow, top in zip(flows, tops, strict=True)}
    return loud


def _insert(graph: onnx.GraphProto, step: onnx.NodeProto) -> None:
    """Puts a step behind the one that gives what it takes."""
    at = next(at for at, before in enumerate(graph.node) if step.input[0] in before.output)
    graph.node.insert(at + 1, step)
