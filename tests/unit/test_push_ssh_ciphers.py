"""Which ciphers are offered first: those that need no MAC beside them, which paramiko computes and compares in Python."""

from __future__ import annotations

import paramiko

from intentc.push.ssh import _Transport


def test_ciphers_that_authenticate_by_themselves_come_first_and_none_is_added():
    offered, known = _Transport._preferred_ciphers, paramiko.Transport._preferred_ciphers
    assert sorted(offered) == sorted(known)
    assert [("-gcm@" in name) for name in offered] == sorted((("-gcm@" in name) for name in known), reverse=True)
    assert "-gcm@" in offered[0]
