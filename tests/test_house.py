"""The house keeps its own order: what no linter can see."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from celery import Task
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings as SettingsWrapper

from common.states import Machine
from marketplace.celery import QUEUES, app
from marketplace.checks import LOCAL_APPS as LINTED_APPS
from marketplace.middleware import ProxyMiddleware
from marketplace.schedule import beat_schedule
from orders.tasks import run_settlement

ROOT = Path(settings.BASE_DIR)
# DESIGN says about 400 lines.
LONGEST_MODULE = 440
# Longer than the rule allows, each with its reason; this list may only become shorter.
LONG_MODULES: dict[str, str] = {}
# In processes of their own, with no place on the floors; two contracts keep them apart.
OUTSIDERS = {"stripe_peer"}
NOT_OURS = {".venv", ".git", ".data", "node_modules", "build", "dist"}
# Read by the machine around us, not settings of the product.
FOREIGN_VARIABLES = {"PATH", "DEBIAN_FRONTEND", "DJANGO_SETTINGS_MODULE", "FREEPORT_SUPERVISED_BY"}


def modules() -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*.py")):
        relative = path.relative_to(ROOT)
        if not NOT_OURS & set(relative.parts) and not relative.parts[0].startswith("."):
            yield relative


def configuration() -> dict[str, dict[str, object]]:
    tools: dict[str, dict[str, object]] = tomllib.loads((ROOT / "pyproject.toml").read_text())[
        "tool"
    ]
    return tools


def test_no_app_escapes_the_import_contracts() -> None:
    packages = {
        path.parts[0] for path in modules() if path.name == "__init__.py" and len(path.parts) == 2
    }
    packages -= {"tests", "bench"}
    assert packages >= OUTSIDERS
    packages -= OUTSIDERS
    contracts = configuration()["importlinter"]
    assert packages | OUTSIDERS == set(contracts["root_packages"])  # type: ignore[call-overload]
    floors, rooms = contracts["contracts"][0], contracts["contracts"][1]  # type: ignore[index]
    named = {name.strip() for floor in floors["layers"] for name in floor.split("|")}
    assert packages == named
    assert packages - {"marketplace", "common"} == set(rooms["containers"])
    assert packages - {"common"} == set(settings.LOCAL_APPS)
    assert set(settings.LOCAL_APPS) - {"marketplace"} == set(LINTED_APPS)


def test_every_test_folder_is_a_package() -> None:
    # Otherwise `import orders` finds tests/orders instead of the app.
    for folder in {path.parent for path in modules() if path.parts[0] == "tests"}:
        assert (ROOT / folder / "__init__.py").exists(), folder


def test_modules_stay_short() -> None:
    long = {
        str(path)
        for path in modules()
        if path.parts[0] not in {"tests", "bench"}
        and "migrations" not in path.parts
        and path.parts[:2] != ("marketplace", "demo")  # goods and drawings: data, not logic
        and len((ROOT / path).read_text(encoding="utf-8").splitlines()) > LONGEST_MODULE
    }
    assert long - set(LONG_MODULES) == set(), "split by verb, see DESIGN"
    assert set(LONG_MODULES) - long == set(), "short again: take it off the list"


def test_no_module_is_a_drawer() -> None:
    drawers = {"utils", "helpers", "misc", "stuff", "tools", "common_utils"}
    assert [path for path in modules() if path.stem in drawers] == []


def test_every_variable_is_explained() -> None:
    explained = set(
        re.findall(
            r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE
        )
    )
    read = set(variables_read())
    assert read - explained == set(), "add to .env.example"
    assert explained - read == set(), "nobody reads it"


def variables_read() -> Iterator[str]:
    readers = {
        "text",
        "boolean",
        "integer",
        "choice",
        "words",
        "folder",
        "web_address",
        "vat_number",
        "postgres",
        "redis",
        "conversions",
        "field_keys",
        "bank_accounts",
    }
    for path in modules():
        if path.parts[0] in {"tests", "bench"}:
            continue
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                owner = ast.unparse(node.func.value)
                name = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
                reads = (owner == "environment" and node.func.attr in readers) or (
                    owner == "os.environ" and node.func.attr == "get"
                )
                if reads and isinstance(name, str) and name not in FOREIGN_VARIABLES:
                    yield name


def machines() -> Iterator[tuple[str, Machine[StrEnum]]]:
    for app_name in settings.LOCAL_APPS:
        if not (ROOT / app_name / "states.py").exists():
            continue
        module = importlib.import_module(f"{app_name}.states")
        for value in vars(module).values():
            if isinstance(value, Machine):
                yield f"{app_name}.{type(value.initial).__name__}", value


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_dependency_is_pinned_and_explained(name: str) -> None:
    asked = {
        re.split(r"[\[~=<>;]", line)[0].strip().lower()
        for line in (ROOT / f"{name}.in").read_text().splitlines()
        if line.strip() and not line.startswith(("#", "-"))
    }
    pinned = {
        line.split("==")[0].lower()
        for line in (ROOT / f"{name}.txt").read_text().splitlines()
        if "==" in line
    }
    assert asked - pinned == set(), "compile the requirements again"
    explained = (ROOT / "docs" / "dependencies.md").read_text().lower()
    assert [package for package in sorted(asked) if package not in explained] == []


def test_every_state_is_documented() -> None:
    """docs/states.md has each machine with exactly the edges of its table."""
    sections = dict(
        re.findall(
            r"^## ([\w.]+)\n(.*?)(?=^## |\Z)",
            (ROOT / "docs" / "states.md").read_text(encoding="utf-8"),
            flags=re.MULTILINE | re.DOTALL,
        )
    )
    in_code = dict(machines())
    assert sections.keys() == in_code.keys()
    for name, machine in in_code.items():
        rows = re.findall(r"^\| `(\w+)` \| .+? \| (.+?) \|$", sections[name], flags=re.MULTILINE)
        documented = {state: set(re.findall(r"`(\w+)`", targets)) for state, targets in rows}
        states = {str(state) for state in type(machine.initial)}
        edges: dict[str, set[str]] = {state: set() for state in states} | {
            str(old): {str(new) for new in targets} for old, targets in machine.edges.items()
        }
        assert documented == edges, name


def test_every_state_can_be_reached() -> None:
    for name, machine in machines():
        reached, to_visit = {machine.initial}, [machine.initial]
        while to_visit:
            new = machine.edges.get(to_visit.pop(), frozenset()) - reached
            reached |= new
            to_visit += new
        assert reached == set(type(machine.initial)), name


def own_tasks() -> list[Task[..., object]]:
    app.loader.import_default_modules()
    return [task for name, task in app.tasks.items() if not name.startswith("celery.")]


def test_every_task_is_real_and_has_a_queue() -> None:
    tasks = own_tasks()
    assert tasks
    for task in tasks:
        module, _, function = task.name.rpartition(".")
        assert getattr(importlib.import_module(module), function).name == task.name
        queue = task.__dict__.get("queue") or app.amqp.router.route({}, task.name)["queue"]
        queue = getattr(queue, "name", queue)
        assert queue in QUEUES, f"{task.name} waits in {queue}, which no worker serves"


def test_beat_runs_only_real_tasks() -> None:
    known = {task.name for task in own_tasks()}
    assert beat_schedule()
    assert {entry["task"] for entry in beat_schedule().values()} <= known


def test_settlement_runs_every_so_many_minutes_and_at_its_hour() -> None:
    """Both lines stand: one must not take the other's place."""
    runs = [e for e in beat_schedule().values() if e["task"] == run_settlement.name]
    assert len(runs) == 2
    assert {"expires": settings.SETTLEMENT_MINUTES * 60} in [run["options"] for run in runs]


