"""The bucket is named by the environment, without credentials."""

import pytest

from ejmap_project.errors import SettingsError
from ejmap_project.object_store.address import VARIABLE, StoreAddress, stated_address, store_address


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("s3://maps/mercury/", StoreAddress("s3", "maps", "/mercury")),
        ("gs://maps", StoreAddress("gs", "maps", "")),
        ("az://maps/a/b", StoreAddress("az", "maps", "/a/b")),
        ("file:///srv/my%20maps", StoreAddress("file", "", "/srv/my maps")),
    ],
)
def test_an_address_is_a_provider_a_bucket_and_a_prefix(stated: str, found: StoreAddress) -> None:
    """Or a folder of this machine."""
    assert store_address(stated) == found


@pytest.mark.parametrize(
    "stated",
    [
        *("s3://ada:s3cret@maps/mercury", "s3://maps?secret_access_key=s3cret", "maps", "s3:///x"),
        *("http://maps.example.org/s3cret", "https://maps.example.org/s3cret", "memory://"),
        *("file://host/s3cret", "file:s3cret", "s3://[s3cret", "s3://maps#s3cret"),
    ],
)
def test_anything_else_is_refused_and_not_quoted(stated: str) -> None:
    """It may hold a password, or be a server that we should not ask."""
    with pytest.raises(SettingsError, match=rf"^{VARIABLE} must look like") as refused:
        store_address(stated)

    assert "s3cret" not in str(refused.value)


def test_without_the_variable_there_is_no_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither with an empty one."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert stated_address() is None

    monkeypatch.setenv(VARIABLE, "")
    assert stated_address() is None
