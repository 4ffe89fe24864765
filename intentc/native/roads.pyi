from collections.abc import Mapping

from intentc.native.routes import Routes
from intentc.realise.path import Path

class Roads:
    routes: Routes
    def __init__(self, routes: Routes, ports: Mapping[tuple[str, str], int]) -> None: ...
    def number(self, path: Path) -> int: ...
