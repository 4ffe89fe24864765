"""How `[credentials.NAME]` says where a password comes from, and which weak algorithms are taken all the same."""

from __future__ import annotations

from intentc.project.model import Password, PasswordSource
from intentc.project.table import TomlTable

_WRITE = (
    'write `password = "prompt"`, `{env = "VARIABLE"}`, `{command = ["PROGRAM", "ARGUMENT"]}` or `{keyring = "SERVICE"}`',
)

# What is refused unless it is named: SHA-1, MD5, CBC (RFC 9142 section 4, RFC 8758), and group exchange, in which groups of
# 1024 bits may be offered.
WEAK_ALGORITHMS: dict[str, tuple[str, ...]] = {
    "kex": (
        "diffie-hellman-group-exchange-sha1",
        "diffie-hellman-group-exchange-sha256",
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group1-sha1",
    ),
    "ciphers": ("aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc", "blowfish-cbc"),
    "macs": ("hmac-sha1", "hmac-md5", "hmac-sha1-96", "hmac-md5-96"),
    "keys": ("ssh-rsa", "ssh-dss"),
    "pubkeys": ("ssh-rsa", "ssh-dss"),
}


def read_password(table: TomlTable) -> Password | None:
    """Return where the password comes from, None without one. A password itself is refused, and never repeated."""
    if "password" not in table:
        return None
    if table.is_text("password"):
        if table.text("password") != PasswordSource.PROMPT:
            table.fail("password", "`password` must not stand in a file", *_WRITE)
        return Password(PasswordSource.PROMPT)
    source = table.table("password")
    names = source.names()
    if len(names) != 1 or names[0] not in {"env", "command", "keyring"}:
        table.fail("password", "`password` must say where it comes from, in one way", *_WRITE)
    if names[0] == "command":
        words = source.texts("command", ())
        if not words:
            table.fail("password", "`command` must be a list of the program and its arguments", *_WRITE)
        return Password(PasswordSource.COMMAND, words)
    return Password(PasswordSource(names[0]), (source.text(names[0]),))


def read_weak(table: TomlTable) -> tuple[str, ...]:
    """Return the weak algorithms that are allowed, sorted; a name that is not one of them is a mistake."""
    known = sorted({name for names in WEAK_ALGORITHMS.values() for name in names})
    allowed = table.texts("allow_weak", ())
    for name in allowed:
        if name not in known:
            import difflib  # noqa: PLC0415  (only where a name is wrong: start-up)

            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"weak algorithms are {', '.join(known)}"
            table.fail("allow_weak", f"`{name}` is not a weak algorithm that could be allowed", hint)
    return tuple(sorted(set(allowed)))
