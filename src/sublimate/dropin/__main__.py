"""`python -m sublimate.dropin program.py …` and `-m module …`: run a program with `sqlalchemy` served by Sublimate."""

from __future__ import annotations

import os
import runpy
import sys

from . import install

USAGE = "usage: python -m sublimate.dropin (PROGRAM.py | -m MODULE) [ARGUMENT ...]"


def main(arguments: list[str]) -> None:
    """Run the program or module named first, with what follows as its arguments."""
    if not arguments or arguments[0] in ("-h", "--help") or arguments == ["-m"]:
        print(USAGE, file=sys.stdout if arguments[:1] in (["-h"], ["--help"]) else sys.stderr)
        raise SystemExit(0 if arguments[:1] in (["-h"], ["--help"]) else 2)
    install()
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path[0] = os.path.dirname(os.path.abspath(arguments[0]))
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
