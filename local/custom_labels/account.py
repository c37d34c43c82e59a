"""The projects and datasets of one account in one Region."""

from dataclasses import dataclass, field

from local.custom_labels.arns import DatasetType
from local.custom_labels.datasets import Dataset
from local.custom_labels.settings import Settings


@dataclass
class Project:
    """`gone_at` is when a project that is being deleted vanishes, in epoch seconds."""

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
    """A DistributeDatasetEntries that was accepted: by whom, and when, in epoch seconds; what it comes to, and when."""

    datasets: tuple[str, ...]
    caller: str
    accepted: float
    due: float
    status: str
    moved: int


@dataclass
class Holdings:
    """Projects and datasets by ARN, in the order of their creation; every distribution and deletion there ever was."""

    projects: dict[str, Project] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    distributions: list[Distribution] = field(default_factory=list)
    deleted: list[Dataset] = field(default_factory=list)
    _last_id: int = 0

    def mint_id(self, now: float) -> int:
        """The milliseconds at the end of an ARN, never the same twice."""
        self._last_id = max(int(now * 1000), self._last_id + 1)
        return self._last_id

    def settle(self, now: float, settings: Settings) -> None:
        """Let take place what is due."""
        self.projects = {
            arn: project for arn, project in self.projects.items() if project.gone_at is None or now < project.gone_at
        }
        self.deleted += (dataset for dataset in self.datasets.values() if dataset.is_gone(now))
        self.datasets = {arn: dataset for arn, dataset in self.datasets.items() if not dataset.is_gone(now)}
        for dataset in self.datasets.values():
            dataset.settle(now, settings)

    def datasets_of(self, project: Project, type_: DatasetType | None = None) -> list[Dataset]:
        """The datasets of a project, of one type if given, in the order of their creation."""
        return [
            dataset
            for dataset in self.datasets.values()
            if dataset.project_arn == project.arn and type_ in (None, dataset.type)
        ]

    @property
    def changes_in_progress(self) -> int:
        return sum(1 for dataset in self.datasets.values() if dataset.change)
