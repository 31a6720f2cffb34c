#!/usr/bin/env python3
"""Runs generated streams through ./headcount and through oracle.py and compares the answers value for value, and the exit statuses.

    python3 tests/oracle/differ.py [--seed S] [--streams N | --minutes M] [--program PATH]

Streams are small and nasty: few tickets and gates, equal instants, shuffled arrival, repeats, conflicts, local times where the clocks
change, malformed lines of every kind, registers with limits, logs with refusals, annulments and closings. A difference is shrunk to few
elements and printed as files and a command line; the seed and the number of a stream give the same stream again. Exit status 1 where
there was a difference.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import oracle  # noqa: E402
from streams import generate  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Value(str):
    """A JSON number as it is written, told apart from a text."""

    def __eq__(self, other):
        return isinstance(other, Value) and str(self) == str(other)

    __hash__ = str.__hash__


def parsed(text):
    """A document with its members in order and its numbers as written."""
    return json.loads(text, object_pairs_hook=lambda pairs: [("member", key, value) for key, value in pairs],
                      parse_int=Value, parse_float=Value)


class Differ:
    def __init__(self, program, folder):
        self.program, self.folder, self.runs = program, folder, 0

    def ours(self, case):
        for name, data in case.files().items():
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(data)
        self.runs += 1
        done = subprocess.run([self.program, *case.arguments(), "--json"], cwd=self.folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        return done.stdout.decode("utf-8", "replace"), done.returncode, done.stderr.decode("utf-8", "replace")

    @staticmethod
    def theirs(case):
        try:
            document, status = oracle.answer(case.arguments(), case.files().__getitem__)
        except oracle.Usage:
            return "", 2
        return oracle.printed(document), status

    def difference(self, case):
        """None where both say the same; otherwise what each says."""
        expected, expected_status = self.theirs(case)
        text, status, errors = self.ours(case)
        try:
            if status == expected_status and (text == expected or parsed(text) == parsed(expected)):
                return None
        except ValueError:
            pass
        return "oracle    (%s) %s\nheadcount (%s) %s\n%s" % (expected_status, expected, status, text.strip(), errors.strip())

    def shrink(self, case, budget=250):
        """A smaller case that still differs: fewer elements, then fewer options, then fewer tickets in the register."""
        last = self.runs + budget
        for part in ("elements", "options", "tickets", "elements"):
            size = max(1, len(getattr(case, part)) // 2)
            while size and self.runs < last:
                smaller = self.without_some(case, part, size, last)
                if smaller is None:
                    size //= 2
                else:
                    case = smaller
                    size = min(size, max(1, len(getattr(case, part))))
        return case

    def without_some(self, case, part, size, last):
        whole = getattr(case, part)
        for start in range(0, len(whole), size):
            if self.runs >= last:
                return None
            smaller = case.replaced(part, whole[:start] + whole[start + size:])
            if smaller is not None and self.difference(smaller):
                return smaller
        return None


def shown(case):
    lines = ["headcount " + " ".join(json.dumps(a, ensure_ascii=False) if not a.isascii() or " " in a else a for a in case.arguments())]
    for name, data in case.files().items():
        lines += ["--- " + name, data.decode("utf-8", "backslashreplace").rstrip("\n")]
    return "\n".join(lines)


def main():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("--seed", type=int, default=None, help="(default: from the clock, and printed)")
    parse.add_argument("--first", type=int, default=0, help="the number of the first stream")
    parse.add_argument("--streams", type=int, default=None)
    parse.add_argument("--minutes", type=float, default=None, help="at most so long")
    parse.add_argument("--differences", type=int, default=5, help="stop after so many")
    parse.add_argument("--program", default=os.path.join(ROOT, "headcount"))
    options = parse.parse_args()
    seed = options.seed if options.seed is not None else int(time.time())
    if options.streams is None and options.minutes is None:
        options.streams = 1000

    # What is not built yet builds itself now, which takes its time.
    subprocess.run([os.path.abspath(options.program), "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    begun, number, differences = time.monotonic(), options.first, 0
    with tempfile.TemporaryDirectory() as folder:
        differ = Differ(os.path.abspath(options.program), folder)
        while differences < options.differences:
            if options.streams is not None and number >= options.first + options.streams:
                break
            if options.minutes is not None and time.monotonic() - begun > options.minutes * 60:
                break
            case = generate(random.Random("%d/%d" % (seed, number)))
            if differ.difference(case):
                differences += 1
                small = differ.shrink(case)
                print("Stream %d of seed %d:\n%s\n%s\n" % (number, seed, shown(small), differ.difference(small)), flush=True)
            number += 1
    print("%d streams of seed %d: %d differences" % (number - options.first, seed, differences))
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
