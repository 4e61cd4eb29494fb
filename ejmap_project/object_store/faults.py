"""What is wrong with a bucket, in words of ours.

Errors of providers quote requests, and those may be signed (an address with the signature of Azure
is a password). So none of their text is passed on but the status and the code of the answer.
"""

import re

STATUS = re.compile(r"status code: (\d{3} [A-Z][A-Za-z ]*[A-Za-z])")
CODE = re.compile(r"<Code>([A-Za-z0-9]{1,64})</Code>")
DENIED = re.compile(r"PermissionDenied|Unauthenticated|status code: 40[13]")
# Where libraries ask for credentials when the environment has none.
MACHINE_IDENTITY = "169.254.169.254"
# The last cause, which libraries state in their own words; the first that fits is told.
CAUSES = (
    ("Connection refused", "nobody answers there"),
    ("dns error", "its host is not known"),
    ("BadScheme", "its endpoint is not encrypted; set AWS_ALLOW_HTTP=true if you want that"),
    ("MissingAccount", "AZURE_STORAGE_ACCOUNT_NAME is not set"),
    ("InvalidCertificate", "its certificate is not valid"),
    ("TimedOut", "it does not answer in time"),
    ("timed out", "it does not answer in time"),
    ("No space left on device", "its disk is full"),
    ("Permission denied", "this user may not read or write there"),
    ("Connect", "it cannot be reached"),
)


def reason_of(error: BaseException) -> str:
    """Return why a request failed: status and code of the answer, or what kept it from coming."""
    told = f"{type(error).__name__} {error}"
    if MACHINE_IDENTITY in told:
        return "the environment has no credentials for it, and neither has this machine"
    status, code = STATUS.search(told), CODE.search(told)
    answer = " ".join(one[1] for one in (status, code) if one is not None)
    if DENIED.search(told):
        return f"it denies access ({answer or 'no permission'}); check the credentials"
    if answer:
        return f"it answered {answer}"
    found = next((words for sign, words in CAUSES if sign in told), None)
    return found or f"the request failed ({type(error).__name__})"
