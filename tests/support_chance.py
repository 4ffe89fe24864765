"""How many times the examples of a plain run tests take, and whether properties take others this time (see README.md)."""

import os

IS_RANDOM = os.environ.get("INTENTC_RANDOM", "") not in {"", "0"}
TIMES = int(os.environ.get("INTENTC_EXAMPLES", "4" if IS_RANDOM else "1"))
