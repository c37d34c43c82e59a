"""Cold start, memory and asset of each function, against functions that have the same clients."""

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path
from statistics import fmean, median
from typing import Any

from infra.asset import copy_code
from infra.functions import FUNCTIONS
from infra.settings import Settings
from local.aws import REGION
from local.ministack_patches.lambda_functions.python_runtime import link_packages
from tests.benchmarks import peers
from tests.benchmarks.section import Goal, Result, Section, make_table
from tests.benchmarks.sections.cold_start import KB, Start, cold_start
from tools.docs.template import template_for_assertions
from tools.install import TOOLS

ROUNDS = 60
MB = KB * KB
OURS = ("ours", "compiled")  # the assets with the functions themselves
# What the usual function has in its asset, in this environment and in that of the tools.
USUAL = (
    *("aws-lambda-powertools", "typing-extensions"),
    *("pydantic", "pydantic-core", "annotated-types", "typing-inspection"),
)
USUAL_TRACER = ("aws-xray-sdk", "wrapt")
OF_LAMBDA = {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_LAMBDA_FUNCTION_NAME": "function",
    "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
    "AWS_LAMBDA_LOG_GROUP_NAME": "group",
    "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
    "PATH": "/usr/bin:/bin",
    "LANG": "en_US.UTF-8",
    "POWERTOOLS_METRICS_NAMESPACE": "usual",
    "POWERTOOLS_SERVICE_NAME": "usual",
}
_LIST_CLIENTS = """
import gc, importlib, json, sys
sys.path.insert(0, sys.argv[1])
importlib.import_module(sys.argv[2])
from botocore.client import BaseClient
services = {each.meta.service_model.service_name for each in gc.get_objects() if isinstance(each, BaseClient)}
print(json.dumps(sorted(services)))
"""


def measure() -> Result:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        packages = folder / "packages"
        packages.mkdir()
        link_packages(packages)
        assets = _make_assets(folder)
        environments = _environments()
        clients = {name: _list_clients(name, assets["ours"], environments[name]) for name in FUNCTIONS}
        for name, services in clients.items():
            environments[name]["SERVICES"] = ",".join(services)
        rounds = [
            {name: _start_each(name, assets, packages, environments[name]) for name in FUNCTIONS} for _ in range(ROUNDS)
        ]
        sizes = {name: _zipped(asset) for name, asset in assets.items()}
    functions = {name: {"clients": clients[name], **_summarize([each[name] for each in rounds])} for name in FUNCTIONS}
    return {"functions": functions, "zipped": sizes, "rounds": ROUNDS}


def _make_assets(folder: Path) -> dict[str, Path]:
    assets = {name: folder / name for name in ("ours", "compiled", "bare", "usual")}
    for name in ("bare", "usual"):
        assets[name].mkdir()
        shutil.copy(Path(peers.__path__[0], f"{name}.py"), assets[name])
    copy_code(assets["ours"], python=(0, 0))
    copy_code(assets["compiled"], python=sys.version_info[:2])
    for package in _usual_packages():
        _copy(package, assets["usual"])
    return assets


def _usual_packages() -> Iterator[Distribution]:
    yield from map(distribution, USUAL)
    of_tools = distributions(path=[str(path) for path in TOOLS.glob("lib/python*/site-packages")])
    yield from (found for found in of_tools if found.name in USUAL_TRACER)


def _copy(package: Distribution, folder: Path) -> None:
    for file in package.files or []:
        if ".." not in file.parts and "__pycache__" not in file.parts:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(package.locate_file(file)), folder / file)


def _environments() -> dict[str, dict[str, str]]:
    """The variables of each function by the name of its module. A value that only a deployment knows is `deployed`."""
    found = template_for_assertions(Settings()).find_resources("AWS::Lambda::Function")
    ours = (function["Properties"] for function in found.values())
    return {
        function["Handler"].split(".")[1]: {
            **OF_LAMBDA,
            **{name: value if isinstance(value, str) else "deployed" for name, value in _variables(function).items()},
        }
        for function in ours
        if function["Handler"].startswith("lambdas.")
    }


def _variables(function: dict[str, Any]) -> dict[str, Any]:
    variables: dict[str, Any] = function["Environment"]["Variables"]
    return variables


def _start_each(name: str, assets: dict[str, Path], packages: Path, environment: dict[str, str]) -> dict[str, Start]:
    """One cold start from each asset, two at a time, so that all see the same machine."""
    handlers = {asset: f"{asset}.handler" for asset in assets} | dict.fromkeys(OURS, f"lambdas.{name}.handler")
    with ThreadPoolExecutor(max_workers=2) as pool:
        starts = pool.map(lambda asset: cold_start(handlers[asset], assets[asset], packages, environment), assets)
        return dict(zip(assets, starts, strict=True))


