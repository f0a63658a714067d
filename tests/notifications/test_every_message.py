"""Every message of every app has its words: a subject and a text; HTML where it has a file."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from notifications.notices import NoticeTemplate


def messages(base: type[NoticeTemplate] = NoticeTemplate) -> Iterator[type[NoticeTemplate]]:
    """The product's classes that have a kind, below `base`."""
    for found in base.__subclasses__():
        yield from messages(found)
        if hasattr(found, "kind") and not found.__module__.startswith("tests."):
            yield found


for app in settings.LOCAL_APPS:
    if find_spec(f"{app}.notices") is not None:
        import_module(f"{app}.notices")
MESSAGES = sorted(messages(), key=lambda found: (found.__module__, found.__name__))


def test_there_are_messages() -> None:
    assert len(MESSAGES) > 10


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.__name__)
def test_it_has_a_subject_and_a_text(message: type[NoticeTemplate]) -> None:
    base = f"{message.__module__.split('.')[0]}/notices/{message.kind}"
    assert message.kind
    get_template(f"{base}.subject.txt")
    get_template(f"{base}.txt")
    html = Path(settings.BASE_DIR) / "templates" / f"{base}.html"
    if html.exists():
        get_template(f"{base}.html")


def test_kinds_are_not_shared() -> None:
    kinds = [message.kind for message in MESSAGES]
    assert sorted(set(kinds)) == sorted(kinds)
