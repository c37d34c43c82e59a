"""The version of the project."""

import re

from infra.asset import ROOT
from infra.settings import Settings
from infra.version import VERSION
from tools.docs.template import synthesize


def test_newest_heading_of_the_changelog_is_the_version() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == VERSION


def test_description_of_the_stack_has_the_version() -> None:
    assert synthesize(Settings())["Description"].endswith(f", version {VERSION}")
