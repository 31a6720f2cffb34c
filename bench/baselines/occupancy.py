#!/usr/bin/env python3
"""The plain script: how many are inside, by gate and ticket type, or which scans are not right.

    occupancy.py occupancy FILE [REGISTER]
    occupancy.py anomalies FILE

One json.loads a line, a set of the scans seen, a sort by time, a dictionary of who is inside.
"""

import collections
import gzip
import json
import sys
from datetime import datetime, timedelta

RAPID = timedelta(minutes=5)


def read(path):
    """Scans in counted order, without repeats, each as (instant, position, ticket, gate, type)."""
    scans, seen = [], set()
    with gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb") as lines:
        for position, line in enumerate(lines, 1):
            scan = json.loads(line)
            ticket, gate, type_ = scan["ticket_id"], scan["gate"], scan["scan_type"]
            instant = datetime.fromisoformat(scan["timestamp"])
            device, scan_id = scan.get("device_id"), scan.get("scan_id")
            key = (device or gate, scan_id) if scan_id else (device, ticket, gate, type_, instant)
            if key not in seen:
                seen.add(key)
                scans.append((instant, position, ticket, gate, type_))
    scans.sort()
    return scans


def occupancy(scans, types):
    inside, ever, entries, exits = {}, set(), 0, 0
    for _, _, ticket, gate, type_ in scans:
        if type_ == "exit":
            exits += inside.pop(ticket, None) is not None
        elif ticket not in inside:
            inside[ticket] = gate
            ever.add(ticket)
            entries += 1
    by_gate, by_type = collections.Counter(), collections.Counter()
    by_both = collections.defaultdict(collections.Counter)
    for ticket, gate in inside.items():
        type_ = types.get(ticket, "unknown")
        by_gate[gate] += 1
        by_type[type_] += 1
        by_both[gate][type_] += 1
    return {
        "scans": len(scans),
        "occupancy": len(inside),
        "entries": entries,
        "exits": exits,
        "first_entries": len(ever),
        "by_gate": by_gate,
        "by_ticket_type": by_type,
        "by_gate_and_ticket_type": by_both,
    }


def anomalies(scans):
    inside, latest, last_exit, found = {}, {}, {}, []

    def report(kind, scan, earlier):
        instant, position, ticket, gate, _ = scan
        anomaly = {"scan": position, "kind": kind, "ticket_id": ticket, "gate": gate, "timestamp": instant.isoformat(), "earlier": None}
        if earlier:
            anomaly["earlier"] = {"scan": earlier[1], "gate": earlier[3], "timestamp": earlier[0].isoformat()}
            anomaly["seconds"] = (instant - earlier[0]).total_seconds()
        found.append(anomaly)

    for scan in scans:
        instant, _, ticket, _, type_ = scan
        if type_ == "exit":
            if inside.pop(ticket, None) is None:
                report("exit_without_entry", scan, latest.get(ticket))
            last_exit[ticket] = scan
        elif ticket in inside:
            report("duplicate_entry", scan, inside[ticket])
        else:
            inside[ticket] = scan
            if ticket in last_exit and instant - last_exit[ticket][0] < RAPID:
                report("rapid_reentry", scan, last_exit[ticket])
        latest[ticket] = scan
    return {"scans": len(scans), "by_kind": collections.Counter(anomaly["kind"] for anomaly in found), "anomalies": found}


def main():
    question, path, *register = sys.argv[1:]
    if question == "anomalies":
        answer = anomalies(read(path))
    else:
        types = {}
        for name in register:
            with open(name, "rb") as file:
                types = {ticket["ticket_id"]: ticket["ticket_type"] for ticket in json.load(file)}
        answer = occupancy(read(path), types)
    print(json.dumps(answer))


main()
