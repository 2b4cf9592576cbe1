"""One process's share of the fill: rows made and sent by COPY, table by table, without Django's models."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import random
import uuid
from typing import Any

import psycopg

from .recipe import STAGES, Row, World, Writer, rows

CHUNK = 20_000
TABLES = {
    "ledger_note": "id, salt, text_enc, key_id, audience",
    "parties_contact": "id, party_id, name_enc, phone_enc, phone_hmac, key_id",
    "problems_problem": "id, version, event_seq, chain_head, number, read_code, state, nature, tier, urgency,"
    " category_id, proposed_category_id, proposed_unit, channel, origin, source_system, raised_on, registered_at,"
    " registered_by, division, title, text_note_id, title_for_units, party_id, party_kind, claimed_party, contact_id,"
    " anonymous, confidential, cycle_no, waiting_on, merged_count, part_count, reason_code, result_kind,"
    " resolution_level, on_spot, close_basis, struck_off_at",
    "problems_assignment": "id, problem_id, cycle_no, depth, role, unit_id, state, dispatched_at, signed_off_at,"
    " duration, due_original, due_at, extended_days, result_kind, evidence_count, rework_count, ended_at, end_reason,"
    " rule_version, calendar_assumed",
    "problems_verificationcycle": "id, problem_id, cycle_no, why, state, opened_at, conclusion",
    "ledger_event": "stream_kind, stream_id, seq, kind, schema_v, happened_at, recorded_at, actor_post, payload,"
    " origin, request_id, prev_hash, hash",
    "problems_problemrow": "problem_id, registered_at, raised_on, due_at, struck_off_at, is_open, facets",
    "problems_problemtext": "problem_id, grams",
}
_NAMES = ("金小明", "陆建国", "欧阳海", "沈阿毛", "王丽")
_CODE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def uuid7(ms: int, rng: random.Random) -> str:
    bits = rng.getrandbits(74)
    return f"{ms:012x}7{bits >> 62:03x}{8 | bits >> 60 & 3:x}{bits & (1 << 60) - 1:015x}"


def dashed(hex32: str) -> str:
    return f"{hex32[:8]}-{hex32[8:12]}-{hex32[12:16]}-{hex32[16:20]}-{hex32[20:]}"


def stamp(ms: int) -> str:
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).isoformat()


def tokens(world: World, row: Row) -> set[tuple[str, str]]:
    """The facets of a row, as `problems.facets.tokens_of` gives them (compared on a sample after the fill)."""
    _share, state, _lead, _open, _runs = STAGES[row.stage]
    found = {
        ("state", state), ("stage", row.stage), ("channel", row.channel), ("urgency", row.urgency),
        ("served", row.served), ("origin", "live"), ("reg", row.reg),
        ("nature", "problem"),
    }  # fmt: skip
    if row.tier:
        found.add(("tier", row.tier))
    if row.result:
        found.add(("result", row.result))
    if row.party:
        found.add(("party", row.party))
    if row.category:
        found |= {("category", c) for c in world.category_paths[row.category]}
    found |= {("place", d) for d in world.division_paths[row.place]}
    for role, code in (("lead", row.lead), ("co", row.co)):
        if code:
            found |= {(role, world.units[code]), ("handled", world.units[code])}
            found |= {("scope", s) for s in world.scopes[code]}
    if row.stage == "to_call_back":
        found.add(("verify", "open"))
    if STAGES[row.stage][3]:
        found.add(("open", "yes"))
    if due_of(row):
        found.add(("clock", "runs"))
    return found


def due_of(row: Row) -> int:
    """When its running clock ends, milliseconds; 0 for none."""
    return row.due_ms if STAGES[row.stage][4] else 0


def send(world: World, dsn: dict[str, str], first: int, last: int, seed: int) -> int:
    """Write problems `first` … `last` - 1. Returns the bytes sent."""
    from sanfuwu.ledger.crypto import current_key_id
    from sanfuwu.problems.search import grams_of

    os.nice(5)
    key_id = current_key_id()
    writer = Writer(seed)
    prepared = []
    for text in writer.texts:
        title = text[:18]
        prepared.append((title, text, "{" + repr(grams_of(f"{title}\n\n{text}"))[1:-1].replace(" ", "") + "}"))
    sent = 0
    with psycopg.connect(**dsn) as connection:
        for start in range(first, last, CHUNK):
            out = _lines(world, start, min(last, start + CHUNK), prepared, key_id)
            for table, columns in TABLES.items():
                data = "".join(out[table]).encode()
                sent += len(data)
                with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    copy.write(data)
            connection.commit()
    return sent


def _lines(world: World, first: int, last: int, prepared: list[Any], key_id: str) -> dict[str, list[str]]:
    from sanfuwu.ledger.chain import GENESIS, link
    from sanfuwu.ledger.crypto import encrypt, phone_hmac

    rng = random.Random(f"ids-{first}")
    out: dict[str, list[str]] = {name: [] for name in TABLES}
    numbers = world.facets
    genesis = "\\\\x" + GENESIS.hex()
    for n, row in enumerate(rows(world, first, last)):
        at, now = row.registered_ms, stamp(row.registered_ms)
        pid, note, contact = uuid7(at, rng), uuid7(at, rng), uuid7(at, rng)
        title, text, grams = prepared[rng.randrange(len(prepared))]
        _share, state, lead_state, is_open, _runs = STAGES[row.stage]
        salt = rng.randbytes(16)
        blob = encrypt(text, uuid.UUID(note), key_id)
        out["ledger_note"].append(f"{note}\t\\\\x{salt.hex()}\t\\\\x{blob.hex()}\t{key_id}\thandling\n")
        who, phone, contact_id = rng.choice(_NAMES), f"161{rng.randrange(10**8):08d}", uuid.UUID(contact)
        digest_of_phone = phone_hmac(phone) or b""
        out["parties_contact"].append(
            f"{contact}\t{row.party or chr(92) + 'N'}\t\\\\x{encrypt(who, contact_id, key_id).hex()}"
            f"\t\\\\x{encrypt(phone, contact_id, key_id).hex()}\t\\\\x{digest_of_phone.hex()}\t{key_id}\n"
        )
        number = f"330604-{now[:4]}-{first + n + 1:07d}"
        code = "".join(rng.choices(_CODE, k=12))
        said = {"number": number, "state": "submitted", "channel": row.channel, "division": row.place, "raised_on": now,
                "registered_at": now, "registered_by": row.reg, "text_note_id": dashed(note)}  # fmt: skip
        payload = {
            "data": {"note": dashed(note)},
            "set": {"problem": {dashed(pid): said}},
            "notes": {dashed(note): hashlib.sha256(salt + text.encode()).hexdigest()},
        }
        moment = dt.datetime.fromtimestamp(at / 1000, dt.UTC)
        digest = link(
            prev_hash=GENESIS, stream_kind="problem", stream_id=uuid.UUID(pid), seq=1, kind="registered", schema_v=1,
            happened_at=moment, recorded_at=moment, actor_post=uuid.UUID(row.reg), on_behalf_of=None,
            assignment_id=None, payload=payload, corrects_seq=None, origin="live", request_id="",
        ).hex()  # fmt: skip
        category = row.category or "\\N"
        struck = stamp(row.due_ms) if row.stage == "struck_off" else "\\N"
        out["problems_problem"].append(
            f"{pid}\t1\t1\t\\\\x{digest}\t{number}\t{code}\t{state}\tproblem\t{row.tier}\t{row.urgency}\t{category}\t"
            f"{category}\t\\N\t{row.channel}\tlive\t\t{now}\t{now}\t{row.reg}\t{row.place}\t{title}\t{note}\t\t"
            f"{row.party or chr(92) + 'N'}\t{row.served}\t\t{contact}\tf\tf\t1\t\t0\t0\t\t{row.result}\t\tf\t\t{struck}\n"
        )
        if lead_state:
            due = stamp(row.due_ms)
            ended = due if lead_state == "done" else "\\N"
            signed_off = now if row.stage == "to_review" else "\\N"
            for role, unit in (("lead", row.lead), ("co", row.co)):
                if unit:
                    out["problems_assignment"].append(
                        f"{uuid7(at, rng)}\t{pid}\t1\t0\t{role}\t{world.units[unit]}\t{lead_state}\t{now}\t{signed_off}"
                        f"\t7wd\t{due}\t{due}\t0"
                        f"\t{row.result}\t0\t0\t{ended}\t\t1\tf\n"
                    )
        if row.stage == "to_call_back":
            out["problems_verificationcycle"].append(f"{uuid7(at, rng)}\t{pid}\t1\tresult\tpending\t{now}\t\n")
        out["ledger_event"].append(
            f"problem\t{pid}\t1\tregistered\t1\t{now}\t{now}\t{row.reg}\t{json.dumps(payload)}\tlive\t\t{genesis}\t\\\\x{digest}\n"
        )
        ids = sorted(numbers[t] for t in tokens(world, row))
        out["problems_problemrow"].append(
            f"{pid}\t{now}\t{now}\t{stamp(due_of(row)) if due_of(row) else chr(92) + 'N'}\t{struck}\t{'t' if is_open else 'f'}\t"
            f"{{{','.join(map(str, ids))}}}\n"
        )
        out["problems_problemtext"].append(f"{pid}\t{grams}\n")
    return out
