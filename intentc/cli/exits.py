from enum import IntEnum


class Exit(IntEnum):
    """Exit statuses; scripts depend on them."""

    DONE = 0
    FINDINGS = 1  # intents do not hold, drift found
    USAGE = 2  # usage, unreadable project, a file missing that the command line or intentc.toml names
    ROLLED_BACK = 3  # apply failed, every device is back
    UNCERTAIN = 4  # apply failed, at least one device is not known to be where it should
    CHANGES = 5  # plan --detailed-exitcode: there are changes
    REFUSED = 6  # refused before anything was touched
    BUG = 70
    INTERRUPTED = 130