def _summarize(starts: list[dict[str, Start]]) -> Result:
    """By asset. A mean of the seconds varies less between runs than a median does."""
    assets = starts[0]
    return {
        "seconds": {asset: fmean(start[asset].seconds for start in starts) for asset in assets},
        "memory": {asset: median(start[asset].memory for start in starts) for asset in assets},
    }


def _list_clients(name: str, asset: Path, environment: dict[str, str]) -> list[str]:
    """The services of which the function makes clients when it starts."""
    command = [sys.executable, "-B", "-c", _LIST_CLIENTS, str(asset), f"lambdas.{name}"]
    listed = subprocess.run(command, env=environment, capture_output=True, check=True)
    services: list[str] = json.loads(listed.stdout)
    return services


def _zipped(folder: Path) -> int:
    with tempfile.TemporaryFile() as archive:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
            for path in sorted(folder.rglob("*")):
                zipped.write(path, path.relative_to(folder))
        return archive.tell()


def _ratio(found: Result, what: str, asset: str, peer: str = "bare") -> float:
    return float(found[what][asset] / found[what][peer])


def render(result: Result) -> str:
    rows = [
        (
            f"`{name}`",
            ", ".join(found["clients"]) or "none",
            *(f"{_ratio(found, 'seconds', asset):.2f}" for asset in ("ours", "compiled", "usual")),
            *(f"{_ratio(found, 'memory', asset):.2f}" for asset in ("ours", "usual")),
            f"{found['seconds']['ours']:.2f} s",
            f"{found['memory']['ours'] / MB:.0f} MB",
        )
        for name, found in result["functions"].items()
    ]
    headings = (
        *("function", "clients", "cold start", "with .pyc", "the usual function"),
        *("memory", "memory of the usual function", "for example", "memory, for example"),
    )
    sizes = {name: f"{size / MB:.2f} MB" for name, size in result["zipped"].items()}
    return f"""Ratios to a function that imports boto3 and makes the same clients (`tests/benchmarks/peers/bare.py`).
The usual function has Powertools' Logger, Metrics and Tracer and a model of pydantic, too (`usual.py`). A cold start
is the processor time from the start of the process until the function asks for its first event, in the mean of
{result["rounds"]}. Memory is the median. `report_sweep` makes no client. Each function runs from the deployed asset,
through AWS's runtime client. Lambda's file system is read-only: without .pyc files in its asset, a function is compiled
at each cold start. boto3 has its .pyc files.

{make_table(headings, rows)}

Zipped, the asset has {sizes["ours"]}, and {sizes["compiled"]} with .pyc files. That of the usual function has
{sizes["usual"]}.

![Cold starts as ratios](performance/cold_starts.svg)"""


_COMPILED = (
    "Powertools and what it imports is most of the source that is compiled. Synthesize with Python 3.14, which the "
    "functions run on: then the asset has .pyc files."
)
_IMPORTED = "what is above 1 is the import of Powertools, a third, and of the project's own modules"


def goals(result: Result) -> list[Goal]:
    functions = result["functions"]

    def most(what: str, asset: str) -> tuple[str, float]:
        name = max(functions, key=lambda each: _ratio(functions[each], what, asset))
        return name, _ratio(functions[name], what, asset)

    slowest, slow = most("seconds", "ours")
    compiled, slow_compiled = most("seconds", "compiled")
    largest, large = most("memory", "ours")
    return [
        Goal(f"cold start, without .pyc (`{slowest}` is the slowest)", slow, 1.15, why=_COMPILED),
        Goal(f"cold start, with .pyc (`{compiled}` is the slowest)", slow_compiled, 1.15, why=_IMPORTED),
        Goal(f"memory (`{largest}` needs most)", large, 1.2),
        Goal("asset, zipped, with .pyc", result["zipped"]["compiled"] / MB, 1, unit=" MB"),
    ]


def points(result: Result) -> list[dict[str, float | str]]:
    """The points of a plot: a cold start as a ratio, by function and asset."""
    shown = {"ours": "deployed", "compiled": "with .pyc", "usual": "the usual function"}
    return [
        {"function": name, "asset": text, "ratio": _ratio(found, "seconds", asset)}
        for name, found in result["functions"].items()
        for asset, text in shown.items()
    ]


SECTION = Section("functions", "Cold start, memory and asset of the functions", measure, render, goals)
