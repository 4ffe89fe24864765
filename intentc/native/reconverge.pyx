"""Where packets go that nothing steers, in all failure states that touch their paths: one state after the other, until one is not plain.

What finds it takes no object of Python, so that another CPU may do it (`Look`). The twin: `place.reconverged.settle_plain` with what
judges each walk.
"""

cimport cython
from libc.stdlib cimport calloc, free, malloc, qsort, realloc
from libc.string cimport memcmp, memcpy, memset

from intentc.native.arrays cimport by_number, room_for
from intentc.native.aside cimport Idle, has_nobody_begun, is_open, offer
from intentc.native.figures cimport Figures
from intentc.native.graph cimport Graph, Net
from intentc.native.igp cimport (
    Bench, Desk, Mend, Tree, Whole, arcs_of, begin, check, detour, end, mesh_of, new_leads, note_cut, only_way, turn,
)
from intentc.native.states cimport States
from intentc.native.ways cimport LONGEST_US, MOST_TRAILS, Ways
from intentc.native.wide cimport ceil_div, i128

ctypedef long long i64


cdef struct _Part:     # of a path, up to a node: what it takes, and the place of the arc that it goes on with, of those up to `end`
    i64 ns
    i64 units
    int hops
    int at
    int end


cdef unsigned long long _mark_of(const int* arcs, int count) noexcept nogil:
    """Return a number that is the same for the same arcs in any order."""
    cdef unsigned long long found = 0, one
    cdef int at
    for at in range(count):
        one = (<unsigned long long>arcs[at] + 1) * 0x9E3779B97F4A7C15ull
        found += (one ^ (one >> 29)) * 0xBF58476D1CE4E5B9ull
    return found


cdef struct Terms:     # what ways have to be; see `settled`
    const Whole* tree
    const i64* delays  # per arc, as in `Figures`
    const i64* sizes
    i64 most
    i64 scale, ahead, bound
    int start
    bint is_narrow
    int* accepted
    int accepted_count
    int* shut          # links that are not to be taken
    int shut_count


cdef struct Found:     # ways, as in `Ways`: each array has room for as many as there may be
    int count
    int* place
    int* of
    int kinds
    int* arc_from
    int* arc
    i64* latency_us
    char* several
    int room           # of `arc`
    unsigned long long* marks  # per way that is several paths: a number that is the same for the same arcs
    int* normal        # the arcs of the only path of the normal state, or of its several ones
    int normal_count
    unsigned long long normal_mark  # of several


cdef struct Job:       # what another CPU may do: first of all an errand
    Idle idle
    Desk* desk
    Terms terms
    Found found
    const int* link_from       # of the states
    const int* link
    const int* node_from
    const int* node
    int* places
    int rows
    bint lacks                 # whether there was not memory enough


cdef bint _is_accepted(const Terms* terms, int node) noexcept nogil:
    cdef int at
    for at in range(terms.accepted_count):
        if terms.accepted[at] == node:
            return True
    return False


cdef void _shut(Desk* desk, const Terms* terms, bint is_shut) noexcept nogil:
    """Note which links are not to be taken, or that all may be."""
    cdef int at
    for at in range(terms.shut_count):
        desk.is_shut[terms.shut[at]] = is_shut


cdef bint _is_any_shut(const Desk* desk, const Terms* terms, const int* arcs, int count) noexcept nogil:
    cdef int at
    for at in range(count if terms.shut_count else 0):
        if desk.is_shut[arcs[at] >> 1]:
            return True
    return False


cdef bint _time(const Terms* terms, i64 ns, i64 units, i64* latency_us) noexcept nogil:
    """Return whether a path that takes so long may be taken, and its latency."""
    cdef i128 total = ceil_div(ns, 1000)
    if terms.ahead >= 0:
        total += ceil_div(units, terms.scale) + ceil_div(<i128>units * terms.ahead, terms.scale)
    if total > terms.bound or total > LONGEST_US:
        return False
    latency_us[0] = <i64>total
    return True


