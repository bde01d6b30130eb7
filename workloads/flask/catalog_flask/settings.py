"""What the task definition says, read once and refused in one sentence."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_BODY = 1 << 20
MAX_URL = 8 << 10
# Where the Dockerfile puts the authorities of Amazon RDS.
RDS_AUTHORITIES = "/etc/ssl/certs/rds-ca.pem"
# A task may hold so many connections, however many workers share them.
CONNECTIONS_PER_TASK = 8

_FROM_SECRETS = ("DB_HOST", "DB_NAME", "DB_USERNAME", "DB_PASSWORD", "API_WRITE_TOKEN")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class SettingsError(Exception):
    """A variable that is missing or wrong."""


@dataclass(frozen=True)
class Settings:
    """One task's settings."""

    db_host: str
    db_port: int
    db_name: str
    db_username: str
    db_password: str
    db_authorities: str
    write_tokens: tuple[str, ...]
    service: str
    xray_daemon: str
    connections: int

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        for name in _FROM_SECRETS:
            if not env.get(name, "").strip():
                raise SettingsError(
                    f"{name} is not set: the task definition takes it from Secrets Manager; "
                    "set it to run the program by hand"
                )
        return cls(
            db_host=env["DB_HOST"],
            db_port=whole(env, "DB_PORT", 5432, 1, 65535),
            db_name=env["DB_NAME"],
            db_username=env["DB_USERNAME"],
            db_password=env["DB_PASSWORD"],
            db_authorities=env.get("DB_CA_FILE") or RDS_AUTHORITIES,
            write_tokens=tuple(t.strip() for t in env["API_WRITE_TOKEN"].split(",") if t.strip()),
            service=env.get("OTEL_SERVICE_NAME") or "catalog",
            xray_daemon=env.get("AWS_XRAY_DAEMON_ADDRESS", ""),
            connections=max(1, CONNECTIONS_PER_TASK // workers(env)),
        )


def workers(env: Mapping[str, str] = os.environ) -> int:
    """How many processes serve, under the name that gunicorn knows."""
    return whole(env, "WEB_CONCURRENCY", 2, 1, CONNECTIONS_PER_TASK)


def whole(env: Mapping[str, str], name: str, fallback: int, low: int, high: int) -> int:
    """Read a whole number."""
    text = env.get(name, "") or str(fallback)
    if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
        raise SettingsError(f"{name} is {text!r}: it must be a whole number from {low} to {high}")
    return int(text)


def seconds(env: Mapping[str, str], name: str, fallback: str) -> float:
    """Read a duration as Go writes it, such as 30s or 1m30s."""
    text = env.get(name, "") or fallback
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h)", text)
    if text != "0" and (not parts or "".join(n + u for n, u in parts) != text):
        raise SettingsError(f"{name} is {text!r}: it must be a duration like 30s, not negative")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
