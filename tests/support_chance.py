"""Whether properties take other examples this time, and how many times as many (see README.md)."""

import os

IS_RANDOM = os.environ.get("INTENTC_RANDOM", "") not in {"", "0"}
TIMES = int(os.environ.get("INTENTC_EXAMPLES", "4")) if IS_RANDOM else 1
