"""A report as people take it away: HTML and PDF."""

from gateway.pdf import pdf
from gateway.reporting.document import Document, shown


def pdf_of(document: Document) -> bytes:
    """Typeset a document; takes a second of a core for the largest team, so call it in a thread."""
    data = {
        "language": document.language,
        "title": document.title,
        "heading": document.heading,
        "lines": document.lines,
        "tables": shown(document.tables),
        "closing": document.closing,
        "page": document.page,
    }
    return pdf("daily_report", data)
