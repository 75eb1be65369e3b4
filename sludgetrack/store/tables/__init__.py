"""Every table, imported so that the metadata is whole."""

from sludgetrack.store.tables import manifests, mass, record, registry

__all__ = ["manifests", "mass", "record", "registry"]
