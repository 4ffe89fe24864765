"""The plan file: one JSON document with its own digest; it holds no secret. Two plans are equal exactly when their hashes are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from intentc.diagnostics import Diagnostic
from intentc.ir.codec import decode_config, encode_config
from intentc.plan.model import (
    MAIN,
    Adopted,
    Change,
    DevicePlan,
    Effect,
    Operation,
    Payload,
    Plan,
    StageName,
    Step,
    Travel,
)
from intentc.plan.promises import Guarantees
from intentc.render.model import RenderedFile

SCHEMA = 1


class PlanFileError(Exception):
    """The text is no plan of this version, or not as it was written."""


def encode_plan(plan: Plan) -> str:
    """Return the plan as JSON text."""
    return "".join(plan_text(plan))


def plan_text(plan: Plan, digest: str | None = None) -> Iterator[str]:
    """Yield the plan as JSON text, part by part: of many devices there is never more than one in memory.

    `digest` is its hash, for those who have it.
    """
    yield f'{{"schema": {SCHEMA}, "hash": "{digest or plan_hash(plan)}", "plan": '
    yield from _written(_encode(plan), map(_encode_device, plan.devices))
    yield "}\n"


def decode_plan(text: str) -> Plan:
    """Return the plan that `text` holds; raises `PlanFileError` when it is none, of another version, or was changed."""
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise PlanFileError(f"it has schema {document['schema']}, this version reads {SCHEMA}")
        content = dict(document["plan"])
        if _hash(content, content.pop("devices")) != document["hash"]:
            raise PlanFileError("it was changed after it was written")
        return _decode(document["plan"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PlanFileError("it is not a plan that this version wrote") from error


def plan_hash(plan: Plan) -> str:
    """Return the digest that names the plan."""
    return _hash(_encode(plan), map(_encode_device, plan.devices))


def write_plan(path: Path, plan: Plan) -> None:
    """Write the plan to `path`."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(plan_text(plan))


