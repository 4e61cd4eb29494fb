"""Which bucket holds the artefacts: named by whoever runs EJMAP, and never by a project.

A ``project.yaml`` of somebody else must not decide where this machine sends files, nor where it
takes them from. So the address comes from the environment, and the credentials do too, in the
variables of the provider (``AWS_...``, ``GOOGLE_...``, ``AZURE_...``). No secret is printed.
"""

import os
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from ejmap_project.errors import SettingsError

VARIABLE = "EJMAP_OBJECT_STORE"
FILE = "file"
# No http: a plain web server has neither listings nor uploads that are whole or not at all.
SCHEMES = ("s3", "gs", "az", FILE)


class StoreAddress(NamedTuple):
    """Where a bucket is.

    Attributes:
        scheme: One of :data:`SCHEMES`.
        bucket: Name of the bucket or container; empty for a folder.
        prefix: What stands before the names of all objects; the path of a folder.
    """

    scheme: str
    bucket: str
    prefix: str

    def __str__(self) -> str:
        """Return the address as it is printed: it never has credentials."""
        return f"{self.scheme}://{self.bucket}{self.prefix}"


def stated_address() -> StoreAddress | None:
    """Return the bucket that ``EJMAP_OBJECT_STORE`` names; None if it names none.

    Raises:
        SettingsError: If it is no address of a bucket.
    """
    stated = os.environ.get(VARIABLE, "")
    return store_address(stated) if stated else None


def store_address(stated: str) -> StoreAddress:
    """Read an address.

    Raises:
        SettingsError: If it is none. The message does not quote it: it may hold a password.
    """
    try:
        parts = urlsplit(stated)
        is_bare = "@" not in parts.netloc and not parts.query and not parts.fragment
    except ValueError:
        parts, is_bare = urlsplit(""), False
    is_named = parts.path.startswith("/") if parts.scheme == FILE else bool(parts.netloc)
    has_host = parts.scheme == FILE and bool(parts.netloc)
    if parts.scheme not in SCHEMES or not is_bare or not is_named or has_host:
        raise SettingsError(
            f"{VARIABLE} must look like s3://bucket/prefix, gs://bucket/prefix, "
            "az://container/prefix or file:///folder; credentials go into the variables of the "
            "provider, such as AWS_ACCESS_KEY_ID"
        )
    path = parts.path.rstrip("/")
    return StoreAddress(parts.scheme, parts.netloc, unquote(path) if parts.scheme == FILE else path)
