"""The one way XML comes in and leaves: bounded, without document types, entities or network.

A document type is what every known attack on XML readers begins with (entities that multiply, files and
addresses that are fetched), and no standard spoken here uses one: it is refused as it begins, before any
of it is read. The rest is bounded: bytes, depth, elements and attributes, counted while it is read.
Comments and processing instructions are left out, so that a text stands in one piece.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias, cast

from lxml import etree
from lxml.etree import _Element

from gateway.domain.door_errors import XmlRefused

Element: TypeAlias = _Element

MEDIA_TYPES: Final = frozenset({"application/xml", "text/xml"})

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped (section 2.2, production 2)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class XmlLimits:
    """What a document may have; each is many times what a real one has."""

    bytes_max: int = 65_536
    depth_max: int = 32
    elements_max: int = 2_000
    attributes_max: int = 32
    """Of one element, with its namespaces."""


LIMITS: Final = XmlLimits()


def parse_xml(raw: bytes, limits: XmlLimits = LIMITS) -> Element:
    """Return the root of a document.

    Raises ``XmlRefused`` where it is none, has a document type, or is beyond ``limits``.
    """
    if len(raw) > limits.bytes_max:
        raise XmlRefused(f"larger than {limits.bytes_max} bytes")
    target = _Bounded(limits)
    parser = etree.XMLParser(
        target=cast("Any", target),  # its types leave out the names of namespaces
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
    )
    try:
        root: Element = etree.fromstring(raw, parser)
    except (XmlRefused, etree.LxmlError, ValueError, LookupError):
        # What the library says may quote the document, and that is anybody's.
        raise target.refused or XmlRefused("it is not well formed") from None
    if parser.error_log.filter_from_errors():  # a prefix that means nothing is read all the same
        raise XmlRefused("it is not well formed")
    return root


def write_xml(root: Element) -> bytes:
    """Return a document as UTF-8 that says so."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def root_of(name: str, prefixes: Mapping[str | None, str]) -> Element:
    """Begin a document; ``name`` is ``{namespace}local``, ``prefixes`` how its namespaces are written."""
    return etree.Element(name, nsmap=dict(prefixes))


def add(
    parent: Element,
    name: str,
    text: str | None = None,
    attributes: Mapping[str, str] | None = None,
    prefixes: Mapping[str | None, str] | None = None,
) -> Element:
    """Add an element to ``parent`` and return it; what XML cannot hold of ``text`` becomes U+FFFD."""
    clean = {key: fit_for_xml(value) for key, value in (attributes or {}).items()}
    child = etree.SubElement(parent, name, clean, nsmap=dict(prefixes) if prefixes else None)
    if text is not None:
        child.text = fit_for_xml(text)
    return child


def fit_for_xml(text: str) -> str:
    """Return ``text`` with U+FFFD for what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(element).localname


def namespace_of(element: Element) -> str | None:
    """Return an element's namespace; None: it has none."""
    return etree.QName(element).namespace


def text_of(element: Element | None) -> str | None:
    """Return an element's own text without the white space around it; None: there is none."""
    text = element.text if element is not None else None
    return text.strip() or None if text is not None else None


class _Bounded:
    """Builds the tree as the parser reads, and stops it at the first thing that is too much.

    ``refused`` says what that was: what is raised in here the parser may hide behind its own error.
    """

    def __init__(self, limits: XmlLimits) -> None:
        self.refused: XmlRefused | None = None
        self._limits = limits
        self._builder: Any = etree.TreeBuilder()
        self._depth = 0
        self._elements = 0

    def start(self, tag: str, attributes: dict[str, str], prefixes: dict[str, str]) -> Any:
        """Begin an element."""
        self._depth += 1
        self._elements += 1
        if self._depth > self._limits.depth_max:
            self._refuse(f"deeper than {self._limits.depth_max} elements")
        if self._elements > self._limits.elements_max:
            self._refuse(f"more than {self._limits.elements_max} elements")
        if len(attributes) + len(prefixes) > self._limits.attributes_max:
            self._refuse(f"an element with more than {self._limits.attributes_max} attributes")
        # Where entities are not resolved, libxml2 hands on each "&" of an attribute as "&#38;".
        said = {name: value.replace("&#38;", "&") for name, value in attributes.items()}
        # The parser calls the unnamed prefix "", the builder None.
        return self._builder.start(tag, said, {name or None: uri for name, uri in prefixes.items()})

    def end(self, tag: str) -> Any:
        """End an element."""
        self._depth -= 1
        return self._builder.end(tag)

    def data(self, text: str) -> None:
        """Take text."""
        self._builder.data(text)

    def doctype(self, _name: str | None, _public: str | None, _system: str | None) -> None:
        """Refuse a document type."""
        self._refuse("a document type is not taken")

    def close(self) -> Any:
        """Return the root."""
        return self._builder.close()

    def _refuse(self, why: str) -> NoReturn:
        self.refused = XmlRefused(why)
        raise self.refused
