"""The list of MiniStack's patches."""

from collections import Counter
from importlib import import_module
from pkgutil import walk_packages

import pytest

from local import ministack_patches
from local.ministack_patches.order import PATCHES
from local.ministack_patches.registry import Patch

MODULES = [found.name for found in walk_packages(ministack_patches.__path__, f"{ministack_patches.__name__}.")]


def patches_of(module: str) -> list[Patch]:
    """The patches that the module defines."""
    values = vars(import_module(module)).values()
    return [value for value in values if isinstance(value, Patch) and value.install.__module__ == module]


def test_the_list_has_each_patch_of_the_package_once() -> None:
    assert Counter(PATCHES) == Counter(patch for module in MODULES for patch in patches_of(module))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_one_patch_at_most(module: str) -> None:
    assert len(patches_of(module)) <= 1


@pytest.mark.parametrize("patch", PATCHES, ids=[patch.install.__module__ for patch in PATCHES])
def test_a_patch_says_what_it_changes_and_why(patch: Patch) -> None:
    assert len(patch.what.split()) > 2
    assert "\n" not in patch.what
    assert patch.why.endswith(".")
    assert [other.what for other in PATCHES].count(patch.what) == 1
