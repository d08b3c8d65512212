"""`python -m benchmarks`: print the budget table as measured here and now."""

import argparse
import asyncio
import json
import platform

from sublimate.util.kernel import compiled

from . import data
from .rivals import RIVALS
from .suite import Line, Options, as_json, run
from .work import WORK

EXTRA = ("read", "memory", "import", "roundtrips", "plan")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--db", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of the table")
    parser.add_argument("--only", action="append", default=[], choices=[w.name for w in WORK] + list(EXTRA))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--scale", type=int, default=10_000, help="number of users; each has ten posts")
    parser.add_argument("--roots", default="sqlalchemy,sublimate", help="import roots, comma separated")
    parser.add_argument(
        "--rivals", action="store_true", help="also measure other ORMs that are installed (PostgreSQL)"
    )
    parser.add_argument("--wall", action="store_true", help="show microseconds a call as well")
    return parser.parse_args()


def cell(line: Line, name: str) -> str:
    if name in line.errors:
        return "error"
    return f"{line.values[name]:.3g}" if name in line.values else "-"


class Table:
    """The budget table, printed line by line, and what was missed."""

    def __init__(self, names: tuple[str, ...], wall: bool) -> None:
        self.names = names
        self.wall = wall
        self.budgets = 0
        self.missed: list[str] = []
        self.errors: dict[str, str] = {}

    def head(self) -> None:
        columns = "".join(f"{name:>11}" for name in self.names)
        print(f"{'work':<40}{'unit':>6}{columns}{'budget':>8}")

    def show(self, line: Line) -> None:
        budget = "-" if line.budget is None else f"{line.budget:g}"
        verdict = "" if line.budget is None else "MISSED" if line.missed else "met"
        columns = "".join(f"{cell(line, name):>11}" for name in self.names)
        print(f"{line.title:<40}{line.unit:>6}{columns}{budget:>8}  {verdict}", flush=True)
        if self.wall or line.name == "memory":
            rest = {k: round(v, 1) for k, v in line.values.items() if line.unit == "MB"}
            for name, numbers in (line.detail or {"also": rest} if rest or line.detail else {}).items():
                print(f"    {name:<12}" + "  ".join(f"{k} {v:,.1f}" for k, v in numbers.items()))
        for name, error in line.errors.items():
            if self.errors.get(name) != error:
                self.errors[name] = error
                print(f"    {name}: {error[:180]}")
        if line.budget is not None and "sublimate" in self.names:
            self.budgets += 1
            self.missed += [line.title] if line.missed else []

    def foot(self) -> None:
        print(f"\n{self.budgets - len(self.missed)} of {self.budgets} budgets of sublimate met")
        if self.missed:
            print(f"missed: {'; '.join(self.missed)}")


def main() -> None:
    args = arguments()
    roots, rivals = tuple(args.roots.split(",")), RIVALS if args.rivals else ()
    options = Options(args.db, data.Scale(args.scale), args.rounds, frozenset(args.only), roots, rivals)
    if args.json:
        lines = asyncio.run(run(options, lambda line: None))
        print(
            json.dumps(
                {
                    "db": args.db,
                    "users": args.scale,
                    "rounds": args.rounds,
                    "python": platform.python_version(),
                    "compiled": compiled is not None,
                    "lines": [as_json(line) for line in lines],
                }
            )
        )
        return
    loops = "compiled loops" if compiled is not None else "Python loops"
    print(
        f"{args.db}, {args.scale:,} users, {args.rounds} rounds, Python {platform.python_version()}, {loops}"
    )
    print(
        "client CPU time as a multiple of the bare driver (x), or the unit named; budgets are for sublimate\n"
    )
    table = Table((*roots, *rivals), args.wall)
    table.head()
    asyncio.run(run(options, table.show))
    table.foot()


if __name__ == "__main__":
    main()
