"""Dependencies: exact versions with hashes, no fixed registry, and permitted licences."""

import ast
import re
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.aws import ROOT
from tools.docs.dependencies import (
    PURPOSES,
    REQUIREMENTS,
    TOOLS,
    is_permitted,
    node_packages,
    pins,
    python_licence,
)
from tools.install import OLDEST_PYTHON

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
LOCKS = ("requirements.lock", "requirements-tools.lock")
OTHER_SYSTEMS = {"colorama"}  # in the lock for Windows


def steps() -> Iterator[dict[str, Any]]:
    for workflow in WORKFLOWS:
        for job in yaml.safe_load(workflow.read_text())["jobs"].values():
            yield from job["steps"]


def normalized(name: str) -> str:
    """The name of a package as PEP 503 normalizes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_actions_are_pinned_by_commit_with_their_version(workflow: Path) -> None:
    used = re.findall(r"^.*\buses:.*$", workflow.read_text(), re.MULTILINE)
    assert used
    for line in used:
        assert re.fullmatch(r"\s*- uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_workflows_only_read_code_and_keep_no_token() -> None:
    for workflow in WORKFLOWS:
        assert yaml.safe_load(workflow.read_text())["permissions"] == {"contents": "read"}
    checkouts = [step for step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_ci_runs_every_python_from_the_oldest() -> None:
    matrix = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    oldest = ".".join(map(str, OLDEST_PYTHON))
    assert matrix["python"][0] == oldest
    assert f"--python-version {oldest} " in (ROOT / "Makefile").read_text()  # of `make lock`


@pytest.mark.parametrize("requirements", REQUIREMENTS)
def test_requirements_are_exact_and_locked(requirements: str) -> None:
    lines = [
        line for line in (ROOT / requirements).read_text().splitlines() if line and not line.startswith(("#", "-r "))
    ]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines), lines
    lock = pins(ROOT / ("requirements-tools.lock" if "tools" in requirements else "requirements.lock"))
    for name, version in pins(ROOT / requirements).items():
        assert lock.get(normalized(name)) == version, f"{name}: run make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_locked_packages_have_hashes_and_no_address(lock: str) -> None:
    content = (ROOT / lock).read_text()
    assert "://" not in content
    packages = re.split(r"\n(?=\w)", content)[1:]
    assert len(packages) == len(pins(ROOT / lock))
    for package in packages:
        assert re.match(r"[\w.-]+==\S+( ; [^\\]+)? \\\n    --hash=sha256:[0-9a-f]{64}", package), package


def test_npm_packages_are_exact_with_hashes_and_no_address() -> None:
    packages = node_packages()
    root = packages.pop("")
    for version in (root["devDependencies"] | root["optionalDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    for path, package in packages.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+\S*", package["version"]), path
        assert package["integrity"].startswith("sha512-"), path
        assert "resolved" not in package, path
        assert "hasInstallScript" not in package, f"{path}: .npmrc runs no scripts"


def test_every_direct_dependency_is_on_the_page() -> None:
    direct = {name for requirements in REQUIREMENTS for name in pins(ROOT / requirements)}
    root = node_packages()[""]
    assert set(PURPOSES) == direct | set(root["devDependencies"]) | set(root["optionalDependencies"])


def imported_modules() -> set[str]:
    """The packages that the code of the repository imports, by the first name of their modules."""
    folders = ("infra", "lambdas", "local", "tests", "tools")
    files = [ROOT / "app.py", *(file for folder in folders for file in (ROOT / folder).rglob("*.py"))]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text()))]
    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {module.partition(".")[0] for module in modules}


def test_every_imported_package_is_declared() -> None:
    declared = {normalized(name) for requirements in REQUIREMENTS for name in pins(ROOT / requirements)}
    installed = packages_distributions()
    providers = {module: set(map(normalized, installed.get(module, []))) for module in imported_modules()}
    assert providers["yaml"] == {"pyyaml"}
    assert [module for module, names in providers.items() if names and not names & declared] == []


def test_new_versions_wait_before_they_are_proposed() -> None:
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())["updates"]
    assert updates
    assert {update["package-ecosystem"]: update["cooldown"]["default-days"] >= 7 for update in updates} == {
        "pip": True,
        "npm": True,
        "github-actions": True,
    }


def test_every_licence_is_permitted() -> None:
    licences = {name: python_licence(name) for name in set(pins(ROOT / LOCKS[0])) - OTHER_SYSTEMS}
    licences |= TOOLS | {path: package["license"] for path, package in node_packages().items()}
    assert {name: licence for name, licence in licences.items() if not is_permitted(licence)} == {}


@pytest.mark.parametrize(
    ("licence", "permitted"),
    [("MIT", True), ("GPL-3.0-only", False), ("MIT OR GPL-3.0-only", True), ("MIT AND GPL-3.0-only", False)],
)
def test_licence_expressions_are_judged(licence: str, permitted: bool) -> None:
    assert is_permitted(licence) == permitted
