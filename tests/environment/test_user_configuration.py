"""The local AWS does not look at the user's configuration of AWS, the CDK, Node.js and the terminal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.aws import JSII_CACHE, ROOT, LocalAws
from local.cdk import CLI, cli_environment

HOSTILE_FILES = {
    ".aws/config": "[default\nregion",
    ".aws/credentials": "[default]\n[default]\n",
    ".aws/models/rekognition/2016-06-27/service-2.json": "{",
    ".cdk.json": "{",
}
HOSTILE_VARIABLES = {
    "AWS_PROFILE": "of-another-account",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "CDK_DEFAULT_ACCOUNT": "999999999999",
    "NODE_OPTIONS": "--require=/no/such/module",
    "JSII_NODE": "/no/such/node",
    "PYTHONIOENCODING": "ascii",
}


@pytest.fixture
def hostile_home(tmp_path: Path) -> Path:
    for name, content in HOSTILE_FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def test_demo_works_whatever_the_user_has_configured(hostile_home: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "local", "demo"],
        cwd=ROOT,
        env={**os.environ, **HOSTILE_VARIABLES, "HOME": str(hostile_home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("* Starting the local AWS")
    assert result.stdout.splitlines()[-1].startswith("DISTRIBUTED: 38 of 200 entries")


def test_cdk_cli_sees_only_the_path_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in HOSTILE_VARIABLES.items():
        monkeypatch.setenv(name, value)
    aws = LocalAws()
    aws.folder, aws.ca_bundle, aws.endpoint_url = tmp_path, tmp_path / "ca.pem", "https://127.0.0.1:1"
    seen = cli_environment(aws)
    assert not HOSTILE_VARIABLES.items() & seen.items()
    assert seen["HOME"] == str(tmp_path)
    assert seen["AWS_CONFIG_FILE"] == os.devnull
    assert seen["PATH"].endswith(os.environ["PATH"])


def test_context_of_other_apps_in_the_home_folder_is_no_error(tmp_path: Path) -> None:
    """Nor is another pydantic on PYTHONPATH, nor PYTHONSAFEPATH, which hides the app's own folder."""
    (tmp_path / ".cdk.json").write_text('{"context": {"owner": "me"}}')
    (tmp_path / "pydantic.py").write_text("raise ImportError('another pydantic')")
    path = os.pathsep.join([str(CLI.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
    odd = {"HOME": str(tmp_path), "PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1"}
    result = subprocess.run(
        [str(CLI), "synth", "--quiet", "--no-notices", "--output", str(tmp_path / "cdk.out")],
        cwd=ROOT,
        env={"PATH": path, "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(JSII_CACHE), **odd},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "Context that is no setting of this app is ignored: owner\n" in result.stderr
