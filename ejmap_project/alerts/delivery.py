"""Sending an alert."""

import json
import smtplib
import ssl
from email.message import EmailMessage
from http.client import HTTPException, HTTPMessage
from typing import IO, TYPE_CHECKING
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ejmap_geo.plain_text import clean_message, clean_name
from ejmap_project.alerts.alert_settings import (
    VARIABLE,
    AlertSettings,
    EmailSettings,
    WebhookSettings,
)
from ejmap_project.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Callable

ANSWER_SECONDS = 20.0


class AlertError(ProjectError):
    """An alert could not be sent."""


def send_alert(settings: AlertSettings, *, subject: str, text: str) -> None:
    """Send an alert by all ways that are set; one that fails does not keep back the other.

    Args:
        settings: Where it goes.
        subject: What happened, in a line.
        text: What is known of it.

    Raises:
        AlertError: If a way failed; it names which and why.
    """
    subject, text = clean_name(subject), clean_message(text)
    ways: list[tuple[str, Callable[[], None]]] = []
    email, webhook = settings.email, settings.webhook
    if email is not None:
        ways.append(("e-mail", lambda: _send_email(email, subject, text)))
    if webhook is not None:
        ways.append(("webhook", lambda: _post(webhook, subject, text)))
    failed = []
    for name, send in ways:
        try:
            send()
        except (OSError, smtplib.SMTPException, HTTPException, ValueError) as error:
            # The address of a webhook may be a secret, and some errors repeat it.
            reason = str(error) if isinstance(error, OSError) else type(error).__name__
            failed.append(f"{name} ({clean_name(reason)})")
    if failed:
        ways_failed = " and ".join(failed)
        raise AlertError(
            f"no alert was sent by {ways_failed}; check the file that {VARIABLE} names"
        )


def _send_email(settings: EmailSettings, subject: str, text: str) -> None:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.recipients)
    message.set_content(text)
    context = ssl.create_default_context()
    if settings.security == "tls":
        server = smtplib.SMTP_SSL(
            settings.server, settings.port, timeout=ANSWER_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(settings.server, settings.port, timeout=ANSWER_SECONDS)
    with server:
        if settings.security == "starttls":
            server.starttls(context=context)
        if settings.user is not None and settings.password is not None:
            server.login(settings.user, settings.password.get_secret_value())
        server.send_message(message)


class _NoRedirect(HTTPRedirectHandler):
    """Sends nothing to another address than the one that was stated."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow no redirect: the answer counts as an error."""


def _post(settings: WebhookSettings, subject: str, text: str) -> None:
    # The key `text` is what Slack, Mattermost and others show.
    body = json.dumps({"text": f"{subject}\n{text}"}).encode()
    headers = {"Content-Type": "application/json"}
    if settings.token is not None:
        headers["Authorization"] = f"Bearer {settings.token.get_secret_value()}"
    request = Request(settings.url.get_secret_value(), body, headers)  # noqa: S310 (http or https)
    with build_opener(_NoRedirect()).open(request, timeout=ANSWER_SECONDS):
        pass
