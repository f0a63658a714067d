"""Look after the embedded servers of this folder."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from marketplace.settings import start_embedded_servers


class Command(BaseCommand):
    help = "Start, stop or show the embedded PostgreSQL and Redis of this folder."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["start", "stop", "status"])

    def handle(self, *args: Any, **options: Any) -> None:
        servers = settings.EMBEDDED
        if options["action"] == "start":
            started = start_embedded_servers()
            self.stdout.write(f"Started: {', '.join(started) or 'nothing, all was running'}.")
        elif options["action"] == "stop":
            servers.stop()
            self.stdout.write("Stopped.")
        else:
            for name, runs in (
                ("PostgreSQL", servers.postgres.running_pid()),
                ("Redis", servers.redis.running_pid()),
            ):
                self.stdout.write(f"{name}: {'running' if runs else 'not running'}")
