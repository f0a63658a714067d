"""Runs a part of the benchmarks that needs Django: `python -m bench.inside market`.

Django must be set up before models are imported, so those parts are imported by name, afterwards.
"""

from __future__ import annotations

import importlib
import sys

import django


def main() -> None:
    django.setup()
    part = importlib.import_module(f"bench.{sys.argv[1]}")
    part.main(sys.argv[2:])


if __name__ == "__main__":
    main()
