#!/usr/bin/env python
"""Django's command line, on the embedded servers of this folder where no others are configured."""

import os
import sys

# These change or inspect the schema, so they work as its owner; everything else works as the application role.
OWNER_COMMANDS = {
    "migrate",
    "prepare",
    "makemigrations",
    "sqlmigrate",
    "sqlflush",
    "lintmigrations",
    "dbshell",
}
WITHOUT_SERVERS = {
    "help",
    "version",
    "check",
    "collectstatic",
    "makemessages",
    "compilemessages",
    "servers",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), "help")
    if command in OWNER_COMMANDS:
        os.environ["DATABASE_ROLE"] = "owner"
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed for this Python: start with ./run, then use .venv/bin/python manage.py."
        )
    if command not in WITHOUT_SERVERS and "--help" not in sys.argv:
        from marketplace.settings import start_embedded_servers

        for name in start_embedded_servers():
            sys.stderr.write(
                f"Started {name} (it keeps running; manage.py servers stop ends it).\n"
            )
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
