"""The clients of P1, in a process of their own: raw sockets and keep-alive, so that the client costs little."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
import uuid
from typing import Any

TEXT = (
    "我们村东头的排灌站去年冬天坏了以后一直没有人来修，今年春耕马上要开始，两百多亩水田等着放水。村里先后找过镇里农办和水利站，"
    "都说要等项目资金，希望能尽快派人来看一看，能修就修，不能修也给个准信，别误了农时。编号"
)


def main() -> None:
    """Arguments as JSON on standard input: host, port, token, seconds, threads, division. Answer as JSON."""
    asked = json.load(sys.stdin)
    workers = [_Client(asked, n) for n in range(asked["threads"])]
    started = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - started
    json.dump(
        {
            "seconds": took,
            "times": [t for w in workers for t in w.times],
            "refused": [r for w in workers for r in w.refused][:5],
            "refusals": sum(len(w.refused) for w in workers),
        },
        sys.stdout,
    )


class _Client(threading.Thread):
    """One connection that sends one problem after the other."""

    def __init__(self, asked: dict[str, Any], number: int) -> None:
        super().__init__()
        self.asked, self.number = asked, number
        self.times: list[float] = []
        self.refused: list[str] = []

    def run(self) -> None:
        asked = self.asked
        with socket.create_connection((asked["host"], asked["port"])) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            until, sent = time.perf_counter() + asked["seconds"], 0
            while (began := time.perf_counter()) < until:
                sent += 1
                connection.sendall(request(asked, f"{self.number}-{sent}"))
                status, answer = _answer(connection)
                if status == 201:
                    self.times.append((time.perf_counter() - began) * 1000)
                else:
                    self.refused.append(answer.decode(errors="replace")[:300])


def body(asked: dict[str, Any], tail: str) -> dict[str, Any]:
    """One problem: a resident's, with a contact to encrypt."""
    return {
        "text": TEXT + tail,
        "division": asked["division"],
        "channel": "visit",
        "category_id": asked["category"],  # so that the catalogue is asked for the responsible unit
        "requester": {"kind": "resident", "contact_name": "王建国", "phone": "13800000000"},
    }


def request(asked: dict[str, Any], tail: str) -> bytes:
    data = json.dumps(body(asked, tail), ensure_ascii=False).encode()
    head = (
        f"POST /api/v1/problems HTTP/1.1\r\nHost: {asked['host_name']}:{asked['port']}\r\n"
        f"Authorization: Bearer {asked['token']}\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: {uuid.uuid4()}\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


def _answer(connection: socket.socket) -> tuple[int, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        data += part
    head, _gap, rest = data.partition(b"\r\n\r\n")
    length = next(
        int(v) for k, v in (h.split(b":", 1) for h in head.split(b"\r\n")[1:]) if k.lower() == b"content-length"
    )
    while len(rest) < length:
        rest += connection.recv(65536)
    return int(head.split(b" ", 2)[1]), rest


if __name__ == "__main__":
    main()
