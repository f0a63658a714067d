"""`python -m tests.faults`: the bank test with kills. docs/faults.md explains it."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

# A market in which everything happens soon; nothing of another one reaches it.
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "marketplace.settings",
    "DEMO": "true",
    "SANDBOX_ENABLED": "true",
    "RESERVATION_MINUTES": "1",
    "SETTLEMENT_MINUTES": "1",
    "CHECKOUTS_PER_HOUR": "0",
    "SANDBOX_FEE_BP": "140",
    "SANDBOX_DISPUTE_FEE": "1500",
    "STRIPE_SECRET_KEY": "",
    "LOG_LEVEL": "WARNING",
}
SHORT = 15


def main() -> None:
    options = read_arguments()
    os.environ.update(ENVIRONMENT)
    # Only now: the market's settings read the variables set above.
    from tests.faults import bank  # noqa: PLC0415

    # Whoever ends the run ends its market too, also where a shell had SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    seed = bank.new_seed() if options.seed is None else options.seed
    is_short = options.kills < SHORT
    plan = bank.Plan(
        kills=options.kills,
        clients=options.clients,
        seed=seed,
        pace=options.pace or (1.0 if is_short else 2.4),
        patience=0.0 if is_short else 60.0,
        keep=options.keep,
    )
    try:
        report = bank.run(plan)
    except BaseException:
        sys.stdout.write(f"\nThe run broke off. Again with: --seed {seed}\n")
        raise
    text = report.write()
    sys.stdout.write(f"\n{text}\n")
    if options.report is not None:
        options.report.write_text(text, encoding="utf-8")
    if not report.is_good:
        what = "Money does not add up" if report.problems else "The run failed"
        sys.exit(f"{what}. Again with: --seed {seed}")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description="Clients move money through a market of its own while its parts are killed; "
        "at the end the provider's tables and the books are compared.",
    )
    parser.add_argument("--kills", type=int, default=50, help="how often something is killed")
    parser.add_argument("--clients", type=int, default=8, help="processes that move money")
    parser.add_argument("--seed", type=int, help="of what is drawn; printed by every run")
    parser.add_argument("--pace", type=float, help="seconds from one kill to the next, about")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the report there too")
    parser.add_argument("--keep", action="store_true", help="keep data folder, logs and journals")
    return parser.parse_args()


if __name__ == "__main__":
    main()
