"""Run the real CDK CLI, pinned in package.json, against a local AWS."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from local.aws import ACCOUNT, JSII_CACHE, REGION, ROOT, LocalAws, LocalAwsError

CLI = ROOT / "node_modules" / ".bin" / "cdk"
STACK = "DatasetDistribution"
QUIET = ("--ci", "--no-color", "--no-notices", "--progress", "events")
Report = Callable[[str], None]


def _ignore_step(_step: str) -> None:
    pass


def deploy(
    aws: LocalAws,
    *,
    context: Mapping[str, str] | None = None,
    checkout: Path = ROOT,
    report: Report = _ignore_step,
) -> dict[str, str]:
    """Bootstrap the account, deploy the stack, and return the stack's outputs.

    `checkout` is the folder of the app; `report` gets the name of each step when it begins. Raises LocalAwsError with
    the last line of the CLI's output.
    """
    assembly = synthesize_assembly(aws, context=context, checkout=checkout, report=report)
    report("Deploying the stack")
    return deploy_assembly(aws, assembly, (context or {}).get("stackName", STACK))


def synthesize_assembly(
    aws: LocalAws,
    *,
    context: Mapping[str, str] | None = None,
    checkout: Path = ROOT,
    report: Report = _ignore_step,
) -> Path:
    """Bootstrap the account, unless it is, and return the folder of the cloud assembly that `cdk synth` writes."""
    assembly = Path(mkdtemp(prefix="cdk.out-", dir=aws.folder))
    settings = [word for key, value in (context or {}).items() for word in ("--context", f"{key}={value}")]
    report("Synthesizing the stack, bootstrapping the account")
    with _started(aws, "synth", "--quiet", "--output", str(assembly), *settings, checkout=checkout) as synth:
        if not _log(aws, "bootstrap").exists():
            _run(aws, "bootstrap", f"aws://{ACCOUNT}/{REGION}", "--app", "")
        _finish(aws, "synth", synth)
    return assembly


def deploy_assembly(aws: LocalAws, assembly: Path, stack: str = STACK) -> dict[str, str]:
    """Create or update a stack of the assembly, and return its outputs."""
    outputs_file = aws.folder / "outputs.json"
    _run(
        aws, "deploy", stack, "--app", str(assembly), "--require-approval", "never", "--outputs-file", str(outputs_file)
    )
    outputs: dict[str, str] = json.loads(outputs_file.read_text())[stack]
    return outputs


def destroy(aws: LocalAws, assembly: Path, stack: str = STACK) -> None:
    """Destroy a deployed stack of the assembly."""
    _run(aws, "destroy", stack, "--app", str(assembly), "--force")


def _run(aws: LocalAws, command: str, *arguments: str) -> None:
    with _started(aws, command, *arguments) as process:
        _finish(aws, command, process)


@contextmanager
def _started(
    aws: LocalAws, command: str, *arguments: str, checkout: Path = ROOT
) -> Iterator["subprocess.Popen[bytes]"]:
    """A CLI command in its own process group, which ends with the block at the latest."""
    with _log(aws, command).open("wb") as log:
        process = subprocess.Popen(
            [str(CLI), command, *arguments, *QUIET],
            cwd=checkout,
            env=cli_environment(aws),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _finish(aws: LocalAws, command: str, process: "subprocess.Popen[bytes]") -> None:
    if process.wait():
        lines = _log(aws, command).read_text(errors="replace").strip().splitlines() or ["it wrote nothing"]
        raise LocalAwsError(f"cdk {command} failed: {lines[-1]}")


def _log(aws: LocalAws, command: str) -> Path:
    return aws.folder / f"cdk-{command}.log"


def cli_environment(aws: LocalAws) -> dict[str, str]:
    """The environment of the CDK CLI: its home is the folder of this AWS, where no ~/.cdk.json is."""
    with suppress(OSError):
        JSII_CACHE.mkdir(parents=True, exist_ok=True)
    writable = os.access(JSII_CACHE, os.W_OK)  # a checkout may belong to somebody else
    return {
        **aws.process_environment,
        "CDK_HOME": str(aws.folder),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_VALIDATION": os.environ.get("CDK_VALIDATION", "true"),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(JSII_CACHE if writable else aws.folder / "jsii"),
    }
