"""Receivers of notices: a webhook receiver that verifies with the package of the specification, and a mail server. Both
are real servers on ports of their own, do as the test tells them, and can be stopped and started again.

Nothing here knows why a notice is sent.
"""

import email.policy
import threading
import time
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from standardwebhooks.webhooks import Webhook

from server import PATIENCE_SECONDS, POLL_SECONDS


def eventually(look, patience=PATIENCE_SECONDS):
    """What `look` answers, as soon as that is true."""
    deadline = time.monotonic() + patience
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"it did not come to be: {look.__doc__ or look}"
        time.sleep(POLL_SECONDS)


class WebhookReceiver:
    """Takes messages. `answer(place)` says what the request that comes as this one (from 0) is answered with: a status, or
    `None` to let it hang until the receiver stops.
    """

    def __init__(self, answer=lambda place: 204, port=0):
        self.got = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver._lock:
                    place = len(receiver.got)
                    receiver.got.append((dict(self.headers), body))
                status = answer(place)
                if status is None:
                    receiver._stopping.wait(PATIENCE_SECONDS)
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/credere"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE_SECONDS)

    def ids(self):
        """The numbers of all messages so far, repeats included."""
        with self._lock:
            return [headers["webhook-id"] for headers, _ in self.got]

    def verified(self, secret, count):
        """The first messages, once this many have come; each must verify with the specification's own package."""
        eventually(lambda: len(self.ids()) >= count)
        with self._lock:
            got = list(self.got[:count])
        return [Webhook(secret).verify(body, headers) for headers, body in got]


class MailReceiver(Controller):
    """Takes letters. `answer(place)` says what the letter that comes as this one (from 0) is answered with: a reply line,
    or `None` to let it hang until the server stops.
    """

    def __init__(self, answer=lambda place: "250 taken", port=0, **options):
        self.letters = []
        self._answer = answer
        self._stopping = threading.Event()
        super().__init__(self, hostname="127.0.0.1", port=port, **options)

    async def handle_DATA(self, server, session, envelope):
        place = len(self.letters)
        letter = BytesParser(policy=email.policy.default).parsebytes(envelope.content)
        self.letters.append((envelope.rcpt_tos, session.ssl is not None, letter))
        reply = self._answer(place)
        if reply is None:
            await server.loop.run_in_executor(None, self._stopping.wait, PATIENCE_SECONDS)
            return "451 stopped"
        return reply

    def _trigger_server(self):
        # The port is known once the server listens.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._stopping.set()
        self.stop()

    def taken(self, count):
        """The first letters, once this many have come: recipients, whether the session was encrypted, and the letter."""
        eventually(lambda: len(self.letters) >= count)
        return self.letters[:count]
