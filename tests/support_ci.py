"""Checks of what CI systems read: the SARIF schema where it can be had, and hand-written rules for the rest."""

from __future__ import annotations

import io
import json
import os
import tarfile
import urllib.request
from functools import cache
from pathlib import Path

PACKAGE = "https://registry.npmjs.org/@microsoft/jest-sarif/-/jest-sarif-1.0.0-beta.0.tgz"
MEMBER = "package/lib/schemas/sarif-2.1.0-rtm.5.json"


@cache
def sarif_schema():
    """Return the published schema of SARIF 2.1.0, from the file that INTENTC_SARIF_SCHEMA names or from npm; or why not."""
    named = os.environ.get("INTENTC_SARIF_SCHEMA")
    if named:
        return json.loads(Path(named).read_text())
    try:
        with urllib.request.urlopen(PACKAGE, timeout=20) as answer:
            data = answer.read()
        with tarfile.open(fileobj=io.BytesIO(data)) as package:
            member = package.extractfile(MEMBER)
            return json.load(member) if member else "the package has no schema in it"
    except OSError as error:
        return f"INTENTC_SARIF_SCHEMA names no file, and npm's registry does not answer: {error}"
