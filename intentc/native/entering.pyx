"""Reservations that come into the books and go: what each does to every arc, as few changes as tell it in the order of the twin."""

from libc.stdlib cimport free, realloc

from intentc.native.history cimport History
from intentc.native.lists cimport LACKING
from intentc.native.moves cimport EMPTY
from intentc.native.pages cimport LESS, UP, Change, Row, clamped, zeros

cdef int _FEWEST = 4  # states in which nothing is claimed that have a list of their own
cdef int _MOST_ENTRIES = 1 << 28
cdef int _OUT = LESS | UP


cdef inline int _state_of(const Entry* entry) noexcept nogil:
    return entry.state if entry.state > 0 else -entry.state  # `abs` might ask for the interpreter


cdef int _checked(int done) except -1:
    if done < 0:
        raise MemoryError
    return done


cdef class Entering(History):
    """Pages that whole reservations are entered into, each in one call."""

    def __cinit__(self, *_):
        cdef int at
        self._mark = <int*>zeros(self._links * sizeof(int))
        self._there = <int*>zeros(self._arcs * sizeof(int))
        self._is_there = <int*>zeros(self._arcs * sizeof(int))
        self._there_bps = <i64*>zeros(self._arcs * sizeof(i64))
        self._groups = <Group*>zeros(self._arcs * sizeof(Group))
        self._touched = <int*>zeros(self._arcs * sizeof(int))
        for at in range(self._arcs):
            self._groups[at].first = EMPTY

    def __dealloc__(self):
        free(self._mark)
        free(self._there)
        free(self._is_there)
        free(self._there_bps)
        free(self._groups)
        free(self._touched)
        free(self._entries)
        free(self._left)

    def __sizeof__(self):
        """Return the bytes that the books take."""
        return History.__sizeof__(self) + self._entry_room * sizeof(Entry) + self._arcs * (4 * sizeof(int) + 2 * sizeof(i64))

    # What a reservation is

    def enter(self, normal, failed, arcs, states, dict numbers, dict parts, of_normal, int sign):
        """Enter (1) or take out (-1) claims whose pools have no other member.

        `normal` and `failed`: a class and bps, of the normal state on `arcs` and of each of `states` on its arcs; a state
        leaves `arcs`. `numbers`: those of the states. `parts`: what has `own_bps` other than these, by state and arc, or how many
        labels there are on each of its arcs, in their order; `of_normal` the same of the normal one. `normal` and `failed` end with what
        they are by the number of labels. Return False, and nothing is done, where a sum might outgrow its place.
        """
        cdef int normal_name, failed_name, state, normal_count, at, count = 0
        cdef tuple normal_by, failed_by
        cdef i64 normal_bps, failed_bps, most
        cdef object before = None, of_before = None
        normal_name, rate, normal_by = normal
        normal_bps = clamped(rate)
        failed_name, rate, failed_by = failed
        failed_bps = clamped(rate)
        most = max(normal_bps, failed_bps)
        if min(normal_bps, failed_bps) < 0:  # for the twin
            return False
        self._settle()
        self._clear()
        self._last_part = None
        normal_count = self._see(arcs, of_normal, normal_name, normal_bps, normal_by, &most)
        _checked(self._plan_normal(normal_count, normal_name))
        for outage, there in states.items():
            state = self._number(numbers, outage)
            of_state = parts.get(outage) if parts else None
            if not there and not of_state:
                _checked(self._add_left(state))
                continue
            if self._left_count:
                _checked(self._plan_left(normal_count))
            if before is None or there is not before or of_state is not of_before:  # many states leave the same path
                count = self._see(there, of_state, failed_name, failed_bps, failed_by, &most)
                before, of_before = there, of_state
            _checked(self._plan_state(state, normal_count, count, normal_name, failed_name))
        if not self._may(most, sign):
            return False
        _checked(self._do_plan(normal_count, sign))
        for at in range(self._touched_count):
            self._used.data.as_longlongs[self._touched[at]] = self._pages[self._touched[at]].used
        return True

    cdef int _see(self, arcs, parts, int name, i64 whole, tuple by, i64* most) except -1:
        """Lay out what is claimed on some arcs; return how many there are."""
        cdef tuple labels = parts if type(parts) is tuple and parts else None
        cdef int count = 0, most_labels, of_arc
        cdef i64 bps
        if by is None or (labels is not None and len(labels) != len(arcs)):
            raise ValueError("labels of other arcs")
        most_labels = len(by)
        for number in arcs:
            if labels is None:
                bps = self._part(parts, number, whole)
            else:
                if count == len(labels):
                    raise ValueError("labels of other arcs")
                of_arc = labels[count]
                if not 0 <= of_arc < most_labels:
                    raise IndexError(of_arc)
                bps = clamped(by[of_arc])
            if bps < 0:
                raise ValueError("a part that is less than nothing")
            most[0] = max(most[0], bps)
            self._check(number, name)
            if count == self._arcs:
                raise ValueError("an arc twice")
            self._there[count] = number
            self._there_bps[<int>number] = bps
            count += 1
        return count

    cdef i64 _part(self, parts, arc, i64 whole) except? -1:
        """Return what is claimed on an arc: a part, where there is one; many arcs have the very same."""
        if not parts:
            return whole
        found = parts.get(arc)
        if found is None:
            return whole
        if found is not self._last_part:
            self._last_part, self._last_bps = found, clamped(found.own_bps)
        return self._last_bps

    cdef int _number(self, dict numbers, outage) except -1:
        cdef int state = numbers[outage]
        self._check_state(state)
        return state

    # The plan

    cdef void _clear(self) noexcept nogil:
        """Forget the plan before."""
        cdef int at
        for at in range(self._touched_count):
            self._groups[self._touched[at]].first = EMPTY
        self._entry_count = self._touched_count = self._left_count = 0

    cdef int _plan(self, int arc, int of, int state, i64 bps) noexcept nogil:
        cdef void* grown
        cdef int room
        cdef Group* group
        if self._entry_count == self._entry_room:
            room = 2 * self._entry_room if self._entry_room else 1024
            grown = realloc(self._entries, room * sizeof(Entry)) if room <= _MOST_ENTRIES else NULL
            if grown == NULL:
                return LACKING
            self._entries, self._entry_room = <Entry*>grown, room
        self._entries[self._entry_count] = Entry(arc, state, of, 0, EMPTY, bps)
        group = &self._groups[arc]
        if group.first == EMPTY:
            group.first = self._entry_count
            self._touched[self._touched_count] = arc
            self._touched_count += 1
        else:
            self._entries[group.last].next = self._entry_count
        group.last = self._entry_count
        self._entry_count += 1
        return 0

    cdef int _plan_normal(self, int normal_count, int name) noexcept nogil:
        cdef int at
        for at in range(normal_count):
            if self._plan(self._there[at], 2 * name, 0, self._there_bps[self._there[at]]) < 0:
                return LACKING
        return 0

    cdef int _plan_state(self, int state, int normal_count, int count, int normal_name, int failed_name) noexcept nogil:
        """Plan what a state does: it leaves the arcs that come first in the plan for those that are laid out."""
        cdef int at, place, arc
        cdef bint is_same
        cdef i64 bps
        for at in range(count):
            self._is_there[self._there[at]] = state
        for at in range(self._down_from[state], self._down_from[state + 1]):
            self._mark[self._down[at]] = state
        for place in range(normal_count):
            arc, bps = self._entries[place].arc, self._entries[place].bps
            if self._mark[arc >> 1] == state:  # what is down carries nothing anyway; noted, so that all arcs around share a list
                if self._plan(arc, 2 * normal_name + 1, -state, bps) < 0:
                    return LACKING
                continue
            is_same = normal_name == failed_name and self._there_bps[arc] == bps
            if is_same and self._is_there[arc] == state:
                self._is_there[arc] = -state
            elif self._plan(arc, 2 * normal_name, -state, bps) < 0:
                return LACKING
        for at in range(count):
            arc = self._there[at]
            if self._is_there[arc] == state and self._plan(arc, 2 * failed_name, state, self._there_bps[arc]) < 0:
                return LACKING
            self._is_there[arc] = 0
        return 0

    cdef int _add_left(self, int state) noexcept nogil:
        """Note a state in which the reservation at hand claims nothing."""
        cdef void* grown
        cdef int room
        if self._left_count == self._left_room:
            room = 2 * self._left_room if self._left_room else 64
            grown = realloc(self._left, room * sizeof(int))
            if grown == NULL:
                return LACKING
            self._left, self._left_room = <int*>grown, room
        self._left[self._left_count] = state
        self._left_count += 1
        return 0

    cdef int _plan_left(self, int normal_count) noexcept nogil:
        """Plan to take the normal claim out of each of these states, one by one."""
        cdef int at, place, arc
        cdef bint is_down
        for at in range(self._left_count):
            for place in range(normal_count):
                arc = self._entries[place].arc
                is_down = self._is_down(arc >> 1, self._left[at])
                if self._plan(arc, (self._entries[place].of & ~1) + is_down, -self._left[at], self._entries[place].bps) < 0:
                    return LACKING
        self._left_count = 0
        return 0

    cdef int _do_plan(self, int normal_count, int sign) noexcept nogil:
        """Do what was planned; where there is not memory enough for all of it, it stays half done."""
        cdef int at
        if (self._left_count < _FEWEST or not normal_count) and self._plan_left(normal_count) < 0:
            return LACKING
        self._left_of = -1
        if self._left_count:
            self._left_of = self._lists.number_of(self._left, self._left_count)
            if self._left_of == LACKING:
                return LACKING
        if self._left_of >= 0:
            self._lists.use(self._left_of)
        for at in range(self._touched_count):  # arc by arc, as what belongs together lies together
            if self._apply(self._touched[at], normal_count, sign) < 0:
                return LACKING
        if self._left_of >= 0:
            self._lists.let_go(self._left_of)
        return 0

    cdef int _apply(self, int arc, int normal_count, int sign) noexcept nogil:
        """Do what was planned for an arc."""
        cdef int first = self._groups[arc].first, place = first, done
        cdef Change left
        while place != EMPTY and self._entries[place].state == 0:
            if self._post(arc, self._entries[place].of >> 1, sign * self._entries[place].bps, sign) < 0:
                return LACKING
            place = self._entries[place].next
        if place != EMPTY:
            done = self._do_chain(arc, place, sign)
            if done < 0 or (not done and self._do_entries(arc, place, sign) < 0):
                return LACKING
        if self._left_of >= 0 and first < normal_count:
            left = Change(4 * self._left_of + _OUT, self._entries[first].bps)
            if self._do_one(arc, self._entries[first].of >> 1, &left, sign) < 0:
                return LACKING
        self._refresh(arc)
        return 0

    cdef int _do_one(self, int arc, int name, const Change* change, int sign) noexcept nogil:
        """Do a change (1), or undo it (-1)."""
        return self._do(arc, name, change) if sign > 0 else self._undo(arc, name, change)

    # What is planned for an arc, as few changes

    cdef int _key_of(self, Entry* entry, int count) noexcept nogil:
        """Return which of so many planned changes an entry is part of, `count` if none."""
        cdef int key = count - 1
        while key >= 0:
            if (
                self._planned[key].bps == entry.bps
                and self._planned[key].name == entry.of >> 1
                and self._planned[key].is_out == (entry.state < 0)
            ):
                return key
            key -= 1
        return count

    cdef int _keys_of(self, int arc, int place) noexcept nogil:
        """Plan changes for the entries from some place on; return how many, -1 where they have to be done one by one."""
        cdef int count = 0, key, last = 0, of = place
        cdef bint is_mixed = False
        cdef Entry* entry
        while of != EMPTY:
            entry = &self._entries[of]
            key = self._key_of(entry, count)
            if key == count:
                if count == MOST_KEYS:
                    return -1
                self._planned[key].name, self._planned[key].is_out = entry.of >> 1, entry.state < 0
                self._planned[key].bps = entry.bps
                count += 1
            elif key < last:
                is_mixed = True
            entry.key = last = key
            of = entry.next
        return -1 if is_mixed and not self._may_merge(arc, place, count) else count

    cdef bint _may_merge(self, int arc, int place, int count) noexcept nogil:
        """Return whether states come in the same order if planned changes are done one after the other, not state by state."""
        cdef int key, one = self._planned[0].name
        cdef Entry* entry
        for key in range(count):
            if self._planned[key].name != one and count > 2:
                return False
        if count == 2 and self._planned[1].name != one:
            return True
        self._ask(arc)
        while place != EMPTY:
            entry = &self._entries[place]
            if not entry.key:
                if not entry.of & 1:
                    self._told_in[_state_of(entry)] = self._question
            elif self._told_in[_state_of(entry)] != self._question:
                return False
            place = entry.next
        return True

    cdef int _is_smooth(self, int arc, int place, int sign) noexcept nogil:
        """Return whether no state comes to nothing while entries are done one by one, and then to something: 1 or 0."""
        cdef Row* row = self._row(arc, self._planned[0].name)
        cdef int count = 0, of, state
        cdef Entry* entry
        if row == NULL:
            return LACKING
        self._ask(arc)
        self._gather(row, 0)
        while place != EMPTY:
            entry = &self._entries[place]
            state, of = _state_of(entry), -sign if entry.state < 0 else sign
            place = entry.next
            if entry.of & 1:
                continue
            if self._told_in[state] == self._question and sign < 0:
                if not (self._told_bps[state] or self._told_members[state]):
                    return False
            self._tell_of(state, of * entry.bps, of, 0)
            if sign > 0 and not (self._told_bps[state] or self._told_members[state]):
                return False
        return True

    cdef int _changes_of(self, int arc, int place, int sign) noexcept nogil:
        """Plan changes, each with a list that has a use for it; return how many, -1 where entries have to be done one by one."""
        cdef int count = self._keys_of(arc, place), key, number
        if count < 0:
            return -1
        if count > 1 and not (count == 2 and self._planned[0].name != self._planned[1].name):
            for key in range(count):
                if self._planned[key].name != self._planned[0].name:
                    return -1
            number = self._is_smooth(arc, place, sign)
            if number <= 0:
                return LACKING if number < 0 else -1
        for key in range(count):
            number = self._list_of(place, key)
            if number < 0:
                self._forget_planned(key)
                return LACKING
            self._lists.use(number)
            self._planned[key].change = Change(4 * number + (_OUT if self._planned[key].is_out else 0), self._planned[key].bps)
        while place != EMPTY and self._entries[place].of & 1:
            place = self._entries[place].next
        if count == 2 and place != EMPTY and self._entries[place].key and self._planned[0].name != self._planned[1].name:
            self._planned[0], self._planned[1] = self._planned[1], self._planned[0]  # the class that differs first in any state
        return count

    cdef int _list_of(self, int place, int key) noexcept nogil:
        """Return the number of the list of states of a planned change."""
        cdef int count = 0
        while place != EMPTY and count < self._told_room:
            if self._entries[place].key == key:
                self._run[count] = _state_of(&self._entries[place])
                count += 1
            place = self._entries[place].next
        return self._lists.number_of(self._run, count)

    cdef void _forget_planned(self, int count) noexcept nogil:
        cdef int key
        for key in range(count):
            self._lists.let_go(self._planned[key].change.of >> 2)

    cdef int _do_chain(self, int arc, int place, int sign) noexcept nogil:
        """Do what is planned as a few changes (1), or undo it (-1), and return 1; 0, and nothing is done: it has to be done one by one."""
        cdef int count = self._changes_of(arc, place, sign), key, done
        if count < 0:
            return LACKING if count == LACKING else 0
        done = 1 if sign < 0 and count > 1 and self._may_go_together(arc, count) else 0
        for key in range(0 if done else count):
            if self._do_one(arc, self._planned[key].name, &self._planned[key].change, sign) < 0:
                done = LACKING
                break
        self._forget_planned(count)
        return min(done, 0) or 1

    cdef bint _may_go_together(self, int arc, int count) noexcept nogil:
        """Let several changes of one class go that came one after the other; return False, and nothing is done, where they did not."""
        cdef Row* row = self._row(arc, self._planned[0].name)
        cdef int first, key
        if row == NULL or self._planned[1].name != self._planned[0].name:
            return False
        first = self._find(row, &self._planned[0].change)
        if first < 0 or first + count > row.count:
            return False
        for key in range(count):
            if row.changes[first + key].of != self._planned[key].change.of or row.changes[first + key].bps != self._planned[key].bps:
                return False
        if not self._may_go(arc, row, first, first + count):
            return False
        self._drop(arc, row, first, first + count)
        return True

    # And in their order

    cdef int _do_entries(self, int arc, int place, int sign) noexcept nogil:
        """Do what is planned for an arc, or undo it, a change for all neighbours that are alike."""
        cdef Entry* entry
        cdef Entry* other
        cdef Change change
        cdef int count, number, done
        while place != EMPTY:
            entry, count = &self._entries[place], 0
            while place != EMPTY and count < self._told_room:
                other = &self._entries[place]
                if other.of >> 1 != entry.of >> 1 or other.bps != entry.bps or (other.state < 0) != (entry.state < 0):
                    break
                self._run[count] = _state_of(other)
                count += 1
                place = other.next
            number = self._lists.number_of(self._run, count)
            if number < 0:
                return LACKING
            self._lists.use(number)
            change = Change(4 * number + (_OUT if entry.state < 0 else 0), entry.bps)
            done = self._do_one(arc, entry.of >> 1, &change, sign)
            self._lists.let_go(number)
            if done < 0:
                return LACKING
        return 0
