"""A report and a notice as mail: references and no names, as an address says nothing of who reads it."""

from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from gateway.reporting.document import document_of, subject_of, text_of
from gateway.reporting.html import html_of
from gateway.reporting.pages import pdf_of
from gateway.reporting.speech import SPEECH
from schemas.report import DailyReport
from schemas.zone import ReportLanguage

AUTOMATIC: Final = "auto-generated"


def message_id(kind: str, what: str, number: int, sender: str) -> str:
    """Return an id that is the same whenever the same mail is sent again."""
    return f"<{kind}.{what}.{number}@{sender.rpartition('@')[2]}>"


def report_mail(
    report: DailyReport, language: ReportLanguage, sender: str, recipients: tuple[str, ...], number: int
) -> EmailMessage:
    """Compose a report's mail: text, HTML, and the PDF beside them. A second of a core at most.

    Raises ``ValueError`` for a report that has names.
    """
    if any(file.name is not None for file in report.files):
        raise ValueError("a report with names is not mailed")
    document = document_of(report, language)
    message = _message(sender, recipients, subject_of(report, language))
    message["Message-ID"] = message_id("daily", f"{report.day}.{report.team}", number, sender)
    if number:
        message["References"] = message_id("daily", f"{report.day}.{report.team}", 0, sender)
    message.set_content(text_of(document))
    message.add_alternative(html_of(document), subtype="html")
    message.add_attachment(
        pdf_of(document), maintype="application", subtype="pdf", filename=file_name(report.team, report.day)
    )
    return message


def protection_mail(
    reference: str,
    what: str,
    number: int,
    language: ReportLanguage,
    sender: str,
    recipients: tuple[str, ...],
    *,
    lacking: bool,
) -> EmailMessage:
    """Compose the notice to a zone that one file's protection is lacking, or back."""
    words = SPEECH[language].telling
    message = _message(sender, recipients, words.lacking_subject if lacking else words.restored_subject)
    message["Message-ID"] = message_id("protection", what, number, sender)
    said = words.lacking(reference) if lacking else words.restored(reference)
    message.set_content(f"{said}\n\n{words.look}\n")
    return message


def file_name(team: str, day: date) -> str:
    """Return what a report's file is called."""
    return f"msa-{team}-{day}.pdf"


def _message(sender: str, recipients: tuple[str, ...], subject: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = ", ".join(recipients)
    message["Subject"] = subject
    message["Auto-Submitted"] = AUTOMATIC  # so that nobody's absence is answered to it (RFC 3834)
    return message
