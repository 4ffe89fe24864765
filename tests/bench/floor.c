/* Shortest-path trees in C: the floor that times are held against, and prices for a bound on the worst utilisation that the
   compiler has no part in. Arcs of node n are those from `first[n]` to `first[n + 1]`, with their `head`, and `weight` >= 0. */
#include <math.h>
#include <stdlib.h>

typedef struct { double key; int node; } Row;

static void push(Row *heap, int *count, double key, int node) {
    int at = (*count)++;
    while (at && heap[(at - 1) / 2].key > key) { heap[at] = heap[(at - 1) / 2]; at = (at - 1) / 2; }
    heap[at].key = key; heap[at].node = node;
}

static Row pop(Row *heap, int *count) {
    Row least = heap[0], last = heap[--*count];
    int at = 0, below;
    while ((below = 2 * at + 1) < *count) {
        if (below + 1 < *count && heap[below + 1].key < heap[below].key) below++;
        if (heap[below].key >= last.key) break;
        heap[at] = heap[below]; at = below;
    }
    heap[at] = last;
    return least;
}

static void tree(int nodes, const int *first, const int *head, const double *weight, int source, double *distance, int *into, Row *heap) {
    int count = 0;
    for (int node = 0; node < nodes; node++) { distance[node] = INFINITY; into[node] = -1; }
    distance[source] = 0;
    push(heap, &count, 0, source);
    while (count) {
        Row row = pop(heap, &count);
        if (row.key > distance[row.node]) continue;
        for (int arc = first[row.node]; arc < first[row.node + 1]; arc++) {
            double longer = row.key + weight[arc];
            if (longer < distance[head[arc]]) {
                distance[head[arc]] = longer; into[head[arc]] = arc;
                push(heap, &count, longer, head[arc]);
            }
        }
    }
}

/* Sum of rate x distance over demands, which are sorted by source; `load` (or NULL) gets their rates along the trees, `far`
   (or NULL) the distance of each. `tail` says where arcs begin. Returns -1 without memory. */
double carry(int nodes, int arcs, const int *first, const int *tail, const int *head, const double *weight, int demands,
             const int *source, const int *target, const double *rate, double *load, double *far) {
    double *distance = malloc(nodes * sizeof *distance), sum = 0;
    int *into = malloc(nodes * sizeof *into), now = -1;
    Row *heap = malloc((arcs + 1) * sizeof *heap);
    if (!distance || !into || !heap) sum = -1;
    for (int each = 0; each < demands && sum >= 0; each++) {
        if (source[each] != now) { now = source[each]; tree(nodes, first, head, weight, now, distance, into, heap); }
        if (far) far[each] = distance[target[each]];
        if (isinf(distance[target[each]])) continue;
        sum += rate[each] * distance[target[each]];
        for (int node = target[each]; load && into[node] >= 0; node = tail[into[node]]) load[into[node]] += rate[each];
    }
    free(distance); free(into); free(heap);
    return sum;
}
