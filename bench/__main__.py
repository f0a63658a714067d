"""`python -m bench`: how fast the market is, beside a bare page and a bare transaction.

`python -m bench trade` prices parcels instead, `python -m bench money` posts, settles and checks the
books. docs/benchmarks.md explains all three.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from bench import money, servers, table
from bench.run import FULL, QUICK, measure


def main() -> None:
    options = read_arguments()
    if options.what == "trade":
        sys.stdout.write(servers.tell("customs"))
        return
    begun = time.monotonic()
    if options.what == "money":
        text = money.write(money.measure(money.QUICK if options.quick else money.FULL))
    else:
        text = table.write(measure(QUICK if options.quick else FULL))
    print(f"\n{text}\nTook {time.monotonic() - begun:.0f} s.")
    if options.markdown is not None:
        options.markdown.write_text(text, encoding="utf-8")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure the market over 10,000 listings on servers of its own "
        "(.data/bench, ports 8190 and 8191); no other market is touched.",
    )
    parser.add_argument(
        "what",
        nargs="?",
        choices=["market", "money", "trade"],
        default="market",
        help="what to measure",
    )
    parser.add_argument("--quick", action="store_true", help="about two minutes instead of eight")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
