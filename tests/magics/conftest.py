"""Fixtures for the tests of the magics."""

from tests.fresh import fresh
from tests.kernels import kernel

__all__ = ["fresh", "kernel"]
