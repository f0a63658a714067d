"""Reading large XML files element by element, without document types and entities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from trade.rules.sanction_lists.values import ListError


def elements(file: IO[bytes], *, root: str, wanted: frozenset[str]) -> Iterator[Element]:
    """The root as it opens, then every wanted element when it is complete; names without namespaces.

    An element is emptied once the caller goes on. Raises ListError for anything but such a document.
    """
    top: Element | None = None
    try:
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            element.tag = element.tag.rpartition("}")[2]
            if top is None:
                if element.tag != root:
                    raise ListError(f"the file begins with <{element.tag[:40]}>, not with <{root}>")
                top = element
                yield element
            elif event == "end" and element.tag in wanted:
                yield element
                element.clear()
    except ParseError as error:
        raise ListError(f"the file is no whole XML document: {error}") from None
    except DefusedXmlException:
        raise ListError("the file has a document type or entities, which no list needs") from None


def texts(element: Element, path: str) -> list[str]:
    """The texts of all elements at a path, empty ones left out."""
    return [one.text.strip() for one in element.findall(path) if one.text and one.text.strip()]


def text(element: Element, path: str) -> str:
    """The text of the first element at a path, or ""."""
    return (element.findtext(path) or "").strip()
