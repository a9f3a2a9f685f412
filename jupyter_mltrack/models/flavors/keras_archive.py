"""Whether a ``.keras`` file is data alone: a zip of weights and of what layers to make of them.

Keras makes what ``config.json`` names. Its own ``safe_mode`` refuses pickled functions, but what
else a name may lead to has been the way in more than once (CVE-2025-1550, CVE-2025-8747), so
here only what is listed counts as data; everything else needs the user's trust.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

#: The records that Keras writes: https://keras.io/guides/serialization_and_saving/.
_RECORDS = frozenset({"config.json", "metadata.json", "model.weights.h5"})

#: The largest ``config.json`` that is looked into, in bytes.
_MAX_CONFIG = 64_000_000

#: Modules all of whose classes only compute.
_MODULES = frozenset(
    "keras.constraints keras.initializers keras.losses keras.metrics keras.optimizers"
    " keras.optimizers.schedules keras.regularizers".split()
)

#: Layers and models that only compute, and call nothing but what they hold.
_LAYERS = frozenset(
    """
    Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention Average
    AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Bidirectional
    CategoryEncoding Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D
    Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Cropping1D Cropping2D Cropping3D Dense
    DepthwiseConv1D DepthwiseConv2D Dot Dropout ELU EinsumDense Embedding Flatten GRU GRUCell
    GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D
    GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
    GroupNormalization GroupQueryAttention Identity InputLayer LSTM LSTMCell LayerNormalization
    LeakyReLU Masking MaxPooling1D MaxPooling2D MaxPooling3D Maximum Minimum MultiHeadAttention
    Multiply Normalization PReLU Permute RMSNormalization RNN ReLU RepeatVector Rescaling Reshape
    SeparableConv1D SeparableConv2D SimpleRNN SimpleRNNCell Softmax SpatialDropout1D
    SpatialDropout2D SpatialDropout3D SpectralNormalization StackedRNNCells Subtract
    TimeDistributed UnitNormalization UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D
    ZeroPadding2D ZeroPadding3D
    """.split()
)

#: Classes by the module that they are named with, beside those of `_MODULES`.
_CLASSES: dict[str, frozenset[str]] = {
    "keras": frozenset({"DTypePolicy", "Functional", "Model", "Sequential"}),
    "keras.layers": _LAYERS,
    "keras.src.models.functional": frozenset({"Functional"}),
}

#: Optimizers, which Keras names with the module that has them for the backend.
_OPTIMIZERS = frozenset(
    "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer Muon Nadam"
    " RMSprop SGD".split()
)
_OPTIMIZER_MODULE = re.compile(r"keras\.src\.(backend\.\w+\.)?optimizers\.\w+")

#: Where a function may be from; "builtins" is what Keras writes for its own.
_FUNCTIONS = frozenset({"builtins", "keras.activations", "keras.losses", "keras.metrics"})

#: What stands for a tensor between layers, and holds a name, a type and a shape.
_TENSOR = "__keras_tensor__"


def is_data(file: Path) -> bool:
    """Whether a ``.keras`` file names nothing but what only computes."""
    if not zipfile.is_zipfile(file):
        return False
    with zipfile.ZipFile(file) as archive:
        records = archive.infolist()
        if {each.filename for each in records} != _RECORDS or len(records) != len(_RECORDS):
            return False
        if archive.getinfo("config.json").file_size > _MAX_CONFIG:
            return False
        config = json.loads(archive.read("config.json"))
    return isinstance(config, dict) and all(map(_only_computes, _objects(config)))


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Everything in ``config.json`` that Keras might make into an object."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if "class_name" in each or "registered_name" in each:
                yield each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _only_computes(found: Mapping[str, Any]) -> bool:
    name, module = found.get("class_name"), found.get("module")
    if name == _TENSOR:
        return module is None
    if name == "function":
        is_named = isinstance(found.get("config"), str) and found["config"].isidentifier()
        return is_named and module in _FUNCTIONS
    if not isinstance(name, str) or not isinstance(module, str):
        return False
    is_own = found.get("registered_name") in {None, name}  # else a class of the user's
    is_of_module = module in _MODULES and name[:1].isupper()
    is_optimizer = name in _OPTIMIZERS and _OPTIMIZER_MODULE.fullmatch(module) is not None
    return is_own and (is_of_module or is_optimizer or name in _CLASSES.get(module, ()))
