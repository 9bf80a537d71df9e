"""The sandbox as a process of its own, and a test's way to speak to it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from django.conf import settings

_PATIENCE_SECONDS = 30.0
_ANSWER_SECONDS = 30.0


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox.

    `url` is where Twilio's and Stripe's stand-in answers, `shop_url` where it expects the shop
    for its webhooks (the `live_shop` fixture answers there).
    """

    url: str
    shop_url: str

    def calls(self, *, to: str, caller: str = "+12025550123", **how: Any) -> dict[str, Any]:
        """Place a call; `how` may name `answers` and `digits`. Its transcript and final status."""
        return self._post("calls", {"from": caller, "to": to, **how})

    def fault(self, **fault: Any) -> dict[str, Any]:
        """Have calls go wrong: service, method, path, side, kind, count, seconds."""
        return self._post("faults", fault)

    def clear_faults(self) -> None:
        """Let everything work again."""
        self._send("DELETE", "faults")

    def sold_elsewhere(self, number: str) -> None:
        """Somebody else buys the number at the carrier."""
        self._post("sold", {"number": number})

    def state(self) -> dict[str, Any]:
        """Numbers owned, payments, webhooks sent, calls, faults and the clock."""
        return self._send("GET", "state")

    def advance_clock(self, seconds: float) -> None:
        """Move the sandbox's clock forward."""
        self._post("clock", {"advance": seconds})

    def reset(self) -> None:
        """Forget everything."""
        self._post("reset", {})

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._send("POST", path, json=body)

    def _send(self, method: str, path: str, **kwargs: Any) -> dict[str, Any]:
        url = f"{self.url}/_sandbox/{path}"
        with requests.request(method, url, timeout=_ANSWER_SECONDS, **kwargs) as answer:
            assert answer.ok, f"{method} {url}: {answer.status_code} {answer.text}"
            return dict(answer.json())


@contextmanager
def running_sandbox(folder: Path) -> Iterator[Sandbox]:
    """A sandbox process with its store in `folder`, on a free port, until the block ends."""
    port, shop_port = free_port(), free_port()
    sandbox = Sandbox(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{shop_port}")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "didshop.settings",
        "DIDSHOP_VAR": str(folder),
        "PUBLIC_BASE_URL": sandbox.shop_url,
    }
    command = [sys.executable, "manage.py", "sandbox", "--port", str(port)]
    command += ["--database", str(folder / "sandbox.sqlite3")]
    with (folder / "sandbox.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(sandbox, process, folder / "sandbox.log")
        yield sandbox
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(sandbox: Sandbox, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if requests.get(f"{sandbox.url}/_sandbox/health", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise AssertionError(f"the sandbox did not start:\n{log.read_text()}")
