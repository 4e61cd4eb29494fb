"""What is wrong with a bucket is told in our words; nothing of a request or an answer is quoted."""

import pytest

from ejmap_project.object_store.faults import reason_of

SIGNED = "GET https://x.blob.core.windows.net/maps?sig=s3cret"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (f"{SIGNED} source: ConnectError(ConnectionRefused, message: Connection refused)",
         "nobody answers there"),
        (f'{SIGNED} kind: Connect, source: "dns error"', "its host is not known"),
        (f"{SIGNED} kind: Builder, source: BadScheme", "its endpoint is not encrypted"),
        (f"{SIGNED} status code: 404 Not Found: <Code>NoSuchBucket</Code><RequestId>s3cret",
         "it answered 404 Not Found NoSuchBucket"),
        (f"{SIGNED} status code: 503 Service Unavailable: s3cret", "503 Service Unavailable"),
        ("PUT http://169.254.169.254/latest/api/token status code: 403 Forbidden: denied",
         "the environment has no credentials"),
        (f"{SIGNED} something else", "the request failed (Exception)"),
    ],
)  # fmt: skip
def test_the_cause_is_named_and_nothing_quoted(error: str, told: str) -> None:
    """Signatures in addresses are passwords."""
    found = reason_of(Exception(error))

    assert told in found
    assert "s3cret" not in found
