"""What an experiment has found out."""

from typing import NamedTuple


class Answer(NamedTuple):
    """The answer to one open question. `setting` is its name in local/custom_labels/settings.py.

    A `value` of None: the experiment could not find it out; the evidence says why.
    """

    setting: str
    value: str | float | bool | None
    evidence: str
