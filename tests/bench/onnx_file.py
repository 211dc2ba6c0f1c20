"""The taught network as the file that the program runs: ONNX, its weights as whole numbers.

What the word pieces mean is held in four bits, as the encoder's package has it; all else in eight.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import encoder
import numpy as np
import onnx
from encoder import HEAD, WIDTH
from evening import Read, evened
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from teach import LOUD

_OPSET, _IR = 21, 10
_MICROSOFT = "com.microsoft"
_INPUTS = ("pieces", "parts", "places")


def stored(weights: Any, kept: NDArray[np.int64], reads: list[Read]) -> bytes:
    """The bytes of the file. `kept`: which pieces of the encoder are known, in order; `reads`: mails to listen to.

    Inputs: three rows of numbers, one a piece; output: a score per kind.
    """
    with TemporaryDirectory() as folder:
        whole, small = Path(folder, "whole.onnx"), Path(folder, "small.onnx")
        onnx.save(evened(_Graph(weights, kept).model(), reads), whole)
        quantize_dynamic(
            whole,
            small,
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul", "Gather"],
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
        return small.read_bytes()


class _Graph:
    """Steps and numbers, as they are added."""

    def __init__(self, weights: Any, kept: NDArray[np.int64]) -> None:
        self.weights, self.kept = weights, kept
        self.steps: list[onnx.NodeProto] = []
        self.numbers: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        self._last("scores", self._scores(self._layers(self._begun())))
        rows = [helper.make_tensor_value_info(name, TensorProto.INT64, ["length"]) for name in _INPUTS]
        scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None])
        graph = helper.make_graph(self.steps, "network", rows, [scores], self.numbers)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
        )
        model.ir_version = _IR
        return model

    def _begun(self) -> str:
        place, part = (
            self._step("Gather", self._number(self.weights[f"{name}"]), f"{name}s") for name in ("place", "part")
        )
        return self._even(self._step("Add", self._step("Add", self._words(), part), place), self.weights, "even_")

    def _words(self) -> str:
        whole, scale = encoder.blocks("emb.word")
        rows = whole.reshape(-1, WIDTH)[self.kept]
        halves = (rows[:, 0::2] & 15 | (rows[:, 1::2] & 15) << 4).astype(np.uint8)
        held = onnx.TensorProto(name="words", data_type=TensorProto.INT4, dims=rows.shape, raw_data=halves.tobytes())
        self.numbers.append(held)
        worth = self._number(scale.reshape(len(whole) * whole.shape[1] // WIDTH, -1)[self.kept])
        how = {"gather_axis": 0, "quantize_axis": 1, "block_size": whole.shape[1], "domain": _MICROSOFT}
        return self._step("GatherBlockQuantized", "words", "pieces", worth, **how)

    def _layers(self, flow: str) -> str:
        for layer in self.weights["layers"]:
            query, key, value = (
                self._step("Transpose", self._heads(self._linear(flow, layer, name)), perm=turn)
                for name, turn in (("q", [1, 0, 2]), ("k", [1, 2, 0]), ("v", [1, 0, 2]))
            )
            looked = self._step("MatMul", query, key)
            share = self._step("Softmax", self._step("Mul", looked, self._number(np.float32(HEAD**-0.5))), axis=-1)
            seen = self._step("Transpose", self._step("MatMul", share, value), perm=[1, 0, 2])
            seen = self._step("Reshape", seen, self._number(np.array([-1, WIDTH])))
            flow = self._even(self._step("Add", flow, self._linear(seen, layer, "ao")), layer, "aln.")
            inner = self._step("Gelu", self._linear(flow, layer, "fi"), approximate="tanh")
            flow = self._even(self._step("Add", flow, self._linear(inner, layer, "fo")), layer, "oln.")
        return flow

    def _scores(self, flow: str) -> str:
        first = self._number(np.array([0]))
        share = self._step("Softmax", self._times(flow, "attend"), axis=0)
        heard = self._step("ReduceSum", self._step("Mul", share, self._times(flow, "heard")), first, keepdims=0)
        whole = self._step("ReduceMean", self._times(flow, "whole"), first, keepdims=0)
        loud = self._step("Mul", self._step("Add", heard, whole), self._number(np.float32(LOUD)))
        return self._step("Add", loud, self._number(self.weights["offset"]))

    def _heads(self, flow: str) -> str:
        return self._step("Reshape", flow, self._number(np.array([-1, WIDTH // HEAD, HEAD])))

    def _times(self, flow: str, name: str) -> str:
        return self._step("MatMul", flow, self._number(self.weights[name]))

    def _linear(self, flow: str, layer: Any, name: str) -> str:
        times = self._step("MatMul", flow, self._number(layer[f"{name}.w"]))
        return self._step("Add", times, self._number(layer[f"{name}.b"]))

    def _even(self, flow: str, where: Any, name: str) -> str:
        weight, offset = (self._number(where[f"{name}{one}"]) for one in "wb")
        return self._step("LayerNormalization", flow, weight, offset, epsilon=1e-12)

    def _number(self, value: NDArray[np.generic] | np.float32) -> str:
        name = f"number{len(self.numbers)}"
        self.numbers.append(numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name))
        return name

    def _step(self, sort: str, *inputs: str, **how: Any) -> str:
        name = f"step{len(self.steps)}"
        self.steps.append(helper.make_node(sort, list(inputs), [name], **how))
        return name

    def _last(self, name: str, flow: str) -> None:
        self.steps.append(helper.make_node("Identity", [flow], [name]))
