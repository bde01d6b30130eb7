"""How gunicorn serves the catalog: settings, and the end of a task."""

import os
import signal
import tempfile
from types import FrameType
from typing import Any

from catalog_flask import draining, logs
from catalog_flask import settings as catalog

wsgi_app = "catalog_flask:create_app()"
bind = f"{os.environ.get('HOST') or '0.0.0.0'}:{catalog.whole(os.environ, 'PORT', 8080, 1, 65535)}"
worker_class = "gthread"
workers = catalog.workers()
threads = catalog.whole(os.environ, "THREADS", 4, 1, 64)
# A worker says in a file that it lives; on a disk that could wait for the disk.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()
timeout = 30
# How long requests in flight may take once the drain is over.
graceful_timeout = 20
# Longer than the load balancer's idle timeout: only it closes idle connections.
keepalive = 75
limit_request_line = 0  # the application refuses long URLs itself, with a problem document
limit_request_field_size = 16 << 10
control_socket_disable = True
logconfig_dict = logs.config(os.environ.get("LOG_LEVEL") or "info")

_drain_delay = catalog.seconds(os.environ, "DRAIN_DELAY", "0")
catalog.Settings.from_environment()  # one sentence now, and not one per worker for ever


def when_ready(server: Any) -> None:
    """Put the drain before gunicorn's own end.

    ECS sends SIGTERM before the load balancer has stopped sending requests:
    /health turns 503, everything is served for the drain delay, then gunicorn
    ends as it does. A second SIGTERM leaves the rest of the delay out."""

    def end(_number: int, frame: FrameType | None) -> None:
        draining.end()
        server.signal(signal.SIGTERM, frame)

    def drain(number: int, frame: FrameType | None) -> None:
        if draining.is_draining() or _drain_delay == 0:
            end(number, frame)
            return
        draining.begin()
        signal.signal(signal.SIGALRM, end)
        signal.setitimer(signal.ITIMER_REAL, _drain_delay)

    signal.signal(signal.SIGTERM, drain)


def post_worker_init(worker: Any) -> None:
    """Let only the master end a worker: a signal to the whole group of
    processes, which some supervisors send, would end them before the drain."""

    def end(number: int, frame: FrameType | None) -> None:
        if draining.is_ending():
            worker.handle_exit(number, frame)

    signal.signal(signal.SIGTERM, end)
    signal.siginterrupt(signal.SIGTERM, False)


def on_exit(server: Any) -> None:
    server.log.info("stopped")
