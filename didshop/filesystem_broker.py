"""Kombu's filesystem transport with messages that appear whole.

Kombu writes a message into the folder that its readers watch: a reader that is quick enough
takes half of one, cannot parse it, and its worker ends. Here a message is written aside and
renamed, which is one step for everybody who looks.
"""

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Puts messages into the folder in one step."""

    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:
        folder = Path(self.data_folder_out)
        name = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        # Readers take "<anything without a dot>.<queue>.msg" only.
        aside = folder / f".{name}"
        try:
            aside.write_text(dumps(message))
            aside.rename(folder / name)
        except OSError as error:
            raise ChannelError(f"The message cannot be written to {folder}.") from error


class Transport(filesystem.Transport):
    """Name it as `broker_transport`."""

    Channel = Channel
