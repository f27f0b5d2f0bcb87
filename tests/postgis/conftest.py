"""A real PostgreSQL with PostGIS, started for these tests and stopped after them."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
PASSWORD = "geheim-" + "7f3a"


def as_server(*command):
    """PostgreSQL refuses to run as root, so root hands over to its own user."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", "postgres", "--", *words]
    subprocess.run(words, check=True, capture_output=True, cwd="/")


class Server:
    """A server on a socket in a folder of its own."""

    def __init__(self, folder):
        self.folder, self.bin = folder, BINARIES[-1].parent
        self.data = folder / "data"
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        secret = folder / "secret"
        secret.write_text(PASSWORD, encoding="ascii")
        secret.chmod(0o644)
        as_server(
            *(self.bin / "initdb", "-D", self.data, "-U", "planner", "-E", "UTF8"),
            *("--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={secret}"),
        )
        self.start()

    @property
    def address(self):
        return (
            f"host={self.folder} port=54329 user=planner dbname=postgres "
            f"password={PASSWORD}"
        )

    def start(self):
        options = f"-k {self.folder} -p 54329 -c listen_addresses='' -c fsync=off"
        log = self.folder / "log"
        as_server(
            self.bin / "pg_ctl",
            "-D",
            self.data,
            "-o",
            options,
            "-l",
            log,
            "-w",
            "start",
        )

    def stop(self):
        as_server(self.bin / "pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")


@pytest.fixture(scope="session")
def server():
    extensions = Path("/usr/share/postgresql").glob("*/extension/postgis.control")
    if not BINARIES or not list(extensions):
        pytest.skip("no PostGIS (Debian: postgresql-15-postgis-3)")
    folder = Path(tempfile.mkdtemp(prefix="lc-pg-", dir="/tmp"))
    folder.chmod(0o755)
    running = Server(folder)
    try:
        with psycopg.connect(running.address) as connection:
            connection.execute("CREATE EXTENSION postgis")
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(server, monkeypatch):
    """The name of the variable that holds the server's address."""
    monkeypatch.setenv("LIFECIRCLE_TEST_DB", server.address)
    return "LIFECIRCLE_TEST_DB"
