"""IOS XR routers that payloads are typed into, as an apply does."""

from __future__ import annotations

from support_iosxr import CODE, TARGET, config
from support_xr_router import printed, router, typed

from intentc.render.model import DeviceBundle, RenderedFile
from intentc.render.render import load_command_line

COMMANDS = load_command_line(TARGET)
NOTHING = ""


def bundle_of(text):
    files = (RenderedFile("r1/config.xml", text),) if text else ()
    return DeviceBundle("r1", "iosxr", "netconf", config(), files, ())


def give(root, text, before=None):
    """Do to a router what an apply does: what leaves, then the payload, as lines typed into it."""
    wanted, given = bundle_of(text), None if before is None else bundle_of(before)
    gone = CODE.removal(wanted, COMMANDS.configuration(printed(root)), given)
    typed(root, COMMANDS.changes([one for one in (gone, text) if one], printed(root)))
    return root


def differences(text, root):
    return CODE.differences(bundle_of(text), COMMANDS.configuration(printed(root)))


def misread(text):
    """Return in what a payload that was typed is not the payload, or leaves traces when it is taken away."""
    root = give(router(), text)
    found = [*differences(text, root), *COMMANDS.changes([text], printed(root))]
    give(root, NOTHING, text)
    return [*found, *differences(NOTHING, root), *COMMANDS.changes([], printed(root))]
