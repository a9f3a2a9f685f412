"""Fixtures for the tests of the curves panel."""

from tests.lab import chromium, lab, open_notebook

__all__ = ["chromium", "lab", "open_notebook"]
