"""Fake devices in this process without SSH in front: what a driver asks is answered at once. Nothing is struck on the way."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from support_netconf_fake import NC, RefusalError, error
from support_push_fake_eos_cli import Cli

from intentc.push.netconf_session import _raise_errors


def request_of(operation):
    return ET.fromstring(f'<rpc xmlns="{NC}">{operation}</rpc>')[0]  # noqa: S314  (the product's own)


class AskedHere:
    """What `NetconfSession` is to the driver."""

    def __init__(self, router):
        self.router = router
        self.number = router.begin()
        self.capabilities = tuple(sorted(router.hello()))

    def ask(self, operation):
        return self.answer(request_of(operation))

    def answer(self, request):
        try:
            content = self.router.answer(self.number, request)
        except RefusalError as refusal:
            content = error(refusal.tag, refusal.message, info=refusal.info)
        reply = f'<rpc-reply xmlns="{NC}">{content}</rpc-reply>'
        if "<rpc-error" in reply:
            _raise_errors(reply)
        return reply

    def close(self):
        self.router.end(self.number)


class TypedHere:
    """What `Terminal` is to the driver."""

    is_privileged = True

    def __init__(self, fake):
        self.fake = fake
        self.cli = Cli(fake)

    @property
    def hostname(self):
        return self.fake.hostname

    @property
    def mode(self):
        found = self.cli.prompt.partition("(")[2]
        return found.rpartition(")")[0]

    def ask(self, command, *, timeout_s):  # noqa: ARG002  (of the terminal)
        answer = self.cli.run(command)
        return f"{answer}\n" if answer and not answer.endswith("\n") else answer or ""

    def close(self):
        pass
