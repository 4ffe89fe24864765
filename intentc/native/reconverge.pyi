from intentc.native.figures import Figures
from intentc.native.igp import Tree
from intentc.native.states import States
from intentc.native.ways import Ways

def right_way(
    tree: Tree,
    start: int,
    figures: Figures,
    scale: int,
    ahead: int | None,
    bound: int | None,
    accepted: frozenset[int],
    fences: frozenset[int],
    barred: frozenset[int],
) -> tuple[int, ...] | None: ...
def settled(
    tree: Tree,
    states: States,
    places: list[int],
    start: int,
    figures: Figures,
    scale: int,
    ahead: int | None,
    bound: int | None,
    accepted: frozenset[int],
    fences: frozenset[int],
    barred: frozenset[int],
    is_narrow: bool,
) -> Ways | None: ...

class Look:
    def __init__(
        self,
        tree: Tree,
        states: States,
        places: list[int],
        start: int,
        figures: Figures,
        scale: int,
        ahead: int | None,
        bound: int | None,
        accepted: frozenset[int],
        fences: frozenset[int],
        barred: frozenset[int],
        is_narrow: bool,
    ) -> None: ...
    def offer(self) -> None: ...
    def ways(self) -> Ways | None: ...
