"""The report: one self-contained HTML page with the map, the intents, their paths and margins, and the failure table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from intentc.manifest.model import DemandEntry, FindingEntry, IntentEntry, Manifest, PathEntry
from intentc.report.chains import STEP_HEADS, chain_steps
from intentc.report.view import utilisation_ppm
from intentc.report.wording import milliseconds, percent, worst_value

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --faint: #777; --bad: #c0392b; --good: #1e8449; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 2rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.n, th.n { text-align: right; } .bad { color: var(--bad); } .good { color: var(--good); } .faint { color: var(--faint); }
figure { margin: 0 0 1.5rem; overflow-x: auto; } figure svg { max-width: 100%; height: auto; } code { font-size: .9em; }
"""

_NOTHING = "<p>No intent is placed.</p>"

Row = Sequence[str]


def report_page(manifest: Manifest, drawing: str) -> str:
    """Return the page as HTML text; `drawing` is the map as SVG. Every word that came from a user is escaped."""
    title = escape(manifest.project)
    is_any_placed = any(intent.demands for intent in manifest.intents)
    sections = [
        f"<h1>{title}</h1><p class='faint'>intentc {escape(manifest.generator.version)}, {escape(manifest.generator.today)}</p>",
        f"<figure>{drawing}</figure>",
        "<h2>Intents</h2>" + _intents(manifest.intents),
        "<h2>Paths</h2>" + (_demands(manifest.intents) if is_any_placed else _NOTHING),
        "<h2>Failures</h2>" + (_failures(manifest.intents) if is_any_placed else _NOTHING),
        *(["<h2>Chains</h2>" + _chains(manifest)] if manifest.chains else []),
        *(["<h2>Assertions</h2>" + _assertions(manifest)] if manifest.assertions else []),
        "<h2>Links</h2>" + (_links(manifest) if manifest.links else _NOTHING),
        "<h2>Findings</h2>" + _findings(manifest),
    ]
    head = f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>{title}</title><style>{_STYLE}</style>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{''.join(sections)}</body></html>\n"


def _table(heads: Row, rows: Iterable[Row]) -> str:
    """Build a table from cells that are HTML already; a head that starts with `#` is a column of numbers."""
    marks = [" class='n'" if head.startswith("#") else "" for head in heads]
    top = "".join(f"<th{mark}>{head.lstrip('#')}</th>" for head, mark in zip(heads, marks, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{mark}>{cell}</td>" for cell, mark in zip(row, marks, strict=True)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _intents(intents: Sequence[IntentEntry]) -> str:
    rows = []
    for intent in intents:
        tone = "good" if intent.status == "placed" else "bad"
        margins = [demand.margin_us for demand in intent.demands if demand.margin_us is not None]
        margin = milliseconds(min(margins)) if margins else "–"
        place = f"<code>{escape(intent.file)}:{intent.line}</code>"
        status = f"<span class='{tone}'>{intent.status}</span>"
        rows.append(
            (escape(intent.name), status, escape(intent.traffic_class or "–"), str(len(intent.demands)), margin, place)
        )
    return _table(("intent", "status", "class", "#demands", "#least margin", "source"), rows)


def _chains(manifest: Manifest) -> str:
    return _table(STEP_HEADS, (tuple(map(escape, row)) for row in chain_steps(manifest.chains)))


def _demands(intents: Sequence[IntentEntry]) -> str:
    return _table(
        ("demand", "by", "path", "#latency", "#bound"),
        (
            (escape(d.id), _mechanism(d), _paths(d.primary.paths), _latency(d), _bound(d))
            for i in intents
            for d in i.demands
        ),
    )


def _mechanism(demand: DemandEntry) -> str:
    """Return the mechanism with the segments that packets are given, if any."""
    return "<br>".join((demand.mechanism, *map(escape, demand.segments)))


def _latency(demand: DemandEntry) -> str:
    return milliseconds(demand.primary.latency_us.total)


def _bound(demand: DemandEntry) -> str:
    return "–" if demand.bound_us is None else milliseconds(demand.bound_us)


def _paths(paths: Sequence[PathEntry]) -> str:
    return "<br>".join(escape(" → ".join(path.path)) for path in paths)


def _failures(intents: Sequence[IntentEntry]) -> str:
    rows = []
    for demand in (demand for intent in intents for demand in intent.demands):
        for state in demand.states:
            when = escape(", ".join(state.when))
            rows.append((escape(demand.id), when, _paths(state.paths), milliseconds(state.latency_us.total)))
        rows += [
            (escape(demand.id), escape(state), "<span class='bad'>no path</span>", "–") for state in demand.unprotected
        ]
    return (
        _table(("demand", "when", "path", "#latency"), rows)
        if rows
        else "<p>No failure that is promised to be survived breaks a path.</p>"
    )


def _assertions(manifest: Manifest) -> str:
    rows = []
    for item in manifest.assertions:
        status = "<span class='good'>holds</span>" if item.holds else "<span class='bad'>broken</span>"
        worst = (worst_value(item.worst.value), escape(item.worst.state)) if item.worst is not None else ("–", "–")
        rows.append((escape(item.name), status, *worst))
    return _table(("assertion", "status", "#worst", "in state"), rows)


def _links(manifest: Manifest) -> str:
    return _table(
        ("link", "between", "#reserved", "#in the worst state"),
        (
            (
                escape(link.id),
                escape(f"{link.a} – {link.b}"),
                percent(utilisation_ppm(link, link.reserved_bps)),
                percent(utilisation_ppm(link, link.worst_bps)),
            )
            for link in manifest.links
        ),
    )


def _findings(manifest: Manifest) -> str:
    shown = [finding for finding in manifest.findings if not finding.waived]
    if not shown:
        return "<p class='good'>None.</p>"
    return _table(
        ("code", "what", "where"),
        ((finding.code, escape(finding.message), _place(finding)) for finding in shown),
    )


def _place(finding: FindingEntry) -> str:
    return f"<code>{escape(finding.file)}:{finding.line}</code>" if finding.file else "–"
