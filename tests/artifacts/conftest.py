"""Fixtures for the tests of artifacts."""

from tests.fresh import fresh

__all__ = ["fresh"]
