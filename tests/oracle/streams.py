"""Generated streams for differ.py: a Case is a command line with the files it reads, kept in parts so that it can be made smaller."""
import csv
import gzip
import io
import json
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

# Zone and a local time near which something happens to its clocks.
PLACES = [
    ("UTC", "2025-09-30T11:30"), ("UTC", "2024-02-29T00:00"), ("UTC", "1970-01-01T00:00"), ("UTC", "1999-12-31T23:58"),
    ("Europe/London", "2025-03-30T01:00"), ("Europe/London", "2025-10-26T01:00"), ("Europe/London", "2025-06-01T00:00"),
    ("America/New_York", "2025-03-09T02:00"), ("America/New_York", "2025-11-02T01:00"), ("America/New_York", "2055-03-14T02:00"),
    ("Australia/Lord_Howe", "2025-04-06T01:30"), ("Australia/Lord_Howe", "2025-10-05T02:00"), ("Asia/Kathmandu", "2025-01-01T00:00"),
    ("America/Sao_Paulo", "2018-11-04T00:00"), ("America/Sao_Paulo", "2018-02-17T23:30"), ("Pacific/Apia", "2011-12-30T00:00"),
    ("America/St_Johns", "2006-10-29T00:01"), ("Africa/Casablanca", "2025-02-23T02:30"),
]
NAMES = ["A", "B", "C", "a", "A ", "Tor \"1\"", "Süd", "Su\u0308d", "\U0001f600", "\uffee", "Gate\\7", "x\ty", "\u007f", "\u2028"]
TYPES = ["VIP", "GENERAL", "CREW", None]
ENTRY = ["entry", "entry", "entry", "in", "check_in", "ENTRY", "Check_In"]
EXIT = ["exit", "exit", "exit", "out", "check_out", "Exit", "OUT"]
KINDS = ["unknown_ticket", "duplicate_entry", "exit_without_entry", "rapid_reentry"]


class Case:
    """`elements` are (file, JSON text as bytes); `options` are lists of arguments that can be left out one by one."""

    def __init__(self, command, container, elements, options, tickets, needed=()):
        self.command, self.container, self.elements = command, container, elements
        self.options, self.tickets, self.needed = options, tickets, list(needed)

    def replaced(self, part, value):
        """The same with one part changed; None where that would be another kind of input."""
        changed = Case(self.command, self.container, self.elements, self.options, self.tickets, self.needed)
        setattr(changed, part, value)
        return changed if changed.makes_sense() else None

    def makes_sense(self):
        """What the first line looks like decides what container a file is taken for; a kind that needs a register is refused without."""
        if not self.tickets and any("unknown_ticket" in option[-1] for option in self.options):
            return False
        if self.container not in ("ndjson", "crlf", "gzip"):
            return True
        return all(lines[0].startswith((b'{"', b"{}")) for lines in self.by_file().values() if lines)

    def by_file(self):
        files = {}
        for number, element in self.elements:
            files.setdefault("%d.log" % number, []).append(element)
        return files or {"0.log": []}

    def arguments(self):
        inputs = sorted(self.by_file())
        tickets = ["--tickets", "tickets.json"] if self.tickets else []
        return [self.command, *inputs, *self.needed, *tickets, *(a for option in self.options for a in option)]

    def files(self):
        made = {name: CONTAINERS[self.container](lines) for name, lines in self.by_file().items()}
        if self.tickets:
            made["tickets.json"] = json.dumps(self.tickets).encode()
        return made


COLUMNS = {
    "ticket_id", "gate", "scan_type", "timestamp", "device_id", "scan_id", "ID", "Door", "When", "Type", "badge", "in", "out",
}


def as_csv(lines):
    """Objects of texts as rows under one header."""
    rows = [json.loads(line) for line in lines]
    header = sorted({key for row in rows for key in row} | COLUMNS)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow(["" if row.get(key) is None else row[key] for key in header])
    return out.getvalue().encode()


CONTAINERS = {
    "ndjson": lambda lines: b"".join(line + b"\n" for line in lines),
    "crlf": lambda lines: b"\xef\xbb\xbf" + b"\r\n".join(line + b"\r\n" for line in lines),
    "gzip": lambda lines: gzip.compress(b"\n".join(lines), 1),
    "array": lambda lines: b"[" + b" ,\n ".join(lines) + b"]\n",
    "object": lambda lines: b'{\n "more":[{"scans":1}], "scans" : [\n' + b",".join(lines) + b"\n] }",
    "csv": as_csv,
}


