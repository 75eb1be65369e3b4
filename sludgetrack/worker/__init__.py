"""The worker: does what the outbox asks for, as a thread of the embedded default or as a process of its own."""

from sludgetrack.worker.loop import Loop

__all__ = ["Loop"]
