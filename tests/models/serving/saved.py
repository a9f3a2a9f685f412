"""A model in a folder, as users have one."""

from __future__ import annotations

from pathlib import Path


def saved(folder: Path) -> str:
    """Save a model that adds its columns ``a`` and ``b``, and knows their names."""
    import pandas as pd
    from sklearn.linear_model import LinearRegression

    from jupyter_mltrack.models import infer_signature
    from jupyter_mltrack.models.flavors.sklearn import save_model

    data = pd.DataFrame({"a": [0.0, 1.0, 0.0], "b": [0.0, 0.0, 1.0]})
    fitted = LinearRegression(fit_intercept=False).fit(data, [0.0, 1.0, 1.0])
    signature = infer_signature(data, fitted.predict(data))
    save_model(fitted, folder, signature=signature, pip_requirements=[])
    return str(folder)
