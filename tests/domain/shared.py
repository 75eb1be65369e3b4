"""Where the ledgers lie that are shared beside a checkout; tests that need them are skipped where they do not."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
CITY = SHARED / "data" / "city_2025"
MAKE_LEDGERS = SHARED / "tools" / "make_ledgers.py"

needs_city = pytest.mark.skipif(not CITY.exists(), reason=f"no city ledger at {CITY}")
needs_returns = pytest.mark.skipif(not MAKE_LEDGERS.exists(), reason=f"no generator of real returns at {MAKE_LEDGERS}")
RIO = SHARED / "data" / "rio_sludge_batches_19.csv"
needs_rio = pytest.mark.skipif(not RIO.exists(), reason=f"no batches of Rio at {RIO}")