class Maker:
    """One stream's few tickets, gates, devices and instants."""

    def __init__(self, chance):
        self.chance = chance
        place, near = chance.choice(PLACES)
        self.zone = ZoneInfo(place)
        self.zone_name = place
        self.near = datetime.fromisoformat(near)
        names = chance.sample(NAMES, len(NAMES)) if chance.random() < 0.3 else list("ABCDEFGH")
        self.gates = names[: chance.choice([1, 2, 3, 6])]
        self.tickets = ["T%d" % i for i in range(chance.choice([1, 2, 3, 8, 30]))]
        if chance.random() < 0.2:
            self.tickets += chance.sample(NAMES, 4)
        self.devices = [None, None, ""] + self.gates[:1] + ["d1", "d2"]
        self.ids = ["s%d" % i for i in range(chance.choice([3, 30, 3000]))]
        self.with_ids = chance.choice([0, 0, 0.3, 1])
        spread = chance.choice([[0, 1], [0, 60], [0, 60, 300, 301, 299], [0, 900, 3600, 7200], [600 * i for i in range(-100, 200)]])
        self.seconds = spread
        self.fractions = chance.choice([[0], [0], [0, 1, 999_999, 500_000], [0, 123_456]])

    def local(self):
        shift = sum(self.chance.choice(self.seconds) for _ in range(self.chance.choice([1, 2, 4])))
        return self.near + timedelta(seconds=shift * self.chance.choice([1, 1, -1]), microseconds=self.chance.choice(self.fractions))

    def timestamp(self):
        chance, local = self.chance, self.local()
        offset = ""
        if chance.random() < 0.5:
            aware = local.replace(tzinfo=self.zone, fold=chance.choice([0, 1])).astimezone(timezone.utc)
            minutes = chance.choice([0, 0, 60, -300, 345, -839, 840])
            local = aware.replace(tzinfo=None) + timedelta(minutes=minutes)
            sign = "-" if minutes < 0 else "+"
            offset = "%s%02d%s%02d" % (sign, abs(minutes) // 60, chance.choice([":", ""]), abs(minutes) % 60)
            if minutes == 0:
                offset = chance.choice(["Z", "z", offset])
        text = local.strftime("%Y-%m-%d") + chance.choice("TTT ") + local.strftime("%H:%M")
        if local.second or local.microsecond or chance.random() < 0.8:
            text += local.strftime(":%S")
            if local.microsecond:
                text += (".%06d" % local.microsecond).rstrip("0") + ("0" if chance.random() < 0.2 else "")
            if chance.random() < 0.1:
                text += (".000000" if not local.microsecond else "0" * (26 - len(text))) + "9" * chance.choice([1, 3])
        return text + offset

    def scan(self):
        chance = self.chance
        scan = {
            "ticket_id": chance.choice(self.tickets), "gate": chance.choice(self.gates),
            "scan_type": chance.choice(ENTRY if chance.random() < 0.55 else EXIT), "timestamp": self.timestamp(),
        }
        device = chance.choice(self.devices)
        if device is not None:
            scan["device_id"] = device
        if chance.random() < self.with_ids:
            scan["scan_id"] = chance.choice(self.ids + [""])
        return scan

    def log(self, count):
        """A log of the live service: every element has its seq."""
        chance = self.chance
        records = []
        for seq in range(1, count + 1):
            draw = chance.random()
            if draw < 0.12 and seq > 1:
                record = {"outcome": "annulled", "annuls": chance.randint(1, seq - 1)}
                if chance.random() < 0.3:
                    record["timestamp"] = self.timestamp()
                if chance.random() < 0.3:
                    record["ticket_id"] = None
            elif draw < 0.24:
                record = {"outcome": "closed", "timestamp": self.timestamp()}
            else:
                record = {"outcome": chance.choice(["accepted", "accepted", "recorded", "rejected"]), **self.scan()}
            record["seq"] = seq
            records.append(record)
        return records

    def register(self):
        chance = self.chance
        rows = []
        for ticket in self.tickets + self.tickets[:2]:
            if chance.random() < 0.2:
                continue
            row = {"ticket_id": ticket, "ticket_type": chance.choice(TYPES + [chance.choice(NAMES)])}
            if chance.random() < 0.2:
                row["status"] = chance.choice(["valid", "revoked", "unpaid"])
            if chance.random() < 0.2:
                row["valid_from"] = self.timestamp()
            if chance.random() < 0.2:
                row["valid_until"] = self.timestamp()
            if chance.random() < 0.2:
                row["gates"] = chance.sample(self.gates, chance.randint(0, len(self.gates)))
            if chance.random() < 0.2:
                row["single_entry"] = chance.choice([True, True, False])
            rows.append(row)
        return rows


def sound(chance, scan):
    """One scan as JSON in one of the ways that mean the same."""
    items = list(scan.items())
    draw = chance.random()
    if draw < 0.3:
        chance.shuffle(items)
    if chance.random() < 0.15:
        items.insert(chance.randint(0, len(items)), chance.choice([
            ("note", None), ("Ticket_Id", "x"), ("GATE", {"gate": [1, {"scan_type": "no"}]}), ("", 1.5e3), ("ticket_id ", True), ("n", "\u00e9\U0001f600"),
        ]))
    wide = chance.random() < 0.2
    text = json.dumps(dict(items), ensure_ascii=chance.random() < 0.5, separators=((" ,\t", " : ") if wide else (",", ":")))
    if chance.random() < 0.03 and '"ticket_id"' in text:
        text = text.replace('"ticket_id"', '"ticket\\u005fid"')
    return text.encode()


def spoiled(chance, scan, lines):
    """A malformed element; `lines` where it need not even be JSON."""
    scan = dict(scan)
    field = chance.choice(["ticket_id", "gate", "scan_type", "timestamp"])
    kind = chance.randint(0, 11 if lines else 8)
    if kind == 0:
        scan.pop(field, None)
    elif kind == 1:
        scan[field] = chance.choice([None, "", True, False, 1.5, 1e3, {}, [], [scan.get(field)]])
    elif kind == 2:
        scan["timestamp"] = chance.choice([
            "2025-09-30", "2025-02-29T10:00:00Z", "2025-09-30T24:00:00Z", "2025-09-30T23:59:60Z", "2025-09-30T10:00:00+2", "2025-09-30T10:00:00+02",
            "2025-09-30t10:00:00Z", "2025-09-30T10:00:00,5Z", "2025-09-30T10:00:00.Z", "2025-09-30T10:00:00 Z", " 2025-09-30T10:00:00Z", "2025-09-30T10:00:00Z ",
            "2025-09-30  10:00:00", "20250930T100000Z", "2025-9-30T10:00:00Z", "2025-09-30T10", "2025-13-01T10:00:00Z", "2025-00-10T10:00", "0000-01-01T00:00:00Z",
            "2025-09-30T10:60:00Z", "1759226400", 1759226400, "2025-09-30T10:00:00+02:60", "2025-09-30T10:00:00+24:00", "2025-09-30T10:00:00+02:0", "9999-12-31T23:59:59-01:00",
            "0001-01-01T00:00:00+00:01", "2025-09-30T10:00.5Z", "+2025-09-30T10:00:00Z", "2025-09-30T10:00:00ZZ", "２０２５-09-30T10:00:00Z", "2025-W40-2T10:00:00Z", "10:00:00",
            "2025-09-30T1:00:00", "2025-09-30T10:00:00−02:00", "2025-09-30T10:00:00+0200Z", "2025-09-30T10:00:00-", "2025-09-30T-1:00:00",
        ])
    elif kind == 3:
        scan["scan_type"] = chance.choice(["entree", "exıt", "ın", "chec\u212a_in", "check-in", " in", "in ", "check in", "1", 1, "entry\n"])
    elif kind == 4:
        name, most = chance.choice([("ticket_id", 128), ("gate", 64), ("device_id", 64), ("scan_id", 64)])
        scan[name] = chance.choice("xé\U0001f600") * (most + 1)
    elif kind == 5:
        scan[chance.choice([field, "note"])] = chance.choice(["a\0", "\0", "\ud800", "a\udc00b", "\udc00\ud800"])
    elif kind == 6:
        text = json.dumps(scan)
        return (text[:-1] + "," + json.dumps(field) + ":" + chance.choice(["null", '"x"', json.dumps(scan.get(field))]) + "}").encode()
    elif kind == 7:
        return chance.choice([b"null", b"1", b'"x"', b"true", b"[]", b"{}", b"[{}]"])
    elif kind == 8:
        scan[chance.choice(["device_id", "scan_id", "outcome"])] = chance.choice([True, 1.5, {}, [], -0.0])
    elif kind == 9:
        text = json.dumps(scan).encode()
        return text[: chance.randint(2, len(text) - 1)]
    elif kind == 10:
        text = json.dumps(scan)
        return chance.choice([text + ",", text + "{}", text + "x", text[:-1] + ",}", text.replace('"', "'"), text.replace(":", ""), '{"n":01,' + text[1:],
                              '{"n":NaN,' + text[1:], '{"n":.5,' + text[1:], '{"n":"\t",' + text[1:], '{"n":"\\x",' + text[1:], '{"n":tru,' + text[1:], "x" + text]).encode()
    else:
        text = json.dumps({**scan, chance.choice([field, "note"]): "@@"}).encode()
        return text.replace(b"@@", chance.choice([b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x00", b"\x80"]))
    return json.dumps(scan).encode()


def odd(chance, scan):
    """Not malformed, though it looks it."""
    scan = dict(scan)
    kind = chance.randint(0, 5)
    if kind == 0:
        scan["ticket_id"] = chance.choice([17, -5, 10 ** 30, 0, "x" * 128, "\U0001f600" * 128, " ", "17"])
    elif kind == 1:
        scan["gate"] = chance.choice([4, "\U0001f600" * 64, "4", "\ufeff", "\ufffd"])
    elif kind == 2:
        scan["device_id"] = chance.choice([7, None, "", "7", "d" * 64])
    elif kind == 3:
        scan["scan_id"] = chance.choice([7, None, "", "7", "\U0001f600" * 64])
    elif kind == 4:
        scan["outcome"] = chance.choice(["accepted", "recorded", "rejected", None, "", "perhaps", 5])
    else:
        scan["timestamp"] = chance.choice(["1980-01-01T00:00:00Z", "1969-12-31T23:59:59.9999999Z", "2025-09-30T10:00:00.1234567891234Z", "2025-09-30 10:00Z",
                                           "2025-09-30T10:00:00-00:00", "2025-09-30T10:00+1400"])
    return scan


def generate(chance):
    make = Maker(chance)
    container = chance.choice(["ndjson", "ndjson", "ndjson", "crlf", "gzip", "array", "object", "csv"])
    count = chance.choice([0, 3, 8, 8, 20, 60, 200])
    kind = chance.choices(["scans", "log", "foreign", "times", "alternate", "anonymous"], [10, 4, 1, 1, 1, 2])[0]
    if kind != "scans":
        return foreign(chance, make, container, count, kind)
    scans = [make.scan() for _ in range(count)]
    for _ in range(count // 5):
        scans.insert(chance.randint(0, len(scans)), varied(chance, make, chance.choice(scans)))
    if chance.random() < 0.5:
        scans.sort(key=lambda scan: scan["timestamp"])
    elements = [sound(chance, scan) for scan in scans]
    if container != "csv":
        spoil = chance.choice([0, 0, 0.1, 0.5])
        far = chance.random() < 0.2
        for index, scan in enumerate(scans):
            if chance.random() < spoil and (index or container in ("array", "object")):
                elements[index] = spoiled(chance, scan, container in ("ndjson", "crlf", "gzip"))
            elif chance.random() < 0.05:
                strange = odd(chance, scan)
                elements[index] = sound(chance, strange if far else {**strange, "timestamp": scan["timestamp"]})
    else:
        far = False
    return asked(chance, make, container, elements, far=far)


def varied(chance, make, scan):
    """A repeat, or something near one."""
    scan = dict(scan)
    for _ in range(chance.choice([0, 0, 1, 2])):
        field, value = chance.choice([
            ("gate", chance.choice(make.gates)), ("ticket_id", chance.choice(make.tickets)), ("device_id", scan["gate"]), ("device_id", ""),
            ("timestamp", make.timestamp()), ("scan_type", "in"), ("scan_type", "out"), ("outcome", "rejected"), ("outcome", "recorded"), ("scan_id", "s1"),
        ])
        scan[field] = value
    return scan


def foreign(chance, make, container, count, kind):
    """Logs of the live service, and logs that were written for somebody else."""
    if kind == "log":
        records = make.log(count)
        records += [dict(chance.choice(records)) for _ in range(count // 8)]
        if chance.random() < 0.3:
            chance.shuffle(records)
        elements = [json.dumps(record).encode() for record in records]
        return asked(chance, make, "ndjson" if container == "csv" else container, elements)
    needed, elements = [], []
    for scan in (make.scan() for _ in range(count)):
        if kind == "foreign":
            scan = {"ID": scan["ticket_id"], "Door": scan["gate"], "When": scan["timestamp"], "Type": chance.choice(["GO", "go", "BACK", "7", "entry"])}
        elif kind == "times":
            left = make.timestamp()
            scan = {"badge": scan["ticket_id"], "gate": scan["gate"], "in": scan["timestamp"], "out": chance.choice([left, left, "", None])}
        elif kind == "alternate":
            scan.pop("scan_type")
            scan.pop("scan_id", None)
        elif kind == "anonymous":
            scan.pop("ticket_id")
            scan.pop("scan_id", None)
        elements.append(sound(chance, scan))
    if kind == "foreign":
        needed = ["--map", "ticket_id=ID,timestamp=When,scan_type=Type,gate=Door", "--entry", "GO,7", "--exit", "BACK"]
    elif kind == "times":
        needed = ["--map", "ticket_id=badge,entered=in,left=out"]
    else:
        needed = ["--" + kind]
    return asked(chance, make, container, elements, needed, ["occupancy", "timeline"] if kind == "anonymous" else None)


def asked(chance, make, container, elements, needed=(), commands=None, far=False):
    """A question about the elements, put in one file or several."""
    files = chance.choice([1, 1, 1, 2, 3])
    cuts = sorted(chance.randint(0, len(elements)) for _ in range(files - 1))
    placed = [(sum(cut <= index for cut in cuts), element) for index, element in enumerate(elements)]
    command = chance.choice(commands or ["occupancy", "timeline", "anomalies", "admit"])
    if far and command == "timeline":
        command = "occupancy"
    options, needed = [], list(needed)
    if make.zone_name != "UTC" or chance.random() < 0.3:
        options.append(["--zone", make.zone_name])
    tickets = make.register() if command != "timeline" and "--anonymous" not in needed and chance.random() < 0.5 else []
    if command == "occupancy" and chance.random() < 0.5:
        options.append(["--at", make.timestamp()])
    elif command == "timeline":
        options += [["--step", chance.choice(["15m", "7m", "1h", "1d", "PT90M", "PT1H30M", "45m"])]] if chance.random() < 0.9 else []
        options += [["--from", make.timestamp()]] if chance.random() < 0.2 else []
        options += [["--to", make.timestamp()]] if chance.random() < 0.2 else []
    elif command == "anomalies":
        options += [["--reentry-minutes", chance.choice(["0", "1", "5", "60", "0.5", "5.01"])]] if chance.random() < 0.5 else []
        kinds = KINDS if tickets else KINDS[1:]
        options += [["--kind", ",".join(chance.sample(kinds, chance.randint(1, 3)))]] if chance.random() < 0.2 else []
    elif command == "admit":
        capacity = chance.choice([0, 1, 1, 2, 3, 20])
        needed += ["--capacity", str(capacity)]
        options += [["--firm", str(capacity + chance.choice([0, 1, 2]))]] if chance.random() < 0.3 else []
        options += [["--override", chance.choice(["CREW", "VIP,CREW", "none"])]] if chance.random() < 0.3 else []
        options += [["--reject-rapid-reentry"]] if chance.random() < 0.4 else []
        options += [["--reentry-minutes", chance.choice(["0", "1", "60", "4.99"])]] if chance.random() < 0.3 else []
    case = Case(command, container, placed, options, tickets, needed)
    return case if case.makes_sense() else Case(command, container, [(0, e) for _, e in placed], options, tickets, needed)
