"""What is typed on fake routers of IOS XR and IOS XE, line by line with the modes that it stands in, as Cisco's models then judge it."""

from __future__ import annotations

from functools import cache

import support_xe_router
import support_xr_router
import support_xr_typed
from support_cisco_config import Typing
from support_cisco_lines import CiscoLines

ROUTERS = {"iosxr": (support_xr_router, support_xr_typed), "iosxe": (support_xe_router, support_xe_router)}
ENDS = frozenset({"exit", "end-class-map", "end-policy-map"})
reader = cache(CiscoLines)


@cache
def first_answer(target):
    """What a router that is not ours yet prints, and the document that it means."""
    routers, way = ROUTERS[target]
    answer = routers.printed(routers.router())
    return answer, way.COMMANDS.configuration(answer)


def is_typed(target, text):
    """Whether there are lines for all of a payload."""
    return typed_if_known(target, text) is not None


def typed_if_known(target, text):
    """Return what `typed` yields of one payload; None where there are not lines for all of it: some part is in no source, and refused."""
    try:
        return list(typed(target, text))
    except ValueError as problem:
        if "no source says" not in str(problem):
            raise
        return None


def typed(target, *texts):
    """Type what applies of one payload after the other come to; yield each line, its modes, and whether it opens one."""
    routers, way = ROUTERS[target]
    root, before = routers.router(), ""
    for text in texts:
        running, meant = first_answer(target) if not before else _answer(routers, way, root)
        given = way.bundle_of(before) if before else None
        gone = way.CODE.removal(way.bundle_of(text), meant, given)
        typing = Typing(root)
        for line in way.COMMANDS.changes([one for one in (gone, text) if one], running):
            modes = tuple(section.text for section in typing.stack[1:])
            assert typing.type(line) == "", line
            if line not in ENDS:
                yield modes, line, len(typing.stack) > 1 + len(modes)
        before = text


def _answer(routers, way, root):
    running = routers.printed(root)
    return running, way.COMMANDS.configuration(running)


def unplaced(target, lines):
    """Return what the models have against lines, by line and modes."""
    found = {(modes, line): reader(target).faults(modes, line, opens=opens) for modes, line, opens in lines}
    return {where: faults for where, faults in found.items() if faults}
