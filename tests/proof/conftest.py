"""An authority for the tests of this folder, made once a run because keys take their time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proof.authority import Authority

_made: dict[str, Authority] = {}


@pytest.fixture
def authority(program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A real time-stamp authority that behaves; it is not served over HTTP."""
    return an_authority(program, tmp_path_factory.mktemp("tsa"), "Test")


@pytest.fixture
def stranger(program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another one, which nobody in these tests trusts."""
    return an_authority(program, tmp_path_factory.mktemp("tsa"), "Stranger")


def an_authority(program: Callable[[str], str], folder: Path, name: str) -> Authority:
    """The one of this name."""
    if name not in _made:
        _made[name] = Authority(program("openssl"), folder / name, name)
    return _made[name]
