from collections.abc import Sequence
from typing import TypeVar

_Key = TypeVar("_Key")

def differing(one: Sequence[object], other: Sequence[object]) -> list[int]: ...
def changed_keys(one: dict[_Key, object], other: dict[_Key, object]) -> list[_Key] | None: ...
