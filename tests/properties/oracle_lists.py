"""Changes of SR policies, after which the manifest is made coherent again, or not."""

from __future__ import annotations

from copy import deepcopy

from oracle_rewrite import Writer, rewrite


def _change(source, draft):
    """Change a policy of one demand in one way."""
    found = [policy for demand in draft.demands() for policy in demand["policies"]]
    if not found:
        return False
    policy = source.choice(found)
    ways = [_drop, _double, _turn, _prefer, _resegment, _resegment, _resegment, _cut, _lengthen, _end, _close]
    return source.choice(ways)(source, draft, policy)


def _drop(source, _draft, policy):
    policy["candidates"].pop(source.randrange(len(policy["candidates"])))
    return bool(policy["candidates"]) or source.random() < 0.2


def _double(source, _draft, policy):
    """Add a candidate behind all others, often one that leads elsewhere."""
    found = deepcopy(source.choice(policy["candidates"]))
    found["preference"] = min(item["preference"] for item in policy["candidates"]) - 1
    policy["candidates"].append(found)
    return source.random() < 0.5 or _resegment(source, _draft, {**policy, "candidates": [found]})


def _turn(source, _draft, policy):
    """Let candidates change places, with their preferences or without."""
    order = [item["preference"] for item in policy["candidates"]]
    source.shuffle(policy["candidates"])
    for item, preference in zip(policy["candidates"], order, strict=True):
        item["preference"] = preference
    return len(order) > 1


def _prefer(source, _draft, policy):
    source.choice(policy["candidates"])["preference"] += source.choice([-1, 1, 10, -10])
    return True


def _names(draft):
    net = draft.program.net
    links = [f"{wire.name}@{end}" for wire in net.wires.values() for end in (wire.a, wire.b)]
    return [*net.routers, *links, *(f"{name}~{number}" for name in net.routers for number, _ in net.algos)]


def _resegment(source, draft, policy):
    segments = source.choice(policy["candidates"])["segments"]
    if not segments:
        return False
    at = source.randrange(len(segments))
    link, _, sender = segments[at].rpartition("@")
    wire = draft.program.net.wires.get(link)
    is_alike = source.random() < 0.6  # the node in place of its link, or its algorithm's way
    if is_alike and wire is not None:
        segments[at] = wire.other(sender)
    elif is_alike and draft.program.net.algos and "~" not in segments[at]:
        segments[at] += f"~{source.choice(draft.program.net.algos)[0]}"
    elif is_alike and "~" in segments[at]:
        segments[at] = segments[at].partition("~")[0]
    else:
        segments[at] = source.choice(_names(draft))
    return True


def _cut(source, _draft, policy):
    segments = source.choice(policy["candidates"])["segments"]
    if not segments:
        return False
    segments.pop(source.randrange(len(segments)))
    return True


def _lengthen(source, draft, policy):
    segments = source.choice(policy["candidates"])["segments"]
    segments.insert(source.randrange(len(segments) + 1), source.choice(_names(draft)))
    return True


def _end(source, draft, policy):
    policy["end_point"] = source.choice(sorted(draft.program.net.routers))
    return True


def _close(_source, _draft, policy):
    policy["fail_closed"] = not policy["fail_closed"]
    return True


def change_list(source, draft):
    """Change a policy, and tell what comes of it."""
    if not _change(source, draft):
        return False
    rewrite(draft.facts, draft.whole)
    return True


def change_list_only(source, draft):
    """Change a policy, and tell of it what goes without saying: its candidates once more."""
    if not _change(source, draft):
        return False
    for case in Writer(draft.facts, draft.whole).cases():
        if case.policy is not None:
            told = [(item["preference"], list(item["segments"])) for item in case.policy["candidates"]]
            if len(told) == len(case.entry["alternatives"]):
                for item, (preference, segments) in zip(case.entry["alternatives"], told, strict=True):
                    item["preference"], item["segments"] = preference, segments
    return True


def drop_policy(source, draft):
    """Leave a demand to the IGP, and tell what comes of it."""
    found = [demand for demand in draft.demands() if demand["policies"]]
    if not found:
        return False
    source.choice(found)["policies"] = []
    rewrite(draft.facts, draft.whole)
    return True


LISTS = {change_list: 24, change_list_only: 8, drop_policy: 2}
