"""`appoint_moderator EMAIL`: let somebody who has an account into the admin."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.selectors import find_user
from accounts.services import appoint_moderator


class Command(BaseCommand):
    """They see everything in the admin, and decide about sellers, listings, orders and refunds."""

    help = "Let a person who has an account moderate the market."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = find_user(email=email)
        if user is None:
            raise CommandError(f"Nobody has an account with the address {email}.")
        appoint_moderator(user=user)
        self.stdout.write(f"{user.email} moderates now.")