cdef bint _may_take(const Desk* desk, const Terms* terms, const int* arcs, int count, int end, i64* latency_us) noexcept nogil:
    """Return whether a path may be taken, and how long it takes."""
    cdef const Net* graph = terms.tree.graph
    cdef i64 ns = 0, units = 0
    cdef int at, arc
    if count > terms.most or not _is_accepted(terms, end):
        return False
    for at in range(count):
        arc = arcs[at]
        ns += terms.delays[arc]
        units += terms.sizes[arc]
        if at + 1 < count and not graph.has_transit[graph.head[arc]]:
            return False
    return not _is_any_shut(desk, terms, arcs, count) and _time(terms, ns, units, latency_us)


cdef int _add(Job* job, const int* arcs, int count, i64 latency_us) noexcept nogil:
    """Add a way; return its number, or -1 where there is not memory enough."""
    cdef Found* found = &job.found
    cdef int first = found.arc_from[found.kinds], room = found.room
    cdef int* grown
    while first + count > room:
        room = 2 * room + 64
    if room != found.room:
        grown = <int*>realloc(found.arc, room * sizeof(int))
        if grown == NULL:
            job.desk.lacks = True
            return -1
        found.arc, found.room = grown, room
    if count:
        memcpy(found.arc + first, arcs, count * sizeof(int))
    found.latency_us[found.kinds] = latency_us
    found.arc_from[found.kinds + 1] = first + count
    found.kinds += 1
    return found.kinds - 1


cdef int _single(Job* job, const int* path, int count, int end) noexcept nogil:
    """Return the way of a path, a new one where it is none yet; -1: it may not be taken."""
    cdef Found* found = &job.found
    cdef int way, first
    cdef i64 latency_us = 0
    for way in range(found.kinds):
        first = found.arc_from[way]
        if found.arc_from[way + 1] - first == count and not memcmp(found.arc + first, path, count * sizeof(int)):
            if not found.several[way]:
                return way
    if not _may_take(job.desk, &job.terms, path, count, end, &latency_us):
        return -1
    return _add(job, path, count, latency_us)


cdef int _multiple(Job* job, Mend* repair, i64 leads) noexcept nogil:
    """Return the same of the several shortest paths in a failure state."""
    cdef Found* found = &job.found
    cdef Desk* desk = job.desk
    cdef int count = mesh_of(job.terms.tree, desk, repair, job.terms.start, leads), way, first
    cdef unsigned long long mark
    cdef i64 slowest
    if not count:
        return -1
    mark = _mark_of(desk.mesh, count)
    if mark == found.normal_mark and _is_mesh(desk, found.normal, found.normal_count, count):
        return -1
    for way in range(found.kinds):
        first = found.arc_from[way]
        if found.several[way] and found.marks[way] == mark:
            if _is_mesh(desk, found.arc + first, found.arc_from[way + 1] - first, count):
                return way
    slowest = _slowest(desk, &job.terms) if _is_mesh_open(desk, &job.terms, count) else -1
    if slowest < 0:
        return -1
    memcpy(desk.path, desk.mesh, count * sizeof(int))
    qsort(desk.path, count, sizeof(int), by_number)
    way = _add(job, desk.path, count, slowest)
    if way >= 0:
        found.several[way], found.marks[way] = 1, mark
    return way


cdef bint _is_mesh(const Desk* desk, const int* arcs, int count, int of) noexcept nogil:
    """Return whether some arcs, each once, are those of the mesh at hand, of which there are so many."""
    cdef int at
    for at in range(count if count == of else 0):
        if desk.used_in[arcs[at]] != desk.meshes:
            return False
    return count == of


cdef bint _is_mesh_open(const Desk* desk, const Terms* terms, int count) noexcept nogil:
    """Return whether packets may take all arcs of the mesh at hand."""
    cdef const Net* graph = terms.tree.graph
    cdef int at, row
    for at in range(count):
        row = desk.met[graph.head[desk.mesh[at]]]
        if desk.mesh_from[row] < desk.mesh_from[row + 1] and not graph.has_transit[desk.mesh_node[row]]:
            return False
    return not _is_any_shut(desk, terms, desk.mesh, count)


