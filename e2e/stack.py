"""The whole shop as real processes: web, worker, beat and sandbox on free ports.

Everything that it keeps is its own: a folder, and where DATABASE_URL and REDIS_URL name
services, a database and a Redis number of its own. Its processes are those of `make run`.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import psycopg
import requests

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
# Redis numbers for stacks, away from those that tests use in-process.
REDIS_NUMBERS = range(12, 16)


class Stack:
    """Start it with `start()`, or as a context manager; `env` adds to every process's variables."""

    def __init__(self, **env: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="didshop-stack-"))
        self.port, self.sandbox_port = _free_port(), _free_port()
        # By its name, as `make run` has it: browsers keep no passkeys for a number.
        self.url = f"http://localhost:{self.port}"
        self.sandbox_url = f"http://127.0.0.1:{self.sandbox_port}"
        self._database = _own_database()
        self.env = self._environment(env)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._commands: dict[str, list[str]] = {}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Migrate and start every process; back when the shop answers."""
        self.manage("prepare")
        self._commands = json.loads(self.shell(_PRINT_COMMANDS))
        self.start_process("sandbox")
        self.until(lambda: _answers(f"{self.sandbox_url}/_sandbox/health"), "the sandbox")
        for name in ("web", "worker", "beat"):
            self.start_process(name)
        self.until(lambda: _answers(f"{self.url}/readyz"), "the web")
        self.until(self.worker_is_up, "the worker")
        return self

    def stop(self) -> None:
        """End every process and remove what the stack kept."""
        for name in list(self._processes):
            self.stop_process(name)
        if self._database:
            _drop_database(*self._database)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_process(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                self._commands[name],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop_process(self, name: str, signal_number: int = signal.SIGTERM) -> None:
        """Send the signal and wait; a process that does not end in 15 s is killed."""
        process = self._processes.pop(name)
        _signal_group(process, signal_number)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            _signal_group(process, signal.SIGKILL)
            process.wait()

    def kill(self, name: str) -> None:
        """End a process at once, as by `kill -9`."""
        self.stop_process(name, signal.SIGKILL)

    def worker_is_up(self) -> bool:
        answer = requests.get(f"{self.url}/health", timeout=5).json()
        return bool(answer["services"]["worker"] == "up")

    def manage(self, *args: str) -> str:
        """Run a management command in the stack's own settings, and answer what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *args],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {args[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def shell(self, code: str) -> str:
        """Run Python in the stack's own Django."""
        return self.manage("shell", "--no-imports", "--command", code)

    def sandbox(self, path: str, /, **body: Any) -> Any:
        """Call the sandbox's control API: GET without a body, POST with one."""
        url = f"{self.sandbox_url}/_sandbox/{path}"
        answer = (
            requests.post(url, json=body, timeout=30) if body else requests.get(url, timeout=30)
        )
        answer.raise_for_status()
        return answer.json()

    def clear_faults(self) -> None:
        """Let everything work again."""
        url = f"{self.sandbox_url}/_sandbox/faults"
        requests.delete(url, timeout=30).raise_for_status()

    def until(self, is_so: Callable[[], Any], what: str, seconds: float = START_SECONDS) -> Any:
        """Wait for something to be so, and answer it. AssertionError with the logs if it is not."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = _or_false(is_so)
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{what} was not so within {seconds} s\n{self.logs()}")

    def logs(self, last: int = 3000) -> str:
        """The end of each process's log."""
        files = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {file.name}\n{file.read_text()[-last:]}" for file in files)

    def _environment(self, extra: dict[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
        return {
            **kept,
            "DEBUG": "true",
            "DJANGO_SETTINGS_MODULE": "didshop.settings",
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "PUBLIC_BASE_URL": self.url,
            "DIDSHOP_VAR": str(self.folder),
            "PYTHONUNBUFFERED": "1",
            "RATE_LIMIT_SCALE": "1000",
            "SWEEP_SECONDS": "2",
            "LEASE_SECONDS": "3",
            **({"DATABASE_URL": self._database[1]} if self._database else {}),
            **_own_redis(),
            **extra,
        }


_NOT_INHERITED = {"DATABASE_URL", "REDIS_URL", "TWILIO_API_BASE", "STRIPE_API_BASE"}
_PRINT_COMMANDS = (
    "import json; from didshop.processes import commands; print(json.dumps(commands()))"
)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _own_database() -> tuple[str, str] | None:
    """A new database on the server of DATABASE_URL: the server's URL and its own."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        return None
    name = f"didshop_stack_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server, urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _drop_database(server: str, own: str) -> None:
    name = urlsplit(own).path.lstrip("/")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _own_redis() -> dict[str, str]:
    """A Redis number by worker of the test run, so that stacks do not meet."""
    url = os.environ.get("REDIS_URL", "")
    if not url:
        return {}
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    number = REDIS_NUMBERS[worker % len(REDIS_NUMBERS)]
    return {"REDIS_URL": urlunsplit(urlsplit(url)._replace(path=f"/{number}"))}


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _answers(url: str) -> bool:
    return requests.get(url, timeout=2).ok


def _or_false(is_so: Callable[[], Any]) -> Any:
    try:
        return is_so()
    except (requests.RequestException, KeyError):
        return False
