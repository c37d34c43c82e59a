from pathlib import Path

import pytest

from tests.environment.checkouts import write_checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout that is not set up."""
    write_checkout(tmp_path / "checkout")
    return tmp_path / "checkout"
