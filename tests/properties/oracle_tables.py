"""Changes of what a manifest says of links, the objective, protection, devices and findings."""

from __future__ import annotations

# -- links and the objective ---------------------------------------------------------------------------------------------


def add_empty_class(source, draft):
    if not draft.whole["links"]:
        return False
    entry = source.choice(draft.whole["links"])
    key, name = source.choice(["by_class", "worst_by_class"]), source.choice(["high", "low", "default", "critical"])
    entry[key].setdefault(name, {"ab": 0, "ba": source.choice([0, 0, 0, 1])})
    return True


def write_capacity(source, draft):
    """Write one capacity as that of each direction, or the other way round."""
    if not draft.whole["links"]:
        return False
    entry = source.choice(draft.whole["links"])
    told = entry["capacity_bps"]
    entry["capacity_bps"] = {"ab": told, "ba": told} if isinstance(told, int) else told[source.choice(["ab", "ba"])]
    return True


def add_spare_link(source, draft):
    """Add a link that nobody uses, with nothing reserved on it."""
    told = {entry["id"] for entry in draft.whole["links"]}
    spare = [wire for name, wire in draft.program.net.wires.items() if name not in told]
    if not spare:
        return False
    wire, none = source.choice(spare), {"ab": 0, "ba": 0}
    ends = (wire.a, wire.b) if source.random() < 0.8 else (wire.b, wire.a)
    draft.whole["links"].append(
        {
            "id": wire.name,
            "a": ends[0],
            "b": ends[1],
            "capacity_bps": dict(zip(("ab", "ba"), wire.capacity, strict=True)),
            "reserved_bps": dict(none),
            "by_class": {},
            "worst_bps": dict(none) if source.random() < 0.8 else {"ab": 0, "ba": 5},
            "worst_state": {"ab": "normal", "ba": "normal"},
            "worst_by_class": {},
        }
    )
    return True


def tell_other_worst(source, draft):
    """Tell another state as the worst of a link, of an assertion or of a chain."""
    names = sorted({name for want in draft.facts.wants for name in want.states} | {"normal"})
    places = [(entry["worst_state"], word) for entry in draft.whole["links"] for word in ("ab", "ba")]
    more = [(x["worst"], "state") for key in ("assertions", "chains") for x in draft.whole[key] if x["worst"]]
    places = more if more and source.random() < 0.5 else places
    if not places:
        return False
    place, key = source.choice(places)
    before, place[key] = place[key], source.choice(names)
    return place[key] != before


def shift_class(source, draft):
    """Say that a reservation is another class's; all sums stay."""
    found = [entry[key] for entry in draft.whole["links"] for key in ("by_class", "worst_by_class") if entry[key]]
    if not found:
        return False
    rates = source.choice(found)
    name = source.choice(sorted(rates))
    rates["low" if name != "low" else "high"] = rates.pop(name)
    return True


def retell_bound(source, draft):
    """Claim more or less of the objective's lower bound, or scale its prices."""
    objective = draft.whole["objective"]
    if objective["lower_bound"] is None:
        return False
    way = source.randrange(4)
    if way == 0:
        objective["lower_bound"] = source.choice([0, objective["lower_bound"] / 2, None])
    elif way == 1:
        objective["lower_bound"] = round(objective["lower_bound"] + source.choice([0.000001, 0.00001, 0.01]), 6)
    elif way == 2:
        for price in objective["prices"].values():
            price.update({word: 3 * value for word, value in price.items()})
    else:
        objective["prices"] = {name: {"ab": 1, "ba": 1} for name in draft.program.net.wires}
    return True


# -- protection, devices, findings ---------------------------------------------------------------------------------------


def retell_repair(source, draft):
    found = [demand["protection"] for demand in draft.demands() if demand["protection"] is not None]
    if not found:
        return False
    source.choice(found)["repair_ms"] = source.choice([0, 50, 200, 350, 351, 4850, 4851, 100_000, -1])
    return True


def retell_device(source, draft):
    """Say that a device is configured for another intent, or not for one."""
    devices = [device for device in draft.whole["devices"] if device["intents"]]
    if not devices:
        return False
    device = source.choice(devices)
    if source.random() < 0.5:
        device["intents"].remove(source.choice(device["intents"]))
    else:
        device["intents"] = [
            *device["intents"],
            source.choice([*(talk.name for talk in draft.program.talks), "nobody"]),
        ]
    return True


def retell_status(source, draft):
    """Give an intent another status, or its finding another code, severity or waiver."""
    if source.random() < 0.5 or not draft.whole["findings"]:
        intent = source.choice(draft.whole["intents"])
        before, intent["status"] = (
            intent["status"],
            source.choice(["placed", "infeasible", "rejected", "unsupported", "waived", "degraded"]),
        )
        return before != intent["status"]
    finding = source.choice(draft.whole["findings"])
    key, value = source.choice(
        [
            ("severity", "warning"),
            ("severity", "error"),
            ("waived", True),
            ("code", "E0501"),
            ("code", "E0601"),
            ("intent", "i0"),
        ]
    )
    before, finding[key] = finding[key], value
    return before != value


def add_finding(source, draft):
    """Add a finding about an intent, or about nothing."""
    names = [talk.name for talk in draft.program.talks]
    draft.whole["findings"].append(
        {
            "id": "0",
            "code": source.choice(["W0501", "N0403", "E0501", "E0702"]),
            "severity": source.choice(["error", "warning", "note"]),
            "message": "it is so",
            **dict.fromkeys(("file", "line", "column", "end_line", "end_column", "node", "state", "fix")),
            "intent": source.choice([*names, None]),
            "waived": False,
            "related": [],
            "help": [],
            "repairs": [],
        }
    )
    return True


TABLES = {
    add_empty_class: 3,
    write_capacity: 3,
    add_spare_link: 3,
    tell_other_worst: 5,
    shift_class: 1,
    retell_bound: 3,
    retell_repair: 3,
    retell_device: 3,
    retell_status: 2,
    add_finding: 2,
}
