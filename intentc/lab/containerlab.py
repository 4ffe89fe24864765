"""x"""


def missing() -> tuple[str, ...]:
    return ("no",)
