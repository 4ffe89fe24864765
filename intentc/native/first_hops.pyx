"""Where packets leave a node towards every other node, in any state. The twin, which says what it means: `forwarding.first_hops`."""

from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc, PyMem_Realloc
from libc.stdlib cimport free

from intentc.native.graph cimport Graph
from intentc.native.heap cimport Heap, Pair, i64, pop, push

from intentc.native.graph import FAR as _FAR

cdef i64 FAR = _FAR
MOST_ARCS = 64  # at a node: as many as an integer has bits

ctypedef unsigned long long u64


def first_hops(Graph graph, int start, links):
    """Return the masks of the nodes that packets leave for over the same arcs, by these; of those out of reach; and of what that depends on.

    `links` are down. None where the node has more than `MOST_ARCS` arcs.
    """
    cdef int nodes = graph.nodes, count = graph.leaving_from[start + 1] - graph.leaving_from[start]
    cdef int at, link, group, groups = 0, width = (nodes + 7) >> 3, all_links = graph.arcs >> 1
    cdef int used_width = (all_links + nodes + 7) >> 3
    cdef char* is_down = <char*>PyMem_Calloc(all_links + 1, 1)
    cdef u64* firsts = <u64*>PyMem_Calloc(nodes + 1, sizeof(u64))
    cdef char* used = <char*>PyMem_Calloc(used_width + 1, 1)
    cdef u64* keys = <u64*>PyMem_Malloc((nodes + 1) * sizeof(u64))
    cdef char* masks = NULL
    cdef char* grown
    try:
        if count > MOST_ARCS:
            return None
        if is_down == NULL or firsts == NULL or used == NULL or keys == NULL:
            raise MemoryError
        for link in links:
            is_down[link] = 1
        _set(used, all_links + start)
        _spread(graph, start, is_down, firsts, used)
        for at in range(nodes):
            for group in range(groups):
                if keys[group] == firsts[at]:
                    break
            else:
                group = groups
                grown = <char*>PyMem_Realloc(masks, (groups + 1) * width)
                if grown == NULL:
                    raise MemoryError
                masks = grown
                _clear(masks + group * width, width)
                keys[group] = firsts[at]
                groups += 1
            _set(masks + group * width, at)
        by_arcs, dead = {}, <object>1 << start  # an integer of Python: there are more nodes than bits in one of C
        for group in range(groups):
            mask = int.from_bytes(masks[group * width:(group + 1) * width], "little")
            if keys[group]:
                by_arcs[_arcs(graph, start, keys[group])] = mask
            else:
                dead |= mask
        return by_arcs, dead, int.from_bytes(used[:used_width], "little")
    finally:
        PyMem_Free(is_down)
        PyMem_Free(firsts)
        PyMem_Free(used)
        PyMem_Free(keys)
        PyMem_Free(masks)


cdef tuple _arcs(Graph graph, int start, u64 firsts):
    cdef int at, base = graph.leaving_from[start]
    return tuple([graph.leaving[at] for at in range(base, graph.leaving_from[start + 1]) if firsts >> (at - base) & 1])


cdef inline void _set(char* mask, int bit) noexcept:
    mask[bit >> 3] |= 1 << (bit & 7)


cdef void _clear(char* mask, int width) noexcept:
    cdef int at
    for at in range(width):
        mask[at] = 0


cdef int _spread(Graph graph, int start, const char* is_down, u64* firsts, char* used) except -1:
    """Find per node the arcs at `start` that lead to it, as bits of their places there; the nearest nodes first."""
    cdef Heap heap = Heap(NULL, 0, 0)
    cdef i64* distance = <i64*>PyMem_Malloc((graph.nodes + 1) * sizeof(i64))
    cdef i64 longer
    cdef u64 own
    cdef int at, arc, node, after, links = graph.arcs >> 1
    cdef Pair row
    try:
        if distance == NULL:
            raise MemoryError
        for node in range(graph.nodes):
            distance[node] = FAR
        distance[start] = 0
        push(&heap, 0, start)
        while heap.count:
            row = pop(&heap)
            node = <int>row.value
            if row.key > distance[node] or (graph.has_overload[node] and node != start):
                continue
            for at in range(graph.leaving_from[node], graph.leaving_from[node + 1]):
                arc = graph.leaving[at]
                after, longer = graph.head[arc], row.key + graph.metric[arc]
                if is_down[arc >> 1] or longer > distance[after]:
                    continue
                own = <u64>1 << (at - graph.leaving_from[start]) if node == start else firsts[node]
                if longer < distance[after]:
                    distance[after] = longer
                    firsts[after] = 0
                    push(&heap, longer, after)
                firsts[after] |= own
        for node in range(graph.nodes):
            if distance[node] == FAR or (graph.has_overload[node] and node != start):
                continue
            for at in range(graph.leaving_from[node], graph.leaving_from[node + 1]):
                arc = graph.leaving[at]
                after = graph.head[arc]
                if not is_down[arc >> 1] and distance[node] + graph.metric[arc] == distance[after]:
                    _set(used, arc >> 1)
                    _set(used, links + after)
        return 0
    finally:
        PyMem_Free(distance)
        free(heap.rows)
