"""Fixtures for the tests of panels."""

from tests.lab import chromium, lab, open_notebook

__all__ = ["chromium", "lab", "open_notebook"]
