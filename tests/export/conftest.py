"""What the tests of exports share."""

from datetime import datetime, timedelta

import pytest

from tests.export.lived import LASTS
from tests.faults.house import NOW


@pytest.fixture
def now() -> datetime:
    """When the export is made: after the last thing that happened."""
    return NOW + LASTS + timedelta(days=1)
