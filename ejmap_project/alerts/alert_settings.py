"""Where alerts go, read from a file of their own.

Not from ``project.yaml``: passwords do not belong there, and a project of somebody else would
decide to whom this machine sends.
"""

import os
import stat
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator

from ejmap_ml.config.yaml_text import load_yaml
from ejmap_project.errors import SettingsError
from ejmap_project.settings.sources import Settings

VARIABLE = "EJMAP_ALERTS"
LARGEST_BYTES = 65_536
# Rights of anybody but the owner.
OF_OTHERS = 0o077


class EmailSettings(Settings):
    """Alerts by e-mail.

    Attributes:
        server: Name of the SMTP server.
        port: Its port.
        security: ``starttls`` and ``tls`` check the server's certificate; ``none`` sends in the
            clear, as to a mail server of this machine.
        user: Name to log in with; None does not log in.
        password: Its password.
        sender: Address that alerts come from.
        recipients: Addresses that they go to.
    """

    server: str
    port: int = Field(default=587, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    sender: str
    recipients: tuple[str, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _login_is_whole_and_hidden(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password go together; state both or none")
        if self.password is not None and self.security == "none":
            raise ValueError("a password is not sent in the clear; set security to starttls or tls")
        return self


class WebhookSettings(Settings):
    """Alerts by HTTP.

    Attributes:
        url: Address that JSON is posted to. Often it is the secret itself.
        token: Sent as ``Authorization: Bearer``; None sends none.
    """

    url: SecretStr
    token: SecretStr | None = None

    @field_validator("url")
    @classmethod
    def _is_of_the_web(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        return url


class AlertSettings(Settings):
    """Where alerts go: by e-mail, to a webhook, or both."""

    email: EmailSettings | None = None
    webhook: WebhookSettings | None = None

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if self.email is None and self.webhook is None:
            raise ValueError("names neither email nor webhook; state one")
        return self


def alert_settings() -> AlertSettings | None:
    """Return the settings of the file that ``EJMAP_ALERTS`` names; None if it names none.

    Raises:
        SettingsError: If the file cannot be read, others can read it, or it is not valid.
    """
    named = os.environ.get(VARIABLE)
    return read_alert_settings(Path(named)) if named else None


def read_alert_settings(path: Path) -> AlertSettings:
    """Read and check a file of alert settings.

    Messages name keys and never what they hold.

    Raises:
        SettingsError: As :func:`alert_settings`.
    """
    stated = _stated(path)
    try:
        return AlertSettings.model_validate(stated)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=False)
        found = [(".".join(map(str, one["loc"])), one["msg"]) for one in details]
        mistakes = "; ".join(f"{key}: {message}" if key else message for key, message in found)
        raise SettingsError(f"{path}: {mistakes}") from None


def _stated(path: Path) -> object:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_BYTES:
            raise SettingsError(
                f"{path} is no file of settings; {VARIABLE} must name a text file of at most "
                f"{LARGEST_BYTES} bytes"
            )
        if status.st_mode & OF_OTHERS:
            raise SettingsError(
                f"{path} holds secrets and others can read it (mode "
                f"{stat.S_IMODE(status.st_mode):o}); run: chmod 600 {path}"
            )
        return load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise SettingsError(f"{path}, which {VARIABLE} names, cannot be read: {reason}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = "" if mark is None else f" in line {mark.line + 1}"
        raise SettingsError(f"{path} is not valid YAML{line}") from None
