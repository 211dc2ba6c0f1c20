"""The fine-tuned network as the file that the program runs: ONNX, quantised.

The token embeddings are held in four bits, as the encoder's package has them; all other weights in eight.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import encoder
import numpy as np
import onnx
from encoder import HEAD_SIZE, HIDDEN_SIZE
from finetune import LOGIT_SCALE
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from smoothquant import Encoded, smoothed

_OPSET, _IR = 21, 10
_MICROSOFT = "com.microsoft"
_INPUTS = ("token_ids", "segment_ids", "position_ids")


def exported(weights: Any, vocabulary: NDArray[np.int64], calibration: list[Encoded]) -> bytes:
    """The bytes of the file. `vocabulary`: which tokens of the encoder are known, in order; `calibration`: mails whose
    activations are measured before quantisation.

    Inputs: three rows of ids, one per token; output: a logit per kind.
    """
    with TemporaryDirectory() as folder:
        exact, quantized = Path(folder, "exact.onnx"), Path(folder, "quantized.onnx")
        onnx.save(smoothed(Graph(weights, vocabulary).model(), calibration), exact)
        quantize_dynamic(
            exact,
            quantized,
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul", "Gather"],
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
        return quantized.read_bytes()


class Graph:
    """Nodes and initializers, as they are added. A method takes and gives names of tensors.

    `name_of`: under which name the file has each array of the weights, by the array's `id`.
    """

    def __init__(self, weights: Any, vocabulary: NDArray[np.int64]) -> None:
        self.weights, self.vocabulary = weights, vocabulary
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self.name_of: dict[int, str] = {}

    def model(self) -> onnx.ModelProto:
        logits = self._head(self._layers(self._embeddings()))
        self.nodes.append(helper.make_node("Identity", [logits], ["logits"]))
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["length"]) for name in _INPUTS]
        output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [None])
        graph = helper.make_graph(self.nodes, "network", inputs, [output], self.initializers)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
        model = helper.make_model(graph, opset_imports=opsets)
        model.ir_version = _IR
        return model

    def _embeddings(self) -> str:
        position, segment = (
            self._node("Gather", self._initializer(self.weights[f"{name}_embeddings"]), f"{name}_ids")
            for name in ("position", "segment")
        )
        total = self._node("Add", self._node("Add", self._token_embeddings(), segment), position)
        return self._layer_norm(total, self.weights, "embedding_norm")

    def _token_embeddings(self) -> str:
        quantized, scale = encoder.blocks("emb.word")
        rows = quantized.reshape(-1, HIDDEN_SIZE)[self.vocabulary]
        packed = (rows[:, 0::2] & 15 | (rows[:, 1::2] & 15) << 4).astype(np.uint8)
        table = onnx.TensorProto(
            name="token_embeddings", data_type=TensorProto.INT4, dims=rows.shape, raw_data=packed.tobytes()
        )
        self.initializers.append(table)
        block = quantized.shape[1]
        scales = self._initializer(scale.reshape(len(quantized) * block // HIDDEN_SIZE, -1)[self.vocabulary])
        attributes = {"gather_axis": 0, "quantize_axis": 1, "block_size": block, "domain": _MICROSOFT}
        return self._node("GatherBlockQuantized", table.name, "token_ids", scales, **attributes)

    def _layers(self, hidden: str) -> str:
        for layer in self.weights["layers"]:
            attended = self._linear(self._self_attention(hidden, layer), layer, "attention_output")
            hidden = self._layer_norm(self._node("Add", hidden, attended), layer, "attention_norm")
            inner = self._node("Gelu", self._linear(hidden, layer, "ffn_in"), approximate="tanh")
            hidden = self._layer_norm(
                self._node("Add", hidden, self._linear(inner, layer, "ffn_out")), layer, "output_norm"
            )
        return hidden

    def _self_attention(self, hidden: str, layer: Any) -> str:
        query, key, value = (
            self._node("Transpose", self._split_heads(self._linear(hidden, layer, name)), perm=axes)
            for name, axes in (("query", [1, 0, 2]), ("key", [1, 2, 0]), ("value", [1, 0, 2]))
        )
        scores = self._node("MatMul", query, key)
        scaled = self._node("Mul", scores, self._initializer(np.float32(HEAD_SIZE**-0.5)))
        attention = self._node("Softmax", scaled, axis=-1)
        attended = self._node("Transpose", self._node("MatMul", attention, value), perm=[1, 0, 2])
        return self._node("Reshape", attended, self._initializer(np.array([-1, HIDDEN_SIZE])))

    def _split_heads(self, hidden: str) -> str:
        return self._node("Reshape", hidden, self._initializer(np.array([-1, HIDDEN_SIZE // HEAD_SIZE, HEAD_SIZE])))

    def _head(self, hidden: str) -> str:
        first_axis = self._initializer(np.array([0]))
        attention = self._node("Softmax", self._matmul(hidden, "pool_attention"), axis=0)
        weighted = self._node("Mul", attention, self._matmul(hidden, "attention_pooled"))
        pooled = self._node("ReduceSum", weighted, first_axis, keepdims=0)
        mean = self._node("ReduceMean", self._matmul(hidden, "mean_pooled"), first_axis, keepdims=0)
        total = self._node("Add", pooled, mean)
        scaled = self._node("Mul", total, self._initializer(np.float32(LOGIT_SCALE)))
        return self._node("Add", scaled, self._initializer(self.weights["bias"]))

    def _matmul(self, hidden: str, name: str) -> str:
        return self._node("MatMul", hidden, self._initializer(self.weights[name]))

    def _linear(self, hidden: str, layer: Any, name: str) -> str:
        product = self._node("MatMul", hidden, self._initializer(layer[f"{name}.w"]))
        return self._node("Add", product, self._initializer(layer[f"{name}.b"]))

    def _layer_norm(self, hidden: str, weights: Any, name: str) -> str:
        weight, bias = (self._initializer(weights[f"{name}.{one}"]) for one in "wb")
        return self._node("LayerNormalization", hidden, weight, bias, epsilon=1e-12)

    def _initializer(self, value: NDArray[np.generic] | np.float32) -> str:
        name = self.name_of[id(value)] = f"initializer{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name))
        return name

    def _node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"tensor{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name
