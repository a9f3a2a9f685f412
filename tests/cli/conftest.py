"""Fixtures for the tests of the command line."""

from tests.fresh import fresh

__all__ = ["fresh"]
