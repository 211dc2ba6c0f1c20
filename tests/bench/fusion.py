"""Operator fusion: an addition and the layer normalisation behind it as one node, which the runtime does faster."""

from __future__ import annotations

from collections import Counter

import onnx
from onnx import helper

_ADD, _LAYER_NORM, _FUSED = "Add", "LayerNormalization", "SkipLayerNormalization"


def fused(stored: bytes) -> bytes:
    """The same network with fewer nodes, as bytes of an ONNX file."""
    model = onnx.load_from_string(stored)
    graph = model.graph
    uses = Counter(name for node in graph.node for name in node.input)
    once = {node.input[0] for node in graph.node if node.op_type == _LAYER_NORM and uses[node.input[0]] == 1}
    sums = {node.output[0]: node for node in graph.node if node.op_type == _ADD and node.output[0] in once}
    nodes = [node for node in graph.node if node.output[0] not in sums]
    fewer = [_fused(node, sums[node.input[0]]) if node.input[0] in sums else node for node in nodes]
    del graph.node[:]
    graph.node.extend(fewer)
    return model.SerializeToString()


def _fused(norm: onnx.NodeProto, added: onnx.NodeProto) -> onnx.NodeProto:
    epsilon = {each.name: helper.get_attribute_value(each) for each in norm.attribute if each.name == "epsilon"}
    return helper.make_node(_FUSED, [*added.input, *norm.input[1:]], [*norm.output], domain="com.microsoft", **epsilon)
