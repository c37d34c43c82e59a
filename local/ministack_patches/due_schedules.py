"""A schedule invokes its target as soon as it is due."""

from ministack.services import scheduler

from local.ministack_patches.registry import patch

SECONDS = 0.1  # between two polls


@patch(
    "EventBridge Scheduler: a schedule invokes its target within a tenth of a second after it is due",
    why="MiniStack polls every 10 seconds. So a test waits up to 10 seconds for each schedule that is due.",
)
def install() -> None:
    scheduler._SCHEDULE_TICK_INTERVAL = SECONDS
