"""Trainings with Keras 3; the backend is PyTorch."""

from __future__ import annotations

import os
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import keras

from tests.autolog.fits.fit import Fit
from tests.autolog.fits.rows import CLASSES, X, Y

NO_MODEL = {"log_models": False}


def small_model(**compiled: Any) -> keras.Model:
    """One layer, with the same weights every time."""
    keras.utils.set_random_seed(5)
    model = keras.Sequential([keras.Input((4,), name="rows"), keras.layers.Dense(1, name="out")])
    model.compile(**{"loss": "mse", "optimizer": keras.optimizers.SGD(0.01, name="sgd")} | compiled)
    return model


def two_epochs() -> Any:
    """Everything by keyword."""
    return small_model(metrics=["mae"]).fit(
        x=X, y=Y, epochs=2, batch_size=20, verbose=0, shuffle=False
    )


def tested_at_every_epoch() -> Any:
    """Metrics of a second set."""
    return small_model(optimizer=keras.optimizers.Adam(name="adam")).fit(
        X[:40], Y[:40], epochs=2, batch_size=20, validation_data=(X[40:], Y[40:]), verbose=0,
        shuffle=False,
    )  # fmt: skip


def batches_from_a_generator() -> Any:
    """The batch size is that of the first batch."""
    batches = ((X[i : i + 10], Y[i : i + 10]) for i in range(0, 60, 10))
    return small_model().fit(batches, steps_per_epoch=6, shuffle=False, verbose=0)


def logged_by_steps() -> Any:
    """Metrics of every second step."""
    return small_model().fit(X, Y, epochs=2, batch_size=15, verbose=0, shuffle=False)


def classifier() -> Any:
    """Another loss."""
    model = small_model(loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model.fit(X, CLASSES, epochs=1, batch_size=30, verbose=0, shuffle=False)


FITS = {
    "two_epochs": Fit(two_epochs, NO_MODEL),
    "tested_at_every_epoch": Fit(tested_at_every_epoch, NO_MODEL),
    "batches_from_a_generator": Fit(batches_from_a_generator, NO_MODEL | {"log_datasets": False}),
    "logged_by_steps": Fit(
        logged_by_steps, NO_MODEL | {"log_every_epoch": False, "log_every_n_steps": 2}
    ),
    "classifier": Fit(classifier, {}),
}