cdef i64 _slowest(const Desk* desk, const Terms* terms) noexcept nogil:
    """Return how long the slowest path of the mesh at hand takes; -1: they are too many, end elsewhere, or take too long.

    Path by path, as latencies are rounded; `forks` are the nodes on the one at hand from which several arcs lead on.
    """
    cdef const Net* graph = terms.tree.graph
    cdef _Part[64] forks
    cdef _Part part = _Part(0, 0, 0, 0, 0)
    cdef int depth = 0, node = terms.start, row, trails = 0, end = -1
    cdef i64 slowest = 0, latency_us = 0
    while True:
        row = desk.met[node]
        part.at, part.end = desk.mesh_from[row], desk.mesh_from[row + 1]
        if part.at == part.end:
            trails += 1
            if trails > MOST_TRAILS or part.hops > terms.most or (end >= 0 and node != end):
                return -1  # whether those ends are one site is not for a kernel
            if end < 0 and not _is_accepted(terms, node):
                return -1
            end = node
            if not _time(terms, part.ns, part.units, &latency_us):
                return -1
            slowest = max(slowest, latency_us)
            while depth and forks[depth - 1].at + 1 == forks[depth - 1].end:
                depth -= 1
            if not depth:
                return slowest
            forks[depth - 1].at += 1
            part = forks[depth - 1]
        elif part.at + 1 < part.end:
            if depth == MOST_TRAILS:  # each makes for one path more
                return -1
            forks[depth] = part
            depth += 1
        part.ns += terms.delays[desk.mesh[part.at]]
        part.units += terms.sizes[desk.mesh[part.at]]
        part.hops += 1
        if part.hops > graph.nodes:
            return -1
        node = graph.head[desk.mesh[part.at]]


cdef int _normally(Job* job, i64 leads) noexcept nogil:
    """Note the arcs of the normal state; return how many the only path has, -1: there are several, or none."""
    cdef Found* found = &job.found
    cdef Desk* desk = job.desk
    cdef int count = only_way(job.terms.tree, NULL, job.terms.start, desk.path)
    cdef const int* arcs = desk.path
    found.normal_count = count
    if count < 0:
        found.normal_count = mesh_of(job.terms.tree, desk, NULL, job.terms.start, leads)
        arcs = desk.mesh
    found.normal = <int*>malloc((found.normal_count + 1) * sizeof(int))
    if found.normal == NULL:
        desk.lacks, found.normal_count = True, 0
    elif found.normal_count:
        memcpy(found.normal, arcs, found.normal_count * sizeof(int))
    if count < 0:
        found.normal_mark = _mark_of(found.normal, found.normal_count)
    return count


cdef int _way_in(Job* job, Mend* repair, int place, int normal_count, i64 leads) noexcept nogil:
    """Return the way that is taken in a state; -1: there is none, as `settled` says."""
    cdef Found* found = &job.found
    cdef Desk* desk = job.desk
    cdef int other, node, count, first = job.link_from[place], last = job.node_from[place]
    for other in range(last, job.node_from[place + 1]):
        node = job.node[other]
        if node == job.terms.start or _is_accepted(&job.terms, node):
            return -1
    turn(repair, job.link + first, job.link_from[place + 1] - first, job.node + last, job.node_from[place + 1] - last)
    if normal_count >= 0:
        note_cut(repair, found.normal, normal_count)
    count = detour(repair, job.terms.start, leads, desk.path)
    if count < 0:
        return -1 if job.terms.is_narrow else _multiple(job, repair, leads)
    if count == normal_count and not memcmp(desk.path, found.normal, count * sizeof(int)):
        return -1
    return _single(job, desk.path, count, job.terms.tree.graph.head[desk.path[count - 1]] if count else job.terms.start)


cdef void _settle(void* of) noexcept nogil:
    """Do a job; the desk tells whether it lacked memory."""
    cdef Job* job = <Job*>of
    cdef Found* found = &job.found
    cdef i64 leads = new_leads(job.desk)
    cdef Mend repair
    cdef int at, way, normal_count
    begin(&repair, job.terms.tree, job.desk)
    _shut(job.desk, &job.terms, True)
    normal_count = _normally(job, leads)
    for at in range(job.rows):
        way = -1 if job.desk.lacks else _way_in(job, &repair, job.places[at], normal_count, leads)
        if way < 0:
            break
        found.place[found.count], found.of[found.count] = job.places[at], way
        found.count += 1
    _shut(job.desk, &job.terms, False)
    end(&repair)
    job.lacks, job.desk.lacks = job.desk.lacks, False


