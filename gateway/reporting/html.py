"""A document as HTML, built as a tree: what it says can never become markup."""

from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from gateway.reporting.document import Document, Table

# Mail programs keep no style sheet: what is needed stands at each element.
CELL: Final = "border:1px solid #8a8a8a;padding:4px 8px;text-align:left;vertical-align:top"
PAGE: Final = "font-family:sans-serif;font-size:15px;color:#1a1a1a;background:#ffffff"
GRID: Final = "border-collapse:collapse;width:100%"


def html_of(document: Document) -> str:
    """Return a whole page, which loads nothing from anywhere."""
    page = Element("html", lang=document.language)
    head = SubElement(page, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "title").text = f"{document.title}: {document.heading}"
    body = SubElement(page, "body", style=PAGE)
    SubElement(body, "h1").text = document.title
    SubElement(body, "p").text = document.heading
    for line in document.lines:
        SubElement(body, "p").text = line
    for table in document.tables:
        _table(body, table)
    for line in document.closing:
        SubElement(body, "p").text = line
    return "<!doctype html>\n" + tostring(page, encoding="unicode", method="html")


def _table(body: Element, table: Table) -> None:
    SubElement(body, "h2").text = table.caption
    if not table.rows:
        SubElement(body, "p").text = table.empty
        return
    grid = SubElement(body, "table", style=GRID)
    heading = SubElement(SubElement(grid, "thead"), "tr")
    for name in table.columns:
        SubElement(heading, "th", scope="col", style=CELL).text = name
    rows = SubElement(grid, "tbody")
    for row in table.rows:
        line = SubElement(rows, "tr")
        for cell in row:
            SubElement(line, "td", style=CELL).text = cell
