"""Start, use and stop the local AWS."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
import botocore.session
import trustme
from botocore.config import Config
from botocore.loaders import Loader
from urllib3 import PoolManager

from local.faults.fault import Fault

ROOT = Path(__file__).resolve().parent.parent
ACCOUNT = "123456789012"
REGION = "us-east-1"
HOST = "127.0.0.1"
ADMINISTRATOR = "local"  # key and secret of the account's root, whose signature MiniStack does not check
SERVER = "local.server"
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SECONDS_TO_START = 60


NO_USER_FILES = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
JSII_CACHE = ROOT / ".local" / "jsii"


def forget_other_accounts() -> None:
    """Hide the user's configuration of AWS from this process: the variables, and the files in ~/.aws."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(NO_USER_FILES)


class LocalAwsError(Exception):
    """The local AWS cannot do what a person asked for; the message is one sentence for that person."""


def control(connections: PoolManager, endpoint_url: str, name: str, body: object) -> dict[str, Any]:
    """The answer of a control of the local AWS at this address (local/server.py); LocalAwsError if it refuses."""
    response = connections.request("POST", f"{endpoint_url}/_custom_labels/{name}", body=json.dumps(body))
    if response.status != 200:
        raise LocalAwsError(response.json()["message"])
    answer: dict[str, Any] = response.json()
    return answer