@cython.final
@cython.no_gc
cdef class Look:
    """Where packets for the targets of a tree go from a node in some states, looked for now or by another CPU; see `settled`.

    It keeps all that a job reads, and nobody writes to that: trees, states, graphs and figures stay as they were made.
    """

    cdef Tree tree
    cdef States states
    cdef Figures figures
    cdef Bench bench        # of the thread that may do it
    cdef Job job
    cdef bint is_word       # whether all that is asked are words
    cdef bint is_offered    # and the other CPU may be at it
    cdef bint is_done

    def __cinit__(
        self, Tree tree not None, States states not None, list places not None, int start, Figures figures not None, scale, ahead,
        bound, frozenset accepted not None, frozenset fences not None, frozenset barred not None, bint is_narrow,
    ):
        cdef Graph graph = tree.graph
        cdef Job* job = &self.job
        cdef int rows = len(places), at, place
        if figures.graph is not graph:
            raise ValueError("figures of another network")
        if not 0 <= start < graph.nodes or states.most_node >= graph.nodes or 2 * states.most_link + 1 >= graph.arcs:
            raise IndexError("of another network")
        self.tree, self.states, self.figures = tree, states, figures
        self.is_word = _fill(&job.terms, tree, figures, scale, ahead, bound, accepted, fences, barred)
        job.terms.start, job.terms.is_narrow, job.rows = start, is_narrow, rows
        job.link_from, job.link, job.node_from, job.node = states.link_from, states.link, states.node_from, states.node
        job.places, job.found.place = <int*>malloc((rows + 1) * sizeof(int)), <int*>malloc((rows + 1) * sizeof(int))
        job.found.of, job.found.arc_from = <int*>malloc((rows + 1) * sizeof(int)), <int*>calloc(rows + 2, sizeof(int))
        job.found.latency_us = <i64*>malloc((rows + 1) * sizeof(i64))
        job.found.several = <char*>calloc(rows + 1, 1)
        job.found.marks = <unsigned long long*>malloc((rows + 1) * sizeof(unsigned long long))
        if (job.places == NULL or job.found.place == NULL or job.found.of == NULL or job.found.arc_from == NULL
                or job.found.latency_us == NULL or job.found.several == NULL or job.found.marks == NULL):
            raise MemoryError
        for at in range(rows):
            place = places[at]
            if not 0 <= place < states.count:
                raise IndexError(place)
            job.places[at] = place

    def __dealloc__(self):
        if self.is_offered and not self.is_done:
            has_nobody_begun(&self.job.idle)
        free(self.job.terms.accepted)
        free(self.job.terms.shut)
        free(self.job.places)
        free(self.job.found.place)
        free(self.job.found.of)
        free(self.job.found.arc_from)
        free(self.job.found.arc)
        free(self.job.found.latency_us)
        free(self.job.found.several)
        free(self.job.found.marks)
        free(self.job.found.normal)

    def offer(self):
        """Let another CPU do it, where there is one that has nothing else to do."""
        cdef Graph graph = self.tree.graph
        if self.is_offered or self.is_done or not self.is_word or not is_open():
            return
        if graph.bench_aside is None:
            graph.bench_aside = Bench(graph)
        self.bench = graph.bench_aside
        self.job.desk, self.job.idle.run = &self.bench.desk, _settle
        self.is_offered = True
        offer(&self.job.idle)

    def ways(self):
        """Return the ways; they are looked for now if nobody has begun to."""
        if not self.is_word:
            return None
        if not self.is_done and (not self.is_offered or has_nobody_begun(&self.job.idle)):
            self.job.desk = &self.tree.bench.desk
            _settle(&self.job)
        self.is_done = True
        if self.job.lacks:
            raise MemoryError
        return _told(self)


