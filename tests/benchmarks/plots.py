"""Plots as SVG, which Vega-Lite draws. The package that runs it is in the environment of the tools."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tools.install import TOOLS

_DRAW = "import sys, vl_convert; print(vl_convert.vegalite_to_svg(sys.stdin.read()))"
SIZE = {"width": 560, "height": 260}

Points = list[dict[str, Any]]


def write_lines(path: Path, points: Points, *, x: str, y: str, series: str) -> None:
    """A line for each series, with both scales logarithmic. The keys of the points are the titles of the axes."""
    draw(
        path,
        {
            "data": {"values": points},
            "mark": {"type": "line", "point": True},
            "encoding": {
                "x": {"field": x, "type": "quantitative", "scale": {"type": "log"}, "axis": {"tickCount": 6}},
                "y": {"field": y, "type": "quantitative", "scale": {"type": "log"}, "axis": {"tickCount": 5}},
                "color": {"field": series, "type": "nominal", "sort": None},
                "strokeDash": {"field": series, "type": "nominal", "sort": None},
            },
        },
    )


def write_bars(path: Path, points: Points, *, x: str, y: str, series: str) -> None:
    """A group of bars for each value of `y`, with a bar for each series."""
    draw(
        path,
        {
            "data": {"values": points},
            "mark": "bar",
            "encoding": {
                "x": {"field": x, "type": "quantitative"},
                "y": {"field": y, "type": "nominal", "sort": None},
                "yOffset": {"field": series, "sort": None},
                "color": {"field": series, "type": "nominal", "sort": None},
            },
        },
    )


def draw(path: Path, specification: dict[str, Any]) -> None:
    """Write the plot of a Vega-Lite specification."""
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", **SIZE, **specification}
    command = [str(TOOLS / "bin" / "python"), "-c", _DRAW]
    drawn = subprocess.run(command, input=json.dumps(whole), capture_output=True, text=True, check=True)
    path.write_text(drawn.stdout)
