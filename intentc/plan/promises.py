"""What a way to reach a device promises of a change by itself, as data: the plan shows it, nobody assumes more."""

from __future__ import annotations

from intentc.values import frozen


@frozen
class Guarantees:
    """What one transport promises on one device, as the device itself told when it was connected.

    - `is_staged`: all of a change is put together where nothing runs yet (a candidate, a session, files) and takes effect at once.
    - `is_checked`: the device can be asked whether it would take the change, before anything runs.
    - `has_timer`: the device takes back by itself what nobody confirms.
    - `survives_session`: that timer outlives the session that started it, and any session may confirm; without it the device goes
      back when the session ends, and only that session can confirm.
    - `is_stackable`: a further change while the timer runs keeps the first point of return.
    - `has_lasting_lock`: the device's own lock outlives the session; else a lease in the shared state stands for it.
    - `is_timer_held`: the timer was seen not to lead back while the session that has the locks still lives.
    - `has_neighbours`: the device says which adjacencies and sessions are up; `watched` names the protocols of which it does, where those
      are not all.
    - `is_by_line`: nothing of a change is put together anywhere: each line runs from when it is typed.
    - `has_paste`: a command line that takes all lines at once, not one by one.
    - `timer_step_s`: in steps of what the timer counts; it is never shorter than asked for.
    """

    name: str  # as it is shown: `netconf, confirmed commit`
    is_staged: bool
    is_checked: bool
    has_timer: bool
    survives_session: bool
    is_stackable: bool
    has_lasting_lock: bool
    has_neighbours: bool = False
    is_timer_held: bool = False
    watched: str = ""
    timer_step_s: int = 1
    has_paste: bool = False
    is_by_line: bool = False

    def timer_s(self, asked_s: int) -> int:
        """Return how long the device's timer runs when it is asked for `asked_s`."""
        return -(-asked_s // self.timer_step_s) * self.timer_step_s

    @property
    def is_guarded(self) -> bool:
        """Return whether the device goes back by itself when nobody can reach it any more; else it needs `--allow-unguarded`."""
        return self.has_timer

    @property
    def strength(self) -> tuple[bool, ...]:
        """Return what is compared to find the weakest of several devices: the smaller, the weaker."""
        return (self.has_timer, self.is_staged, self.survives_session, self.is_stackable, self.is_checked)

    @property
    def _effect(self) -> str:
        if self.is_by_line:
            return "a change takes effect line by line as it is typed; at the first line that is refused the device goes back as a whole"
        if self.is_staged:
            return "a change takes effect as a whole or not at all"
        return "a change takes effect part by part as it is sent; each part as a whole"

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return what it means, for people, the most important first."""
        return (
            "the device takes back by itself what nobody confirms"
            if self.has_timer
            else "nothing on the device takes a change back: if intentc cannot reach it, it stays as it is",
            self._effect,
            *(
                ("its timer ends with the session that started it",)
                if self.has_timer and not self.survives_session
                else ()
            ),
            *(
                ("its timer takes back the last of several stages only; intentc takes back the others",)
                if self.has_timer and not self.is_stackable
                else ()
            ),
            *(
                ("its timer leads back only once our session has ended, as it does when intentc dies or is cut off",)
                if self.is_timer_held
                else ()
            ),
            *(
                (f"its timer counts in steps of {self.timer_step_s} s: it may go back by itself so much later",)
                if self.has_timer and self.timer_step_s > 1
                else ()
            ),
            *(() if self.is_checked else ("the device cannot be asked whether it would take a change",)),
            *(
                ()
                if self.has_neighbours
                else ("nobody looks whether its adjacencies and sessions are up afterwards: it tells of none",)
            ),
            *((f"of its sessions those of {self.watched} are compared before and after",) if self.watched else ()),
        )
