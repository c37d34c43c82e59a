"""The errors an execution can fail with beside the service's own. Step Functions matches them by class name."""

from enum import StrEnum


class DecidedError(StrEnum):
    """The errors that no function raises: a rule decides that the execution fails with them."""

    DATASET_CREATION_FAILED = "DatasetCreationFailed"
    CREATION_TIMED_OUT = "CreationTimedOut"
    DISTRIBUTION_FAILED = "DistributionFailed"
    DISTRIBUTION_TIMED_OUT = "DistributionTimedOut"


class InvalidInput(Exception):
    """The execution's input is none of the accepted forms."""


class ProjectNotCovered(Exception):
    """The project is none of those that this deployment is for."""


class ProjectNotFound(Exception):
    """The project does not exist in this account and Region."""


class ClaimLost(Exception):
    """Another execution owns the pair by now."""


class PairChanged(Exception):
    """A dataset has changed since the pair was resolved, and Rekognition was not asked."""


class DatasetMissing(Exception):
    """The project lacks its training dataset or its test dataset."""


class TestDatasetNotEmpty(Exception):
    """Rekognition distributes into an empty test dataset only."""

    __test__ = False  # the name begins like a test's, which is what pytest goes by


class TrainingDatasetEmpty(Exception):
    """There is nothing to distribute."""


class RecordsUnavailable(Exception):
    """The table of records could not be read or written."""


class OwnerUnknown(Exception):
    """Step Functions did not say whether the execution that owns the pair still runs."""
