"""`python -m local`: it keeps a local AWS running, and leaves nothing behind however it ends."""

import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.aws import HOST, ROOT, LocalAws, LocalAwsError

# Whoever runs the tests in the background may have them ignore signals.
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
        env={**os.environ, "PYTHONPATH": str(ROOT), "AWS_PROFILE": "of-somebody-else", **environment},
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
    raise AssertionError(f"{text!r} never came: {seen}{process.stderr and process.stderr.read()}")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="a process is waited for by its pidfd, which is Linux's")
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


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        process = run_local(tmp_path, "--port", str(port))
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors == f"Port {port} cannot be had: stop what listens there, or leave PORT out for a free one.\n"
    assert output == ""


@pytest.mark.parametrize("port", ["abc", "-1", "65536", "1.5"])
def test_what_is_no_port_is_one_sentence(tmp_path: Path, port: str) -> None:
    process = run_local(tmp_path, f"--port={port}")
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert errors == f"The port is '{port}'; give a number from 1 to 65535, or none for a free one.\n"


@pytest.mark.parametrize("step", ["Starting the local AWS", "Synthesizing the stack"])
def test_nothing_is_left_when_it_is_stopped_half_way(tmp_path: Path, step: str) -> None:
    """The line of a step comes at its end: by then the next one has begun."""
    (temporary := tmp_path / "tmp").mkdir()
    process = run_local(tmp_path, TMPDIR=str(temporary))
    read_until(process, step)
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert rest.endswith("Stopped; nothing is left running.\n")
    assert list(temporary.iterdir()) == []


def test_a_server_that_cannot_start_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.aws.SERVER", "local.no_such_module")
    with pytest.raises(LocalAwsError, match=r"^The local AWS did not start; .*no_such_module"), LocalAws():
        pass


def test_a_setting_that_does_not_exist_is_one_sentence(local_aws: LocalAws) -> None:
    with pytest.raises(LocalAwsError, match=r"^There is no setting 'creation_second'"):
        local_aws.configure(creation_second=1)


def test_another_shell_reaches_it_until_it_is_stopped(tmp_path: Path) -> None:
    process = run_local(tmp_path, HTTPS_PROXY="http://127.0.0.1:9")
    try:
        said = read_until(process, "Ctrl-C stops it.")
        assert ". .local/env" in said
        script = """
            . .local/env
            "$0" -c 'import boto3, os
assert boto3.client("rekognition").describe_projects()["ProjectDescriptions"] == []
machine = os.environ["STATE_MACHINE_ARN"]
print(boto3.client("stepfunctions").describe_state_machine(stateMachineArn=machine)["status"])
print(boto3.client("sns").get_topic_attributes(TopicArn=os.environ["TOPIC_ARN"])["Attributes"]["TopicArn"])'
        """
        shell = subprocess.run(
            ["/bin/sh", "-c", script, sys.executable], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert shell.returncode == 0, shell.stderr
        assert shell.stdout.splitlines()[0] == "ACTIVE"
    finally:
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert rest.endswith("Stopped; nothing is left running.\n")
    assert not (tmp_path / ".local" / "env").exists()
