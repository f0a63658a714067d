"""What a moderator decides in the admin."""

from __future__ import annotations

from tests.journeys.visitor import Visitor


def approve_waiting(moderator: Visitor, queue: str, name: str) -> None:
    """Approve what waits in a review queue ("sellers/business", "catalog/listing")."""
    moderator.go(f"/admin/{queue}/?state__exact=IN_REVIEW")
    moderator.look(f"queue-{queue.replace('/', '-')}")
    moderator.page.locator("#result_list a", has_text=name).first.click()
    moderator.page.wait_for_url("**/change/**")
    moderator.look(f"review-{queue.replace('/', '-')}")
    decide(moderator, "Approve")


def decide(moderator: Visitor, decision: str, **fields: str) -> None:
    """Press a decision's button, say why, carry it out."""
    moderator.page.get_by_role("link", name=decision, exact=True).first.click()
    for name, value in fields.items():
        moderator.page.locator(f"[name={name}]").fill(value)
    moderator.look(f"decide-{decision.lower().replace(' ', '-')}")
    moderator.page.locator("#content button[type=submit], main button[type=submit]").last.click()
    moderator.page.wait_for_url("**/change/**")
    moderator.sees("Done. Whoever it concerns has been told.")


def open_order(moderator: Visitor, number: str) -> None:
    moderator.go(f"/admin/orders/order/?q={number}")
    moderator.page.locator("#result_list a", has_text=number).first.click()
    moderator.page.wait_for_url("**/change/**")
