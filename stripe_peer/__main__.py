"""python -m stripe_peer: serve the peer on this machine until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sqlite3
import sys
from pathlib import Path

from granian.constants import Interfaces
from granian.server.embed import Server

from stripe_peer.app import Peer
from stripe_peer.store import Store
from stripe_peer.world import DEFAULTS, World

HOST = "127.0.0.1"


def main(application: type[Peer] = Peer) -> None:
    options = read_arguments()
    secrets: list[str] = options.secret or ["whsec_peer"]
    hooks = {
        "platform": (options.webhook_url, secrets),
        "connect": (options.connect_webhook_url, options.connect_secret or secrets),
        "thin": (options.thin_webhook_url, options.thin_secret or secrets),
    }
    try:
        store = Store(options.data)
    except sqlite3.Error as error:
        sys.exit(f"{options.data} can't be used as the peer's file: {error}.")
    base = options.base_url or f"http://{HOST}:{options.port}"
    world = World(store, base=base, hooks=hooks)
    if options.available_after is not None:
        with store.transaction():
            store.edit("config").data["available_after"] = options.available_after
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(application(world), options.port))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m stripe_peer",
        description="A stateful peer of Stripe's API on this machine; no real money moves.",
    )
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--data", type=Path, metavar="FILE", help="keep everything in this file")
    parser.add_argument("--base-url", default="", help="how browsers reach the peer's pages")
    parser.add_argument("--webhook-url", default="", help="for the platform's events")
    parser.add_argument("--connect-webhook-url", default="", help="for connected accounts' events")
    parser.add_argument("--thin-webhook-url", default="", help="for the thin events of v2")
    parser.add_argument("--secret", action="append", help="signs webhooks; the first one signs")
    parser.add_argument("--connect-secret", action="append", help="another one for that endpoint")
    parser.add_argument("--thin-secret", action="append", help="another one for that endpoint")
    parser.add_argument(
        "--available-after",
        type=int,
        metavar="SECONDS",
        help=f"until a payment is available (default {DEFAULTS['available_after']})",
    )
    return parser.parse_args()


async def serve(peer: Peer, port: int) -> None:
    server = Server(
        peer,
        address=HOST,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve()
    # Everything is on disk; taking granian's threads down with the interpreter can end in a panic.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
