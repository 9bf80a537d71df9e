"""Runs every measurement against one stack and prints them as a table."""

import subprocess
import sys

from bench import ten_numbers
from e2e.client import Customer
from e2e.stack import Stack


def main() -> None:
    with Stack(LOG_LEVEL="WARNING") as stack:
        for line in ten_numbers.measure(stack):
            print(line)
        print(flush=True)
        customer = Customer(stack.url)
        customer.adds_card()
        customer.buys(*customer.finds(areaCode="617")[:5])
        token = str(customer.http.headers["Authorization"])
        # In a process of its own, whose Django has the stack's settings.
        command = [sys.executable, "-m", "bench.endpoints", customer.user["id"], token]
        subprocess.run(command, env=stack.env, check=True)


if __name__ == "__main__":
    main()
