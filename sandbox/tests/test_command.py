"""`manage.py sandbox` says in one line why it cannot start."""

import socket
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def test_taken_port(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"cannot listen on 127.0.0.1:{port}"):
            call_command("sandbox", port=port, database=tmp_path / "sandbox.sqlite3")
    assert not (tmp_path / "sandbox.sqlite3").exists()
