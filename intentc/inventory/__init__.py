"""Topology and credentials to devices that can be reached."""

from intentc.inventory.devices import devices_of
from intentc.inventory.model import Device

__all__ = ["Device", "devices_of"]
