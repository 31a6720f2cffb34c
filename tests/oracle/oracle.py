#!/usr/bin/env python3
"""A second reading of the rules: occupancy, timeline, anomalies and admit, written from docs/reference/scans.md alone.

Slow and plain on purpose, so that it can be checked by reading it beside the rules. It shares nothing with src/ and prints the JSON that
`headcount COMMAND --json` prints; differ.py compares the two.

    python3 oracle.py occupancy [--at T] [--tickets FILE] [--zone Z] INPUT…
    python3 oracle.py timeline  [--step 15m] [--from T] [--to T] INPUT…
    python3 oracle.py anomalies [--tickets FILE] [--reentry-minutes 5] [--kind K,…] INPUT…
    python3 oracle.py admit --capacity N [--tickets FILE] [--override VIP,…] [--firm N] [--reject-rapid-reentry] INPUT…

Every command also takes --map, --entry, --exit, --gate, --alternate and --anonymous.
"""
import argparse
import csv
import gzip
import io
import json
import re
import sys
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

MICRO = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
SECOND = 1_000_000
MINUTE = 60 * SECOND
MEBIBYTE = 1024 * 1024

ENTRY_WORDS = ("entry", "in", "check_in")
EXIT_WORDS = ("exit", "out", "check_out")
OUTCOMES = ("accepted", "recorded", "rejected", "annulled", "closed")
KINDS = ("unknown_ticket", "duplicate_entry", "exit_without_entry", "rapid_reentry")


class Malformed(Exception):
    """An element that is set aside, and why."""


class Usage(Exception):
    """What a command line asks for makes no sense."""


class Skipped(Exception):
    """A row whose type is neither among --entry nor among --exit."""


# ---------------------------------------------------------------- time

TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?"
    r"(Z|z|[+-][0-9]{2}:?[0-9]{2})?"
)


def instant(text, zone):
    """Microseconds since 1970 of an ISO 8601 date and time; one without an offset is local time in the zone."""
    match = TIMESTAMP.fullmatch(text)
    if not match:
        raise Malformed("not a timestamp")
    year, month, day, hour, minute = (int(match.group(i)) for i in range(1, 6))
    second = int(match.group(6) or "0")
    micro = int(((match.group(7) or "") + "000000")[:6])
    offset = match.group(8)
    try:
        local = datetime(year, month, day, hour, minute, second, micro)
        if offset is None:
            # fold=0 is the earlier of two, and takes a skipped time with the offset from before the gap: forward by its size.
            return (local.replace(tzinfo=zone, fold=0).astimezone(timezone.utc) - EPOCH) // MICRO
        if offset in "Zz":
            return (local.replace(tzinfo=timezone.utc) - EPOCH) // MICRO
        hours, minutes = int(offset[1:3]), int(offset[-2:])
        if minutes > 59:
            raise Malformed("no such offset")
        size = timedelta(hours=hours, minutes=minutes)
        east = timezone(-size if offset[0] == "-" else size)
        return (local.replace(tzinfo=east).astimezone(timezone.utc) - EPOCH) // MICRO
    except (ValueError, OverflowError):
        raise Malformed("no such date and time")


