import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from gateway.domain.errors import DatabaseUnavailable
from gateway.store.connect import connected
from gateway.store.embedded import EmbeddedPostgres

HOLD = """
import sys, time
from pathlib import Path
from gateway.store.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.pid(), flush=True)
time.sleep(600)
"""


async def test_what_was_committed_survives_a_power_cut(cluster_directory):
    with EmbeddedPostgres(cluster_directory) as server:
        async with connected(server.dsn(), application_name="test") as connection:
            await connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        server.kill()
        assert server.pid() is None
        server.start()
        async with connected(server.dsn(), application_name="test") as connection:
            assert await connection.fetchval("SELECT n FROM kept") == 1


def test_a_server_whose_user_was_killed_is_taken_over_and_stopped(cluster_directory):
    user = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(cluster_directory)], stdout=subprocess.PIPE, text=True
    )
    with user:
        assert user.stdout is not None
        pid = int(user.stdout.readline())
        user.send_signal(signal.SIGKILL)
    with EmbeddedPostgres(cluster_directory) as server:
        assert server.pid() == pid
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_the_last_of_two_users_stops_the_server(cluster_directory):
    first, second = EmbeddedPostgres(cluster_directory), EmbeddedPostgres(cluster_directory)
    first.start()
    second.start()
    first.stop()
    assert second.pid() is not None
    second.stop()
    assert second.pid() is None


def test_a_pid_file_that_names_a_stranger_does_not_block_the_start(cluster_directory):
    with EmbeddedPostgres(cluster_directory) as server:
        server.kill()
        pid_file = Path(cluster_directory, "cluster", "postmaster.pid")
        _, _, rest = pid_file.read_text().partition("\n")
        pid_file.write_text(f"{os.getppid()}\n{rest}")
        server.start()
        assert server.pid() not in {None, os.getppid()}


def test_nobody_else_may_open_the_socket(cluster_directory):
    with EmbeddedPostgres(cluster_directory):
        socket = Path(cluster_directory, "cluster", ".s.PGSQL.5432")
        assert socket.stat().st_mode & 0o777 == 0o700
        assert socket.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["d" * 90, "it's, a place", "een map"])
async def test_a_directory_of_any_name_will_do(cluster_directory, name):
    with EmbeddedPostgres(cluster_directory / name) as server:
        async with connected(server.dsn(), application_name="test") as connection:
            assert await connection.fetchval("SELECT 1") == 1


def test_a_server_that_cannot_start_says_why(cluster_directory):
    server = EmbeddedPostgres(cluster_directory, options={"no_such_setting": "1"})
    with pytest.raises(DatabaseUnavailable, match="pg_ctl"):
        server.start()


def test_a_cluster_that_was_left_unfinished_is_made_anew(cluster_directory):
    cluster_directory.joinpath("cluster.unfinished").mkdir()
    cluster_directory.joinpath("cluster.unfinished", "PG_VERSION").touch()
    with EmbeddedPostgres(cluster_directory) as server:
        assert server.pid() is not None
