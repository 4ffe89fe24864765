"""Work that a second CPU does while the interpreter goes on: errands, done one after the other by one thread of C.

The thread never has the interpreter's lock, and none of its objects: whoever hands an errand over keeps what it needs until it is done.
There is no thread where there is no second CPU or no POSIX threads, while this process is copied, in such a copy, and at the end of the
interpreter: then nothing is to be handed over (`is_open`), and whoever has the work does it at once.
"""

import atexit
import os

cdef extern from *:
    """
    #if defined(__has_include)
    #if __has_include(<pthread.h>) && !defined(_WIN32)
    #define INTENTC_THREADS 1
    #endif
    #endif

    #ifdef INTENTC_THREADS
    #include <pthread.h>
    #include <signal.h>

    static pthread_mutex_t intentc_lock = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t intentc_is_due = PTHREAD_COND_INITIALIZER;
    static pthread_cond_t intentc_is_done = PTHREAD_COND_INITIALIZER;
    static pthread_t intentc_thread;

    static void intentc_enter(void) { pthread_mutex_lock(&intentc_lock); }
    static void intentc_leave(void) { pthread_mutex_unlock(&intentc_lock); }
    static void intentc_await(int is_end) {
        pthread_cond_wait(is_end ? &intentc_is_done : &intentc_is_due, &intentc_lock);
    }
    static void intentc_tell(int is_end) {
        pthread_cond_broadcast(is_end ? &intentc_is_done : &intentc_is_due);
    }
    static void *intentc_run(void *of) { ((void (*)(void)) of)(); return NULL; }
    static int intentc_begin(void (*work)(void)) {  /* 0: there is a thread, to which no signal goes */
        sigset_t all, before;
        int failed;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        failed = pthread_create(&intentc_thread, NULL, intentc_run, (void *) work);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        return failed;
    }
    static void intentc_join(void) { pthread_join(intentc_thread, NULL); }
    #else
    static void intentc_enter(void) {}
    static void intentc_leave(void) {}
    static void intentc_await(int is_end) { (void) is_end; }
    static void intentc_tell(int is_end) { (void) is_end; }
    static int intentc_begin(void (*work)(void)) { (void) work; return 1; }
    static void intentc_join(void) {}
    #endif
    """
    void _enter "intentc_enter"() noexcept nogil
    void _leave "intentc_leave"() noexcept nogil
    void _await "intentc_await"(bint is_end) noexcept nogil
    void _tell "intentc_tell"(bint is_end) noexcept nogil
    int _begin "intentc_begin"(void (*work)() noexcept nogil) noexcept nogil
    void _join "intentc_join"() noexcept nogil

cdef enum:
    SHUT, OPEN, RUNNING    # there is no thread and none begins; one may begin; there is one

cdef int _state = OPEN
cdef bint _is_copy = False
# What both threads see, by the lock; `_done` also without.
cdef Errand* _first = NULL
cdef Errand* _last = NULL
cdef Idle* _first_idle = NULL
cdef Idle* _last_idle = NULL
cdef bint _is_idle_awaited = False
cdef bint _is_ending = False
cdef i64 _handed = 0, _done = 0, _awaited = 0


cdef enum:
    OFFERED, BEGUN, DONE   # what may be done idly, and is in no list from when it is begun


cdef void _work() noexcept nogil:
    """Do what is handed over, and what is offered while there is nothing else, until the end is told."""
    global _first, _awaited
    cdef Errand* errand
    cdef i64 number
    _enter()
    while True:
        while _first == NULL and _first_idle == NULL and not _is_ending:
            _await(False)
        if _first == NULL and _is_ending:  # what was offered is left to those who did
            break
        if _first == NULL:
            _do_idly()
            continue
        errand = _first
        _first = errand.next
        _leave()
        number = errand.number
        errand.run(errand)
        _enter()
        write_shared(&_done, number)  # from here on the errand may be gone
        if 0 < _awaited <= number:
            _awaited = 0
            _tell(True)
    _leave()


