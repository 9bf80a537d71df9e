"""The mails that a stack has sent: in its embedded default they are files in its folder."""

import re
from email import message_from_bytes, policy
from pathlib import Path

from e2e.stack import Stack


def mailed_link(stack: Stack, to: str, path: str) -> str:
    """The link under `path` of the newest mail to somebody, once it has come."""
    found = stack.until(lambda: _link(stack, to, path), f"a mail to {to} with {path}")
    return str(found)


def _link(stack: Stack, to: str, path: str) -> str:
    for file in sorted((stack.folder / "mail").glob("*.log"), reverse=True):
        text = _text_to(to, file)
        if links := re.findall(rf"\S+{re.escape(path)}\S+", text):
            return str(links[-1])
    return ""


def _text_to(to: str, file: Path) -> str:
    """What is written to them in the file, as plain text."""
    message = message_from_bytes(
        file.read_bytes().split(b"\n" + b"-" * 79)[0], policy=policy.default
    )
    body = message.get_body(("plain",))
    return body.get_content() if message["To"] == to and body else ""
