"""A taken port is told in time, with who may hold it and what to do."""

import socket

import pytest

from app.cli.supervisor.ports import free_port, why_unusable


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_free_port_can_be_used(host: str) -> None:
    assert why_unusable(host, free_port(host), purpose="web page", variable="TANDEM_PORT") is None


def test_a_taken_port_is_named_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]

        told = why_unusable("127.0.0.1", port, purpose="web page", variable="TANDEM_PORT")

    assert told is not None
    assert str(port) in told
    assert "web page" in told
    assert f"TANDEM_PORT={port + 1}" in told


def test_an_address_of_no_use_is_told_apart_from_a_taken_port() -> None:
    # 192.0.2.0/24 is set aside for documents: no machine has it.
    told = why_unusable("192.0.2.1", 5000, purpose="web page", variable="TANDEM_PORT")

    assert told is not None
    assert "cannot be opened" in told