cdef void _do_idly() noexcept nogil:
    """Do what was offered first; with the lock, but not meanwhile."""
    global _is_idle_awaited
    cdef Idle* idle = _first_idle
    _take_out(idle)
    idle.state = BEGUN
    _leave()
    idle.run(idle)
    _enter()
    idle.state = DONE  # from when the lock is left it may be gone
    if _is_idle_awaited:
        _is_idle_awaited = False
        _tell(True)


cdef void _take_out(Idle* idle) noexcept nogil:
    """Take something out of what is offered; with the lock."""
    global _first_idle, _last_idle
    if idle.before == NULL:
        _first_idle = idle.next
    else:
        idle.before.next = idle.next
    if idle.next == NULL:
        _last_idle = idle.before
    else:
        idle.next.before = idle.before


cdef void offer(Idle* idle) noexcept nogil:
    """Offer something to do, with `run` set, to a thread that has nothing else to do; its memory stays until `has_nobody_begun` was asked."""
    global _first_idle, _last_idle
    _enter()
    idle.state, idle.next, idle.before = OFFERED, NULL, _last_idle
    if _last_idle == NULL:
        _first_idle = idle
    else:
        _last_idle.next = idle
    _last_idle = idle
    _tell(False)
    _leave()


cdef bint has_nobody_begun(Idle* idle) noexcept nogil:
    """Return whether nobody has begun what was offered: nobody will any more. Else it is done, which is waited for."""
    global _is_idle_awaited
    cdef bint is_ours
    _enter()
    is_ours = idle.state == OFFERED
    if is_ours:
        _take_out(idle)
        idle.state = DONE
    while idle.state != DONE:
        _is_idle_awaited = True
        _await(True)
    _leave()
    return is_ours


def cpus():
    """Return how many CPUs this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


cdef bint is_open():
    """Return whether there is a thread that errands may be handed to; it is begun where there has been none."""
    global _state
    if _state == OPEN:
        _state = SHUT if cpus() < 2 or _begin(_work) else RUNNING
    return _state == RUNNING


def is_there():
    """Return what `is_open` does."""
    return is_open()


cdef int hand_over(Errand* errand) except -1:
    """Hand an errand over, with `run` set; its memory is the thread's until it is done. Only where it `is_open`."""
    global _first, _last, _handed
    if _state != RUNNING:
        raise RuntimeError("there is nobody to do it")
    _enter()
    _handed += 1
    errand.number, errand.next = _handed, NULL
    if _first == NULL:
        _first = errand
    else:
        _last.next = errand
    _last = errand
    _tell(False)
    _leave()
    return 0


cdef bint is_done(i64 number) noexcept nogil:
    """Return whether an errand, and all before it, are done; what they have written is seen then."""
    return read_shared(&_done) >= number


cdef void _wait(i64 number) noexcept nogil:
    global _awaited
    _enter()
    while _done < number:
        _awaited = min(_awaited, number) if _awaited else number
        _await(True)
    _leave()


cdef void wait_for(i64 number) noexcept nogil:
    """Wait until an errand is done: what it does takes no lock of the interpreter, which may be kept, or let go of."""
    if not is_done(number):
        _wait(number)


def pause():
    """Have all done and end the thread; nothing is handed over until `resume`."""
    global _state, _is_ending
    if _state == RUNNING:
        _enter()
        _is_ending = True
        _tell(False)
        _leave()
        with nogil:
            _join()
        _is_ending = False
    _state = SHUT


def resume():
    """Let work be handed over from now on, where there is a second CPU, but not in a copy of a process."""
    global _state
    _state = SHUT if _is_copy else OPEN


def stay_alone():
    """Be a copy of a process: it has a CPU to itself at most."""
    global _is_copy
    _is_copy = True


def is_busy():
    """Return whether anything is under way."""
    return not is_done(_handed)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=pause, after_in_parent=resume, after_in_child=stay_alone)
atexit.register(pause)
