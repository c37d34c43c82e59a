"""Our errors that an execution can fail with. Step Functions matches them by the name of the class."""

from enum import StrEnum


class DecidedError(StrEnum):
    """The errors that no function raises. A rule decides that the execution fails with them."""

    DATASET_CREATION_FAILED = "DatasetCreationFailed"
    CREATION_TIMED_OUT = "CreationTimedOut"
    DISTRIBUTION_FAILED = "DistributionFailed"
    DISTRIBUTION_TIMED_OUT = "DistributionTimedOut"


class InvalidInput(Exception):
    """The input of the execution is not one of the accepted forms."""


class ProjectNotCovered(Exception):
    """The deployment does not cover the project."""


class ProjectNotFound(Exception):
    """The project does not exist in this account and Region."""


class ClaimLost(Exception):
    """Another execution owns the pair by now."""


class PairChanged(Exception):
    """A dataset has changed since the pair was resolved, and Rekognition was not called."""


class DatasetMissing(Exception):
    """The project has no training dataset or no test dataset."""


class TestDatasetNotEmpty(Exception):
    """The test dataset has entries, and Rekognition distributes only into an empty one."""

    __test__ = False  # without this, pytest takes the class for a test


class TrainingDatasetEmpty(Exception):
    """The training dataset has no entries."""


class RecordsUnavailable(Exception):
    """The table of records could not be read or written."""


class OwnerUnknown(Exception):
    """Step Functions did not say whether the execution that owns the pair is still running."""
