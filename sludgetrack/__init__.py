"""sludgetrack: the manifest that follows sewage sludge from plant to disposal."""

from importlib.metadata import version

__version__ = version("sludgetrack")
