"""What an evaluation found: metrics, files, tables, figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.models.evaluation.artifacts import (
    KINDS,
    MLFLOW_MODULE,
    CsvEvaluationArtifact,
    EvaluationArtifact,
    JsonEvaluationArtifact,
    PickleEvaluationArtifact,
)
from jupyter_mltrack.models.evaluation.result_table import as_html, as_text
from jupyter_mltrack.tracking.run_files import plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_METRICS, _ARTIFACTS, _FILES = "metrics.json", "artifacts_metadata.json", "artifacts"
_BASELINE = "baseline_metrics.json"
#: Kinds by the names that a saved result of MLflow's or of ours has for them.
_BY_CLASS = {f"{MLFLOW_MODULE}.{kind.__name__}": kind for kind in KINDS}


class EvaluationResult:
    """What `evaluate` found. In a notebook it shows itself as a table.

    Args:
        metrics: The metrics by name.
        artifacts: The files by name.
        run_id: The run they are in.
        baseline_model_metrics: The metrics of the baseline on the same data.
        figures: The plots as Matplotlib figures, by the names of their files.
        greater_is_better: By the name of a metric, whether more is better.

    Example:
        >>> result = mlflow.evaluate(model, data, targets="label", model_type="classifier")
        >>> result.metrics["f1_score"]
        0.94
        >>> result.figures["roc_curve_plot"]
    """

    def __init__(
        self,
        metrics: Mapping[str, Any],
        artifacts: Mapping[str, EvaluationArtifact],
        run_id: str | None = None,
        *,
        baseline_model_metrics: Mapping[str, Any] | None = None,
        figures: Mapping[str, Figure] | None = None,
        greater_is_better: Mapping[str, bool] | None = None,
    ) -> None:
        self._metrics = dict(metrics)
        self._artifacts = dict(artifacts)
        self._run_id = run_id
        self._baseline = dict(baseline_model_metrics or {})
        self._figures = dict(figures or {})
        self._greater_is_better = dict(greater_is_better or {})

    @property
    def metrics(self) -> dict[str, Any]:
        """The metrics by name."""
        return self._metrics

    @property
    def artifacts(self) -> dict[str, EvaluationArtifact]:
        """The files by name; each has a ``uri`` and a ``content``."""
        return self._artifacts

    @property
    def run_id(self) -> str | None:
        """The run that all of it is in."""
        return self._run_id

    @property
    def baseline_model_metrics(self) -> dict[str, Any]:
        """The metrics of the baseline, if there was one."""
        return self._baseline

    @property
    def figures(self) -> dict[str, Figure]:
        """The plots as Matplotlib figures; those of a loaded result are in `artifacts` alone."""
        return self._figures

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name: ``eval_results_table``, ``per_class_metrics``, and your own."""
        return {
            name: table
            for name, artifact in self._artifacts.items()
            if (table := _as_table(artifact)) is not None
        }

    def save(self, path: str | Path) -> None:
        """Write it to a folder, in MLflow's format.

        Args:
            path: The folder; it is made if missing.
        """
        folder = Path(path)
        (folder / _FILES).mkdir(parents=True, exist_ok=True)
        for artifact in self._artifacts.values():
            if not isinstance(artifact, PickleEvaluationArtifact):
                artifact.write(artifact.content, folder / _FILES / _file_name(artifact.uri))
        described = {
            name: {"uri": one.uri, "class_name": f"{MLFLOW_MODULE}.{type(one).__name__}"}
            for name, one in self._artifacts.items()
        }
        _write(folder / _ARTIFACTS, described)
        if self._baseline:
            _write(folder / _BASELINE, self._baseline)
        _write(folder / _METRICS, self._metrics)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote, here or in MLflow; nothing of it is executed.

        Args:
            path: The folder.

        Raises:
            ResourceDoesNotExist: if there is none.
            InvalidParameterValue: if it holds something else.
        """
        folder = Path(path)
        if not (folder / _METRICS).is_file():
            msg = f"{folder} holds no evaluation result: it has no {_METRICS}."
            raise ResourceDoesNotExist(msg)
        try:
            described = _read(folder / _ARTIFACTS)
            artifacts = {
                name: _loaded(folder / _FILES, one["uri"], one["class_name"])
                for name, one in described.items()
            }
            metrics = _read(folder / _METRICS)
            baseline = folder / _BASELINE
            found = _read(baseline) if baseline.is_file() else None
            return cls(metrics, artifacts, baseline_model_metrics=found)
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            msg = f"{folder} cannot be read as an evaluation result: {error}"
            raise InvalidParameterValue(msg) from error

    def __repr__(self) -> str:
        return as_text(self._metrics, self._baseline, list(self._artifacts))

    def _repr_html_(self) -> str:
        return as_html(
            self._metrics,
            self._baseline,
            list(self._artifacts),
            self._greater_is_better,
        )


def _as_table(artifact: EvaluationArtifact) -> pd.DataFrame | None:
    """The table in a file: CSV, or JSON with columns and rows."""
    import pandas as pd

    if isinstance(artifact, CsvEvaluationArtifact):
        return pd.DataFrame(artifact.content)
    if isinstance(artifact, JsonEvaluationArtifact) and isinstance(artifact.content, dict):
        match artifact.content:
            case {"columns": list(columns), "data": list(rows)}:
                return pd.DataFrame(rows, columns=columns)
    return None


def _file_name(uri: str) -> str:
    """The name of the file at a URI or path."""
    return Path(urlsplit(uri).path).name


def _loaded(folder: Path, uri: str, name: str) -> EvaluationArtifact:
    kind = _BY_CLASS[name]
    if kind is PickleEvaluationArtifact:
        return kind(uri)
    return kind(uri, kind.read(contained(folder, _file_name(uri))))


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, default=plain), "utf-8")


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
