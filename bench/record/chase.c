/* A chase through 64 MiB, of as many steps as the argument says, over one cycle of all its lines. */
#include <stdint.h>
#include <stdlib.h>

enum { LINES = 1 << 20, WORDS = 8 };

int main(int argc, char **argv)
{
    long steps = argc > 1 ? atol(argv[1]) : 0;
    uint64_t *lines = malloc(LINES * WORDS * sizeof *lines), x = 1, at = 0;
    uint32_t *next = malloc(LINES * sizeof *next);
    if (!lines || !next) {
        return 1;
    }
    for (uint32_t i = 0; i < LINES; i++) {
        next[i] = i;
    }
    for (uint32_t i = LINES - 1; i > 0; i--) { /* Sattolo, Information Processing Letters 1986 */
        x = x * 6364136223846793005ULL + 1442695040888963407ULL;
        uint32_t j = (uint32_t)((x >> 33) % i), t = next[i];
        next[i] = next[j];
        next[j] = t;
    }
    for (uint32_t i = 0; i < LINES; i++) {
        lines[(uint64_t)i * WORDS] = (uint64_t)next[i] * WORDS;
    }
    for (long i = 0; i < steps; i++) {
        at = lines[at];
    }
    return at == 1;
}
