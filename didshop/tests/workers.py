"""Celery's tasks in tests: they wait in memory until somebody runs them, in this process."""

import threading
import time
from queue import Empty

from django.db import connections

from didshop.celery import app

_PAUSE_SECONDS = 0.01


def run_tasks(most: int = 1000) -> list[str]:
    """Run every task that waits, and those that they wake, until none is left; their names.

    A countdown is not waited for. A task's exception is raised here.
    """
    names: list[str] = []
    while (name := run_next_task()) is not None:
        names.append(name)
        assert len(names) < most, f"tasks wake each other without end: {names[-5:]}"
    return names


def run_next_task() -> str | None:
    """Run the task that waits longest, and return its name; None if none waits."""
    with app.connection_for_read() as connection, connection.SimpleQueue("celery") as queue:
        try:
            message = queue.get_nowait()
        except Empty:
            return None
        message.ack()
        name = message.headers["task"]
        args, kwargs, _ = message.payload
    app.loader.import_default_modules()
    app.tasks[name].apply(args=args, kwargs=kwargs, throw=True)
    return str(name)


def forget_tasks() -> None:
    """Drop whatever waits."""
    with app.connection_for_read() as connection, connection.SimpleQueue("celery") as queue:
        queue.clear()


class Worker:
    """Threads that run tasks as they come, as a Celery worker does beside the web."""

    def __init__(self, threads: int = 4) -> None:
        self._is_stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"worker-{number}")
            for number in range(threads)
        ]
        self.errors: list[Exception] = []

    def start(self) -> None:
        """Begin to run tasks."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each thread finish its task and end."""
        self._is_stopping.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while not self._is_stopping.is_set():
            try:
                if run_next_task() is None:
                    time.sleep(_PAUSE_SECONDS)
            except Exception as error:  # noqa: BLE001 - the test's thread raises it
                self.errors.append(error)
        connections.close_all()
