"""Fixtures for the tests of the tutorials."""

from tests.fresh import fresh

__all__ = ["fresh"]
