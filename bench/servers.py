"""The servers of a run: PostgreSQL and Redis of our own, the market as ./run serves it, the bare page."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from bench import place
from marketplace.embedded import APP_ROLE, OWNER_ROLE, EmbeddedServers
from marketplace.supervisor.children import Child, end_all, market_children

READY_SECONDS = 60


class BenchError(SystemExit):
    """One sentence for whoever started the benchmark."""


def embedded() -> EmbeddedServers:
    return EmbeddedServers(place.data_dir())


@contextmanager
def data_servers() -> Iterator[EmbeddedServers]:
    """Start both, with the databases of a benchmark; stop them at the end. The data stays."""
    servers = embedded()
    if servers.redis.running_pid() is None:
        # Errands of earlier runs that no worker has fetched.
        shutil.rmtree(servers.redis.data, ignore_errors=True)
    servers.ensure(database=place.DATABASE)
    try:
        _forget_outdated_market(servers)
        servers.postgres.create_database(place.PLAIN_DATABASE)
        yield servers
    finally:
        servers.stop()


def plain_database(servers: EmbeddedServers) -> dict[str, str]:
    return servers.database(OWNER_ROLE, place.PLAIN_DATABASE)


def _forget_outdated_market(servers: EmbeddedServers) -> None:
    """The market is used again and again until a migration, or the way it is made, changes."""
    digest = hashlib.sha256((place.ROOT / "bench" / "market.py").read_bytes())
    for path in sorted(place.ROOT.glob("*/migrations/*.*")):
        digest.update(path.read_bytes())
    stamp = place.data_dir() / "market-made-by"
    if not stamp.exists() or stamp.read_text() != digest.hexdigest():
        servers.postgres.recreate_database(place.DATABASE)
        stamp.write_text(digest.hexdigest())


def prepare() -> None:
    """Tables and static files."""
    _run(["manage.py", "prepare"])


def inside(part: str, *arguments: str, role: str = "app") -> Any:
    """What a part that needs Django has to say."""
    words = ["-m", "bench.inside", part, *arguments]
    return json.loads(_run(words, DATABASE_ROLE=role))


def tell(part: str) -> str:
    """The words that such a part prints for people."""
    return _run(["-m", "bench.inside", part])


def check_books() -> str:
    """The last line of `manage.py check_books`; it fails where the books don't balance."""
    return _run(["manage.py", "check_books"]).strip().splitlines()[-1]


def _run(words: list[str], **variables: str) -> str:
    done = subprocess.run(
        [place.PYTHON, *words],
        cwd=place.ROOT,
        env={**place.environment(), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchError(f"`{' '.join(words)}` failed:\n{done.stderr or done.stdout}")
    return done.stdout


@contextmanager
def web(servers: EmbeddedServers) -> Iterator[Child]:
    """The market's pages, by the same command as ./run's."""
    child = _child("web", place.SHOP_PORT, place.environment())
    with _running(child, f"http://{place.HOST}:{place.SHOP_PORT}/readyz"):
        yield child


@contextmanager
def bare(servers: EmbeddedServers, *, page_bytes: int) -> Iterator[Child]:
    """The bare page, by the same command but for the application."""
    database = servers.database(APP_ROLE, place.DATABASE)
    environment = place.environment() | {
        "BENCH_DATABASE": json.dumps(database),
        "BENCH_PAGE_BYTES": str(page_bytes),
    }
    del environment["DJANGO_SETTINGS_MODULE"]
    child = _child("bare", place.BARE_PORT, environment)
    child.command[-1] = "bench.bare:application"
    with _running(child, f"http://{place.HOST}:{place.BARE_PORT}/"):
        yield child


def _child(name: str, port: int, environment: Mapping[str, str]) -> Child:
    media = place.data_dir() / "media"
    media.mkdir(parents=True, exist_ok=True)
    logs = place.data_dir() / "logs"
    found = market_children(port=port, media=media, logs=logs, environment=environment)
    web_child = next(child for child in found if child.name == "web")
    web_child.log = logs / f"{name}.log"
    return web_child


@contextmanager
def _running(child: Child, address: str) -> Iterator[None]:
    child.launch()
    try:
        _wait_until_ready(child, address)
        yield
    finally:
        end_all([child])


def _wait_until_ready(child: Child, address: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if child.stopped_at_once():
            break
        with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.1)
    raise BenchError(f"{address} does not answer: {child.last_line()}")
