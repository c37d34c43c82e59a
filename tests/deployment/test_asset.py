"""The code that the Lambda functions are deployed with."""

import os
import stat
import zipfile
from pathlib import Path

import pytest

from infra.asset import copy_code

TWO_MEGABYTES = 2 * 1024 * 1024


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asset")
    copy_code(folder)
    return folder


def test_asset_has_functions_and_their_imports_and_nothing_else(asset: Path) -> None:
    packages = {path.name for path in asset.iterdir() if not path.name.endswith(".dist-info")}
    assert packages == {"lambdas", "aws_lambda_powertools", "jmespath", "typing_extensions.py"}


def test_asset_is_under_two_megabytes_zipped(asset: Path, tmp_path: Path) -> None:
    archive = tmp_path / "asset.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in asset.rglob("*"):
            zipped.write(path, path.relative_to(asset))
    assert archive.stat().st_size < TWO_MEGABYTES


def test_any_user_may_read_the_asset_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        copy_code(tmp_path)
    finally:
        os.umask(before)
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in tmp_path.rglob("*")}
    assert modes == {(True, 0o755), (False, 0o644)}


def test_asset_does_not_depend_on_the_machine(asset: Path) -> None:
    names = {path.name for path in asset.rglob("*")}
    assert names & {"__pycache__", "RECORD", "INSTALLER", "direct_url.json"} == set()
    assert list(asset.rglob("*.so")) == []
