"""Tracking: experiments, runs and what they log."""

from jupyter_mltrack.tracking.client import TrackingClient

__all__ = ["TrackingClient"]
