"""What other tools call the systems that targets serve: containerlab's kinds, netlab's devices, NetBox's platforms and slugs."""

from __future__ import annotations

_WORDS = {
    "eos": "eos ceos veos arista_ceos arista_veos arista_eos vr_veos",
    "frr": "frr frrouting",
    "iosxe": "iosxe ios_xe cisco_ios_xe cisco_iosxe csr csr1000v cisco_csr1000v vr_csr cat8000v c8000v cisco_c8000v vr_c8000v",
    "iosxr": "iosxr ios_xr cisco_ios_xr cisco_iosxr xrd cisco_xrd xrv9k cisco_xrv9k vr_xrv9k cisco_8000",
    "junos": "junos juniper_junos vmx juniper_vmx vr_vmx vptx vjunos_router vjunosrouter juniper_vjunosrouter vr_vjunosrouter"
    " juniper_vjunosevolved",
    "srlinux": "srlinux srl nokia_srlinux nokia_srl sr_linux nokia_sr_linux",
}
_TARGETS = {word: target for target, words in _WORDS.items() for word in words.split()}


def target_of(word: str | None) -> str | None:
    """Return the target that serves a system, None when none does or nobody knows it under this word."""
    return None if word is None else _TARGETS.get(word.strip().lower().replace("-", "_").replace(" ", "_"))
