"""Runs the Python of a document: what it prints is held against the comments that follow.

Arguments: a file with the document's code, in which calls of printed() stand where the document says what it prints.
"""

import io
import re
import sys

sys.stdout = io.StringIO()


def printed(text):
    """What was printed since the last time ends with these lines; … stands for anything."""
    lines = text.split("\n")
    last = "\n".join(sys.stdout.getvalue().rstrip("\n").split("\n")[-len(lines):])
    if not re.fullmatch(".*".join(re.escape(part) for part in text.split("…")), last, re.DOTALL):
        raise SystemExit(f"The document says: {text}\nIt is: {last}")
    sys.stdout = io.StringIO()


with open(sys.argv[1], encoding="utf-8") as document:
    exec(compile(document.read(), sys.argv[1], "exec"), {"__name__": "__main__", "printed": printed})