cdef bint _fill(
    Terms* terms, Tree tree, Figures figures, scale, ahead, bound, frozenset accepted, frozenset fences, frozenset barred
) except -1:
    """Fill in what ways have to be, with memory that is to be given back; return False where anything is no word."""
    cdef int links = tree.graph.arcs >> 1
    if scale > 1 << 62 or not (ahead is None or 0 <= ahead <= 1 << 20):
        return False
    terms.tree, terms.delays, terms.sizes, terms.most = &tree.whole, figures.delays, figures.sizes, figures.most
    terms.scale, terms.ahead = scale, -1 if ahead is None else ahead
    terms.bound = 1 << 62 if bound is None else max(-1, min(bound, 1 << 62))
    terms.accepted = <int*>malloc((len(accepted) + 1) * sizeof(int))
    terms.shut = <int*>malloc((len(fences) + len(barred) + 1) * sizeof(int))
    if terms.accepted == NULL or terms.shut == NULL:
        raise MemoryError
    for node in accepted:
        terms.accepted[terms.accepted_count] = node
        terms.accepted_count += 1
    for group in (fences, barred):
        for link in group:
            if 0 <= link < links:
                terms.shut[terms.shut_count] = link
                terms.shut_count += 1
    return True


cdef void* _copied(const void* of, Py_ssize_t count, Py_ssize_t size) except NULL:
    cdef void* found = room_for(count, size)
    if count:
        memcpy(found, of, count * size)
    return found


cdef Ways _told(Look look):
    """Return what was found, in the interpreter's own memory."""
    cdef Ways ways = Ways.__new__(Ways)
    cdef Found* found = &look.job.found
    cdef int kinds = found.kinds
    ways.graph, ways.start = look.tree.graph, look.job.terms.start
    ways.place, ways.of = <int*>_copied(found.place, found.count, sizeof(int)), <int*>_copied(found.of, found.count, sizeof(int))
    ways.arc_from = <int*>_copied(found.arc_from, kinds + 1, sizeof(int))
    ways.arc = <int*>_copied(found.arc, found.arc_from[kinds], sizeof(int))
    ways.latency_us = <i64*>_copied(found.latency_us, kinds, sizeof(i64))
    ways.several = <char*>_copied(found.several, kinds, 1)
    ways.count, ways.kinds = found.count, kinds
    return ways


def right_way(
    Tree tree not None, int start, Figures figures not None, scale, ahead,
    bound, frozenset accepted not None, frozenset fences not None, frozenset barred not None,
):
    """Return the arcs of the only shortest path from a node in the normal state, if `settled` would have packets take it in any state.

    None: there is no such path, or they are several, or it has no arc, or is not right, or the kernel does not tell.
    """
    cdef Graph graph = tree.graph
    cdef Desk* desk = &tree.bench.desk
    cdef Terms terms
    cdef i64 latency_us = 0
    cdef int count
    cdef bint is_right = False
    memset(&terms, 0, sizeof(Terms))
    if figures.graph is not graph:
        raise ValueError("figures of another network")
    if not 0 <= start < graph.nodes:
        raise IndexError(start)
    try:
        if not _fill(&terms, tree, figures, scale, ahead, bound, accepted, fences, barred):
            return None
        count = only_way(&tree.whole, NULL, start, desk.path)
        if count > 0:
            _shut(desk, &terms, True)
            is_right = _may_take(desk, &terms, desk.path, count, graph.head[desk.path[count - 1]], &latency_us)
            _shut(desk, &terms, False)
        return arcs_of(graph, desk.path, count) if is_right else None
    finally:
        free(terms.accepted)
        free(terms.shut)


def settled(
    Tree tree not None, States states not None, list places not None, int start, Figures figures not None, scale, ahead,
    bound, frozenset accepted not None, frozenset fences not None, frozenset barred not None, bint is_narrow,
):
    """Return where packets for the targets of a tree go from a node in some states, in the order of their places, as `Ways`.

    From the first state on: an end (`accepted`, and `start`) is down, packets do not arrive, or on over 64 paths, or past a fence or a
    `barred` link, or elsewhere than at one of `accepted`, or through a node not for transit, or they take longer than `bound`
    (None: as long as they like), or go as in the normal state, or, if `is_narrow`, over several paths, there is nothing.
    `scale` and `ahead` as latencies are made with them (None: propagation only). None where any of these is no word.
    """
    return Look(tree, states, places, start, figures, scale, ahead, bound, accepted, fences, barred, is_narrow).ways()
