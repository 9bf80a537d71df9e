"""What must be true before the shop can start on this machine, each with one clear line."""

import os
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

OLDEST_PYTHON = (3, 11)
HIGHEST_PORT = 65535


def obstacles() -> Iterator[str]:
    """One sentence for each thing that stands in the way."""
    if sys.version_info < OLDEST_PYTHON:
        yield f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}."
    yield from _bad_ports({"PORT": settings.PORT, "SANDBOX_PORT": settings.SANDBOX_PORT})
    yield from _unwritable(settings.DIDSHOP_VAR)


def database_obstacle() -> str:
    """Why the database cannot be written, or nothing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE didshop_preflight (id integer)")
            cursor.execute("DROP TABLE didshop_preflight")
    except DatabaseError as error:
        where = settings.DATABASES["default"]["NAME"]
        return f"The database {where} cannot be written: {str(error).strip()}"
    return ""


def _bad_ports(ports: Mapping[str, int]) -> Iterator[str]:
    for name, port in ports.items():
        if not 1 <= port <= HIGHEST_PORT:
            yield f"{name} must be from 1 to {HIGHEST_PORT}; it is {port}."
        elif _is_taken(port):
            yield f"Port {port} is taken. Stop what uses it, or set {name} to another."
    if len(set(ports.values())) < len(ports):
        yield f"{' and '.join(ports)} are the same. Set one of them to another."


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _unwritable(folder: Path) -> Iterator[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        yield f"The folder {folder} cannot be made: {error.strerror}. Set DIDSHOP_VAR to another."
        return
    if not os.access(folder, os.W_OK):
        yield f"The folder {folder} cannot be written. Set DIDSHOP_VAR to another."
