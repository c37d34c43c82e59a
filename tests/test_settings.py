"""Context becomes settings, or one sentence."""

from typing import Any

import pytest

from infra.settings import Settings


@pytest.mark.parametrize(("given", "email"), [(None, None), ("", None), ("a@example.com", "a@example.com")])
def test_the_address_is_optional(given: Any, email: str | None) -> None:
    assert Settings.from_context({"email": given}.get).email == email


@pytest.mark.parametrize("given", [None, "", "created", "tagged", "off"])
def test_the_trigger_is_created_unless_it_is_given(given: Any) -> None:
    assert Settings.from_context({"trigger": given}.get).trigger == (given or "created")


@pytest.mark.parametrize("given", ["on", "OFF", True, 1])
def test_what_is_no_trigger_is_refused_with_what_is_accepted(given: Any) -> None:
    with pytest.raises(ValueError, match=r"Context trigger is .*; give one of off, created, tagged"):
        Settings.from_context({"trigger": given}.get)


@pytest.mark.parametrize(("given", "hours"), [(None, 24), ("", 24), (12, 12), ("0.5", 0.5), (36, 36)])
def test_a_deadline_is_a_day_unless_it_is_given(given: Any, hours: float) -> None:
    settings = Settings.from_context({"creationDeadlineHours": given, "distributionDeadlineHours": given}.get)
    assert (settings.creation_deadline_hours, settings.distribution_deadline_hours) == (hours, hours)


@pytest.mark.parametrize("key", ["creationDeadlineHours", "distributionDeadlineHours"])
@pytest.mark.parametrize("given", [0, -1, 37, "a day", "nan", "inf", True, [24]])
def test_what_is_no_deadline_is_refused_with_what_is_accepted(key: str, given: Any) -> None:
    with pytest.raises(ValueError, match=rf"Context {key} is .*; give a number of hours, more than 0, at most 36"):
        Settings.from_context({key: given}.get)


@pytest.mark.parametrize("given", ["nobody", "a b@example.com", "a@b@c", 7, ["a@example.com"], "a@example.com\n"])
def test_what_is_no_address_is_refused_with_the_key_and_the_value(given: Any) -> None:
    with pytest.raises(ValueError, match=r"Context email is .*; give one e-mail address"):
        Settings.from_context({"email": given}.get)


@pytest.mark.parametrize(
    ("given", "names"), [(None, ()), ("", ()), ("images", ("images",)), ("a.b,c-d", ("a.b", "c-d"))]
)
def test_buckets_are_named_with_commas_between_them(given: Any, names: tuple[str, ...]) -> None:
    assert Settings.from_context({"imageBuckets": given}.get).image_buckets == names


@pytest.mark.parametrize(
    "given", ["*", "images/*", "a, b", "images,", "Images", "ab", True, ["images"], "${AWS::Region}"]
)
def test_what_is_no_bucket_is_refused_with_what_is_accepted(given: Any) -> None:
    with pytest.raises(ValueError, match=r"Context imageBuckets is .*; give names of buckets"):
        Settings.from_context({"imageBuckets": given}.get)
