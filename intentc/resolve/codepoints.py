from __future__ import annotations

from collections.abc import Mapping

# Names of DSCP values: IANA "Differentiated Services Field Codepoints" registry (RFC 2474, 2597, 3246, 5865, 8622).
CODE_POINTS: Mapping[str, int] = {
    **{f"CS{number}": 8 * number for number in range(8)},
    **{f"AF{klass}{drop}": 8 * klass + 2 * drop for klass in range(1, 5) for drop in range(1, 4)},
    "DF": 0,
    "LE": 1,
    "VOICE-ADMIT": 44,
    "EF": 46,
}
