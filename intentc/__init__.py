"""intentc: the programmable network intent compiler for AI traffic."""

__version__ = "0.1.0"
