"""The broker of the embedded default, under writers and readers at the same time."""

from concurrent.futures import ThreadPoolExecutor
from json import JSONDecodeError
from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES

import didshop.celery  # noqa: F401 - it says what filesystem:// stands for
from didshop.broker import Transport

MESSAGES = 300
PADDING = "x" * 20_000


def options(folder):
    for name in ("queue", "control"):
        (folder / name).mkdir(exist_ok=True)
    return {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
    }


def connect(folder, transport="filesystem"):
    return Connection(transport=transport, transport_options=options(folder))


def put_all(folder):
    with connect(folder) as connection:
        channel = connection.channel()
        for number in range(MESSAGES):
            channel._put("jobs", {"number": number, "padding": PADDING})


def take_all(folder, writer):
    """Read without a pause until the writer has ended and nothing is left."""
    taken = []
    with connect(folder) as connection:
        channel = connection.channel()
        while True:
            is_last_look = writer.done()
            try:
                taken.append(channel._get("jobs")["number"])
            except Empty:
                if is_last_look:
                    return taken


class Meanwhile:
    """Part of a message: while it is being written, a reader looks for messages."""

    def __init__(self, reader):
        self.reader = reader

    def __json__(self):
        with pytest.raises(Empty):
            self.reader._get("jobs")
        return "written"


def put_while_another_reads(folder, transport):
    with connect(folder, transport) as connection:
        reader, writer = connection.channel(), connection.channel()
        writer._put("jobs", {"number": 1, "part": Meanwhile(reader)})
        return reader._get("jobs")


def test_a_message_cannot_be_taken_before_it_is_whole(tmp_path):
    assert put_while_another_reads(tmp_path, "filesystem") == {"number": 1, "part": "written"}


def test_kombus_own_transport_gives_it_away_before(tmp_path):
    """The control: why we have our own."""
    with pytest.raises(JSONDecodeError):
        put_while_another_reads(tmp_path, "kombu.transport.filesystem:Transport")


def test_nothing_is_lost_between_a_writer_and_a_reader(tmp_path):
    options(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        taken = take_all(tmp_path, pool.submit(put_all, tmp_path))
    assert sorted(taken) == list(range(MESSAGES))
    assert list((tmp_path / "queue").iterdir()) == []


def test_queues_bound_at_the_same_time_are_all_bound(tmp_path):
    names = [f"queue-{number}" for number in range(40)]

    def bind(name):
        with connect(tmp_path) as connection:
            connection.channel()._queue_bind("jobs", name, "", name)

    options(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(bind, names))
    with connect(tmp_path) as connection:
        bound = {row.queue for row in connection.channel().get_table("jobs")}
    assert bound == set(names)


def test_the_shop_uses_it(tmp_path):
    assert TRANSPORT_ALIASES["filesystem"] == f"{Transport.__module__}:{Transport.__name__}"
    with connect(tmp_path) as connection:
        assert isinstance(connection.transport, Transport)
