"""What packets have waited for before a queue. A *node* stands for a set of ways to a queue, the most of which counts: sets that

come from the same nodes are one, so that what demands and states share is added up once.
"""

from libc.stdlib cimport free, qsort

from intentc.native.grow cimport Ints, Longs, add_int, add_long, drop, drop_longs, fill_ints, fill_longs, fill_more, i64
from intentc.native.order cimport Steps

cdef enum:
    NONE = -1
    NOTHING = -1             # in a cell; no node has such a number
    WIDEST = 2147483647


cdef struct Item:            # a way that is waited for, by the queue before it
    int before, extra, way


cdef int _by_before(const void* one, const void* other) noexcept nogil:
    cdef Item* a = <Item*>one
    cdef Item* b = <Item*>other
    if a.before != b.before:
        return 1 if a.before > b.before else -1
    if a.extra != b.extra:
        return 1 if a.extra > b.extra else -1
    return (a.way > b.way) - (a.way < b.way)


cdef inline i64 _cell(unsigned int digest, int node) noexcept nogil:
    """Return what a table of nodes holds: a node below its digest, which tells nearly all others apart without a look at them."""
    return <i64>(<unsigned long long>digest << 32 | <unsigned int>node)


cdef inline void _put(Longs* cells, i64 cell) noexcept nogil:
    """Put a node into a table in which it is not, and that has room."""
    cdef unsigned long long mask = cells.count - 1, at = <unsigned int>(cell >> 32) & mask
    while cells.at[at] != NOTHING:
        at = (at + 1) & mask
    cells.at[at] = cell