def test_no_task_is_named_by_a_string_that_is_none() -> None:
    """Errands carry the name of a task that their module can't import; it must exist nonetheless."""
    known = {task.name for task in own_tasks()}
    for path in modules():
        if path.parts[0] == "tests":
            continue
        for name in re.findall(
            r"Errand\(\s*(?:name=)?\"([\w.]+)\"", (ROOT / path).read_text(encoding="utf-8")
        ):
            assert name in known, f"{path} wakes {name}, which is no task"


def routes(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, address)
        else:
            yield address, pattern


def test_no_address_is_given_away_twice() -> None:
    addresses = [address for address, _ in routes(get_resolver().url_patterns)]
    own = [address for address in addresses if not address.startswith("admin/")]
    assert sorted(own) == sorted(set(own))


@pytest.mark.parametrize("name", ["run", "test", ".ci/run", "manage.py"])
def test_the_commands_can_be_started(name: str) -> None:
    assert (ROOT / name).stat().st_mode & 0o111


def test_ci_calls_the_same_command_as_everybody() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == [
        'exec "$(dirname -- "$0")/../test" "$@"'
    ]


PRODUCTION = {
    "SITE_URL": "https://shop.example",
    "SECRET_KEY": "".join(chr(33 + number % 90) for number in range(64)),
    "FIELD_KEYS": "2026a:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "DATABASE_URL": "postgres://freeport_app:password@db/freeport",
    "REDIS_URL": "redis://redis:6379/0",
    "STRIPE_SECRET_KEY": "_".join(("sk", "live", "none")),
    "STRIPE_LIVEMODE": "true",
    "STRIPE_WEBHOOK_SECRETS": "whsec_1",
    "STRIPE_CONNECT_WEBHOOK_SECRETS": "whsec_2",
    "STRIPE_THIN_WEBHOOK_SECRETS": "whsec_3",
    "EMAIL_HOST": "smtp.example",
    "BEHIND_PROXY": "true",
}


def test_production_settings_are_clean() -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **PRODUCTION},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_probe_needs_no_host_name(client: Client) -> None:
    answer = client.get("/healthz", headers={"host": "10.1.2.3"})
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_readiness_names_what_is_missing(client: Client, settings: SettingsWrapper) -> None:
    assert client.get("/readyz").json() == {"database": True, "redis": True, "migrations": True}
    settings.REDIS_URL = "unix:///nowhere.sock"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": True, "redis": False, "migrations": True}


@pytest.mark.parametrize(("behind_proxy", "visitor"), [(True, "203.0.113.9"), (False, "127.0.0.1")])
def test_only_a_proxy_is_believed_about_the_visitor(
    rf: RequestFactory, settings: SettingsWrapper, behind_proxy: bool, visitor: str
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    seen: list[str] = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    ProxyMiddleware(page)(rf.get("/", headers={"x-forwarded-for": "198.51.100.1, 203.0.113.9"}))
    assert seen == [visitor]


@pytest.mark.django_db
def test_the_shop_allows_no_inline_script_but_the_admin_does(client: Client) -> None:
    shop = client.get("/nowhere/").headers["Content-Security-Policy"]
    assert "unsafe" not in shop
    assert "default-src 'none'" in shop
    assert "unsafe-eval" in client.get("/admin/login/").headers["Content-Security-Policy"]
