"""Log lines as JSON, with the names that the Go API's lines have."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

_LEVELS = {"debug": "DEBUG", "info": "INFO", "warn": "WARNING", "error": "ERROR"}
_NAMES = {"WARNING": "WARN", "CRITICAL": "ERROR"}


class JSONLines(logging.Formatter):
    """One JSON object per record; what a record's `members` hold goes on top."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
            "level": _NAMES.get(record.levelname, record.levelname),
            "msg": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        line.update(getattr(record, "members", {}))
        return json.dumps(line, ensure_ascii=False)


def config(level: str) -> dict[str, Any]:
    """The configuration of everything that logs in the process."""
    if level not in _LEVELS:
        raise ValueError(f"LOG_LEVEL is {level!r}: it must be debug, info, warn or error")
    own = {"level": _LEVELS[level], "handlers": ["lines"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JSONLines}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"}},
        "root": {"level": "WARNING", "handlers": ["lines"]},
        # requestlog writes the lines of requests, with more in them.
        "loggers": {"gunicorn.error": own, "gunicorn.access": {**own, "level": "CRITICAL"}, "catalog": own},
    }
