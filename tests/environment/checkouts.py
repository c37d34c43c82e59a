"""A checkout that is set up from one small wheel and a script in place of npm, so that it takes seconds."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from local.aws import ROOT
from tools.install import IMPORTS

# As npm does, it leaves out the development packages if the environment or the configuration says so.
NPM = r"""#!/bin/sh
cache="$HOME/.npm"; omitted="$npm_config_omit"; [ "$NODE_ENV" = production ] && omitted=dev
for option; do case "$option" in --cache=*) cache="${option#--cache=}";; --include=dev) omitted=;; esac; done
case "$1" in
config) echo "$cache" ;;
ci)
    [ -n "$PAUSE" ] && { echo "npm runs" >"$PAUSE"; read -r _ <"$PAUSE"; }
    mkdir -p "$cache/_cacache" || { echo "npm error code EACCES" >&2; exit 243; }
    rm -rf node_modules; mkdir -p node_modules/.bin; echo '{}' >node_modules/.package-lock.json
    [ -n "$omitted$BROKEN" ] && exit
    printf '#!/bin/sh\necho 2.0\n' >node_modules/.bin/cdk; chmod +x node_modules/.bin/cdk
    ;;
esac
"""


def write_checkout(folder: Path) -> None:
    """The files of the project that the set-up reads. The lock names the wheel of `write_wheel`."""
    (folder / "tools").mkdir(parents=True)
    for name in ("Makefile", "tools/install.py", "package-lock.json"):
        shutil.copy(ROOT / name, folder / name)
    wheel = write_wheel(folder / "wheels")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (folder / "requirements.lock").write_text(f"everything==1.0 --hash=sha256:{digest}\n")


def write_wheel(folder: Path) -> Path:
    """A wheel with an empty module for each import of the commands."""
    folder.mkdir()
    info = "everything-1.0.dist-info"
    files = {
        **{f"{name}.py": "" for name in IMPORTS.split(", ")},
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: everything\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    path = folder / "everything-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)
        wheel.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD")))
    return path


def fake_node(checkout: Path, node: str = "echo v24.0.0") -> str:
    """A PATH with this node, and with NPM."""
    folder = checkout / "bin"
    folder.mkdir(exist_ok=True)
    for name, script in (("node", f"#!/bin/sh\n{node}\n"), ("npm", NPM)):
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"


@dataclass(frozen=True)
class Result:
    """What a person sees of `make`."""

    succeeded: bool
    output: str
    errors: str


def set_up(checkout: Path, python: str = sys.executable, **environment: str) -> Result:
    """`make setup`. The package index is the folder of the wheel, unless the environment says something else."""
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": (checkout / "wheels").as_uri(), "PIP_CONFIG_FILE": os.devnull}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    result = subprocess.run(
        [shutil.which("make") or "make", "--no-print-directory", "setup", f"PYTHON={python}"],
        cwd=checkout,
        env={**inherited, **index, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in result.stderr.splitlines() if not line.startswith("make: ")]
    return Result(result.returncode == 0, result.stdout, "\n".join(errors))
