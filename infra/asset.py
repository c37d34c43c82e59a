"""The code of the Lambda functions: lambdas/, and the distributions that it imports and Lambda's runtime lacks.

The synth copies the distributions from its own environment, which requirements.lock pins. So it needs no Docker and no
network, and makes the same bytes every time. The runtime brings boto3, and jmespath with it.
"""

import compileall
import shutil
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path, PurePath
from py_compile import PycInvalidationMode
from typing import Any

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk.aws_lambda import AssetCode, Code

ROOT = Path(__file__).resolve().parent.parent
PYTHON = (3, 14)  # of the functions
DISTRIBUTIONS = ("aws-lambda-powertools", "typing_extensions")
USED_UTILITIES = ("jmespath_utils", "typing")  # of Powertools, by its Logger
# These files differ from machine to machine.
INSTALLATION_RECORDS = {"INSTALLER", "RECORD", "REQUESTED", "direct_url.json"}


def function_code() -> AssetCode:
    """One asset for all functions, rooted at the repository, so that imports are the same here and on Lambda."""
    return Code.from_asset(
        str(ROOT),
        exclude=["*", "!lambdas", "!lambdas/**", "**/__pycache__"],
        asset_hash_type=AssetHashType.OUTPUT,
        bundling=BundlingOptions(
            image=DockerImage.from_registry("unused: the local bundling never declines"), local=_Copy()
        ),
    )


@jsii.implements(ILocalBundling)
class _Copy:
    def try_bundle(self, output_dir: str, *_options: Any, **_more: Any) -> bool:
        """Fills the folder that the CDK gives; True means that no Docker is needed."""
        copy_code(Path(output_dir))
        return True


def copy_code(folder: Path, python: tuple[int, int] = PYTHON) -> None:
    """Copies lambdas/ and the distributions into the folder, and compiles them if this is the `python` that runs them.

    Lambda's file system is read-only, so Python would compile the code at each cold start.
    """
    shutil.copytree(ROOT / "lambdas", folder / "lambdas", ignore=shutil.ignore_patterns("__pycache__"))
    for name in DISTRIBUTIONS:
        _copy_distribution(distribution(name), folder)
    if sys.version_info[:2] == python:
        compileall.compile_dir(
            folder, stripdir=str(folder), quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
        )
    for path in folder.rglob("*"):
        # Lambda's own user must be able to read the files ("Working with .zip file archives for Python Lambda
        # functions", AWS Lambda Developer Guide), whatever this machine's umask is.
        path.chmod(0o755 if path.is_dir() else 0o644)


def _copy_distribution(source: Distribution, folder: Path) -> None:
    if "Root-Is-Purelib: true" not in (source.read_text("WHEEL") or ""):
        raise ValueError(f"{source.name} is compiled for this machine; the asset takes pure Python only.")
    for file in source.files or []:
        if not _is_used(file):
            continue
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(str(source.locate_file(file))), target)


def _is_used(file: PurePath) -> bool:
    """Most of Powertools is not: its other utilities, and what answers HTTP."""
    if ".." in file.parts or "__pycache__" in file.parts or file.name in INSTALLATION_RECORDS:
        return False
    match file.parts:
        case ("aws_lambda_powertools", "event_handler", *_):
            return False
        case ("aws_lambda_powertools", "utilities", folder, _, *_):
            return folder in USED_UTILITIES
    return True
