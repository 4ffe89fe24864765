"""Codes E0801–E0808 and E0819: reaching devices, and whether they are the right ones."""

from intentc.diagnostics.catalogue.entry import Entry

REACH_ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0801",
        "device that cannot be reached",
        """\
Nothing answered at the device's address and port, or what answered did not speak SSH in time. An apply touches all
devices of its plan or none, so one that cannot be reached stops it before anything is changed.

Check the address and port, the path to the device, and that its SSH server runs: `ssh -p PORT USER@HOST` from this
machine shows the same.

    bad:   management: {host: 192.0.2.11}              # its sshd listens on port 2222
    good:  management: {host: 192.0.2.11, port: 2222}
""",
    ),
    Entry(
        "E0802",
        "unknown host key",
        """\
The device showed a host key that nobody vouches for: it is neither pinned in the topology nor in the known_hosts
file. Whoever answers could be anybody, so nothing was sent, no login either.

Compare the fingerprint in the message with one from a source that you trust (the console, the machine's inventory),
then add the key to known_hosts, or pin it. Keys are never accepted on first sight.

    bad:   management: {host: 192.0.2.11}              # and no line in known_hosts
    good:  management: {host: 192.0.2.11, host_key: "ssh-ed25519 AAAA…"}
""",
    ),
    Entry(
        "E0803",
        "changed host key",
        """\
The device showed another host key than the one that is pinned or in known_hosts. Either the device was replaced or
installed anew, or something else answers in its place and reads along. Nothing was sent to it.

Find out which of the two it is before you do anything else. If the device is new, take the new key's fingerprint from
its console and replace the old key with it.

    bad:   ssh-keygen -R 192.0.2.11 && ssh-keyscan 192.0.2.11 >> known_hosts      # believes whoever answers
    good:  compare `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the console first
""",
    ),
    Entry(
        "E0804",
        "no key or password to log in with",
        """\
The credentials of the device name no private key, or one that cannot be used: the file is missing, cannot be read, is
not a private key, or needs a passphrase. Only the key that is named is ever offered; files in ~/.ssh and the SSH
agent are not tried unless the credentials allow the agent.

A password never stands in a file. It comes from the keyboard (`password = "prompt"`), the environment
(`{env = "VAR"}`), a program (`{command = ["pass", "show", "net"]}`) or the keyring (`{keyring = "intentc"}`); the one
that is named had none.

    bad:   [credentials.default]
           username = "automation"
    good:  [credentials.default]
           username = "automation"
           key      = "~/.ssh/id_ed25519"
""",
    ),
    Entry(
        "E0805",
        "login refused",
        """\
The device is the right one, but it does not let this user in with this key. Usual causes: the public key is not in
the user's authorized_keys, the user's name is another one, or the device's sshd forbids root.

`ssh -i KEY USER@HOST` shows the same; the device's sshd log says why.

    bad:   username = "admin"                          # the device knows the key for `automation`
    good:  username = "automation"
""",
    ),
    Entry(
        "E0806",
        "only weak algorithms",
        """\
The device's SSH server offers nothing but algorithms that are broken or about to be: key exchange or signatures with
SHA-1, CBC ciphers, MD5. Whoever sits on the path could read or change what is sent, so there was no connection.

Update the server, or enable what it already has. For a device that cannot be updated the credentials that it names
may allow what it needs, one by one (`allow_weak = ["aes256-cbc", "hmac-sha1"]`); give such devices credentials of
their own, so that all others stay strict.

    bad:   KexAlgorithms diffie-hellman-group14-sha1
    good:  KexAlgorithms curve25519-sha256,ecdh-sha2-nistp256
""",
    ),
    Entry(
        "E0807",
        "not the device that was compiled for",
        """\
The platform or release that the device reports is not the one that its configuration was made for. What an older
release ignores silently, and what a newer one spells differently, would not be found by compiling.

Write the release that the device has and compile again. A release may be shortened: 8.4 stands for every 8.4.x.

    bad:   fra-pe1: {platform: frr, release: "9.1"}    # `show version` says 8.4.4
    good:  fra-pe1: {platform: frr, release: "8.4"}
""",
    ),
    Entry(
        "E0808",
        "lock held by another transaction",
        """\
Somebody else's transaction has the device's lock; the message says whose, for what, and since when. Two transactions
at a time could each leave half of theirs. Nobody waits while holding locks, so this one gave back those it had.

Wait until the other one has ended and plan again. If its owner is gone, run `intentc recover` from the project and
state directory where it ran: that brings the devices to a safe end first. Only if that state is lost, look at the
device with `sh agent.sh state`, wait until nothing is pending, and break the lock by its name.

    bad:   intentc apply p.json                         # while a colleague's apply is at work on the same device
    good:  intentc plan --out p.json && intentc apply p.json     # when that has ended
""",
    ),
    Entry(
        "E0819",
        "the agent on the device cannot work",
        """\
Changes to this kind of device are carried out by a small script that is copied to /run/intentc/push on it and run
with root's rights: it validates, applies, reads back, and restores by its own timer. It could not be copied or run, a
tool that it needs is missing, or what it keeps of the last apply was written by another version of intentc.

The message holds the device's own words. The login must be root, or a user who may run `sudo -n sh` without a
password; `nft`, `tc`, `ip`, `vtysh`, `tar` and `sha256sum` must be installed.

    bad:   username = "automation"                      # which may run nothing with `sudo -n`
    good:  automation ALL=(root) NOPASSWD: /bin/sh      # in sudoers of the device
""",
    ),
)
