"""The projects and datasets of one account in one Region."""

from dataclasses import dataclass, field

from local.custom_labels.arns import DatasetType
from local.custom_labels.datasets import Dataset
from local.custom_labels.settings import Settings


@dataclass
class Project:
    """`gone_at`, in epoch seconds, is when a deletion in progress ends; None without one."""

    arn: str
    name: str
    created: float
    feature: str
    auto_update: str | None
    tags: dict[str, str]
    gone_at: float | None = None

    @property
    def status(self) -> str:
        return "CREATED" if self.gone_at is None else "DELETING"


@dataclass(frozen=True)
class Distribution:
    """An accepted DistributeDatasetEntries and its result; `accepted` and `due` are in epoch seconds."""

    datasets: tuple[str, ...]
    caller: str
    accepted: float
    due: float
    status: str
    moved: int


@dataclass
class Account:
    """Projects and datasets by ARN, oldest first; all distributions and deleted datasets since the start."""

    projects: dict[str, Project] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    distributions: list[Distribution] = field(default_factory=list)
    deleted: list[Dataset] = field(default_factory=list)
    _last_id: int = 0

    def mint_id(self, now: float) -> int:
        """The milliseconds at the end of an ARN, never the same twice."""
        self._last_id = max(int(now * 1000), self._last_id + 1)
        return self._last_id

    def finish_due_changes(self, now: float, settings: Settings) -> None:
        self.projects = {
            arn: project for arn, project in self.projects.items() if project.gone_at is None or now < project.gone_at
        }
        self.deleted += (dataset for dataset in self.datasets.values() if dataset.is_gone(now))
        self.datasets = {arn: dataset for arn, dataset in self.datasets.items() if not dataset.is_gone(now)}
        for dataset in self.datasets.values():
            dataset.finish_due_change(now, settings)

    def datasets_of(self, project: Project, type_: DatasetType | None = None) -> list[Dataset]:
        """The datasets of a project, of one type if given, oldest first."""
        return [
            dataset
            for dataset in self.datasets.values()
            if dataset.project_arn == project.arn and type_ in (None, dataset.type)
        ]

    @property
    def changes_in_progress(self) -> int:
        return sum(1 for dataset in self.datasets.values() if dataset.change)