cdef class Nodes(Steps):
    def __dealloc__(self):
        self.release_nodes()
        free(self.node_queue.at)
        free(self.edge_from.at)
        free(self.edges.at)

    cdef int release_made(self) except -1:
        """Give back the nodes themselves."""
        drop(&self.node_queue)
        drop(&self.edge_from)
        drop(&self.edges)
        return 0

    cdef int release_nodes(self) except -1:
        """Give back what only weaving needs."""
        drop_longs(&self.cells)
        drop(&self.edge_stack)
        drop(&self.edge_code)
        drop(&self.way_before)
        drop(&self.way_queue)
        drop(&self.way_child)
        drop(&self.way_next)
        drop(&self.way_node)
        drop_longs(&self.way_taken)
        drop_longs(&self.way_late)
        drop(&self.stack)
        drop(&self.way_memo)
        drop(&self.memo_from)
        drop(&self.memo_count)
        drop(&self.memo_node)
        drop(&self.memo_next)
        drop(&self.memo_way)
        drop(&self.spot_row)
        drop(&self.row_way)
        drop(&self.row_next)
        drop(&self.spot_node)
        drop_longs(&self.row_extra)
        return 0

    cdef int begin_ways(self) noexcept nogil:
        """Forget the ways of another demand."""
        self.root = NONE
        self.way_before.count = self.way_queue.count = self.way_child.count = self.way_next.count = 0
        self.way_taken.count = self.way_late.count = self.way_node.count = self.way_memo.count = 0
        self.spot_row.count = self.row_way.count = self.row_next.count = self.row_extra.count = 0
        return 0

    cdef int new_way(self, int before, int queue, i64 taken, i64 late) except -1 nogil:
        """Return the way of this demand to a queue after another one, which is made where there is none: packets fly `taken` to `late` ns."""
        cdef int way = self.root if before == NONE else self.way_child.at[before]
        while way != NONE and self.way_queue.at[way] != queue:
            way = self.way_next.at[way]
        if way != NONE:
            return way
        way = <int>self.way_queue.count
        add_int(&self.way_before, before)
        add_int(&self.way_queue, queue)
        add_int(&self.way_child, NONE)
        add_int(&self.way_node, NONE)
        add_int(&self.way_memo, NONE)
        add_long(&self.way_taken, taken)
        add_long(&self.way_late, late)
        if before == NONE:
            add_int(&self.way_next, self.root)
            self.root = way
        else:
            add_int(&self.way_next, self.way_child.at[before])
            self.way_child.at[before] = way
        return way

    cdef int find_nodes(self, int first_spot) except -1 nogil:
        """Find the node of each spot of a demand."""
        cdef int spot, row
        self.memo_from.count = self.memo_count.count = self.memo_node.count = self.memo_next.count = self.memo_way.count = 0
        for spot in range(self.spot_row.count):
            self.stack.count = self.edge_stack.count = 0
            row = self.spot_row.at[spot]
            while row != NONE:
                self.push_way(self.row_way.at[row], self.narrow(self.row_extra.at[row]))
                row = self.row_next.at[row]
            self.spot_node.at[first_spot + spot] = self.node_of(0, <int>self.stack.count // 3)
        return 0

    cdef int narrow(self, i64 amount) noexcept nogil:
        """Return an amount as one of 32 bits; where it is none, all this is for the twin."""
        if amount > WIDEST:
            self.is_too_large = True
            return 0
        return <int>amount

    cdef int push_way(self, int way, int extra) except -1 nogil:
        cdef int before = self.way_before.at[way]
        add_int(&self.stack, NONE if before == NONE else self.way_queue.at[before])
        add_int(&self.stack, extra)
        add_int(&self.stack, way)
        return 0

    cdef int node_of(self, int begin, int end) except -2 nogil:
        """Return the node of the ways on the stack from `begin` to `end`, all to one queue."""
        cdef int queue = self.way_queue.at[self.stack.at[3 * begin + 2]], first_edge = <int>self.edge_stack.count
        cdef int at = begin, stop, row, top, node, extra
        cdef bint is_plain = True
        for row in range(begin, end):
            if self.stack.at[3 * row + 1]:
                is_plain = False
        if end - begin > 1:
            qsort(&self.stack.at[3 * begin], end - begin, sizeof(Item), _by_before)
        if is_plain:
            node = self.known_set(begin, end)
            if node != NONE:
                return node
        while at < end:
            stop, extra = at + 1, self.stack.at[3 * at + 1]
            while stop < end and self.stack.at[3 * stop] == self.stack.at[3 * at] and self.stack.at[3 * stop + 1] == extra:
                stop += 1
            node = NONE
            if self.stack.at[3 * at] != NONE:
                top = <int>self.stack.count // 3
                for row in range(at, stop):
                    self.push_way(self.way_before.at[self.stack.at[3 * row + 2]], 0)
                node = self.node_of(top, top + stop - at)
                self.stack.count = 3 * top
            add_int(&self.edge_stack, node)
            add_int(&self.edge_stack, extra)
            at = stop
        node = self.node_with(queue, first_edge)
        self.edge_stack.count = first_edge
        if is_plain:
            self.know_set(begin, end, node)
        return node

    cdef int known_set(self, int begin, int end) noexcept nogil:
        cdef int way = self.stack.at[3 * begin + 2], memo, row
        if end - begin == 1:
            return self.way_node.at[way]
        memo = self.way_memo.at[way]
        while memo != NONE:
            if self.memo_count.at[memo] == end - begin:
                for row in range(begin, end):
                    if self.memo_way.at[self.memo_from.at[memo] + row - begin] != self.stack.at[3 * row + 2]:
                        break
                else:
                    return self.memo_node.at[memo]
            memo = self.memo_next.at[memo]
        return NONE

    cdef int know_set(self, int begin, int end, int node) except -1 nogil:
        cdef int way = self.stack.at[3 * begin + 2], row
        if end - begin == 1:
            self.way_node.at[way] = node
            return 0
        add_int(&self.memo_next, self.way_memo.at[way])
        self.way_memo.at[way] = <int>self.memo_node.count
        add_int(&self.memo_node, node)
        add_int(&self.memo_from, self.memo_way.count)
        add_int(&self.memo_count, end - begin)
        for row in range(begin, end):
            add_int(&self.memo_way, self.stack.at[3 * row + 2])
        return 0

    cdef unsigned int digest_of(self, int queue, int* edges, int count) noexcept nogil:
        cdef unsigned long long digest = <unsigned long long>1469598103934665603 ^ <unsigned int>queue
        cdef int row
        for row in range(count):
            digest = digest * <unsigned long long>1099511628211 ^ <unsigned int>edges[row]
        digest = digest * <unsigned long long>1099511628211
        return <unsigned int>(digest ^ (digest >> 29))

    cdef int node_with(self, int queue, int begin) except -1 nogil:
        """Return the node of a queue with the edges on the stack from `begin`, which is made where there is none."""
        cdef int count = self.encode(begin)
        return self.node_by_code(queue, count)

    cdef int node_by_code(self, int queue, int count) except -1 nogil:
        """Do the same with edges as they are kept: the first words of `edge_code`."""
        cdef int node
        cdef int* edges = self.edge_code.at
        cdef unsigned int digest = self.digest_of(queue, edges, count)
        cdef unsigned long long mask, at
        if self.known_from:
            node = self.sorted_node(queue, edges, count)
            if node != NONE:
                return node
        if 3 * (self.node_queue.count - self.known_from) >= 2 * self.cells.count:
            self.widen_cells()
        mask = self.cells.count - 1
        at = digest & mask
        while self.cells.at[at] != NOTHING:
            node = <int>(self.cells.at[at] & WIDEST)
            if <unsigned int>(self.cells.at[at] >> 32) == digest and self.is_node(node, queue, edges, count):
                return node
            at = (at + 1) & mask
        node = self.new_node(queue, count)
        self.cells.at[at] = _cell(digest, node)
        return node

    cdef int new_node(self, int queue, int count) except -1 nogil:
        cdef int node = <int>self.node_queue.count, row
        add_int(&self.node_queue, queue)
        for row in range(count):
            add_int(&self.edges, self.edge_code.at[row])
        add_int(&self.edge_from, self.edges.count)
        return node

    cdef int encode(self, int begin) except -1 nogil:
        """Put the edges on the stack from `begin`, each a node and ns, as they are kept; return how many words they take."""
        cdef Py_ssize_t row
        self.edge_code.count = 0
        for row in range(begin, self.edge_stack.count, 2):
            if self.edge_stack.at[row + 1]:
                add_int(&self.edge_code, NONE - self.edge_stack.at[row + 1])
            add_int(&self.edge_code, self.edge_stack.at[row])
        return <int>self.edge_code.count

    cdef int sorted_node(self, int queue, int* edges, int count) noexcept nogil:
        """Return the node of a queue with some edges among those that lie in the order of their queues, NONE where there is none."""
        cdef int low = 0, high = self.known_from, middle
        while low < high:
            middle = (low + high) // 2
            if self.node_queue.at[middle] < queue:
                low = middle + 1
            else:
                high = middle
        while low < self.known_from and self.node_queue.at[low] == queue:
            if self.is_node(low, queue, edges, count):
                return low
            low += 1
        return NONE

    cdef bint is_node(self, int node, int queue, int* edges, int count) noexcept nogil:
        cdef int row, first = self.edge_from.at[node]
        if self.node_queue.at[node] != queue or self.edge_from.at[node + 1] - first != count:
            return False
        for row in range(count):
            if self.edges.at[first + row] != edges[row]:
                return False
        return True

    cdef int widen_cells(self) except -1 nogil:
        """Make room for twice as many nodes; a table that was dropped is made anew."""
        cdef int node, first
        cdef Py_ssize_t cell
        cdef Longs wide = Longs(NULL, 0, 0)
        cdef Py_ssize_t cells = 1024
        while cells < 2 * (self.node_queue.count - self.known_from):
            cells *= 2
        if cells <= self.cells.count:
            cells = 2 * self.cells.count
        try:
            fill_longs(&wide, cells, NOTHING)
            if self.cells.count:
                for cell in range(self.cells.count):
                    if self.cells.at[cell] != NOTHING:
                        _put(&wide, self.cells.at[cell])
            else:
                for node in range(self.known_from, self.node_queue.count):
                    first = self.edge_from.at[node]
                    _put(
                        &wide,
                        _cell(self.digest_of(self.node_queue.at[node], &self.edges.at[first], self.edge_from.at[node + 1] - first), node),
                    )
            self.cells, wide = wide, self.cells
        finally:
            free(wide.at)
        return 0

    cdef int sort_nodes(self, Ints* place) except -1 nogil:
        """Keep the nodes with a `place` other than -1, in the order of their queues; tell the new number of each there."""
        cdef int node, edge, queue, at, before, count = <int>self.node_queue.count
        cdef Ints begins = Ints(NULL, 0, 0), froms = Ints(NULL, 0, 0), edges = Ints(NULL, 0, 0)
        drop_longs(&self.cells)  # those of the old numbers
        try:
            fill_ints(&begins, self.queues + 1, 0)
            for node in range(count):
                if place.at[node] != NONE:
                    begins.at[self.node_queue.at[node] + 1] += 1
            for queue in range(self.queues):
                begins.at[queue + 1] += begins.at[queue]
            fill_ints(&froms, begins.at[self.queues] + 1, 0)
            for node in range(count):
                if place.at[node] != NONE:
                    queue = self.node_queue.at[node]
                    place.at[node] = begins.at[queue]
                    begins.at[queue] += 1
                    froms.at[place.at[node] + 1] = self.edge_from.at[node + 1] - self.edge_from.at[node]
            for at in range(1, froms.count):
                froms.at[at] += froms.at[at - 1]
            fill_more(&edges, froms.at[froms.count - 1])
            for node in range(count):
                if place.at[node] != NONE:
                    at = froms.at[place.at[node]]
                    for edge in range(self.edge_from.at[node], self.edge_from.at[node + 1]):
                        before = self.edges.at[edge]
                        edges.at[at] = place.at[before] if before >= 0 else before
                        at += 1
            self.edges, edges = edges, self.edges
            drop(&edges)
            self.edge_from, froms = froms, self.edge_from
            drop(&froms)
            fill_ints(&self.node_queue, begins.at[self.queues], 0)
            at = 0
            for queue in range(self.queues):  # where the nodes of each queue end by now
                while at < begins.at[queue]:
                    self.node_queue.at[at] = queue
                    at += 1
        finally:
            free(begins.at)
            free(froms.at)
            free(edges.at)
        return 0

    cdef int place_before(self, int node, Ints* place) except -1 nogil:
        """Keep a node, and all before it."""
        cdef int edge, before
        if place.at[node] != NONE:
            return 0
        place.at[node] = 0
        self.stack.count = 0
        add_int(&self.stack, node)
        while self.stack.count:
            self.stack.count -= 1
            node = self.stack.at[self.stack.count]
            for edge in range(self.edge_from.at[node], self.edge_from.at[node + 1]):
                before = self.edges.at[edge]
                if before >= 0 and place.at[before] == NONE:
                    place.at[before] = 0
                    add_int(&self.stack, before)
        return 0
