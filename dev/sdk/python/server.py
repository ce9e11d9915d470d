"""A Credere server of the tests' own: started on a free port with an empty data folder, and stopped by its process id.

Nothing here knows what is tested. The binary is named by CREDERE_BIN, which `./test` sets.
"""

import os
import select
import signal
import subprocess
import time
from pathlib import Path

import requests

PLATFORM_KEY = "platform-key-of-the-sdk-tests"
# Far longer than a start or stop takes, so that it is only reached when something hangs.
PATIENCE_SECONDS = 60
POLL_SECONDS = 0.02
LISTENS = "credere listens on "


def binary():
    """The credere binary, as an absolute path."""
    path = os.environ.get("CREDERE_BIN")
    assert path, "CREDERE_BIN must name the credere binary; `./test sdk` builds it and sets the variable"
    return str(Path(path).resolve())


def environment(**settings):
    """The environment of this process with these CREDERE_ settings and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CREDERE_")}
    return {**kept, **settings}


class Server:
    """A running server: `url` with its scheme, `host` as the SDKs take it."""

    def __init__(self, folder, listen="127.0.0.1:0", **settings):
        self.folder = folder
        self._log = folder / "server.log"
        self.data = folder / "data"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [binary(), "serve", "--sandbox", "--listen", listen, "--data", str(self.data)],
                env=environment(CREDERE_PLATFORM_KEY=PLATFORM_KEY, **settings),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        try:
            self.url = self._address()
            self.host = self.url.removeprefix("http://")
            self._wait_until_ready()
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise

    def _address(self):
        readable, _, _ = select.select([self._process.stdout], [], [], PATIENCE_SECONDS)
        line = self._process.stdout.readline().decode() if readable else ""
        assert line.startswith(LISTENS), f"the server did not say where it listens, but `{line}`\n{self.log()}"
        return line.removeprefix(LISTENS).strip()

    def _wait_until_ready(self):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while requests.get(f"{self.url}/readyz", timeout=PATIENCE_SECONDS).status_code != 200:
            assert time.monotonic() < deadline, f"the server did not become ready\n{self.log()}"
            time.sleep(POLL_SECONDS)

    def log(self):
        """What the server wrote to its log."""
        return self._log.read_text(errors="replace")

    def kill(self):
        """Ends the server at once, as a crash would."""
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def stop(self):
        """Asks the server to stop; it must end by itself and report success."""
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"the server did not stop\n{self.log()}") from None
        finally:
            self._process.stdout.close()
        assert code == 0, f"the server ended with code {code}\n{self.log()}"
