"""Context becomes settings, or one sentence."""

from typing import Any

import pytest

from infra.settings import Settings


@pytest.mark.parametrize(("given", "email"), [(None, None), ("", None), ("a@example.com", "a@example.com")])
def test_the_address_is_optional(given: Any, email: str | None) -> None:
    assert Settings.from_context({"email": given}.get).email == email


@pytest.mark.parametrize("given", ["nobody", "a b@example.com", "a@b@c", 7, ["a@example.com"], "a@example.com\n"])
def test_what_is_no_address_is_refused_with_the_key_and_the_value(given: Any) -> None:
    with pytest.raises(ValueError, match=r"Context email is .*; give one e-mail address"):
        Settings.from_context({"email": given}.get)
