"""The audit: the whole record read again, and everything that follows from it computed anew and compared."""

from sludgetrack.services.audit.areas import Area, AuditReport, Outcome
from sludgetrack.services.audit.log import KeptHead
from sludgetrack.services.audit.run import audit

__all__ = ["Area", "AuditReport", "KeptHead", "Outcome", "audit"]
