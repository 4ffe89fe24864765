"""What hatchling asks while it makes a wheel or an editable installation: the kernels, where they can be built."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))
import build as kernels  # (this folder is no package while a wheel is made)


class KernelsHook(BuildHookInterface[Any]):
    """A wheel without kernels is for every machine; one with them for this Python on machines like this one."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  (hatchling's signature)
        """Build the kernels, and say which machines the wheel is for."""
        root = Path(self.root)
        try:
            modules = kernels.build(root / "intentc" / "native")
        except kernels.MissingToolError as error:
            self.app.display_warning(f"the kernels were not built, and their twins in Python will be used: {error}")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["artifacts"] += [str(path.relative_to(root)) for path in modules]
