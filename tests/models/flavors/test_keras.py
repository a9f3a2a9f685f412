"""Keras: which archives are data alone, and what Keras does with the others."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_mltrack.errors import InvalidParameterValue, ModelNotTrusted
from jupyter_mltrack.models.flavors import keras, keras_archive, tensorflow
from jupyter_mltrack.models.trust import trust
from tests.models.flavors.examples import ARRAY, keras_sequential

pytestmark = [
    pytest.mark.usefixtures("fresh"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

#: A layer that is as Keras writes it.
DENSE = {
    "module": "keras.layers",
    "class_name": "Dense",
    "config": {"units": 1, "activation": "relu"},
    "registered_name": None,
}


def archive(folder: Path, *layers: Any, **records: str) -> Path:
    """A ``.keras`` file with these layers, and further records."""
    model = {"module": "keras", "class_name": "Sequential", "registered_name": None}
    config = model | {"config": {"layers": list(layers)}}
    written = {"config.json": json.dumps(config), "metadata.json": "{}", "model.weights.h5": ""}
    with zipfile.ZipFile(folder / "model.keras", "w") as made:
        for name, content in (written | records).items():
            made.writestr(name, content)
    return folder / "model.keras"


#: Layers of which one only has to be made, and code runs, files are read, or names are imported.
HOSTILE: dict[str, Any] = {
    "pickled code": DENSE | {"class_name": "Lambda"},
    "a program of another kind": DENSE | {"class_name": "TorchModuleWrapper"},
    "a saved model": DENSE | {"class_name": "TFSMLayer"},
    "a file with words": DENSE | {"class_name": "StringLookup"},
    "a class of the user's": DENSE | {"registered_name": "Own>Dense"},
    "a function that loads files": DENSE
    | {
        "config": {"activation": {"class_name": "function", "module": "keras.utils", "config": "a"}}
    },
    "a module of Python": DENSE | {"module": "os", "class_name": "system"},
    "a module within Keras": DENSE | {"module": "keras.src.utils.file_utils"},
    "no module": {"class_name": "Dense", "config": {}},
    "no text as class": DENSE | {"class_name": ["Dense"]},
    "a lambda": {"class_name": "__lambda__", "config": {"value": "4w=="}},
    "deep inside": DENSE | {"config": {"a": [{"b": [DENSE | {"class_name": "Lambda"}]}]}},
    "a class in a module of losses": DENSE | {"module": "keras.losses", "class_name": "get"},
    "an optimizer that is none": DENSE
    | {"module": "keras.src.optimizers.adam", "class_name": "ops"},
}


@pytest.mark.parametrize("layer", HOSTILE.values(), ids=HOSTILE)
def test_what_is_not_known_to_compute_only_is_no_data(layer: Any, tmp_path: Path) -> None:
    """Only layers and functions on the list are taken for data."""
    assert keras_archive.is_data(archive(tmp_path, DENSE))
    assert not keras_archive.is_data(archive(tmp_path, DENSE, layer))


def test_only_the_records_of_keras_are_data(tmp_path: Path) -> None:
    """Neither a further file nor another format."""
    assert not keras_archive.is_data(archive(tmp_path, DENSE, **{"assets/words.txt": "a"}))
    other = tmp_path / "other.keras"
    other.write_bytes(b"\x89HDF\r\n\x1a\n")
    assert not keras_archive.is_data(other)


def test_a_trained_model_is_data(tmp_path: Path) -> None:
    """What is compiled with an optimizer, a loss and metrics too."""
    keras.save_model(keras_sequential().model, tmp_path / "model")
    assert keras_archive.is_data(tmp_path / "model" / "data" / "model.keras")


def functional() -> Any:
    """A model of two branches."""
    import keras as library

    start = library.Input((3,))
    left = library.layers.Dense(2, activation="tanh", kernel_regularizer="l2")(start)
    right = library.layers.BatchNormalization()(start)
    joined = library.layers.Concatenate()([left, right])
    return library.Model(start, library.layers.Dense(1)(joined))


def recurrent() -> Any:
    """A model with layers in layers."""
    import keras as library

    layers = library.layers
    inner = [layers.Bidirectional(layers.LSTM(2)), layers.Dense(1)]
    return library.Sequential([library.Input((4, 3)), *inner])


@pytest.mark.parametrize("make", [functional, recurrent], ids=["functional", "recurrent"])
def test_usual_models_are_data(make: Callable[[], Any], tmp_path: Path) -> None:
    """A branch, a layer in a layer, a regularizer."""
    make().save(tmp_path / "model.keras")
    assert keras_archive.is_data(tmp_path / "model.keras")


def test_a_lambda_does_not_run_even_if_the_folder_is_trusted(tmp_path: Path) -> None:
    """First the gate refuses it, then Keras's safe mode; the user can switch that off."""
    import keras as library

    layers = [library.Input((3,)), library.layers.Lambda(lambda x: x * 2, output_shape=(3,))]
    keras.save_model(library.Sequential(layers), tmp_path / "model")
    (tmp_path / "model" / "mltrack_signature.json").unlink()
    with pytest.raises(ModelNotTrusted, match="keras: data can hold code"):
        keras.load_model(tmp_path / "model")
    trust(tmp_path / "model")
    with pytest.raises(ValueError, match="safe_mode=False"):
        keras.load_model(tmp_path / "model")
    loaded = keras.load_model(tmp_path / "model", load_model_kwargs={"safe_mode": False})
    assert np.allclose(loaded.predict(ARRAY, verbose=0), ARRAY * 2)


def test_an_exported_model_is_refused(tmp_path: Path) -> None:
    """It is for TensorFlow; the message says what to do instead."""
    with pytest.raises(InvalidParameterValue, match="without it"):
        keras.save_model(keras_sequential().model, tmp_path / "m", save_exported_model=True)
    assert list(tmp_path.iterdir()) == []


def test_a_model_of_tensorflow_is_one_of_keras(tmp_path: Path) -> None:
    """The settings are MLflow's; TensorFlow itself is not needed."""
    import keras as library

    this = keras_sequential()
    tensorflow.save_model(this.model, tmp_path / "model", custom_objects={"Own": dict})
    found = tensorflow.FLAVOR.write(this.model, tmp_path).settings
    assert found == {
        "data": "data",
        "keras_version": library.__version__,
        "model_type": "keras",
        "save_format": "tf",
    }
    loaded = tensorflow.load_model(tmp_path / "model")
    assert np.allclose(loaded.predict(ARRAY, verbose=0), this.expected, rtol=1e-5)


@pytest.mark.parametrize(
    "settings", [{"model_type": "tf2-module"}, {"model_type": "keras", "data": "a"}, {}]
)
def test_other_models_of_tensorflow_are_refused(settings: dict[str, str], tmp_path: Path) -> None:
    """The message says who reads them."""
    assert not tensorflow.FLAVOR.is_safe(tmp_path, settings)
    with pytest.raises(InvalidParameterValue, match="MLflow with TensorFlow does"):
        tensorflow.FLAVOR.read(tmp_path, settings)
