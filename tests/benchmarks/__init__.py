"""Benchmarks, run by hand; see ``__main__.py``."""
