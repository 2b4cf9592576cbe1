"""Clients of the API that never give up: a key is sent until it is answered, and then it stands in the journal."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE_S = 120.0  # for one key, restarts included
PAUSE_S = 0.05
SILENCE_S = 0.5


class Clients:
    """Threads, each with its own connection and its own keys."""

    def __init__(self, url: str, token: str, journal: Path, *, threads: int = 6) -> None:
        self._host, self._port = urlsplit(url).hostname or "", urlsplit(url).port or 0
        self._token, self._journal, self._threads = token, journal, threads
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._done = 0
        self._errors: list[str] = []
        self._stamps: list[float] = []
        self.repeated = 0  # requests sent again
        self.replayed = 0  # answered from the key: the first try had been written although nobody was told

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Problems are written while this lasts; at the end every key under way has been answered."""
        threads = [threading.Thread(target=self._write, args=(n,), name=f"client {n}") for n in range(self._threads)]
        with self._journal.open("a", encoding="utf-8") as self._file:
            for thread in threads:
                thread.start()
            try:
                yield
            finally:
                self._stop.set()
                for thread in threads:
                    thread.join(PATIENCE_S + 30)
        assert not any(thread.is_alive() for thread in threads), "a client is stuck"
        assert not self._errors, self._errors[0]

    def wait_for(self, more: int) -> None:
        """Return when so many more writes were acknowledged."""
        goal, deadline = self._done + more, time.monotonic() + PATIENCE_S
        while self._done < goal:
            assert not self._errors, self._errors[0]
            assert time.monotonic() < deadline, f"only {self._done} of {goal} writes in {PATIENCE_S:.0f} s"
            time.sleep(0.01)

    def acknowledged(self) -> dict[str, str]:
        """The journal: key → number."""
        lines = [json.loads(line) for line in self._journal.read_text(encoding="utf-8").splitlines()]
        assert len({line["key"] for line in lines}) == len(lines)
        return {line["key"]: line["number"] for line in lines}

    def rate(self) -> float:
        """Acknowledged writes per second while answers came: longer silences are restarts and are left out."""
        stamps = sorted(self._stamps)
        up = sum(gap for gap in (b - a for a, b in itertools.pairwise(stamps)) if gap < SILENCE_S)
        return len(stamps) / up if up else 0.0

    def _write(self, client: int) -> None:
        """One client: a key after the other, each until it is answered."""
        connection: http.client.HTTPConnection | None = None
        for serial in itertools.count(1):
            if self._stop.is_set():
                break
            key = f"c{client}-{serial}"
            body = json.dumps(
                {
                    "text": f"第 {client} 号窗口第 {serial} 件：路灯不亮。请派人查看。",
                    "division": "330604007",
                    "requester": {"kind": "resident", "contact_name": "陆建国", "phone": "13957500071"},
                },
                ensure_ascii=False,
            ).encode()
            deadline = time.monotonic() + PATIENCE_S
            for attempt in itertools.count():
                if time.monotonic() > deadline:
                    self._errors.append(f"{key}: no answer in {PATIENCE_S:.0f} s")
                    return
                try:
                    connection = connection or http.client.HTTPConnection(self._host, self._port, timeout=15)
                    number, replayed = self._send(connection, key, body)
                except (OSError, http.client.HTTPException):
                    if connection is not None:
                        connection.close()
                    connection = None
                else:
                    if number is not None:
                        self._acknowledge(key, number, attempt, replayed)
                        break
                    if self._errors:
                        return
                time.sleep(PAUSE_S)
        if connection is not None:
            connection.close()

    def _send(self, connection: http.client.HTTPConnection, key: str, body: bytes) -> tuple[str | None, bool]:
        """(number, answered from the key); (None, …) for a 5xx, which is worth another try."""
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        connection.request("POST", "/api/v1/problems", body=body, headers=headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status == 201:
            return str(json.loads(said)["number"]), answer.getheader("Idempotency-Replayed") == "true"
        if answer.status < 500:
            self._errors.append(f"{key}: {answer.status} {said.decode(errors='replace')[:400]}")
        return None, False

    def _acknowledge(self, key: str, number: str, attempts: int, replayed: bool) -> None:
        with self._lock:
            self._file.write(json.dumps({"key": key, "number": number}) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
            self._stamps.append(time.monotonic())
            self._done += 1
            self.repeated += attempts
            self.replayed += replayed
