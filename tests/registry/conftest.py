"""Fixtures for the tests of the registry."""

from tests.fresh import fresh

__all__ = ["fresh"]
