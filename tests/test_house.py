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
from pathlib import Path

import pytest
from celery import Task
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django.fixtures import SettingsWrapper

from marketplace.celery import QUEUES, app
from marketplace.middleware import ProxyMiddleware
from marketplace.schedule import beat_schedule

ROOT = Path(settings.BASE_DIR)
LONGEST_MODULE = 400
# Longer than the rule allows, each with its reason; this list may only become shorter.
LONG_MODULES: dict[str, str] = {
    "marketplace/embedded.py": "two servers, one lock and one way to drop rights; splitting would hide the order",
    "marketplace/supervisor.py": "start, watch and stop read as one story",
}
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
    contracts = configuration()["importlinter"]
    assert packages == set(contracts["root_packages"])  # type: ignore[call-overload]
    floors, rooms = contracts["contracts"][0], contracts["contracts"][1]  # type: ignore[index]
    named = {name.strip() for floor in floors["layers"] for name in floor.split("|")}
    assert packages == named
    assert packages - {"marketplace", "common"} == set(rooms["containers"])
    assert packages - {"common"} == set(settings.LOCAL_APPS)


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
        "postgres",
        "redis",
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


def test_every_state_is_documented() -> None:
    page = ROOT / "docs" / "states.md"
    assert page.exists()
    documented = page.read_text(encoding="utf-8")
    missing = [
        f"{app_name}.{name}.{member}"
        for app_name, name, member in states()
        if not re.search(rf"\b{member}\b", documented)
    ]
    assert missing == []


def states() -> Iterator[tuple[str, str, str]]:
    for app_name in settings.LOCAL_APPS:
        if not (ROOT / app_name / "states.py").exists():
            continue
        module = importlib.import_module(f"{app_name}.states")
        for name, value in vars(module).items():
            if (
                isinstance(value, type)
                and value.__module__ == module.__name__
                and hasattr(value, "__members__")
            ):
                for member in value.__members__:
                    yield app_name, name, member


def own_tasks() -> list[Task[object, object]]:
    app.loader.import_default_modules()
    return [task for name, task in app.tasks.items() if not name.startswith("celery.")]


def test_every_task_is_real_and_has_a_queue() -> None:
    tasks = own_tasks()
    assert tasks
    for task in tasks:
        module, _, function = task.name.rpartition(".")
        assert getattr(importlib.import_module(module), function).name == task.name
        queue = getattr(task, "queue", None) or settings.CELERY_TASK_DEFAULT_QUEUE
        assert queue in QUEUES, f"{task.name} waits in {queue}, which no worker serves"


def test_beat_runs_only_real_tasks() -> None:
    known = {task.name for task in own_tasks()}
    assert beat_schedule()
    assert {entry["task"] for entry in beat_schedule().values()} <= known


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
    "DATABASE_URL": "postgres://freeport_app:password@db/freeport",
    "REDIS_URL": "redis://redis:6379/0",
    "STRIPE_SECRET_KEY": "sk_live_0",
    "STRIPE_WEBHOOK_SECRET": "whsec_0",
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


def test_the_shop_allows_no_inline_script_but_the_admin_does(client: Client) -> None:
    shop = client.get("/nowhere/").headers["Content-Security-Policy"]
    assert "unsafe" not in shop
    assert "default-src 'none'" in shop
    assert "unsafe-eval" in client.get("/admin/login/").headers["Content-Security-Policy"]
