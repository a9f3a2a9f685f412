"""The ``logging`` benchmark: what one logged metric point costs, and whether it lasts.

Read ``bench.py`` for the course of a run, ``contenders.py`` for who takes part,
``workers/`` for the few lines each contender is timed on.
"""
