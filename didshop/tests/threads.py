"""Doing the same thing from many threads at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

Result = TypeVar("Result")


def all_at_once(*actions: Callable[[], Result]) -> list[Result]:
    """Start every action at one moment, each in a thread with a connection of its own.

    Their results in the order of the actions; the first exception is raised.
    """
    barrier = threading.Barrier(len(actions))

    def act(action: Callable[[], Result]) -> Result:
        try:
            barrier.wait(timeout=10)
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(actions)) as pool:
        return list(pool.map(act, actions))
