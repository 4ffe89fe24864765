"""Taking the owned group of a Junos device away: detached and removed in one edit, and only where it is ours and there."""

from __future__ import annotations

import pytest
from support_junos import CODE, bundle, config, full_config, text

GROUP, EMPTY = bundle(full_config()), bundle(config())
MODEL = "http://yang.juniper.net/junos/conf/root"
OTHERS = f'<configuration xmlns="{MODEL}"><groups><name>SITE</name></groups><apply-groups>SITE</apply-groups></configuration>'
UNAPPLIED = f'<configuration xmlns="{MODEL}"><groups><name>INTENTC</name></groups></configuration>'


@pytest.mark.parametrize("running", ["", OTHERS])
def test_nothing_is_removed_where_nothing_is(running):
    assert CODE.removal(EMPTY, running) == ""


def test_a_group_that_is_wanted_is_replaced_and_not_removed():
    assert CODE.removal(GROUP, text(full_config()), GROUP) == ""


def test_the_group_is_detached_first():
    found = CODE.removal(EMPTY, text(full_config()), GROUP)
    assert found.index('<apply-groups nc:operation="remove">INTENTC<') < found.index('<groups nc:operation="remove">')
    assert "SITE" not in found


def test_a_group_that_is_not_applied_goes_too():
    found = CODE.removal(EMPTY, UNAPPLIED)
    assert "<groups nc:" in found
    assert "<apply-groups" not in found


def test_what_is_no_document_is_told():
    with pytest.raises(ValueError, match="XML"):
        CODE.removal(EMPTY, "<configuration>")
