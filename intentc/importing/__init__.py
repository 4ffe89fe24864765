"""Topologies from other tools' files; see the README of this folder."""

FORMATS = ("containerlab", "graphml", "netbox", "netlab", "rfc8345", "sndlib")  # modules of `formats`
WITHOUT_UNITS = ("graphml", "sndlib")  # whose files may give capacities as bare numbers
