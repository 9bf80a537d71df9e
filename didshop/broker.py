"""The embedded default's broker: kombu's queue of files, made safe to read while it is written.

kombu 5.7 opens a message under its final name and writes it afterwards. A worker that looks in
between takes an empty file, which it cannot decode, and ends. The tables of its exchanges have
the same gap. Here a message gets its name when it is complete, and the tables are read and
written under one lock.

Source: kombu.transport.filesystem; https://github.com/celery/kombu/issues/1551
"""

import fcntl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class WholeFilesChannel(filesystem.Channel):
    """Shows readers whole files only."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        # kombu takes names that end in ".<queue>.msg", the oldest millisecond first.
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        file = Path(self.data_folder_out) / name
        draft = file.with_name(f"{name}.draft")
        try:
            draft.write_text(dumps(payload))
            draft.rename(file)
        except OSError as error:
            raise ChannelError(f"Cannot put {file} into the queue.") from error

    def get_table(self, exchange: str) -> Any:
        with self._tables(fcntl.LOCK_SH):
            return super().get_table(exchange)

    def _queue_bind(self, *args: Any) -> None:
        with self._tables(fcntl.LOCK_EX):
            super()._queue_bind(*args)

    def _delete(self, *args: Any, **kwargs: Any) -> None:
        with self._tables(fcntl.LOCK_EX):
            super()._delete(*args, **kwargs)

    @contextmanager
    def _tables(self, kind: int) -> Iterator[None]:
        """Hold all tables, for reading (LOCK_SH) or writing (LOCK_EX)."""
        self.control_folder.mkdir(exist_ok=True)
        with (self.control_folder / "tables.lock").open("a") as file:
            # Closing the file gives the lock back.
            fcntl.flock(file, kind)
            yield


class Transport(filesystem.Transport):
    """What `filesystem://` stands for in the shop: see `didshop.celery`."""

    Channel = WholeFilesChannel
