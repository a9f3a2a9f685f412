"""Fixtures for the tests of tracking."""

from tests.fresh import fresh

__all__ = ["fresh"]
