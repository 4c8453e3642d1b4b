"""The socket that the gateway serves on."""

import socket

from gateway.http.server import listening


def test_a_connection_holds_nothing_back_until_what_went_before_is_acknowledged() -> None:
    with listening("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
