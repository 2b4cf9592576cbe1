"""Messages to the outside: claimed once, sent at least once, kept when nobody answers."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sanfuwu.ledger import outbox
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import OutboxMessage

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


class Receiver:
    """A webhook on loopback that answers with `status` and remembers what it got."""

    def __init__(self) -> None:
        self.status = 204
        self.got: list[tuple[str, dict[str, object]]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.got.append((self.headers["Idempotency-Key"], body))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver(settings: object) -> Iterator[Receiver]:
    made = Receiver()
    settings.SANFUWU_WEBHOOKS = [made.address]  # type: ignore[attr-defined]
    yield made
    made.close()


@pytest.fixture
def message() -> OutboxMessage:
    return OutboxMessage.objects.create(
        topic="struck_off", subject_id=new_id(), payload={"number": "1"}, created_at=NOW
    )


def test_a_message_is_posted_once_with_its_stable_id(receiver: Receiver, message: OutboxMessage) -> None:
    assert outbox.send_waiting(now=NOW) == 1
    assert outbox.send_waiting(now=NOW + dt.timedelta(hours=1)) == 0
    ((key, body),) = receiver.got
    assert key == body["id"] == str(message.pk)
    assert (body["topic"], body["payload"]) == ("struck_off", {"number": "1"})
    message.refresh_from_db()
    assert message.sent_at is not None
    assert message.attempts == 1


def test_a_refused_message_waits_and_is_sent_again_with_the_same_id(receiver: Receiver, message: OutboxMessage) -> None:
    receiver.status = 500
    assert outbox.send_waiting(now=NOW) == 0
    receiver.status = 204
    assert outbox.send_waiting(now=NOW + dt.timedelta(minutes=1)) == 0  # still claimed
    assert outbox.send_waiting(now=NOW + outbox.CLAIM + dt.timedelta(seconds=1)) == 1
    assert [key for key, _body in receiver.got] == [str(message.pk)] * 2
    message.refresh_from_db()
    assert message.attempts == 2


def test_only_one_of_two_senders_gets_a_message(message: OutboxMessage) -> None:
    assert outbox.claim(message.pk, NOW) is not None
    assert outbox.claim(message.pk, NOW) is None


def test_a_dead_sender_s_claim_runs_out(message: OutboxMessage) -> None:
    outbox.claim(message.pk, NOW)
    assert outbox.waiting(NOW + outbox.CLAIM) == []
    assert outbox.waiting(NOW + outbox.CLAIM + dt.timedelta(seconds=1)) == [message.pk]


def test_without_any_address_there_is_nobody_to_tell(settings: object, message: OutboxMessage) -> None:
    settings.SANFUWU_WEBHOOKS = []  # type: ignore[attr-defined]
    assert outbox.send_waiting(now=NOW) == 1


def test_an_address_that_is_not_http_is_never_opened(settings: object, message: OutboxMessage) -> None:
    settings.SANFUWU_WEBHOOKS = ["file:///etc/hostname"]  # type: ignore[attr-defined]
    assert outbox.send_waiting(now=NOW) == 0


def test_a_message_nobody_takes_is_given_up_after_many_attempts(settings: object, message: OutboxMessage) -> None:
    settings.SANFUWU_WEBHOOKS = ["http://127.0.0.1:1/"]  # type: ignore[attr-defined]
    now = NOW
    for _attempt in range(outbox.MAX_ATTEMPTS + 3):
        assert outbox.send_waiting(now=now) == 0
        now += outbox.CLAIM + dt.timedelta(seconds=1)
    message.refresh_from_db()
    assert message.attempts == outbox.MAX_ATTEMPTS
    assert message.sent_at is None
