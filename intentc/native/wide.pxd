# Integers of 128 bits: bits counted in nanobits, and products of these with rates. What is too large for them is told apart before.
ctypedef long long i64

cdef extern from *:
    """
    typedef __int128 i128;
    static inline i128 ceil_div(i128 x, i128 y) {                                 /* y > 0 */
        i128 q;
        if ((long long)x == x && (long long)y == y) {       /* most are so short, and divided by one instruction */
            long long a = (long long)x, b = (long long)y, c = a / b;
            return (i128)c + (a > c * b);
        }
        q = x / y;
        return q + (x > q * y);
    }
    static inline i128 floor_div(i128 x, i128 y) { i128 q = x / y; return q - (x < q * y); }  /* y > 0 */
    static inline i128 on_grid(i128 x) {                                          /* x >= 0; 5 leading bits stay */
        unsigned long long high = (unsigned long long)(x >> 64), low = (unsigned long long)x;
        int bits = high ? 128 - __builtin_clzll(high) : low ? 64 - __builtin_clzll(low) : 0;
        int step = bits > 5 ? bits - 5 : 0;
        return ((x + (((i128)1 << step) - 1)) >> step) << step;
    }
    static inline i128 of_halves(long long high, long long low) { return ((i128)high << 62) + low; }
    static inline long long high_half(i128 x) { return (long long)(x >> 62); }
    static inline long long low_half(i128 x) { return (long long)(x & (((i128)1 << 62) - 1)); }
    """
    ctypedef long long i128
    i128 ceil_div(i128 x, i128 y) noexcept nogil
    i128 floor_div(i128 x, i128 y) noexcept nogil
    i128 on_grid(i128 x) noexcept nogil
    i128 of_halves(i64 high, i64 low) noexcept nogil
    i64 high_half(i128 x) noexcept nogil
    i64 low_half(i128 x) noexcept nogil


cdef inline object as_integer(i128 x):
    return (<object>high_half(x) << 62) + low_half(x)
