"""Trainings with PyTorch Lightning."""

from __future__ import annotations

import tempfile
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import EarlyStopping

from tests.autolog.fits.fit import Fit
from tests.autolog.fits.rows import X, Y

NO_MODEL = {"log_models": False}


class Line(pl.LightningModule):
    """A line through the rows."""

    def __init__(self, rate: float = 0.01) -> None:
        super().__init__()
        torch.manual_seed(5)
        self.rate = rate
        self.out = torch.nn.Linear(4, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """One number for each row."""
        return self.out(x)

    def training_step(self, batch: Any) -> torch.Tensor:
        """The loss of a batch, as it is and as the mean of the epoch."""
        loss = self._loss(batch)
        self.log("loss", loss, on_step=True, on_epoch=True)
        self.log("epoch_loss", loss, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch: Any) -> None:
        """The loss of rows that are not learned."""
        self.log("val_loss", self._loss(batch))

    def test_step(self, batch: Any) -> None:
        """The loss in the end."""
        self.log("test_loss", self._loss(batch))

    def configure_optimizers(self) -> Any:
        """The optimizer."""
        return torch.optim.Adam(self.parameters(), lr=self.rate)

    def _loss(self, batch: Any) -> torch.Tensor:
        rows, expected = batch
        return torch.nn.functional.mse_loss(self(rows)[:, 0], expected)


def rows(first: int = 0, last: int = 60) -> Any:
    """Batches of twenty."""
    some = torch.tensor(X[first:last]), torch.tensor(Y[first:last], dtype=torch.float32)
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*some), batch_size=20)


def trainer(**options: Any) -> pl.Trainer:
    """A trainer that says nothing and writes nothing beside what is asked for."""
    quiet = {
        "accelerator": "cpu", "enable_progress_bar": False, "enable_model_summary": False,
        "logger": False, "log_every_n_steps": 1, "default_root_dir": tempfile.mkdtemp(),
        "max_epochs": 2,
    }  # fmt: skip
    return pl.Trainer(**quiet | options)


def two_epochs() -> Any:
    """Metrics of epochs."""
    trainer(enable_checkpointing=False).fit(Line(), rows())


def tested_at_every_epoch() -> Any:
    """Checkpoints of the best epoch."""
    trainer(enable_checkpointing=False).fit(Line(), rows(0, 40), rows(40, 60))


def stopped_early() -> Any:
    """It gets worse and stops."""
    stop = EarlyStopping("val_loss", patience=1)
    trainer(max_epochs=6, callbacks=[stop]).fit(Line(5.0), rows(0, 40), rows(40, 60))


def every_checkpoint() -> Any:
    """A checkpoint for each epoch."""
    trainer(enable_checkpointing=False).fit(Line(), rows(0, 40), rows(40, 60))


def fit_and_test() -> Any:
    """The same trainer tests in the end."""
    mine = trainer(enable_checkpointing=False)
    model = Line()
    mine.fit(model, rows())
    mine.test(model, rows(40, 60), verbose=False)


FITS = {
    "two_epochs": Fit(two_epochs, NO_MODEL),
    "logged_by_steps": Fit(two_epochs, NO_MODEL | {"log_every_n_step": 2}),
    "every_second_epoch": Fit(two_epochs, NO_MODEL | {"log_every_n_epoch": 2}),
    "tested_at_every_epoch": Fit(tested_at_every_epoch, NO_MODEL),
    "every_checkpoint": Fit(
        every_checkpoint,
        NO_MODEL | {"checkpoint_save_best_only": False, "checkpoint_save_weights_only": True},
    ),
    "every_third_batch": Fit(
        every_checkpoint, NO_MODEL | {"checkpoint_save_best_only": False, "checkpoint_save_freq": 3}
    ),
    "stopped_early": Fit(stopped_early, {}),
    "fit_and_test": Fit(fit_and_test, NO_MODEL),
}
