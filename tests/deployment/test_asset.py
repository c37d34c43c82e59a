"""The code that the Lambda functions are deployed with."""

import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.asset import PYTHON, copy_code
from infra.functions import FUNCTIONS
from infra.settings import Settings
from local.ministack_patches.lambda_functions.python_runtime import link_packages
from tools.docs.template import template_for_assertions

ONE_MEGABYTE = 1024 * 1024
MOST_MODULES = 430  # of a function, those of Python included
THIS_PYTHON = sys.version_info[:2]
NO_PYTHON = (0, 0)
IN_A_REGION = {"AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As a Python synthesizes it that the functions do not run on."""
    folder = tmp_path_factory.mktemp("asset")
    copy_code(folder, NO_PYTHON)
    return folder


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compiled")
    copy_code(folder, THIS_PYTHON)
    return folder


def test_asset_has_functions_and_their_imports_and_nothing_else(asset: Path) -> None:
    packages = {path.name for path in asset.iterdir() if not path.name.endswith(".dist-info")}
    assert packages == {"lambdas", "aws_lambda_powertools", "typing_extensions.py"}


def test_asset_is_under_a_megabyte_zipped(compiled: Path, tmp_path: Path) -> None:
    archive = tmp_path / "asset.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in compiled.rglob("*"):
            zipped.write(path, path.relative_to(compiled))
    assert archive.stat().st_size < ONE_MEGABYTE


def test_asset_is_compiled_for_the_python_of_the_functions(asset: Path, compiled: Path, tmp_path: Path) -> None:
    assert list(asset.rglob("*.pyc")) == []
    assert len(list(compiled.rglob("*.pyc"))) == len(list(compiled.rglob("*.py")))
    copy_code(tmp_path, THIS_PYTHON)
    assert read_all(tmp_path) == read_all(compiled)


def read_all(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_functions_run_on_the_python_that_the_asset_is_compiled_for() -> None:
    found = template_for_assertions(Settings()).find_resources("AWS::Lambda::Function").values()
    ours = [function["Properties"] for function in found if function["Properties"]["Handler"].startswith("lambdas.")]
    assert {function["Runtime"] for function in ours} == {"python{}.{}".format(*PYTHON)}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_cold_start_imports_no_more_than_it_needs(compiled: Path, tmp_path: Path, function: str) -> None:
    """From the asset and what the runtime brings, without the packages of this environment."""
    link_packages(tmp_path)
    run = "import sys, json; sys.path[:0] = json.loads(sys.argv[1]); __import__(sys.argv[2]); print(*sys.modules)"
    arguments = [json.dumps([str(compiled), str(tmp_path)]), f"lambdas.{function}"]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", run, *arguments], env=IN_A_REGION, capture_output=True, check=True
    )
    imported = done.stdout.decode().split()
    assert {"boto3", "s3transfer", "pydantic", "aws_xray_sdk"}.isdisjoint(imported)
    assert len(imported) <= MOST_MODULES


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