class LocalAws:
    """A local AWS on a loopback port, with TLS and IAM: a context manager that leaves no process and no file behind."""

    def __init__(self, *, port: int = 0, wait_scale: float = 1.0) -> None:
        """`port` 0 means a free port. `wait_scale` multiplies the waits of Step Functions: 0 skips every wait."""
        self.port = port
        self._wait_scale = wait_scale
        self._process: subprocess.Popen[bytes] | None = None
        self._clients: dict[tuple[str, ...], Any] = {}

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="local-aws-"))
        try:
            self._start()
            self._await_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which AWS SDKs, the AWS CLI and the CDK CLI use this AWS."""
        return {
            **NO_USER_FILES,
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",  # else TestState goes to sync-127.0.0.1
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_CA_BUNDLE": str(self.ca_bundle),
            "NODE_EXTRA_CA_CERTS": str(self.ca_bundle),
            "AWS_ACCESS_KEY_ID": ADMINISTRATOR,
            "AWS_SECRET_ACCESS_KEY": ADMINISTRATOR,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "NO_PROXY": f"{HOST},localhost",
            "no_proxy": f"{HOST},localhost",
        }

    @property
    def process_id(self) -> int:
        """The id of the server's process, and of its process group; 0 if there is none."""
        return self._process.pid if self._process else 0

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.folder / "server.log"

    def client(self, service: str, **credentials: str) -> Any:
        """The boto3 client of the account's administrator, or of these credentials. Later calls return the same one."""
        key = (service, *map(str, sorted(credentials.items())))
        if key not in self._clients:
            self._clients[key] = self._create_client(service, **credentials)
        return self._clients[key]

    def _create_client(self, service: str, **credentials: str) -> Any:
        core = botocore.session.get_session()
        models = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
        core.register_component("data_loader", models)  # none from ~/.aws/models
        session = boto3.Session(
            botocore_session=core,
            **{
                "aws_access_key_id": ADMINISTRATOR,
                "aws_secret_access_key": ADMINISTRATOR,
                "region_name": REGION,
                **credentials,
            },
        )
        return session.client(
            service,
            endpoint_url=self.endpoint_url,
            verify=str(self.ca_bundle),
            config=Config(inject_host_prefix=False, retries={"total_max_attempts": 1}, proxies={}),
        )

    def configure(self, **settings: object) -> None:
        """Change settings of the Custom Labels service (local/custom_labels/settings.py)."""
        self._control("settings", settings)

    def advance(self, seconds: float) -> None:
        """Move the clock of the Custom Labels service forward."""
        self._control("clock", {"advance": seconds})

    def follow_waits(self, follow: bool) -> None:
        """Let Step Functions move that clock instead of waiting, or let it wait in real time again."""
        self._control("clock", {"follow_waits": follow})

    def reset(self) -> None:
        """Drop projects, datasets, changed settings, faults, e-mails and traces. Waits move no clock any more."""
        self._control("reset", {})

    def inject(self, *faults: Fault) -> None:
        """Put these faults in force (local/faults/fault.py), and no others."""
        self._control("faults", [fault.as_json() for fault in faults])

    def match_counts(self) -> list[int]:
        """How many calls each of the faults in force has matched."""
        return [fault["matched"] for fault in self._control("faults", None)["faults"]]

    def internal_state(self) -> dict[str, Any]:
        """What the Custom Labels service knows, whatever its API shows (local/custom_labels/internal_state.py)."""
        return self._control("internal_state", {})

    def mails(self, address: str) -> list[dict[str, str]]:
        """What SNS has sent to the e-mail address or phone number: {To, Subject, Text}."""
        mails: list[dict[str, str]] = self._control("mails", {})["mails"]
        return [mail for mail in mails if mail["To"] == address]

    def traces(self) -> list[str]:
        """The ARN of each execution and function that X-Ray has traced (local/ministack_patches/traces.py)."""
        traces: list[str] = self._control("traces", {})["traces"]
        return traces

    def wait_until_idle(self) -> None:
        """Return when no event is on its way to a rule's target, and no asynchronous invocation runs or waits."""
        self._control("idle", {})

    def _control(self, name: str, body: object) -> dict[str, Any]:
        return control(self._connections, self.endpoint_url, name, body)

    def wait(self) -> None:
        """Return when the server has ended by itself, which is an error."""
        if self._process is not None:
            self._process.wait()

    def last_log_line(self) -> str:
        """The last line of the server's log."""
        return (self.log.read_text(errors="replace").strip().splitlines() or ["it wrote nothing"])[-1]

    def _start(self) -> None:
        with _listen(self.port) as listener:
            self.port = listener.getsockname()[1]
            self.endpoint_url = f"https://{HOST}:{self.port}"
            certificate, key = self._write_certificates()
            self._connections = PoolManager(ca_certs=str(self.ca_bundle))
            with self.log.open("wb") as log:
                self._process = subprocess.Popen(
                    [
                        sys.executable,
                        "-m",
                        SERVER,
                        str(listener.fileno()),
                        str(certificate),
                        str(key),
                        str(self.folder),
                    ],
                    cwd=ROOT,
                    env=self._server_environment(),
                    pass_fds=[listener.fileno()],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    start_new_session=True,
                )

    def _write_certificates(self) -> tuple[Path, Path]:
        authority = trustme.CA(organization_name="local AWS")
        server = authority.issue_cert(HOST, "localhost")
        self.ca_bundle = self.folder / "ca.pem"
        certificate, key = self.folder / "server.pem", self.folder / "server.key"
        authority.cert_pem.write_to_path(str(self.ca_bundle))
        server.private_key_pem.write_to_path(str(key))
        server.cert_chain_pems[0].write_to_path(str(certificate))
        return certificate, key

    @property
    def process_environment(self) -> dict[str, str]:
        """The environment of the processes of this AWS: of the caller's only PATH, after the pinned Node.js."""
        path = (str(ROOT / "node_modules" / ".bin"), str(Path(sys.executable).parent), os.environ["PATH"])
        return {
            **self.environment,
            "PATH": os.pathsep.join(path),
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "LANG": "C.UTF-8",
        }

    def _server_environment(self) -> dict[str, str]:
        """Functions inherit the environment of the server."""
        return {
            **self.process_environment,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "LOG_LEVEL": "WARNING",
            "AUTH": "true",
            "USE_SSL": "1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": HOST,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "S3_DATA_DIR": str(self.folder / "s3"),
            "STATE_DIR": str(self.folder / "state"),
            "NODE_PATH": str(self._link_node_packages()),
            "SFN_WAIT_SCALE": str(self._wait_scale),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": f"unix://{self.folder}/no-docker.sock",
        }

    def _link_node_packages(self) -> Path:
        """The folder of what the Lambda runtime for Node.js provides: version 3 of the SDK, as in package.json."""
        packages = self.folder / "node_packages"
        packages.mkdir()
        (packages / "@aws-sdk").symlink_to(ROOT / "node_modules" / "@aws-sdk")
        return packages

    def _await_ready(self) -> None:
        assert self._process is not None and self._process.stdout is not None  # noqa: S101, PT018 - _start sets both
        readable, _, _ = select.select([self._process.stdout], [], [], SECONDS_TO_START)
        if not readable or not self._process.stdout.readline():
            raise LocalAwsError(f"The local AWS did not start; the last line of its log is: {self.last_log_line()}")

    def _stop(self) -> None:
        """End the server's process group, the processes of functions included. No signal interrupts this."""
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, END_SIGNALS)
        try:
            if self._process is not None:
                _kill_group(self._process.pid)
                with self._process:  # closes the pipes and waits
                    pass
                self._close_connections()
            shutil.rmtree(self.folder, ignore_errors=True)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)

    def _close_connections(self) -> None:
        self._connections.clear()
        while self._clients:
            self._clients.popitem()[1].close()


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError:
        raise LocalAwsError(
            f"Port {port} cannot be used: stop the program that uses it, or omit PORT to get a free port."
        ) from None


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
