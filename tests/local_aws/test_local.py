"""`python -m local` keeps a local AWS running, and leaves nothing behind, however it ends."""

import gc
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.aws import HOST, ROOT, LocalAws, LocalAwsError

# Tests that run in the background may inherit ignored signals.
PARENT = """
import signal
import sys
from local.aws import LocalAws
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
with LocalAws() as aws:
    print(aws.process_id, aws.folder, aws.endpoint_url.rpartition(":")[2], flush=True)
    sys.stdin.read()
"""


def run_local(folder: Path, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "local", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "AWS_PROFILE": "of-another-account", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_until(process: "subprocess.Popen[str]", text: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"{text!r} did not come: {seen}{process.stderr and process.stderr.read()}")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


@pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="only Linux has pidfd_open, with which the test waits for a process"
)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nothing_is_left_when_the_parent_dies(how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid, folder, port = parent.stdout.readline().split()
        server = os.pidfd_open(int(pid))
        assert listens(int(port))
        parent.send_signal(how)
        ended, _, _ = select.select([server], [], [], 20)
        os.close(server)
    assert ended
    assert not listens(int(port))
    assert not Path(folder).exists()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux shows the open files of a process in /proc")
def test_no_connection_is_left_open() -> None:
    gc.collect()  # else files that earlier tests have left open are closed during this one
    before = count_open_files()
    with LocalAws() as aws:
        aws.client("sts").get_caller_identity()
        aws.reset()
        assert count_open_files() > before
    assert count_open_files() == before


def count_open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_a_used_port_is_an_error_of_one_sentence(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        process = run_local(tmp_path, "--port", str(port))
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors == f"Port {port} cannot be used: stop the program that uses it, or omit PORT to get a free port.\n"
    assert output == ""


@pytest.mark.parametrize("port", ["abc", "-1", "65536", "1.5"])
def test_an_invalid_port_is_an_error_of_one_sentence(tmp_path: Path, port: str) -> None:
    process = run_local(tmp_path, f"--port={port}")
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert errors == f"The port '{port}' is not valid: give a number from 1 to 65535, or none to get a free port.\n"


@pytest.mark.parametrize("step", ["Starting the local AWS", "Synthesizing the stack"])
def test_nothing_is_left_when_the_start_is_interrupted(tmp_path: Path, step: str) -> None:
    """The line of a step comes when the step ends, and the next one begins."""
    (temporary := tmp_path / "tmp").mkdir()
    process = run_local(tmp_path, TMPDIR=str(temporary))
    try:
        read_until(process, step)
    finally:
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert rest.endswith("Stopped; nothing is left running.\n")
    assert list(temporary.iterdir()) == []


def test_a_failed_start_is_an_error_of_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.aws.SERVER", "local.no_such_module")
    with pytest.raises(LocalAwsError, match=r"^The local AWS did not start; .*no_such_module"), LocalAws():
        pass


def test_an_unknown_setting_is_an_error_of_one_sentence(local_aws: LocalAws) -> None:
    with pytest.raises(LocalAwsError, match=r"^There is no setting 'creation_second'"):
        local_aws.configure(creation_second=1)


def test_another_shell_can_use_it_until_it_stops(tmp_path: Path) -> None:
    """Also a shell whose own variables of AWS lead elsewhere."""
    process = run_local(tmp_path, HTTPS_PROXY="http://127.0.0.1:9")
    try:
        output = read_until(process, "Ctrl-C stops it.")
        assert ". .local/env" in output
        assert "create-project --project-name NAME --tags auto-distribute=false\n" in output
        script = """
            . .local/env
            "$0" -c 'import boto3, os
assert boto3.client("rekognition").describe_projects()["ProjectDescriptions"] == []
machine = os.environ["STATE_MACHINE_ARN"]
print(boto3.client("stepfunctions").describe_state_machine(stateMachineArn=machine)["status"])
boto3.client("s3").list_buckets()
state = "{\\"Type\\": \\"Pass\\", \\"End\\": true}"
role = "arn:aws:iam::123456789012:role/any"
print(boto3.client("stepfunctions").test_state(definition=state, roleArn=role)["status"])
print(boto3.client("sns").get_topic_attributes(TopicArn=os.environ["TOPIC_ARN"])["Attributes"]["TopicArn"])'
        """
        shell = subprocess.run(
            ["/bin/sh", "-c", script, sys.executable],
            cwd=tmp_path,
            env={**os.environ, "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_PROFILE": "of-another-account"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert shell.returncode == 0, shell.stderr
        assert shell.stdout.splitlines()[:2] == ["ACTIVE", "SUCCEEDED"]
    finally:
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert rest.endswith("Stopped; nothing is left running.\n")
    assert not (tmp_path / ".local" / "env").exists()
