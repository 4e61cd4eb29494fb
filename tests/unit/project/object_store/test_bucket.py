"""A bucket that answers wrongly, for ever or not at all is refused in a sentence."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from obstore.store import MemoryStore, from_url

from ejmap_project.errors import ObjectStoreError
from ejmap_project.object_store import bucket as bucket_module
from ejmap_project.object_store.address import StoreAddress
from ejmap_project.object_store.bucket import SMALL_BYTES, Bucket
from tests.servers import free_port

ADDRESS = StoreAddress("s3", "maps", "/mercury")
CONTENT = b"mask of crater 3" * 100
DIGEST = sha256(CONTENT).hexdigest()
SECRET = "wJalrXUtnFEMI"  # noqa: S105 - of nobody
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def _answering(answer: Answer) -> Iterator[Bucket]:
    """Yield a bucket of a server that answers as a test wants."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer(self)

        def do_HEAD(self) -> None:
            answer(self)

        def do_PUT(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield _bucket(server.server_port)
    finally:
        server.shutdown()
        server.server_close()


def _bucket(port: int, *, seconds: float = 20) -> Bucket:
    store = from_url(
        "s3://maps/mercury",
        aws_endpoint_url=f"http://127.0.0.1:{port}",
        access_key_id="AKIA",
        secret_access_key=SECRET,
        region="us-east-1",
        client_options={"allow_http": True, "timeout": timedelta(seconds=seconds)},
        retry_config={"max_retries": 1, "retry_timeout": timedelta(seconds=seconds)},
    )
    return Bucket(ADDRESS, store)


def _partial(handler: BaseHTTPRequestHandler, length: int) -> None:
    """Write the head of an answer to a request for a part, which may promise another length."""
    _, _, asked = handler.headers["Range"].partition("=")
    start, _, last = asked.partition("-")
    handler.send_response(206)
    handler.send_header("Content-Range", f"bytes {start}-{last}/{len(CONTENT)}")
    handler.send_header("Last-Modified", "Mon, 30 Nov 2026 11:00:00 GMT")
    handler.send_header("ETag", '"1"')
    handler.send_header("Connection", "close")
    handler.send_header("Content-Length", str(length))
    handler.end_headers()


def _wrong_bytes(handler: BaseHTTPRequestHandler) -> None:
    _partial(handler, len(CONTENT))
    handler.wfile.write(b"x" * len(CONTENT))


def _short(handler: BaseHTTPRequestHandler) -> None:
    _partial(handler, 10)
    handler.wfile.write(CONTENT[:10])


def _endless(handler: BaseHTTPRequestHandler) -> None:
    _partial(handler, 2**40)
    try:
        while True:
            handler.wfile.write(b"x" * 2**16)
    except OSError:
        pass


@pytest.mark.parametrize(
    ("answer", "told"),
    [(_wrong_bytes, "holds other bytes"), (_short, "another size"), (_endless, "another size")],
)
def test_a_wrong_body_is_refused(tmp_path: Path, answer: Answer, told: str) -> None:
    """Also one without an end: no more is taken than was recorded."""
    with (
        _answering(answer) as bucket,
        pytest.raises(ObjectStoreError, match=rf"^s3://maps/mercury .*{told}"),
    ):
        bucket.get_file(tmp_path / "mask.tif", DIGEST, len(CONTENT))

    assert (tmp_path / "mask.tif").stat().st_size <= len(CONTENT) + 2**20


def test_a_denial_is_told_without_secrets() -> None:
    """The answer quotes the key and the signature; the sentence does not."""

    def denied(handler: BaseHTTPRequestHandler) -> None:
        body = f"<Error><Code>SignatureDoesNotMatch</Code><Key>{SECRET}</Key></Error>".encode()
        handler.send_response(403)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    with _answering(denied) as bucket, pytest.raises(ObjectStoreError) as told:
        bucket.holds_list("0" * 60)

    assert str(told.value) == (
        "s3://maps/mercury cannot be used: it denies access (403 Forbidden SignatureDoesNotMatch); "
        "check the credentials"
    )
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


def test_a_bucket_that_nobody_serves_is_told() -> None:
    """After the retries."""
    with pytest.raises(ObjectStoreError, match="cannot be used: nobody answers there"):
        _bucket(free_port()).holds_list("0" * 60)


def test_a_bucket_that_stalls_is_given_up(tmp_path: Path) -> None:
    """A request has a time in which it must be answered."""
    gone = threading.Event()

    def stalled(handler: BaseHTTPRequestHandler) -> None:
        _partial(handler, len(CONTENT))
        gone.wait(20)

    with _answering(stalled) as bucket:
        impatient = _bucket(_port_of(bucket), seconds=0.5)
        with pytest.raises(ObjectStoreError, match="cannot be used: it does not answer in time"):
            impatient.get_file(tmp_path / "mask.tif", DIGEST, len(CONTENT))
        gone.set()


def _port_of(bucket: Bucket) -> int:
    endpoint = bucket._store.config["endpoint"]
    return int(str(endpoint).rpartition(":")[2])


def test_files_of_any_size_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty ones, those of one request and those of several parts each way."""
    monkeypatch.setattr(bucket_module, "PART_BYTES", 1_000_000)
    bucket = Bucket(ADDRESS, MemoryStore())
    for size in (0, 1, SMALL_BYTES, SMALL_BYTES + 1, 3 * SMALL_BYTES + 7):
        path, back = tmp_path / f"{size}", tmp_path / f"back_{size}"
        path.write_bytes(b"0123456789abcdef" * (size // 16) + b"z" * (size % 16))
        digest = sha256(path.read_bytes()).hexdigest()

        bucket.put_file(path, digest, size)
        bucket.get_file(back, digest, size)

        assert back.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("size", [100, SMALL_BYTES + 1])
def test_a_file_with_other_bytes_is_not_sent(tmp_path: Path, size: int) -> None:
    """The upload ends before the object is there."""
    bucket, path = Bucket(ADDRESS, MemoryStore()), tmp_path / "mask.tif"
    path.write_bytes(b"x" * size)

    with pytest.raises(ObjectStoreError, match="has other bytes than were recorded"):
        bucket.put_file(path, DIGEST, size)

    with pytest.raises(ObjectStoreError, match="lacks files/"):
        bucket.get_file(tmp_path / "back", DIGEST, size)


def test_lists_that_come_later_are_found() -> None:
    """Also of another writer, and those asked for in vain after a while."""
    store = MemoryStore()
    mine, theirs = Bucket(ADDRESS, store), Bucket(ADDRESS, store)
    theirs.put_list("[]", "a" * 16)

    first = mine.holds_list("a" * 16), mine.holds_list("b" * 16)
    theirs.put_list("[]", "b" * 16)
    theirs.put_list("[]", "c" * 16)

    assert first == (True, False)
    assert mine.holds_list("c" * 16)
    mine._absent.clear()
    assert mine.holds_list("b" * 16)
