"""`python tests/differential/names`: write the list of what we lack anew."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from differential.names.collect import count, missing

LIST = Path(__file__).parent / "missing.txt"

if __name__ == "__main__":
    names = sorted(missing())
    LIST.write_text("\n".join(names) + "\n")
    print(f"{count():,} public names, {len(names):,} missing")
