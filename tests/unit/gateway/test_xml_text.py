"""XML comes in bounded and without document types, and leaves as it was meant."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.domain.door_errors import XmlRefused
from gateway.xml_text import XmlLimits, add, local_name, namespace_of, parse_xml, root_of, text_of, write_xml

LAUGHS = b"""<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><lolz>&b;</lolz>"""
FETCHED = b"""<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/hostname">]><x>&file;</x>"""
IN_ATTRIBUTE = b"""<!DOCTYPE x [<!ENTITY a "ha">]><x y="&a;"/>"""
ELSEWHERE = b"""<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>"""
PARAMETER = b"""<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;]><x/>"""
DEFAULTED = b"""<!DOCTYPE x [<!ATTLIST x role CDATA "admin">]><x/>"""


@pytest.mark.parametrize("raw", [LAUGHS, FETCHED, IN_ATTRIBUTE, ELSEWHERE, PARAMETER, DEFAULTED])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_whatever_is_in_it_and_however_it_is_encoded(
    raw: bytes, encoding: str
) -> None:
    with pytest.raises(XmlRefused, match="document type"):
        parse_xml(raw.decode().encode(encoding))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"{}",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a b='1' b='2'/>",
        b"<a>&unknown;</a>",
        b"<a>&#0;</a>",
        b"<a>\x00</a>",
        b"<p:a/>",
        b"<a p:b='1'/>",
        b"\xff\xfe<",
        b"<?xml version='1.0' encoding='no-such'?><a/>",
        b"<a>\xc3\x28</a>",
    ],
)
def test_what_is_not_well_formed_is_refused_without_quoting_it(raw: bytes) -> None:
    with pytest.raises(XmlRefused) as refused:
        parse_xml(raw)
    assert refused.value.detail == "it is not well formed"


def test_bytes_depth_elements_and_attributes_have_a_limit() -> None:
    limits = XmlLimits(bytes_max=400, depth_max=3, elements_max=6, attributes_max=2)
    assert text_of(parse_xml(b"<a><b><c>x</c></b><d/><e/><f/></a>", limits)[0][0]) == "x"
    for raw, why in (
        (b"<a>" + b" " * 400 + b"</a>", "400 bytes"),
        (b"<a><b><c><d/></c></b></a>", "deeper than 3"),
        (b"<a>" + b"<b/>" * 6 + b"</a>", "more than 6"),
        (b"<a b='1' c='2' d='3'/>", "more than 2 attributes"),
        (b"<a b='1' xmlns='urn:a' xmlns:c='urn:c'/>", "more than 2 attributes"),
    ):
        with pytest.raises(XmlRefused, match=why):
            parse_xml(raw, limits)


def test_comments_and_instructions_do_not_split_a_text() -> None:
    root = parse_xml(b"<?go away?><!-- x --><a>one<!-- two --><?three?> four</a>")
    assert text_of(root) == "one four"
    assert len(root) == 0


def test_names_are_told_with_and_without_their_namespace() -> None:
    root = parse_xml(b"<p:a xmlns:p='urn:p'><b/></p:a>")
    assert (local_name(root), namespace_of(root)) == ("a", "urn:p")
    assert (local_name(root[0]), namespace_of(root[0])) == ("b", None)
    assert text_of(root[0]) is None
    assert namespace_of(parse_xml(b"<a xmlns='urn:p'><b/></a>")[0]) == "urn:p"


@given(st.text(), st.text())
@example("&amp;", "&#38;&amp;&")
def test_any_text_leaves_as_xml_that_reads_the_same(text: str, attribute: str) -> None:
    root = root_of("{urn:p}a", {None: "urn:p"})
    add(root, "{urn:p}b", text, {"c": attribute})
    written = write_xml(root)
    assert written.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    child = parse_xml(written, XmlLimits(bytes_max=1_000_000))[0]
    assert (child.text or "") == _fitting(text)
    assert child.attrib["c"] == _fitting(attribute)


def _fitting(text: str) -> str:
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)


PIECES = [
    *(b"<a>", b"</a>", b"<a/>", b"<a x='1'>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE a", b"["),
    *(b"<?xml version='1.0'?>", b"<?p ", b"?>", b"&lt;", b"&#x", b"&a;", b"x='1'", b" ", b"<", b">", b"]>"),
]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join)))
def test_any_bytes_are_a_document_or_refused(raw: bytes) -> None:
    try:
        root = parse_xml(raw)
    except XmlRefused:
        return
    assert isinstance(local_name(root), str)