def written(at, zone):
    """An instant in the stream's zone with its offset; a fraction only where there is one."""
    if at is None:
        return None
    local = (EPOCH + at * MICRO).astimezone(zone)
    text = local.strftime("%H:%M:%S")
    text = "%04d-%02d-%02dT%s" % (local.year, local.month, local.day, text)
    if local.microsecond:
        text += (".%06d" % local.microsecond).rstrip("0")
    minutes = local.utcoffset() // timedelta(minutes=1)
    return text + "%s%02d:%02d" % ("-" if minutes < 0 else "+", abs(minutes) // 60, abs(minutes) % 60)


class Seconds:
    """A time between two instants, printed exactly in seconds: a fraction only where there is one."""

    def __init__(self, micros):
        whole, fraction = divmod(micros, SECOND)
        self.text = str(whole) + (".%06d" % fraction).rstrip("0").rstrip(".")


# ---------------------------------------------------------------- what an input holds


class Number(str):
    """A JSON number as it was written."""


class Members(list):
    """The members of a JSON object in order, keys given twice included."""


def no_constant(text):
    raise ValueError(text)


DECODER = json.JSONDecoder(
    object_pairs_hook=Members, parse_int=Number, parse_float=Number, parse_constant=no_constant
)


def texts_in(value):
    """Every text anywhere in a JSON value."""
    if isinstance(value, Members):
        for key, member in value:
            yield key
            yield from texts_in(member)
    elif isinstance(value, list):
        for member in value:
            yield from texts_in(member)
    elif isinstance(value, str):
        yield value


def checked(element):
    """A JSON element that is an object of sound Unicode; otherwise Malformed."""
    if not isinstance(element, Members):
        raise Malformed("not an object")
    for text in texts_in(element):
        if "\0" in text:
            raise Malformed("U+0000")
        if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
            raise Malformed("not valid Unicode")
    return list(element)


def json_line(line):
    if len(line) > MEBIBYTE:
        raise Malformed("over 1 MiB")
    try:
        return checked(DECODER.decode(line.decode("utf-8")))
    except ValueError:
        raise Malformed("not JSON")


def elements(data):
    """Every element of one input in order: a list of (key, value) pairs, or the Malformed that says why not."""
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    start = data.lstrip()[:1]
    if start == b"[" or (start == b"{" and whole_object(data) is not None):
        whole = DECODER.decode(data.decode("utf-8", "surrogateescape").strip())
        found = whole if start == b"[" else dict(whole)["scans"]
        for element in found:
            yield attempt(checked, element)
    elif start == b"{":
        for line in data.split(b"\n"):
            if line.strip():
                yield attempt(json_line, line[:-1] if line.endswith(b"\r") else line)
    elif start:
        yield from csv_rows(data)


def whole_object(data):
    try:
        whole = DECODER.decode(data.decode("utf-8", "surrogateescape").strip())
    except ValueError:
        return None
    return whole if isinstance(whole, Members) and isinstance(dict(whole).get("scans"), list) else None


def attempt(read, argument):
    try:
        return read(argument)
    except Malformed as why:
        return why


def csv_rows(data):
    rows = csv.reader(io.StringIO(data.decode("utf-8", "surrogateescape"), newline=""))
    header = None
    for row in rows:
        if not row:
            continue
        if header is None:
            header = row
            continue
        pairs = Members([key, value] for key, value in zip(header, row))
        yield attempt(checked, pairs)


# ---------------------------------------------------------------- one scan


class Scan:
    __slots__ = ("position", "ticket", "gate", "type", "at", "device", "scan_id", "outcome", "seq", "annuls")

    def __init__(self, position):
        self.position = position
        self.ticket = self.gate = self.type = self.at = self.device = None
        self.scan_id = self.outcome = self.seq = self.annuls = None


def text_of(value, most=None):
    """Text where text belongs: None when absent (missing, null or empty)."""
    if value is None:
        return None
    if isinstance(value, Number):
        if not re.fullmatch(r"-?[0-9]+", value):
            raise Malformed("a fraction or exponent where text belongs")
        value = str(value)
    if not isinstance(value, str):
        raise Malformed("neither text nor integer")
    if most is not None and len(value) > most:
        raise Malformed("too long")
    return value or None


def fields_of(pairs, names):
    """The known fields of an element by our names. `names` says under which key each is found."""
    found = {}
    for key, value in pairs:
        for field, name in names.items():
            if key == name:
                if field in found:
                    raise Malformed("a known key given twice")
                found[field] = value
    return found


def required(value):
    if value is None:
        raise Malformed("missing, null or empty")
    return value


def direction(text, options):
    if options.entry is not None or options.exit is not None:
        if text in (options.entry or []):
            return "entry"
        if text in (options.exit or []):
            return "exit"
        raise Skipped()
    low = "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)
    if low in ENTRY_WORDS:
        return "entry"
    if low in EXIT_WORDS:
        return "exit"
    raise Malformed("unknown scan_type")


def scans_of(position, pairs, options):
    """What one element says: one scan, or two where a row holds both times."""
    names = options.names
    found = fields_of(pairs, names)
    outcome = text_of(found.get("outcome"))
    if outcome not in OUTCOMES:
        outcome = None
    seq = text_of(found.get("seq")) if outcome else None

    scan = Scan(position)
    scan.outcome, scan.seq = outcome, seq
    if outcome == "annulled":
        scan.annuls = required(text_of(found.get("annuls")))
        return [scan]
    if outcome == "closed":
        scan.at = instant(required(text_of(found.get("timestamp"))), options.zone)
        return [scan]

    if not options.anonymous or "ticket_id" in options.map:
        scan.ticket = required(text_of(found.get("ticket_id"), 128))
    scan.gate = text_of(found.get("gate"), 64) if options.gate is None else options.gate
    required(scan.gate)
    scan.device = text_of(found.get("device_id"), 64)
    scan.scan_id = text_of(found.get("scan_id"), 64)

    if "entered" in names:
        both = []
        for field, kind in (("entered", "entry"), ("left", "exit")):
            time = text_of(found.get(field))
            if time is not None:
                half = Scan(position)
                half.ticket, half.gate, half.device = scan.ticket, scan.gate, scan.device
                half.type, half.at = kind, instant(time, options.zone)
                both.append(half)
        if not both:
            raise Malformed("neither time")
        return both

    if not options.alternate:
        scan.type = direction(required(text_of(found.get("scan_type"))), options)
    scan.at = instant(required(text_of(found.get("timestamp"))), options.zone)
    return [scan]


# ---------------------------------------------------------------- a stream


class Stream:
    """All elements of the inputs, with what was set aside, what was repeated, and what is left in order of arrival."""

    def __init__(self, inputs, options):
        self.scans = self.repeated = self.malformed = self.skipped = 0
        self.kept = []      # neither malformed nor repeats, in order of arrival: what admission takes
        self.seen = {}
        self.taken_back = set()     # numbers of the log; only scans can be taken back
        position = 0
        for data in inputs:
            for element in elements(data):
                position += 1
                try:
                    if isinstance(element, Malformed):
                        raise element
                    for scan in scans_of(position, element, options):
                        self.take(scan, options)
                except Malformed:
                    self.malformed += 1
                except Skipped:
                    self.skipped += 1

    def take(self, scan, options):
        if scan.outcome == "annulled":
            self.taken_back.add(scan.annuls)
            return
        if scan.outcome == "closed":
            self.kept.append(scan)
            return
        if not options.anonymous:
            device = scan.device or scan.gate
            what = (scan.ticket, scan.gate, scan.type, scan.at)
            key = ("id", device, scan.scan_id) if scan.scan_id else ("scan", device, what, scan.seq)
            earlier = self.seen.get(key)
            if earlier is not None:
                # Refused live, and the person went in after all: a fact of its own. A log may give the two different times.
                after_all = scan.scan_id and earlier[1] == "rejected" and scan.outcome == "recorded"
                if earlier[0] != what and not (after_all and scan.seq):
                    raise Malformed("conflict")
                if not after_all:
                    self.repeated += 1
                    return
            self.seen[key] = (what, scan.outcome)
        self.scans += 1
        self.kept.append(scan)

    def annulled(self, scan):
        """Whether some record of the stream takes it back, wherever it stands."""
        return scan.outcome != "closed" and scan.seq is not None and scan.seq in self.taken_back

    def counted(self):
        """What counts for presence, in counted order, closings among the scans. Sorting is stable: ties stay in order of arrival."""
        counting = [scan for scan in self.kept if scan.outcome != "rejected" and not self.annulled(scan)]
        return sorted(counting, key=lambda scan: scan.at)


# ---------------------------------------------------------------- presence and stays


class Stay:
    def __init__(self, entry):
        self.ticket, self.gate, self.entry = entry.ticket, entry.gate, entry
        self.end = None     # the instant from which it is over
        self.exit = None    # the scan that closed it; None too where the day was closed


class Walk:
    """One walk through every ticket's scans in counted order: its stays, and what was not right."""

    def __init__(self, counted, register, window):
        self.stays = []
        self.anomalies = []     # (index in counted order, scan, kind, earlier scan or None)
        by_ticket = {}
        for index, scan in enumerate(counted):
            if scan.outcome != "closed":
                by_ticket.setdefault(scan.ticket, []).append((index, scan))
        closings = [(index, scan) for index, scan in enumerate(counted) if scan.outcome == "closed"]
        for ticket, scans in by_ticket.items():
            self.ticket(scans, closings, register is not None and ticket not in register, window)
        self.anomalies.sort(key=lambda a: (a[0], KINDS.index(a[2])))

    def ticket(self, scans, closings, unknown, window):
        stay = before = last_exit = None
        for index, scan in scans:
            if stay is not None and scan.type == "entry":
                stay = self.closed_between(stay, before[0], index, closings)
            if unknown:
                self.anomalies.append((index, scan, "unknown_ticket", None))
            if scan.type == "entry":
                if stay is not None:
                    self.anomalies.append((index, scan, "duplicate_entry", stay.entry))
                else:
                    if last_exit is not None and scan.at - last_exit.at < window:
                        self.anomalies.append((index, scan, "rapid_reentry", last_exit))
                    stay = Stay(scan)
                    self.stays.append(stay)
            else:
                if stay is not None:
                    # Where the day was closed in between, the real exit takes the closing's place.
                    stay.end, stay.exit = scan.at, scan
                    stay = None
                else:
                    self.anomalies.append((index, scan, "exit_without_entry", before[1] if before else None))
                last_exit = scan
            before = (index, scan)
        if stay is not None:
            self.closed_between(stay, before[0], None, closings)

    @staticmethod
    def closed_between(stay, after, until, closings):
        """Ends the stay at the first closing between two places in counted order; gives back what is open then."""
        for index, closing in closings:
            if index > after and (until is None or index < until):
                stay.end = closing.at
                return None
        return stay


def moves(stays):
    """(instant, +1 or -1, Stay) in order of instants."""
    changes = [(stay.entry.at, 1, stay) for stay in stays]
    changes += [(stay.end, -1, stay) for stay in stays if stay.end is not None]
    return sorted(changes, key=lambda change: change[0])


def present(stay, at):
    if at is None:
        return stay.end is None
    return stay.entry.at <= at and (stay.end is None or stay.end > at)


def until(at, time):
    return time is None or at <= time


def ordinally(counts):
    """Sorted by Unicode scalar value, without zeros."""
    return {key: counts[key] for key in sorted(counts) if counts[key]}


def add(counts, key, amount=1):
    counts[key] = counts.get(key, 0) + amount


# ---------------------------------------------------------------- the commands


def head(stream):
    return {"scans": stream.scans, "repeated": stream.repeated, "malformed": stream.malformed}


def type_of(ticket, register):
    known = register.get(ticket) if register is not None else None
    return known["ticket_type"] if known and known["ticket_type"] else "unknown"


def occupancy(stream, options):
    at, register = options.at, options.register
    if options.anonymous:
        return anonymous_occupancy(stream, options)
    counted = stream.counted()
    stays = Walk(counted, register, 0).stays
    by_gate, by_type, by_both, flow = {}, {}, {}, {}
    for scan in counted:
        if scan.outcome != "closed" and until(scan.at, at):
            flow.setdefault(scan.gate, {"entries": 0, "exits": 0, "scans": 0})["scans"] += 1
    entries = exits = occupied = 0
    entered = set()
    for stay in stays:
        if until(stay.entry.at, at):
            entries += 1
            entered.add(stay.ticket)
            flow[stay.gate]["entries"] += 1
        if stay.exit is not None and until(stay.exit.at, at):
            exits += 1
            flow[stay.exit.gate]["exits"] += 1
        if present(stay, at):
            occupied += 1
            kind = type_of(stay.ticket, register)
            add(by_gate, stay.gate)
            add(by_type, kind)
            add(by_both.setdefault(stay.gate, {}), kind)
    return {
        **head(stream), "at": written(at, options.zone), "occupancy": occupied, "entries": entries, "exits": exits,
        "first_entries": len(entered), "by_gate": ordinally(by_gate), "by_ticket_type": ordinally(by_type),
        "by_gate_and_ticket_type": {gate: ordinally(by_both[gate]) for gate in sorted(by_both)},
        "flow": {gate: flow[gate] for gate in sorted(flow)},
    }


def anonymous_occupancy(stream, options):
    """Every row a body: entries less exits, never clamped."""
    at = options.at
    entries = exits = 0
    by_gate, flow = {}, {}
    for scan in stream.counted():
        if scan.outcome == "closed" or not until(scan.at, at):
            continue
        one = flow.setdefault(scan.gate, {"entries": 0, "exits": 0, "scans": 0})
        one["scans"] += 1
        if scan.type == "entry":
            entries += 1
            one["entries"] += 1
            add(by_gate, scan.gate)
        else:
            exits += 1
            one["exits"] += 1
            add(by_gate, scan.gate, -1)
    by_gate = ordinally(by_gate)
    return {
        **head(stream), "at": written(at, options.zone), "occupancy": entries - exits, "entries": entries, "exits": exits,
        "first_entries": entries, "by_gate": by_gate, "by_ticket_type": {"unknown": entries - exits} if entries != exits else {},
        "by_gate_and_ticket_type": {gate: {"unknown": count} for gate, count in by_gate.items()},
        "flow": {gate: flow[gate] for gate in sorted(flow)},
    }


def passages(stream, options):
    """(instant, change of occupancy, entries, exits) in order of instants, and the instants of the first and the last scan."""
    counted = stream.counted()
    times = [scan.at for scan in counted if scan.outcome != "closed"]
    if options.anonymous:
        found = [(s.at, 1, 1, 0) if s.type == "entry" else (s.at, -1, 0, 1) for s in counted if s.outcome != "closed"]
    else:
        found = [
            (at, change, int(change > 0), int(change < 0 and stay.exit is not None))
            for at, change, stay in moves(Walk(counted, None, 0).stays)
        ]
    return found, (min(times), max(times)) if times else None


def peak_of(found, first, last):
    """The greatest occupancy at any instant from first to last (None: no bound), and the first instant it was reached."""
    best, best_at = 0, None
    occupied = 0
    for index, (at, change, _, _) in enumerate(found):
        occupied += change
        # Only after all that happened at one instant.
        if index + 1 < len(found) and found[index + 1][0] == at:
            continue
        if occupied > best:
            best, best_at = occupied, at
    return best, best_at


def timeline(stream, options):
    zone, step = options.zone, options.step
    found, span = passages(stream, options)
    best, best_at = peak_of(found, None, None)
    points = []
    if span:
        first, last = span
        day = (EPOCH + first * MICRO).astimezone(zone).date()
        midnight = (datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(timezone.utc) - EPOCH) // MICRO
        begin, end = options.time_from, options.time_to
        if begin is None:
            begin = first if end is None else min(first, end)
        if end is None:
            end = max(last, begin)
        at = midnight + (begin - midnight) // step * step
        previous = None
        while True:
            since = [p for p in found if p[0] <= at and (previous is None or p[0] > previous)]
            points.append({
                "at": written(at, zone), "occupancy": sum(p[1] for p in found if p[0] <= at),
                "entries": sum(p[2] for p in since), "exits": sum(p[3] for p in since),
            })
            if at >= end:
                break
            previous, at = at, at + step
    return {
        **head(stream), "step": duration(step), "peak": {"occupancy": best, "at": written(best_at, zone)}, "points": points,
    }


def duration(micros):
    """ISO 8601, as a clock counts: PT15M, PT1H30M, P1D."""
    days, rest = divmod(micros, 86400 * SECOND)
    hours, rest = divmod(rest, 3600 * SECOND)
    minutes, rest = divmod(rest, MINUTE)
    clock = ("%dH" % hours if hours else "") + ("%dM" % minutes if minutes else "") + (Seconds(rest).text + "S" if rest else "")
    return "P" + ("%dD" % days if days else "") + ("T" + clock if clock else "")


def anomalies(stream, options):
    zone = options.zone
    found = Walk(stream.counted(), options.register, options.window).anomalies
    if options.kind:
        found = [anomaly for anomaly in found if anomaly[2] in options.kind]
    by_kind = {}
    listed = []
    for _, scan, kind, earlier in found:
        add(by_kind, kind)
        listed.append({
            "scan": scan.position, "kind": kind, "ticket_id": scan.ticket, "gate": scan.gate, "timestamp": written(scan.at, zone),
            "earlier": earlier and {"scan": earlier.position, "gate": earlier.gate, "timestamp": written(earlier.at, zone)},
            "seconds": None if earlier is None else Seconds(scan.at - earlier.at),
        })
    return {**head(stream), "total": len(listed), "by_kind": ordinally(by_kind), "anomalies": listed}


class Gatekeeper:
    """Admission in order of arrival."""

    def __init__(self, options):
        self.options = options
        self.inside, self.demand, self.admitted_before = set(), set(), set()
        self.sent_home = set()  # whose stay a closing ended, with nothing let through since
        self.latest = {}        # ticket: when its latest scan counts, which is never before the one before it
        self.latest_closing = None
        self.exits = {}         # ticket: instants of the exit scans taken so far
        self.rejected, self.warnings, self.rejections = {}, {}, []
        self.admitted = self.released = self.overrides = self.peak_actual = self.peak_theoretical = 0

    def take(self, scan):
        if scan.type == "exit":
            self.leave(scan)
        else:
            self.enter(scan)
        self.peak_actual = max(self.peak_actual, len(self.inside))
        self.peak_theoretical = max(self.peak_theoretical, len(self.demand))

    def leave(self, scan):
        self.exits.setdefault(scan.ticket, []).append(scan.at)
        if scan.ticket in self.inside or scan.ticket in self.sent_home:
            # The real exit of a stay that was ended by a closing takes its place.
            self.inside.discard(scan.ticket)
            self.released += 1
        else:
            add(self.warnings, "exit_without_entry")
        self.let_through(scan)
        self.demand.discard(scan.ticket)

    def enter(self, scan):
        full = len(self.inside) >= self.options.capacity
        reason = self.refusal(scan, full)
        if reason is None or reason == "at_capacity":
            self.demand.add(scan.ticket)
        if reason is not None:
            add(self.rejected, reason)
            self.rejections.append((scan, reason))
            return
        if self.rapid(scan):
            add(self.warnings, "rapid_reentry")
        if full:
            add(self.warnings, "capacity_override")
            self.overrides += 1
        self.admitted += 1
        self.let_through(scan)
        self.inside.add(scan.ticket)
        self.admitted_before.add(scan.ticket)

    def rapid(self, scan):
        earlier = [at for at in self.exits.get(scan.ticket, []) if at <= scan.at]
        return bool(earlier) and scan.at - max(earlier) < self.options.window

    def refusal(self, scan, full):
        options, register = self.options, self.options.register
        ticket = register.get(scan.ticket) if register is not None else NO_TICKET
        if ticket is None:
            return "unknown_ticket"
        if ticket["status"] == "revoked":
            return "revoked"
        if ticket["status"] == "unpaid":
            return "unpaid"
        if ticket["valid_from"] is not None and scan.at < ticket["valid_from"]:
            return "outside_validity"
        if ticket["valid_until"] is not None and scan.at >= ticket["valid_until"]:
            return "outside_validity"
        if ticket["gates"] and scan.gate not in ticket["gates"]:
            return "wrong_gate"
        if scan.ticket in self.inside:
            return "already_inside"
        if ticket["single_entry"] and scan.ticket in self.admitted_before:
            return "no_reentry"
        if options.reject_rapid_reentry and self.rapid(scan):
            return "too_soon"
        if options.firm is not None and len(self.inside) >= options.firm:
            return "at_capacity"
        if full and ticket["ticket_type"] not in options.override:
            return "at_capacity"
        return None

    def let_through(self, scan):
        self.sent_home.discard(scan.ticket)
        times = [scan.at, self.latest.get(scan.ticket), self.latest_closing]
        self.latest[scan.ticket] = max(at for at in times if at is not None)

    def close(self, at):
        """Every stay that was open at the instant ends then."""
        for ticket in [ticket for ticket in self.inside if self.latest[ticket] <= at]:
            self.inside.remove(ticket)
            self.sent_home.add(ticket)
        self.demand.clear()
        self.latest_closing = at if self.latest_closing is None else max(at, self.latest_closing)


def admit(stream, options):
    gate = Gatekeeper(options)
    for scan in stream.kept:
        if scan.outcome == "closed":
            gate.close(scan.at)
        elif not stream.annulled(scan):
            gate.take(scan)
    return {
        **head(stream), "capacity": options.capacity, "actual": len(gate.inside), "theoretical": len(gate.demand),
        "peak_actual": gate.peak_actual, "peak_theoretical": gate.peak_theoretical, "admitted": gate.admitted,
        "released": gate.released, "overrides": gate.overrides, "rejected": ordinally(gate.rejected),
        "rejections": [
            {"scan": s.position, "ticket_id": s.ticket, "gate": s.gate, "timestamp": written(s.at, options.zone), "reason": reason}
            for s, reason in gate.rejections
        ],
        "warnings": ordinally(gate.warnings),
    }


# ---------------------------------------------------------------- register and options

NO_TICKET = {"ticket_type": None, "status": "valid", "valid_from": None, "valid_until": None, "gates": [], "single_entry": False}


def register_of(data, zone):
    """Tickets by id; given twice, the last one holds."""
    tickets = {}
    for pairs in elements(data):
        row = dict(pairs)
        gates = row.get("gates") or []
        if isinstance(gates, str):
            gates = [gate for gate in gates.split(";") if gate]
        single = row.get("single_entry")
        tickets[text_of(row["ticket_id"])] = {
            "ticket_type": text_of(row.get("ticket_type")), "status": text_of(row.get("status")) or "valid", "gates": gates,
            "single_entry": single is True or (isinstance(single, str) and single.lower() == "true"),
            **{key: instant(row[key], zone) if row.get(key) else None for key in ("valid_from", "valid_until")},
        }
    return tickets


def step_of(text):
    """15m, 1h, 90s, 1d, or ISO 8601 as PT15M; in microseconds."""
    match = re.fullmatch(r"([0-9]+)([smhd])", text)
    if match:
        return int(match.group(1)) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[match.group(2)] * SECOND
    match = re.fullmatch(r"P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?)?", text)
    days, hours, minutes, rest = (int(part or 0) for part in match.groups())
    return (((days * 24 + hours) * 60 + minutes) * 60 + rest) * SECOND


def listed(text):
    return text.split(",")


def parser():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("command", choices=("occupancy", "timeline", "anomalies", "admit"))
    parse.add_argument("inputs", nargs="*", default=["-"])
    parse.add_argument("--zone", default="UTC")
    parse.add_argument("--tickets")
    parse.add_argument("--at")
    parse.add_argument("--step", default="15m", type=step_of)
    parse.add_argument("--from", dest="time_from")
    parse.add_argument("--to", dest="time_to")
    parse.add_argument("--reentry-minutes", type=Fraction, default=Fraction(5))
    parse.add_argument("--kind", type=listed)
    parse.add_argument("--capacity", type=int)
    parse.add_argument("--firm", type=int)
    parse.add_argument("--override", type=listed, default=["VIP"])
    parse.add_argument("--reject-rapid-reentry", action="store_true")
    parse.add_argument("--map", type=listed, default=[])
    parse.add_argument("--entry", type=listed)
    parse.add_argument("--exit", type=listed)
    parse.add_argument("--gate")
    parse.add_argument("--alternate", action="store_true")
    parse.add_argument("--anonymous", action="store_true")
    parse.add_argument("--json", action="store_true", help="always so here")
    return parse


FIELDS = ("ticket_id", "gate", "scan_type", "timestamp", "device_id", "scan_id", "outcome", "seq", "annuls")


def answer(arguments, read):
    """The document and the exit status for a command line; `read` gives the bytes of an input."""
    options = parser().parse_intermixed_args(arguments)
    options.zone = ZoneInfo(options.zone)
    options.map = dict(pair.split("=", 1) for pair in options.map)
    options.names = {field: field for field in FIELDS}
    options.names.update(options.map)
    options.window = options.reentry_minutes * MINUTE
    for name in ("at", "time_from", "time_to"):
        text = getattr(options, name)
        setattr(options, name, None if text is None else instant(text, options.zone))
    if options.time_from is not None and options.time_to is not None and options.time_from > options.time_to:
        raise Usage("--from is later than --to")
    options.register = None if options.tickets is None else register_of(read(options.tickets), options.zone)
    stream = Stream([read(name) for name in options.inputs], options)
    if options.alternate:
        alternate(stream)
    commands = {"occupancy": occupancy, "timeline": timeline, "anomalies": anomalies, "admit": admit}
    document = commands[options.command](stream, options)
    document["skipped"] = stream.skipped
    return document, 3 if stream.malformed else 0


def alternate(stream):
    """Where there is no direction, a ticket's scans go in, out, in, … in counted order."""
    inside = {}
    for scan in stream.counted():
        if scan.outcome != "closed":
            inside[scan.ticket] = not inside.get(scan.ticket, False)
            scan.type = "entry" if inside[scan.ticket] else "exit"


def read_file(name):
    if name == "-":
        return sys.stdin.buffer.read()
    with open(name, "rb") as file:
        return file.read()


def printed(value):
    """JSON, members in the order they were put in."""
    if isinstance(value, Seconds):
        return value.text
    if isinstance(value, dict):
        return "{%s}" % ",".join(json.dumps(key) + ":" + printed(member) for key, member in value.items())
    if isinstance(value, list):
        return "[%s]" % ",".join(printed(member) for member in value)
    return json.dumps(value)


def main():
    try:
        document, status = answer(sys.argv[1:], read_file)
    except Usage as why:
        print(why, file=sys.stderr)
        sys.exit(2)
    print(printed(document))
    sys.exit(status)


if __name__ == "__main__":
    main()
