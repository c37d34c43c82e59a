"""`cdk synth` with the real CLI, without an AWS account."""

import os
import subprocess
import sys
from pathlib import Path

from local.aws import JSII_CACHE, ROOT
from local.cdk import CLI


def cdk_synth(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs it without account, credentials and Docker, in a home without a profile."""
    path = os.pathsep.join([str(CLI.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [str(CLI), "synth", "--quiet", "--no-notices", "--output", str(home / "cdk.out"), *arguments],
        cwd=ROOT,
        env={
            "PATH": path,
            "HOME": str(home),
            "DOCKER_HOST": "unix:///nowhere",
            "CDK_DOCKER": "false",
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(JSII_CACHE),  # else jsii unpacks the CDK into each home
        },
        capture_output=True,
        text=True,
        check=False,
    )


def assembly(home: Path) -> dict[str, bytes]:
    """The template and the names of the assets, which are the hashes of their contents."""
    folder = home / "cdk.out"
    template = (folder / "DatasetDistribution.template.json").read_bytes()
    return {"template": template, **{path.name: b"" for path in folder.glob("asset.*")}}


def test_synth_is_deterministic_and_needs_no_account(tmp_path: Path) -> None:
    homes = [tmp_path / "first", tmp_path / "second"]
    for home in homes:
        home.mkdir()
        result = cdk_synth(home)
        assert result.returncode == 0, result.stderr
    first, second = map(assembly, homes)
    assert len(first) == 3
    assert first == second


def test_wrong_setting_fails_synth_with_its_key_and_value(tmp_path: Path) -> None:
    result = cdk_synth(tmp_path, "--context", "email=nobody")
    assert result.returncode != 0
    assert result.stderr.startswith("Context email is 'nobody'; give e-mail addresses with commas between them.\n")
    assert "Traceback" not in result.stderr
