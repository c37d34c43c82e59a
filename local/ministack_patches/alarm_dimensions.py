"""An alarm evaluates the metric that has its dimensions."""

import contextvars
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cloudwatch

from local.ministack_patches.registry import patch

Record = dict[str, Any]

_dimensions: contextvars.ContextVar[str | None] = contextvars.ContextVar("of the evaluated alarm", default=None)


class _Metrics(AccountRegionScopedDict):  # type: ignore[misc]
    """Every metric; while an alarm is evaluated, only the metrics with its dimensions."""

    __slots__ = ()

    def items(self) -> Any:
        wanted = _dimensions.get()
        return [(key, points) for key, points in super().items() if wanted is None or key[2] == wanted]


@patch(
    "CloudWatch: an alarm evaluates the metric that has its dimensions",
    why="MiniStack takes all metrics with the alarm's namespace and name together. CloudWatch User Guide, "
    '"Metrics concepts": each combination of dimensions is a metric of its own.',
)
def install() -> None:
    metrics = _Metrics()
    metrics._data = cloudwatch._metrics._data
    cloudwatch._metrics = metrics
    cloudwatch._evaluate_alarm = _show_its_dimensions(cloudwatch._evaluate_alarm)


def _show_its_dimensions(original: Callable[[Record], None]) -> Callable[[Record], None]:
    def evaluate_alarm(alarm: Record) -> None:
        dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(alarm.get("Dimensions") or []))
        outer = _dimensions.set(dimensions)
        try:
            original(alarm)
        finally:
            _dimensions.reset(outer)

    return evaluate_alarm
