"""Cells of a notebook that log three runs; between them one cell is changed."""

from __future__ import annotations

SETUP = "import jupyter_mltrack as mlflow\nimport pandas as pd"
CONFIG = "rate = {rate}\nepochs = 3\nname = 'a'"
TRAIN = """\
with mlflow.start_run() as run:
    mlflow.log_params({"rate": rate, "epochs": epochs, "model": "ridge"})
    mlflow.set_tag("team", "ab"[int(rate > 0.15)])
    frame = pd.DataFrame({"x": [rate, 1.0]})
    mlflow.log_input(mlflow.data.from_pandas(frame, name="houses"), context="training")
    for step in range(epochs):
        mlflow.log_metric("loss", 1 / (step + 1) + rate, step=step)
    mlflow.log_metric("accuracy", 1 - rate)"""

#: Cell ids and sources, in the order in which they are executed.
SESSION = [
    ("setup", SETUP),
    ("config", CONFIG.format(rate=0.1)),
    ("train", TRAIN),
    ("config", CONFIG.format(rate=0.2)),
    ("train", TRAIN),
    ("look", "print(rate)"),
    ("config", CONFIG.format(rate=0.3)),
    ("train", TRAIN),
]
