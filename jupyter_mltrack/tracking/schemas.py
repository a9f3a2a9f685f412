"""The columns of a table and the shapes of arrays, as the JSON that MLflow keeps of a dataset.

{"mlflow_colspec": [{"type": "long", "name": "age", "required": true}, …]}
{"mlflow_tensorspec": {"features": "[{\"type\": \"tensor\", …}]", "targets": null}}
"""
