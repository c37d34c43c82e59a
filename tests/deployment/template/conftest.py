"""The template of the default settings."""

import pytest
from aws_cdk.assertions import Template

from infra.settings import Settings
from tools.docs.template import template_for_assertions


@pytest.fixture(scope="session")
def template() -> Template:
    return template_for_assertions(Settings())