def read_plan(path: Path) -> Plan | Diagnostic:
    """Return the plan in `path`, or the finding why it cannot be used; a file that is not there raises `OSError`."""
    try:
        return decode_plan(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        reason = "it is not a plan that this version wrote"
    except PlanFileError as error:
        reason = str(error)
    return Diagnostic(
        "E0810",
        f"the plan file `{path}` cannot be applied: {reason}",
        help=("write it anew with `intentc plan --out FILE`",),
    )


def mismatch(plan: Plan, inputs: Mapping[str, str]) -> Diagnostic | None:
    """Return the finding that the project no longer compiles to what `plan` holds; `inputs` are the digests of now."""
    differing = sorted(name for name in plan.inputs.keys() | inputs.keys() if plan.inputs.get(name) != inputs.get(name))
    if not differing:
        return None
    more = f" and {len(differing) - 1} more" if len(differing) > 1 else ""
    return Diagnostic(
        "E0810",
        f"the plan was made from other sources: `{differing[0]}`{more} would be different now",
        help=("make a new plan and look at it, or check out the commit that the plan was made from",),
    )


def _hash(content: Mapping[str, Any], devices: Iterable[Mapping[str, Any]]) -> str:
    digest = hashlib.sha256()
    for part in _written(content, devices, is_canonical=True):
        digest.update(part.encode())
    return "sha256:" + digest.hexdigest()


def _written(
    content: Mapping[str, Any], devices: Iterable[Mapping[str, Any]], *, is_canonical: bool = False
) -> Iterator[str]:
    """Yield the JSON text of a plan, one device at a time: of five hundred only one is ever there as a document."""
    comma, colon = (",", ":") if is_canonical else (", ", ": ")

    def text(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=is_canonical, separators=(comma, colon))

    names = [*content, "devices"]
    for number, name in enumerate(sorted(names) if is_canonical else names):
        yield f"{comma if number else '{'}{text(name)}{colon}"
        if name == "devices":
            yield "["
            yield from (f"{comma if place else ''}{text(device)}" for place, device in enumerate(devices))
            yield "]"
        else:
            yield text(content[name])
    yield "}"


def _encode(plan: Plan) -> dict[str, Any]:
    """Return all of a plan but its devices."""
    return {
        "project": plan.project,
        "generator": plan.generator,
        "undoes": plan.undoes,
        "doing": plan.doing,
        "about": list(plan.about),
        "inputs": dict(sorted(plan.inputs.items())),
        "reasons": dict(sorted(plan.reasons.items())),
        "confirm_s": plan.confirm_s,
        "duration_s": plan.duration_s,
        "guarantees": list(plan.guarantees),
        "notes": list(plan.notes),
        "unchanged": list(plan.unchanged),
        "effects": [asdict(effect) for effect in plan.effects],
    }


def _encode_device(device: DevicePlan) -> dict[str, Any]:
    return {
        "node": device.node,
        "target": device.target,
        "transport": device.transport,
        "platform": device.platform,
        "release": device.release,
        "digest": device.digest,
        "facts": list(device.facts),
        "before": _encode_payload(device.before) if device.before else None,
        "after": _encode_payload(device.after),
        "steps": [
            {
                "stage": step.stage.value,
                "wave": step.wave,
                "phase": step.phase,
                "payload": _encode_payload(step.payload),
            }
            for step in device.steps
        ],
        "changes": [_encode_change(change) for change in device.changes],
        "diff": list(device.diff),
        "risks": list(device.risks),
        "drift": list(device.drift),
        "promises": None if device.promises is None else asdict(device.promises),
        "disruptive": list(device.disruptive),
        "adopted": [asdict(item) for item in device.adopted],
        "more_s": device.more_s,
    }


def _encode_payload(payload: Payload) -> dict[str, Any]:
    return {
        "config": encode_config(payload.config),
        "files": [{"path": file.path, "text": file.text} for file in payload.files],
    }


def _encode_change(change: Change) -> dict[str, Any]:
    return {
        "stage": change.stage.value,
        "operation": change.operation.value,
        "feature": change.feature,
        "text": change.text,
        "intents": list(change.intents),
    }


def _decode(content: Mapping[str, Any]) -> Plan:
    return Plan(
        project=content["project"],
        generator=content["generator"],
        inputs=content["inputs"],
        reasons=content["reasons"],
        devices=tuple(_decode_device(device) for device in content["devices"]),
        unchanged=tuple(content["unchanged"]),
        guarantees=tuple(content["guarantees"]),
        notes=tuple(content["notes"]),
        duration_s=content["duration_s"],
        confirm_s=content["confirm_s"],
        undoes=content["undoes"],
        doing=content.get("doing", "rollback" if content["undoes"] else "apply"),
        about=tuple(content.get("about", ())),
        effects=tuple(_decode_effect(effect) for effect in content.get("effects", ())),
    )


def _decode_device(content: Mapping[str, Any]) -> DevicePlan:
    return DevicePlan(
        node=content["node"],
        target=content["target"],
        transport=content["transport"],
        platform=content["platform"],
        release=content["release"],
        digest=content["digest"],
        facts=tuple(content["facts"]),
        before=_decode_payload(content["before"]) if content["before"] else None,
        after=_decode_payload(content["after"]),
        steps=tuple(
            Step(
                StageName(step["stage"]), _decode_payload(step["payload"]), step.get("wave", 0), step.get("phase", MAIN)
            )
            for step in content["steps"]
        ),
        changes=tuple(_decode_change(change) for change in content["changes"]),
        diff=tuple(content["diff"]),
        risks=tuple(content["risks"]),
        drift=tuple(content["drift"]),
        promises=None if content["promises"] is None else Guarantees(**content["promises"]),
        disruptive=tuple(content.get("disruptive", ())),
        adopted=tuple(Adopted(**item) for item in content.get("adopted", ())),
        more_s=content.get("more_s", 0),
    )


def _decode_effect(content: Mapping[str, Any]) -> Effect:
    before, after = (
        tuple(
            Travel(tuple(way["nodes"]), way["latency_us"], way["traffic_class"], way["fault"]) for way in content[key]
        )
        for key in ("before", "after")
    )
    return Effect(content["intent"], content["source"], before, after)


def _decode_payload(content: Mapping[str, Any]) -> Payload:
    files = tuple(RenderedFile(file["path"], file["text"]) for file in content["files"])
    return Payload(decode_config(content["config"]), files)


def _decode_change(content: Mapping[str, Any]) -> Change:
    return Change(
        StageName(content["stage"]),
        Operation(content["operation"]),
        content["feature"],
        content["text"],
        tuple(content["intents"]),
    )
