"""An order of queues in which few paths lead backwards: the twin is `delay.wiring.order_of`."""

from libc.stdlib cimport free

from intentc.native.grow cimport Ints, add_int, drop, fill_ints, i64
from intentc.native.heap cimport Heap, Pair, pop, push

cdef enum:
    NONE = -1


cdef class Steps:
    def __dealloc__(self):
        self.release_steps()

    cdef void release_steps(self) noexcept:
        drop(&self.step_first)
        drop(&self.step_next)
        drop(&self.step_before)
        drop(&self.step_count)

    cdef int count_step(self, int before, int queue, int count) except -1 nogil:
        """Count `count` paths that come to a queue from another one."""
        cdef int step = self.step_first.at[queue]
        while step != NONE and self.step_before.at[step] != before:
            step = self.step_next.at[step]
        if step == NONE:
            step = <int>self.step_before.count
            add_int(&self.step_before, before)
            add_int(&self.step_count, 0)
            add_int(&self.step_next, self.step_first.at[queue])
            self.step_first.at[queue] = step
        self.step_count.at[step] += count
        return 0

    cdef int find_order(self, Ints* order) except -1:
        """Find the order in which the queues are looked at one after the other; the steps are told no more."""
        cdef int queue, step, at, other
        cdef Ints coming = Ints(NULL, 0, 0), going = Ints(NULL, 0, 0), done = Ints(NULL, 0, 0)
        cdef Ints froms = Ints(NULL, 0, 0), steps = Ints(NULL, 0, 0), heads = Ints(NULL, 0, 0)
        cdef Heap heap = Heap(NULL, 0, 0)
        cdef Pair row
        try:
            fill_ints(&coming, self.queues, 0)
            fill_ints(&going, self.queues, 0)
            fill_ints(&done, self.queues, 0)
            fill_ints(&froms, self.queues + 1, 0)
            fill_ints(&steps, self.step_before.count, 0)
            fill_ints(&heads, self.step_before.count, 0)
            for queue in range(self.queues):
                step = self.step_first.at[queue]
                while step != NONE:
                    heads.at[step] = queue
                    froms.at[self.step_before.at[step] + 1] += 1
                    coming.at[queue] += self.step_count.at[step]
                    going.at[self.step_before.at[step]] += self.step_count.at[step]
                    step = self.step_next.at[step]
            for queue in range(self.queues):
                froms.at[queue + 1] += froms.at[queue]
            for step in range(self.step_before.count):
                at = self.step_before.at[step]
                steps.at[froms.at[at]] = step
                froms.at[at] += 1
            for queue in range(self.queues, 0, -1):
                froms.at[queue] = froms.at[queue - 1]
            froms.at[0] = 0
            for queue in range(self.queues):
                push(&heap, _rank(coming.at[queue], going.at[queue]), queue)
            while heap.count:
                row = pop(&heap)
                queue = <int>row.value
                if done.at[queue] or row.key != _rank(coming.at[queue], going.at[queue]):
                    continue
                done.at[queue] = 1
                add_int(order, queue)
                for at in range(froms.at[queue], froms.at[queue + 1]):
                    step = steps.at[at]
                    other = heads.at[step]
                    if not done.at[other]:
                        coming.at[other] -= self.step_count.at[step]
                        push(&heap, _rank(coming.at[other], going.at[other]), other)
                step = self.step_first.at[queue]
                while step != NONE:
                    other = self.step_before.at[step]
                    if not done.at[other]:
                        going.at[other] -= self.step_count.at[step]
                        push(&heap, _rank(coming.at[other], going.at[other]), other)
                    step = self.step_next.at[step]
            self.release_steps()
        finally:
            free(coming.at)
            free(going.at)
            free(done.at)
            free(froms.at)
            free(steps.at)
            free(heads.at)
            free(heap.rows)
        return 0



cdef i64 _rank(int coming, int going) noexcept:
    """Return the rank of a queue with ways that come from, and go on to, queues that are not in the order yet."""
    return (<i64>(coming > 0) << 40) + coming - going
