"""PostgreSQL, over TLS with the server's certificate verified."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from flask import current_app
from psycopg_pool import ConnectionPool

from . import tracing
from .problems import Problem, Violation, invalid, unavailable
from .settings import Settings

_log = logging.getLogger("catalog")

Row = tuple[Any, ...]


class Database:
    """The connections of one worker."""

    def __init__(self, settings: Settings) -> None:
        self._name = f"{settings.db_name}@{settings.db_host}"
        self._pool = ConnectionPool(
            kwargs={
                "host": settings.db_host,
                "port": settings.db_port,
                "dbname": settings.db_name,
                "user": settings.db_username,
                "password": settings.db_password,
                "sslmode": "verify-full",
                "sslrootcert": settings.db_authorities,
                "connect_timeout": 3,
                "application_name": "catalog-flask",
                "options": "-c statement_timeout=10000 -c max_parallel_workers_per_gather=0",
                "autocommit": True,
            },
            min_size=1,
            max_size=settings.connections,
            timeout=3,
            max_lifetime=1800,
            reconnect_timeout=5,
            check=ConnectionPool.check_connection,
            open=False,
        )
        self._pool.open(wait=False)

    def answers(self) -> bool:
        """Whether the database does, within half a second."""
        try:
            with self._pool.connection(timeout=0.5) as connection:
                connection.execute("SELECT 1")
            return True
        except psycopg.Error:
            return False

    @contextmanager
    def session(self) -> Iterator["Session"]:
        """Lend a connection; its errors become the contract's."""
        try:
            with self._pool.connection() as connection:
                yield Session(connection, self._name)
        except psycopg.errors.ReadOnlySqlTransaction as error:
            self._pool.drain()  # after a fail-over the old writer only reads: find the new one
            raise _away(error) from error
        except (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.InvalidTransactionState) as error:
            raise _away(error) from error
        except psycopg.errors.UniqueViolation as error:
            if error.diag.constraint_name == "product_sku_key":
                taken = [Violation("/sku", "is taken")]
                raise Problem(409, "duplicate_sku", "another product has this SKU", taken) from error
            raise
        except psycopg.errors.ForeignKeyViolation as error:
            if error.diag.constraint_name == "product_category_fkey":
                raise invalid([Violation("/category", "there is no such category")]) from error
            raise

    @contextmanager
    def transaction(self) -> Iterator["Session"]:
        """A session whose statements hold together or not at all."""
        with self.session() as session, session.connection.transaction():
            yield session


class Session:
    """A connection that traces what it is asked."""

    def __init__(self, connection: psycopg.Connection[Row], name: str) -> None:
        self.connection = connection
        self._name = name

    def all(self, statement: str, *values: Any) -> list[Row]:
        with tracing.query(self._name, statement):
            return self.connection.execute(statement, values).fetchall()  # type: ignore[arg-type]

    def named(self, statement: str, values: dict[str, Any], keep: bool = True) -> list[Row]:
        """The same with names for the values. keep says that one plan is good
        for all of them: psycopg prepares the statement then, as it does others."""
        with tracing.query(self._name, statement):
            prepare = None if keep else False
            return self.connection.execute(statement, values, prepare=prepare).fetchall()  # type: ignore[arg-type]

    def one(self, statement: str, *values: Any) -> Row | None:
        rows = self.all(statement, *values)
        return rows[0] if rows else None

    def run(self, statement: str, *values: Any) -> int:
        """Run a statement and say how many rows it changed."""
        with tracing.query(self._name, statement):
            return self.connection.execute(statement, values).rowcount  # type: ignore[arg-type]


def _away(error: psycopg.Error) -> Problem:
    _log.warning("request not served", extra={"members": {"error": str(error)}})
    return unavailable()


def database() -> Database:
    """The application's own."""
    return current_app.extensions["catalog.database"]
