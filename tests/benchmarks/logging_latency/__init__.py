"""The ``logging`` benchmark: what one logged metric point costs, and whether it lasts.

Read ``bench.py`` for the course of a run, ``rows.py`` for the calls that are timed, ``worker.py``
for how.
"""
