"""What `make run` says when the machine is not as it needs it."""

import socket

import pytest

from didshop.preflight import database_obstacle, obstacles


@pytest.fixture
def machine(settings, tmp_path):
    """A machine on which nothing is in the way, as settings that a test may spoil."""
    settings.PORT, settings.SANDBOX_PORT = free_ports(2)
    settings.DIDSHOP_VAR = tmp_path / "var"
    return settings


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def test_nothing_is_in_the_way(machine):
    assert list(obstacles()) == []


@pytest.mark.parametrize("name", ["PORT", "SANDBOX_PORT"])
def test_a_port_that_is_taken_is_named_with_its_setting(machine, name):
    port = getattr(machine, name)
    with socket.create_server(("127.0.0.1", port)):
        assert list(obstacles()) == [
            f"Port {port} is taken. Stop what uses it, or set {name} to another."
        ]


def test_a_port_that_cannot_be_is_named(machine):
    machine.PORT = 99999
    assert list(obstacles()) == ["PORT must be from 1 to 65535; it is 99999."]


def test_one_port_for_both_is_refused(machine):
    machine.SANDBOX_PORT = machine.PORT
    assert list(obstacles()) == ["PORT and SANDBOX_PORT are the same. Set one of them to another."]


def test_a_folder_that_cannot_be_made_is_named(machine, tmp_path):
    file = tmp_path / "file"
    file.touch()
    machine.DIDSHOP_VAR = file
    assert list(obstacles()) == [
        f"The folder {file} cannot be made: File exists. Set DIDSHOP_VAR to another."
    ]


@pytest.mark.django_db
def test_a_database_that_can_be_written_is_no_obstacle():
    assert database_obstacle() == ""
