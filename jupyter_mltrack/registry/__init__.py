"""The model registry: names, versions, stages and aliases of models, and the trail of all changes.

`client.py` is its half of the client, `fluent.py` the functions that users call.
"""
