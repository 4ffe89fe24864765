"""The process that carries every link of a lab: TAP devices at both ends, and between them delay, loss and cuts.

It obeys one JSON request per datagram on the socket it inherits, and answers each with `{}` or `{"error": …}`:

- `attach link end pid name mtu mac`: open the device of an end in the network namespace of a process
- `detach link end`: close it; the other end loses its carrier
- `shape link direction delay_us jitter_us loss_ppb`: what a frame that enters at end `direction` (0 is a, 1 is b) meets
- `fail link direction mode`: `drop` loses frames in silence, `down` takes the carrier from both ends, `up` repairs all;
  direction null is both
"""

from __future__ import annotations

import gc
import heapq
import itertools
import json
import os
import random
import select
import socket
import sys
import time
from dataclasses import dataclass, field

from intentc.lab import kernel

_FRAME = 65_536
_PRIORITY = 10
_IDLE_NS = 3_600 * 10**9
_EARLIEST_NS = 100_000


@dataclass(slots=True)
class End:
    """One end of a link, and what frames meet that enter here. Times in ns, loss as a probability."""

    tap: int = -1
    delay: int = 0
    jitter: int = 0
    loss: float = 0.0
    is_dropping: bool = False
    last_due: int = 0
    is_open: bool = False  # both ends of the link have a device, and the link is not down


@dataclass(slots=True)
class Wire:
    """A link: its two ends."""

    ends: tuple[End, End] = field(default_factory=lambda: (End(), End()))
    is_down: bool = False

    def settle(self) -> None:
        """Give both ends the carrier that they must have now."""
        is_up = not self.is_down and all(end.tap >= 0 for end in self.ends)
        for end in self.ends:
            end.is_open = is_up
            if end.tap >= 0:
                kernel.set_carrier(end.tap, is_up=is_up)


class Relay:
    """Forwards frames between the ends of wires in the order of their due times."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._wires: dict[str, Wire] = {}
        self._routes: dict[int, tuple[End, End]] = {}  # tap -> (this end, the other one)
        self._queue: list[tuple[int, int, End, bytes]] = []  # due, order of arrival, where to, frame
        self._count = itertools.count()
        self._poll = select.epoll()
        self._poll.register(control, select.EPOLLIN)
        self._early = 0  # ns before a frame is due at which to wake
        self._slept = False
        self._is_running = True

    def run(self) -> None:
        """Relay until the control socket closes."""
        # select() waits with µs precision, epoll with ms: so the one waits for the other.
        waiting = [self._poll.fileno()]
        while self._is_running:
            wait = self._wait_ns()
            self._slept = wait > 0
            if wait > 0 and not select.select(waiting, [], [], wait / 1e9)[0]:
                self._learn(-self._wait_ns())
            else:
                for descriptor, _ in self._poll.poll(0):
                    if descriptor in self._routes:
                        self._read(descriptor)
                    else:
                        self._obey()
            self._deliver()

    def _wait_ns(self) -> int:
        """Return the time until the relay should wake; less than 1 when it should not sleep."""
        return self._queue[0][0] - self._early - time.monotonic_ns() if self._queue else _IDLE_NS

    def _learn(self, late: int) -> None:
        """Wake as much earlier as the machine was late of late (mean over about eight times), and poll until it is time."""
        self._early += (min(max(late, 0), _EARLIEST_NS) - self._early) // 8

    def _read(self, tap: int) -> None:
        here, there = self._routes[tap]
        try:
            frame = os.read(tap, _FRAME)
        except BlockingIOError:
            return
        except OSError:  # somebody deleted the device inside the node
            self._unplug(here)
            return
        if here.is_dropping or not here.is_open or (here.loss and random.random() < here.loss):  # noqa: S311  (not a secret)
            return
        now = time.monotonic_ns()
        # What woke the relay came as much earlier as its timers are late.
        due = now + here.delay - (self._early if self._slept else 0)
        if here.jitter:  # never reorders: a link is first in, first out
            due = here.last_due = max(here.last_due, due + random.randrange(here.jitter))  # noqa: S311
        if due <= now:
            _send(there, frame)
        else:
            heapq.heappush(self._queue, (due, next(self._count), there, frame))

    def _deliver(self) -> None:
        queue = self._queue
        while queue and queue[0][0] <= time.monotonic_ns():
            _, _, end, frame = heapq.heappop(queue)
            _send(end, frame)

    def _obey(self) -> None:
        message = self._control.recv(65_536)
        if not message:
            self._is_running = False
            return
        request = json.loads(message)
        try:
            self._carry_out(request)
            answer = {}
        except OSError as problem:
            answer = {"error": f"{request.get('name', request.get('link'))}: {problem}"}
        self._control.send(json.dumps(answer).encode())

    def _carry_out(self, request: dict[str, object]) -> None:
        wire = self._wires.setdefault(str(request["link"]), Wire())
        match request:
            case {
                "do": "attach",
                "end": int(end),
                "pid": int(pid),
                "name": str(name),
                "mtu": int(mtu),
                "mac": str(mac),
            }:
                with kernel.inside_network_of(pid):
                    wire.ends[end].tap = kernel.open_tap(name, mtu, bytes.fromhex(mac))
                self._routes[wire.ends[end].tap] = (wire.ends[end], wire.ends[1 - end])
                self._poll.register(wire.ends[end].tap, select.EPOLLIN)
            case {"do": "detach", "end": int(end)} if wire.ends[end].tap >= 0:
                self._unplug(wire.ends[end])
            case {
                "do": "shape",
                "direction": int(end),
                "delay_us": int(delay),
                "jitter_us": int(jitter),
                "loss_ppb": int(loss),
            }:
                here = wire.ends[end]
                here.delay, here.jitter, here.loss = delay * 1000, jitter * 1000, loss / 1e9
            case {"do": "fail", "mode": str(mode), "direction": None | 0 | 1 as direction}:
                for end in (0, 1) if direction is None else (direction,):
                    wire.ends[end].is_dropping = mode == "drop"
                wire.is_down = mode == "down"
        wire.settle()

    def _unplug(self, end: End) -> None:
        del self._routes[end.tap]
        os.close(end.tap)  # the poll forgets it by itself
        end.tap, end.is_open = -1, False


def _send(end: End, frame: bytes) -> None:
    if end.is_open:
        try:
            os.write(end.tap, frame)
        except OSError:  # the device is administratively down: a frame to a dark port is lost
            return


def main() -> None:
    """Run the relay on the socket whose descriptor is the only argument."""
    kernel.die_with_parent()
    kernel.sharpen_timers()
    kernel.raise_priority(_PRIORITY)
    kernel.keep_awake()
    gc.freeze()
    gc.disable()  # nothing here makes cycles, and a collection would delay frames
    Relay(socket.socket(fileno=int(sys.argv[1]))).run()


if __name__ == "__main__":
    main()
