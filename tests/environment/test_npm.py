"""npm, as this machine has it, installs the commands whatever a person's configuration says. It needs no network."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools.install import NPM_OPTIONS

APP: dict[str, Any] = {"name": "app", "devDependencies": {"command": "file:command"}}
COMMAND = {"version": "1.0.0", "bin": {"command": "command.js"}}
LOCK = {
    "lockfileVersion": 3,
    "packages": {"": APP, "command": COMMAND, "node_modules/command": {"resolved": "command", "link": True}},
}


@pytest.mark.parametrize(
    "setting",
    [
        *("omit=dev", "only=prod", "dry-run=true", "package-lock-only=true", "usage=true", "workspaces=true"),
        *("bin-links=false", "global=true", "location=global", "prefix=${HOME}/elsewhere", "install-strategy=linked"),
    ],
)
def test_npm_installs_the_commands_whatever_it_is_told(tmp_path: Path, setting: str) -> None:
    command = tmp_path / "command"
    command.mkdir()
    (command / "command.js").write_text("#!/usr/bin/env node\n")
    (command / "package.json").write_text(json.dumps({"name": "command", **COMMAND}))
    (tmp_path / "package.json").write_text(json.dumps(APP))
    (tmp_path / "package-lock.json").write_text(json.dumps(LOCK))
    (tmp_path / "npmrc").write_text(f"{setting}\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "npm_config_userconfig": str(tmp_path / "npmrc")}
    subprocess.run(["npm", "ci", *NPM_OPTIONS], cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert (tmp_path / "node_modules" / ".bin" / "command").exists()
