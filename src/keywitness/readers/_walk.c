/* The values of wanted keys in many JSON records, as columns.

   A Walker reads a page or lines of records once and gives, for each wanted path, a code for the raw JSON text of its
   value (equal texts have equal codes for as long as the Walker lives), or the plain text of an id, or a time. It knows
   JSON and nothing of any provider. What it is not certain of is marked odd, or the whole text is refused (None): then
   the caller's own parser decides, so that the outcome never depends on this file.

   All reading is bounded by `end`; the texts that are kept are copied, so nothing outlives the caller's buffer. */

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

typedef unsigned char u8;

enum { DEPTH = 100 };             /* nesting within a record: keywitness.readers.kept.DEPTH */
enum { LARGEST = 16 << 20 };      /* bytes of a record: keywitness.readers.MAX_RECORD */
enum { PROBES = 64 };             /* of a hash table before a text counts as odd: nobody can make this quadratic */
enum { CODED, PLAIN, TIME };      /* kinds of a path */
enum { ESCAPE = 1, WIDE = 2, SUSPECT = 4, ODD = 8 };
#define ARENA ((size_t)64 << 20)  /* bytes of distinct texts that one path may hold */

/* ---- JSON ---- */

static inline const u8 *blank(const u8 *p, const u8 *end) {
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) p++;
    return p;
}

static inline int ordinary(u8 c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/* To the next quote, backslash, control character or byte above 0x7f. */
static inline const u8 *plain(const u8 *p, const u8 *end) {
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), low = _mm_set1_epi8(0x20);
    while (end - p >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)p);
        __m128i m = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)),
                                 _mm_cmplt_epi8(v, low)); /* signed: also all above 0x7f */
        int mask = _mm_movemask_epi8(m);
        if (mask) return p + __builtin_ctz((unsigned)mask);
        p += 16;
    }
#elif defined(__aarch64__)
    const uint8x16_t quote = vdupq_n_u8('"'), slash = vdupq_n_u8('\\');
    const int8x16_t low = vdupq_n_s8(0x20);
    while (end - p >= 16) {
        uint8x16_t v = vld1q_u8(p);
        uint8x16_t m = vorrq_u8(vorrq_u8(vceqq_u8(v, quote), vceqq_u8(v, slash)),
                                vcltq_s8(vreinterpretq_s8_u8(v), low));
        if (vmaxvq_u8(m)) break;
        p += 16;
    }
#endif
    while (p < end && ordinary(*p)) p++;
    return p;
}

static int hex4(const u8 *p) {
    int v = 0;
    for (int i = 0; i < 4; i++) {
        u8 c = p[i], l = c | 0x20;
        int d = c >= '0' && c <= '9' ? c - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
        if (d < 0) return -1;
        v = v << 4 | d;
    }
    return v;
}

static const u8 *escape(const u8 *p, const u8 *end, int *flags) {
    *flags |= ESCAPE;
    if (end - p < 2) return NULL;
    switch (p[1]) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': return p + 2;
    case 'u': {
        int v = end - p >= 6 ? hex4(p + 2) : -1;
        if (v >= 0 && (v < 0xD800 || v > 0xDFFF)) return p + 6;
        if (v >= 0xD800 && v < 0xDC00 && end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
            int w = hex4(p + 8);
            if (w >= 0xDC00 && w <= 0xDFFF) return p + 12;
        }
    }
    }
    *flags |= SUSPECT;
    return p + 2;
}

/* Bytes of the UTF-8 character at p, 0 when it is none. */
static int utf8(const u8 *p, const u8 *end) {
    ptrdiff_t n = end - p;
    u8 a = p[0];
#define TAIL(i) ((p[i] & 0xC0) == 0x80)
    if (a >= 0xC2 && a <= 0xDF) return n >= 2 && TAIL(1) ? 2 : 0;
    if (a >= 0xE0 && a <= 0xEF) {
        if (n < 3 || !TAIL(1) || !TAIL(2)) return 0;
        return (a == 0xE0 && p[1] < 0xA0) || (a == 0xED && p[1] > 0x9F) ? 0 : 3;
    }
    if (a >= 0xF0 && a <= 0xF4) {
        if (n < 4 || !TAIL(1) || !TAIL(2) || !TAIL(3)) return 0;
        return (a == 0xF0 && p[1] < 0x90) || (a == 0xF4 && p[1] > 0x8F) ? 0 : 4;
    }
    return 0;
}

/* From behind the opening quote to behind the closing one; NULL when there is none. */
static const u8 *string(const u8 *p, const u8 *end, int *flags) {
    for (;;) {
        p = plain(p, end);
        if (p >= end) return NULL;
        if (*p == '"') return p + 1;
        if (*p == '\\') {
            if (!(p = escape(p, end, flags))) return NULL;
        } else if (*p < 0x20) {
            *flags |= SUSPECT, p++;
        } else {
            int n = utf8(p, end);
            *flags |= n ? WIDE : SUSPECT;
            p += n ? n : 1;
        }
    }
}

static const u8 *digits(const u8 *p, const u8 *end) {
    const u8 *start = p;
    while (p < end && *p >= '0' && *p <= '9') p++;
    return p > start ? p : NULL;
}

static const u8 *number(const u8 *p, const u8 *end, int *flags) {
    const u8 *start = p;
    if (*p == '-') p++;
    const u8 *first = p;
    if (!(p = digits(p, end)) || (*first == '0' && p - first > 1)) return NULL;
    if (p < end && *p == '.' && !(p = digits(p + 1, end))) return NULL;
    if (p < end && (*p | 0x20) == 'e') {
        p++;
        if (p < end && (*p == '+' || *p == '-')) p++;
        if (!(p = digits(p, end))) return NULL;
        *flags |= SUSPECT; /* may be more than a double holds */
    }
    if (p - start > 18) *flags |= SUSPECT;
    return p;
}

static const u8 *literal(const u8 *p, const u8 *end, const char *word, ptrdiff_t size) {
    return end - p >= size && !memcmp(p, word, (size_t)size) ? p + size : NULL;
}

/* One value of any kind, from p on; NULL when it is not JSON or nested too deep. */
static const u8 *value(const u8 *p, const u8 *end, int *flags, int depth) {
    u8 object[DEPTH + 1];
    const int base = depth;
any:
    p = blank(p, end);
    if (p >= end) return NULL;
    switch (*p) {
    case '"': p = string(p + 1, end, flags); break;
    case 't': p = literal(p, end, "true", 4); break;
    case 'f': p = literal(p, end, "false", 5); break;
    case 'n': p = literal(p, end, "null", 4); break;
    case '{': case '[':
        if (depth >= DEPTH) return NULL;
        object[depth++] = *p == '{';
        p = blank(p + 1, end);
        if (p >= end) return NULL;
        if (*p == (object[depth - 1] ? '}' : ']')) {
            p++, depth--;
            break;
        }
        if (object[depth - 1]) goto key;
        goto any;
    default: p = number(p, end, flags);
    }
    if (!p) return NULL;
    while (depth > base) {
        p = blank(p, end);
        if (p >= end) return NULL;
        if (*p == ',') {
            p = blank(p + 1, end);
            if (object[depth - 1]) goto key;
            goto any;
        }
        if (*p != (object[depth - 1] ? '}' : ']')) return NULL;
        p++, depth--;
    }
    return p;
key:
    if (p >= end || *p != '"' || !(p = string(p + 1, end, flags))) return NULL;
    p = blank(p, end);
    if (p >= end || *p != ':') return NULL;
    p++;
    goto any;
}

/* ---- distinct texts ---- */

typedef struct { uint64_t hash; size_t at; uint32_t size; } Text;

typedef struct {
    u8 *arena;
    size_t used, room;
    Text *texts;
    int32_t count, space, told; /* told: given to the caller already */
    int32_t *slots;             /* code + 1 */
    uint32_t mask;
} Texts;

static inline uint64_t mixed(uint64_t h) {
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93ULL;
    h ^= h >> 32;
    return h;
}

static uint64_t hashed(const u8 *p, size_t n, uint64_t seed) {
    uint64_t h = seed ^ (n * 0x9E3779B97F4A7C15ULL), w;
    while (n >= 8) {
        memcpy(&w, p, 8);
        h = mixed(h ^ w) * 0x9E3779B97F4A7C15ULL + seed;
        p += 8, n -= 8;
    }
    w = 0;
    memcpy(&w, p, n);
    return mixed(h ^ w);
}

static int grown(void **memory, size_t count) {
    void *more = realloc(*memory, count ? count : 1);
    if (!more) return 0;
    *memory = more;
    return 1;
}

static int wider(Texts *t) {
    uint32_t size = t->mask ? (t->mask + 1) * 2 : 1024;
    int32_t *slots = calloc(size, sizeof *slots);
    if (!slots) return 0;
    for (int32_t i = 0; i < t->count; i++) {
        uint32_t s = (uint32_t)t->texts[i].hash & (size - 1);
        while (slots[s]) s = (s + 1) & (size - 1);
        slots[s] = i + 1;
    }
    free(t->slots);
    t->slots = slots, t->mask = size - 1;
    return 1;
}

/* The text's code; -2 when the table takes no more, -3 without memory. */
static int32_t coded(Texts *t, const u8 *p, size_t n, uint64_t seed) {
    if ((uint32_t)t->count * 2 >= t->mask && !wider(t)) return -3;
    uint64_t h = hashed(p, n, seed);
    uint32_t s = (uint32_t)h & t->mask;
    for (int probes = 0; t->slots[s]; s = (s + 1) & t->mask) {
        Text *found = &t->texts[t->slots[s] - 1];
        if (found->hash == h && found->size == n && !memcmp(t->arena + found->at, p, n)) return t->slots[s] - 1;
        if (++probes > PROBES) return -2;
    }
    if (t->used + n > ARENA) return -2;
    if (t->used + n > t->room) {
        size_t room = (t->used + n) * 2;
        if (!grown((void **)&t->arena, room)) return -3;
        t->room = room;
    }
    if (t->count == t->space) {
        int32_t space = t->space ? t->space * 2 : 256;
        if (!grown((void **)&t->texts, (size_t)space * sizeof(Text))) return -3;
        t->space = space;
    }
    memcpy(t->arena + t->used, p, n);
    t->texts[t->count] = (Text){h, t->used, (uint32_t)n};
    t->used += n;
    t->slots[s] = t->count + 1;
    return t->count++;
}

static void texts_free(Texts *t) { free(t->arena), free(t->texts), free(t->slots); }

/* ---- what is wanted ---- */

typedef struct {
    char *name;
    size_t size;
    int path, inside, required; /* a leaf's path, or the keys inside, else -1 */
    int next;                   /* in the bucket, + 1 */
    uint64_t seen;              /* the record in which it was seen last */
} Key;

typedef struct { Key *keys; int count; int bucket[64]; } Keys;

typedef struct {
    int kind;
    Texts texts;
    void *cells; /* int32 codes, or int64 times, or int32 ends of plain texts */
    u8 *data;
    size_t used, room;
} Path;

typedef struct {
    PyObject_HEAD
    Keys *levels;
    int level_count, path_count, container_count;
    Path *paths;
    char **containers;
    uint64_t seed, record;
    /* of the walk under way */
    int64_t *starts, *ends;
    u8 *odd;
    size_t count, room;
    int no_memory;
} Walker;

static inline int bucket(const u8 *p, size_t n) { return n ? (int)((n + p[0] * 31u + p[n - 1] * 7u) & 63u) : 0; }

static inline Key *wanted(Keys *level, const u8 *p, size_t n) {
    for (int i = level->bucket[bucket(p, n)]; i; i = level->keys[i - 1].next) {
        Key *key = &level->keys[i - 1];
        if (key->size == n && !memcmp(key->name, p, n)) return key;
    }
    return NULL;
}

static void keys_free(Keys *keys) {
    for (int i = 0; i < keys->count; i++) free(keys->keys[i].name);
    free(keys->keys);
}

static inline int two(const u8 *p) {
    unsigned a = p[0] - '0', b = p[1] - '0';
    return a < 10 && b < 10 ? (int)(a * 10 + b) : -1;
}

/* µs since 1970 of "2026-03-02T00:01:11[.fraction]Z" with its quotes; -1 for any other way to write a time. */
static int64_t micros(const u8 *p, const u8 *end) {
    static const u8 days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (end - p < 22 || end - p > 32 || end[-2] != 'Z') return -1;
    p++, end -= 2;
    if (p[0] != '2' || p[1] != '0' || p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':' || p[16] != ':')
        return -1;
    int y = two(p + 2), m = two(p + 5), d = two(p + 8), h = two(p + 11), mi = two(p + 14), s = two(p + 17);
    if (y < 0 || m < 1 || m > 12 || d < 1 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59) return -1;
    if (d > days[m - 1] + (m == 2 && y % 4 == 0)) return -1; /* 2000 is a leap year too */
    int64_t fraction = 0, unit = 100000;
    if (p + 19 < end) {
        if (p[19] != '.' || p + 20 == end) return -1;
        for (p += 20; p < end; p++, unit /= 10) {
            if (*p < '0' || *p > '9') return -1;
            fraction += (*p - '0') * unit;
        }
    }
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t day = 10957 + y * 365 + (y + 3) / 4 + before[m - 1] + (m > 2 && y % 4 == 0) + d - 1;
    return (((day * 24 + h) * 60 + mi) * 60 + s) * 1000000 + fraction;
}

static int keep_plain(Walker *w, Path *path, const u8 *p, size_t n) {
    if (path->used + n > INT32_MAX) return ODD;
    if (path->used + n > path->room) {
        size_t room = (path->used + n) * 2;
        if (!grown((void **)&path->data, room)) return w->no_memory = 1, ODD;
        path->room = room;
    }
    memcpy(path->data + path->used, p, n);
    path->used += n;
    ((int32_t *)path->cells)[w->count] = (int32_t)path->used;
    return 0;
}

/* The value of one wanted path in the record under way: [p, end) is its text. */
static int take(Walker *w, Path *path, const u8 *p, const u8 *end, int flags) {
    if (path->kind == CODED) {
        int32_t code = coded(&path->texts, p, (size_t)(end - p), w->seed);
        if (code == -3) w->no_memory = 1;
        ((int32_t *)path->cells)[w->count] = code;
        return code < 0 ? ODD : 0;
    }
    if (*p != '"' || end - p < 3 || flags) return ODD;
    if (path->kind == PLAIN) return keep_plain(w, path, p + 1, (size_t)(end - p - 2));
    int64_t time = micros(p, end);
    ((int64_t *)path->cells)[w->count] = time;
    return time < 0 ? ODD : 0;
}

/* An object with wanted keys, from behind its brace to behind the closing one; NULL when it is not JSON. */
static const u8 *object(Walker *w, const u8 *p, const u8 *end, int level, int depth, int *flags) {
    Keys *keys = &w->levels[level];
    p = blank(p, end);
    if (p < end && *p == '}') {
        p++;
        goto done;
    }
    for (;;) {
        int own = 0;
        if (p >= end || *p != '"') return NULL;
        const u8 *name = p + 1;
        if (!(p = string(name, end, &own))) return NULL;
        Key *key = wanted(keys, name, (size_t)(p - 1 - name));
        *flags |= own & ESCAPE ? own | ODD : own; /* an escaped name may be a wanted one */
        p = blank(p, end);
        if (p >= end || *p != ':') return NULL;
        p = blank(p + 1, end);
        if (p >= end) return NULL;
        if (!key) {
            if (!(p = value(p, end, flags, depth))) return NULL;
        } else {
            if (key->seen == w->record) *flags |= ODD; /* twice: the last one counts, elsewhere */
            key->seen = w->record;
            if (key->inside >= 0 && *p == '{') {
                if (depth >= DEPTH || !(p = object(w, p + 1, end, key->inside, depth + 1, flags))) return NULL;
            } else {
                const u8 *start = p;
                own = 0;
                if (!(p = value(p, end, &own, depth))) return NULL;
                if (key->inside >= 0) own |= *start == 'n' ? (key->required ? ODD : 0) : ODD;
                else own |= take(w, &w->paths[key->path], start, p, own);
                *flags |= own;
            }
        }
        p = blank(p, end);
        if (p >= end) return NULL;
        if (*p == '}') {
            p++;
            break;
        }
        if (*p != ',') return NULL;
        p = blank(p + 1, end);
    }
done:
    for (int i = 0; i < keys->count; i++)
        if (keys->keys[i].required && keys->keys[i].seen != w->record) *flags |= ODD;
    return p;
}

static int room(Walker *w) {
    if (w->count < w->room) return 1;
    size_t more = w->room ? w->room * 2 : 4096;
    if (!grown((void **)&w->starts, more * 8) || !grown((void **)&w->ends, more * 8) ||
        !grown((void **)&w->odd, more))
        return w->no_memory = 1, 0;
    for (int i = 0; i < w->path_count; i++)
        if (!grown(&w->paths[i].cells, more * (w->paths[i].kind == TIME ? 8 : 4))) return w->no_memory = 1, 0;
    w->room = more;
    return 1;
}

/* Begin a record: nothing found in it yet. */
static int begin(Walker *w) {
    if (!room(w)) return 0;
    w->record++;
    for (int i = 0; i < w->path_count; i++) {
        Path *path = &w->paths[i];
        if (path->kind == TIME) ((int64_t *)path->cells)[w->count] = -1;
        else ((int32_t *)path->cells)[w->count] = path->kind == PLAIN ? (int32_t)path->used : -1;
    }
    return 1;
}

static void place(Walker *w, const u8 *base, const u8 *start, const u8 *end, int flags) {
    int odd = (flags & (ODD | SUSPECT)) != 0 || end - start > LARGEST;
    for (int i = 0; i < w->path_count && !odd; i++) /* a record without id or time is for the caller's own reading */
        if (w->paths[i].kind == PLAIN)
            odd = ((int32_t *)w->paths[i].cells)[w->count] == (w->count ? ((int32_t *)w->paths[i].cells)[w->count - 1] : 0);
        else if (w->paths[i].kind == TIME)
            odd = ((int64_t *)w->paths[i].cells)[w->count] < 0;
    w->starts[w->count] = start - base;
    w->ends[w->count] = end - base;
    w->odd[w->count++] = (u8)odd;
}

/* ---- pages and lines ---- */

/* A list of records, from behind its bracket to behind the closing one. */
static const u8 *list(Walker *w, const u8 *base, const u8 *p, const u8 *end, int *suspect) {
    for (;;) {
        int flags = 0;
        p = blank(p, end);
        if (p >= end || *p != '{') return NULL;
        const u8 *start = p;
        if (!begin(w) || !(p = object(w, p + 1, end, 0, 1, &flags))) return NULL;
        *suspect |= flags & SUSPECT;
        place(w, base, start, p, flags);
        p = blank(p, end);
        if (p >= end) return NULL;
        if (*p == ']') return p + 1;
        if (*p++ != ',') return NULL;
    }
}

static int container(Walker *w, const u8 *p, size_t n) {
    for (int i = 0; i < w->container_count; i++)
        if (strlen(w->containers[i]) == n && !memcmp(w->containers[i], p, n)) return i + 1;
    return 0;
}

/* A document: a list of records, or an object with one under a container's name and nothing else that could be one. */
static int document(Walker *w, const u8 *base, const u8 *end) {
    int suspect = 0, found = 0, other = 0;
    const u8 *p = blank(base, end);
    if (p >= end) return 0;
    if (*p == '[') return (p = list(w, base, p + 1, end, &suspect)) && blank(p, end) == end;
    if (*p++ != '{') return 0;
    for (;;) {
        int flags = 0;
        p = blank(p, end);
        if (p >= end || *p != '"') return 0;
        const u8 *name = p + 1;
        if (!(p = string(name, end, &flags)) || flags) return 0;
        int kind = container(w, name, (size_t)(p - 1 - name));
        const u8 *behind = p;
        p = blank(p, end);
        if (p >= end || *p != ':') return 0;
        p = blank(p + 1, end);
        if (p >= end) return 0;
        other |= p - behind > 8;
        if (kind) {
            if (found++ || kind > w->container_count - 2 || *p != '[') return 0; /* the last two are no plain lists */
            if (!(p = list(w, base, p + 1, end, &suspect))) return 0;
        } else {
            other |= *p == '{' || *p == '[';
            if (!(p = value(p, end, &flags, 1)) || flags & SUSPECT) return 0;
        }
        p = blank(p, end);
        if (p >= end) return 0;
        if (*p == '}') break;
        if (*p++ != ',') return 0;
    }
    return found && blank(p + 1, end) == end && !(suspect && other);
}

static int lines(Walker *w, const u8 *base, const u8 *end) {
    for (const u8 *p = base; p < end;) {
        const u8 *newline = memchr(p, '\n', (size_t)(end - p)), *stop = newline ? newline : end, *start = p, *q;
        int flags = 0;
        while (p < stop && (*p == ' ' || (*p >= '\t' && *p <= '\r'))) p++;
        if (p < stop) {
            const u8 *from = blank(start, stop);
            if (!begin(w)) return 0;
            if (from == stop || *from != '{' || !(q = object(w, from + 1, stop, 0, 1, &flags)) || blank(q, stop) != stop)
                flags |= ODD;
            if (w->no_memory) return 0;
            place(w, base, start, stop, flags);
        }
        p = newline ? newline + 1 : end;
    }
    return 1;
}

/* ---- Python ---- */

static PyObject *bytes_of(const void *p, size_t n) { return PyBytes_FromStringAndSize(n ? p : "", (Py_ssize_t)n); }

static PyObject *cells(Walker *w, Path *path) {
    if (path->kind != PLAIN) return bytes_of(path->cells, w->count * (path->kind == TIME ? 8 : 4));
    PyObject *ends = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(w->count + 1) * 4);
    PyObject *data = bytes_of(path->data, path->used), *both = PyTuple_New(2);
    if (!ends || !data || !both) {
        Py_XDECREF(ends), Py_XDECREF(data), Py_XDECREF(both);
        return NULL;
    }
    memset(PyBytes_AsString(ends), 0, 4);
    if (w->count) memcpy(PyBytes_AsString(ends) + 4, path->cells, w->count * 4);
    PyTuple_SetItem(both, 0, ends), PyTuple_SetItem(both, 1, data);
    return both;
}

static PyObject *walk(PyObject *self, PyObject *args) {
    Walker *w = (Walker *)self;
    PyObject *given;
    int by_line;
    Py_buffer text;
    if (!PyArg_ParseTuple(args, "Op", &given, &by_line)) return NULL;
    if (PyObject_GetBuffer(given, &text, PyBUF_SIMPLE)) return NULL;
    w->count = 0, w->no_memory = 0;
    for (int i = 0; i < w->path_count; i++) w->paths[i].used = 0;
    const u8 *base = text.buf, *end = base + text.len;
    int fine = text.len < INT32_MAX && (by_line ? lines(w, base, end) : document(w, base, end));
    PyBuffer_Release(&text);
    if (w->no_memory) return PyErr_NoMemory();
    if (!fine) Py_RETURN_NONE;
    PyObject *columns = PyTuple_New(w->path_count);
    if (!columns) return NULL;
    for (int i = 0; i < w->path_count; i++) {
        PyObject *column = cells(w, &w->paths[i]);
        if (!column) return Py_DECREF(columns), NULL;
        PyTuple_SetItem(columns, i, column);
    }
    return Py_BuildValue("nNNNN", (Py_ssize_t)w->count, bytes_of(w->starts, w->count * 8),
                         bytes_of(w->ends, w->count * 8), bytes_of(w->odd, w->count), columns);
}

static PyObject *fresh(PyObject *self, PyObject *args) {
    Walker *w = (Walker *)self;
    int i;
    if (!PyArg_ParseTuple(args, "i", &i)) return NULL;
    if (i < 0 || i >= w->path_count) return PyErr_SetString(PyExc_IndexError, "no such path"), NULL;
    Texts *t = &w->paths[i].texts;
    PyObject *found = PyList_New(t->count - t->told);
    if (!found) return NULL;
    for (int32_t at = t->told; at < t->count; at++) {
        PyObject *text = bytes_of(t->arena + t->texts[at].at, t->texts[at].size);
        if (!text) return Py_DECREF(found), NULL;
        PyList_SetItem(found, at - t->told, text);
    }
    t->told = t->count;
    return found;
}

static PyObject *held(PyObject *self, PyObject *none) {
    Walker *w = (Walker *)self;
    size_t bytes = 0;
    (void)none;
    for (int i = 0; i < w->path_count; i++)
        bytes += w->paths[i].texts.used + (size_t)w->paths[i].texts.count * sizeof(Text);
    return PyLong_FromSize_t(bytes);
}

static int level_new(Walker *w) {
    if (!grown((void **)&w->levels, (size_t)(w->level_count + 1) * sizeof(Keys))) return -1;
    memset(&w->levels[w->level_count], 0, sizeof(Keys));
    return w->level_count++;
}

static int key_new(Keys *keys, const char *name, size_t n) {
    Key *old = wanted(keys, (const u8 *)name, n);
    if (old) return (int)(old - keys->keys);
    char *copy = malloc(n + 1);
    if (!copy || !grown((void **)&keys->keys, (size_t)(keys->count + 1) * sizeof(Key))) return free(copy), -1;
    memcpy(copy, name, n), copy[n] = 0;
    int *first = &keys->bucket[bucket((const u8 *)name, n)];
    keys->keys[keys->count] = (Key){copy, n, -1, -1, 0, *first, 0};
    *first = keys->count + 1;
    return keys->count++;
}

/* "a.b!.c": the key c of the object b, which must be there, of the object a. */
static int path_new(Walker *w, const char *dotted, int path) {
    int level = 0;
    for (const char *at = dotted;;) {
        size_t n = strcspn(at, ".");
        int required = n && at[n - 1] == '!', last = !at[n];
        int i = key_new(&w->levels[level], at, n - (size_t)required);
        if (i < 0) return 0;
        w->levels[level].keys[i].required |= required;
        if (last) return w->levels[level].keys[i].path = path, 1;
        if (w->levels[level].keys[i].inside < 0) {
            int inside = level_new(w);
            if (inside < 0) return 0;
            w->levels[level].keys[i].inside = inside;
        }
        level = w->levels[level].keys[i].inside;
        at += n + 1;
    }
}

static int walker_init(PyObject *self, PyObject *args, PyObject *kwargs) {
    Walker *w = (Walker *)self;
    PyObject *paths, *containers;
    Py_buffer kinds;
    unsigned long long seed;
    (void)kwargs;
    if (w->levels) return PyErr_SetString(PyExc_TypeError, "a Walker is made once"), -1;
    if (!PyArg_ParseTuple(args, "O!y*O!K", &PyTuple_Type, &paths, &kinds, &PyTuple_Type, &containers, &seed)) return -1;
    w->seed = seed | 1;
    Py_ssize_t count = PyTuple_Size(paths), names = PyTuple_Size(containers);
    int done = count == kinds.len && level_new(w) == 0;
    done = done && (w->paths = calloc((size_t)count + 1, sizeof(Path))) && (w->containers = calloc((size_t)names + 1, sizeof(char *)));
    for (Py_ssize_t i = 0; done && i < count; i++) {
        const char *dotted = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(paths, i), NULL);
        w->paths[i].kind = ((u8 *)kinds.buf)[i];
        w->path_count++;
        done = dotted && w->paths[i].kind <= TIME && path_new(w, dotted, (int)i);
    }
    for (Py_ssize_t i = 0; done && i < names; i++) {
        const char *name = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(containers, i), NULL);
        done = name && (w->containers[i] = malloc(strlen(name) + 1));
        if (done) strcpy(w->containers[i], name), w->container_count++;
    }
    PyBuffer_Release(&kinds);
    if (!done && !PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "paths and kinds don't fit");
    return done ? 0 : -1;
}

static void walker_free(PyObject *self) {
    Walker *w = (Walker *)self;
    PyTypeObject *type = Py_TYPE(self);
    for (int i = 0; i < w->level_count; i++) keys_free(&w->levels[i]);
    for (int i = 0; w->paths && i < w->path_count; i++)
        texts_free(&w->paths[i].texts), free(w->paths[i].cells), free(w->paths[i].data);
    for (int i = 0; w->containers && i < w->container_count; i++) free(w->containers[i]);
    free(w->levels), free(w->paths), free(w->containers), free(w->starts), free(w->ends), free(w->odd);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}

static PyMethodDef walker_methods[] = {{"walk", walk, METH_VARARGS, NULL},
                                       {"fresh", fresh, METH_VARARGS, NULL},
                                       {"held", held, METH_NOARGS, NULL},
                                       {NULL, NULL, 0, NULL}};
static PyType_Slot walker_slots[] = {
    {Py_tp_init, walker_init}, {Py_tp_dealloc, walker_free}, {Py_tp_methods, walker_methods}, {0, NULL}};
static PyType_Spec walker_spec = {"keywitness.readers._walk.Walker", sizeof(Walker), 0, Py_TPFLAGS_DEFAULT, walker_slots};

/* Combinations of codes: a Grouper numbers the tuples that it is shown, each new one once. */
typedef struct {
    PyObject_HEAD
    int width;
    Texts texts;
} Grouper;

static int grouper_init(PyObject *self, PyObject *args, PyObject *kwargs) {
    (void)kwargs;
    if (!PyArg_ParseTuple(args, "i", &((Grouper *)self)->width)) return -1;
    if (((Grouper *)self)->width < 1 || ((Grouper *)self)->width > 64)
        return PyErr_SetString(PyExc_ValueError, "1 to 64 columns"), -1;
    return 0;
}

static PyObject *group(PyObject *self, PyObject *args) {
    Grouper *g = (Grouper *)self;
    PyObject *columns, *codes = NULL, *told = NULL;
    const int32_t *in[64];
    Py_ssize_t rows = 0;
    if (!PyArg_ParseTuple(args, "O!", &PyTuple_Type, &columns)) return NULL;
    if (PyTuple_Size(columns) != g->width) return PyErr_SetString(PyExc_ValueError, "another number of columns"), NULL;
    for (int i = 0; i < g->width; i++) {
        char *data;
        Py_ssize_t size;
        if (PyBytes_AsStringAndSize(PyTuple_GetItem(columns, i), &data, &size)) return NULL;
        if (i && size / 4 != rows) return PyErr_SetString(PyExc_ValueError, "columns of unequal length"), NULL;
        in[i] = (const int32_t *)data, rows = size / 4;
    }
    if (!(codes = PyBytes_FromStringAndSize(NULL, rows * 4))) return NULL;
    int32_t *out = (int32_t *)PyBytes_AsString(codes), key[64], first = g->texts.count;
    for (Py_ssize_t row = 0; row < rows; row++) {
        int same = row > 0;
        for (int i = 0; i < g->width; i++) {
            same = same && in[i][row] == key[i];
            key[i] = in[i][row];
        }
        if (same) {
            out[row] = out[row - 1];
            continue;
        }
        out[row] = coded(&g->texts, (const u8 *)key, (size_t)g->width * 4, 1);
        if (out[row] == -3) return Py_DECREF(codes), PyErr_NoMemory();
        if (out[row] == -2) return Py_DECREF(codes), Py_NewRef(Py_None);
    }
    if (!(told = PyList_New(g->texts.count - first))) return Py_DECREF(codes), NULL;
    for (int32_t at = first; at < g->texts.count; at++) {
        PyObject *tuple = PyTuple_New(g->width);
        if (!tuple) return Py_DECREF(codes), Py_DECREF(told), NULL;
        memcpy(key, g->texts.arena + g->texts.texts[at].at, (size_t)g->width * 4);
        for (int i = 0; i < g->width; i++) PyTuple_SetItem(tuple, i, PyLong_FromLong(key[i]));
        PyList_SetItem(told, at - first, tuple);
    }
    return Py_BuildValue("NN", codes, told);
}

static void grouper_free(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    texts_free(&((Grouper *)self)->texts);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}

static PyMethodDef grouper_methods[] = {{"group", group, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyType_Slot grouper_slots[] = {
    {Py_tp_init, grouper_init}, {Py_tp_dealloc, grouper_free}, {Py_tp_methods, grouper_methods}, {0, NULL}};
static PyType_Spec grouper_spec = {"keywitness.readers._walk.Grouper", sizeof(Grouper), 0, Py_TPFLAGS_DEFAULT, grouper_slots};

/* Names(names).find(text): where a quote, one of the names in any case, and a quote or an escaped quote stand. */
typedef struct {
    PyObject_HEAD
    Keys names;
    size_t longest;
} Names;

static inline u8 lower(u8 c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; }

static int names_init(PyObject *self, PyObject *args, PyObject *kwargs) {
    Names *n = (Names *)self;
    PyObject *given;
    (void)kwargs;
    if (n->names.count) return PyErr_SetString(PyExc_TypeError, "Names are made once"), -1;
    if (!PyArg_ParseTuple(args, "O!", &PyTuple_Type, &given)) return -1;
    for (Py_ssize_t i = 0; i < PyTuple_Size(given); i++) {
        Py_ssize_t size;
        const char *name = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(given, i), &size);
        if (!name) return -1;
        if (key_new(&n->names, name, (size_t)size) < 0) return PyErr_NoMemory(), -1;
        if ((size_t)size > n->longest) n->longest = (size_t)size;
    }
    if (n->longest > 60) return PyErr_SetString(PyExc_ValueError, "a name of more than 60 bytes"), -1;
    return 0;
}

static const Key *named(Names *n, const u8 *p, const u8 *end, size_t *size) {
    u8 folded[64];
    size_t most = (size_t)(end - p) < n->longest + 1 ? (size_t)(end - p) : n->longest + 1;
    *size = (size_t)(plain(p, p + most) - p);
    if (*size > n->longest || p + *size >= end) return NULL;
    for (size_t i = 0; i < *size; i++) folded[i] = lower(p[i]);
    return wanted(&n->names, folded, *size);
}

static PyObject *names_find(PyObject *self, PyObject *given) {
    Names *n = (Names *)self;
    Py_buffer text;
    if (PyObject_GetBuffer(given, &text, PyBUF_SIMPLE)) return NULL;
    PyObject *found = PyList_New(0);
    const u8 *base = text.buf, *end = base + text.len, *p = base;
    while (found && p < end && (p = memchr(p, '"', (size_t)(end - p)))) {
        const u8 *name = ++p;
        size_t size;
        if (!named(n, name, end, &size)) continue;
        if (name[size] != '"' && (name[size] != '\\' || name + size + 1 >= end || name[size + 1] != '"')) continue;
        PyObject *at = PyLong_FromSsize_t(name - 1 - base);
        if (!at || PyList_Append(found, at)) Py_CLEAR(found);
        Py_XDECREF(at);
    }
    PyBuffer_Release(&text);
    return found;
}

typedef struct { u8 *data; size_t used, room; } Buffer;

static int append(Buffer *b, const u8 *p, size_t n) {
    if (b->used + n > b->room) {
        size_t room = (b->used + n) * 2;
        if (!grown((void **)&b->data, room)) return 0;
        b->room = room;
    }
    memcpy(b->data + b->used, p, n);
    b->used += n;
    return 1;
}

/* Appends a valid record with the values of secret names blackened. 1 done, 0 for who knows more, -1 no memory. */
static int blackened(Names *n, Buffer *out, const u8 *p, const u8 *end) {
    static const u8 mark[] = "[redacted]";
    const u8 *start = p, *from = p;
    while ((p = plain(p, end)) < end) {
        u8 c = *p++;
        size_t size;
        if (c == '\\') {
            if (end - p > 2 && p[0] == 'u' && (p[1] | 0x20) == 'd' && !(p[2] >= '0' && p[2] <= '7')) return 0;
            continue;
        }
        if (c != '"' || !named(n, p, end, &size)) continue;
        const u8 *q = p + size;
        if (*q == '\\' || (p - 1 > start && p[-2] == '\\')) return 0;
        if (*q != '"') continue;
        q = blank(q + 1, end);
        if (q >= end || *q != ':') continue;
        q = blank(q + 1, end);
        if (q >= end || *q != '"') continue;
        int flags = 0;
        const u8 *stop = string(++q, end, &flags);
        if (!stop || flags & (ESCAPE | SUSPECT)) return 0;
        p = stop - 1;
        if (p == q) continue;
        if (!append(out, from, (size_t)(q - from)) || !append(out, mark, sizeof mark - 1)) return -1;
        from = p;
    }
    return append(out, from, (size_t)(end - from)) ? 1 : -1;
}

/* Names.keep(text, starts, ends, codes, code, odd): ends and data of an Arrow column with the records that have the
   code and aren't odd, blackened; a byte for each that is there; and the numbers of those that are left to the caller. */
static PyObject *names_keep(PyObject *self, PyObject *args) {
    Py_buffer text, starts, ends, codes, odd;
    int code;
    if (!PyArg_ParseTuple(args, "y*y*y*y*iy*", &text, &starts, &ends, &codes, &code, &odd)) return NULL;
    Py_ssize_t rows = codes.len / 4;
    int fine = starts.len / 8 == rows && ends.len / 8 == rows && odd.len == rows;
    PyObject *hard = PyList_New(0), *offsets = PyBytes_FromStringAndSize(NULL, (rows + 1) * 4), *result = NULL;
    PyObject *there = PyBytes_FromStringAndSize(NULL, rows * 4);
    Buffer out = {0};
    if (!fine) PyErr_SetString(PyExc_ValueError, "columns of unequal length");
    fine = fine && hard && offsets && there;
    int32_t *at = fine ? (int32_t *)PyBytes_AsString(offsets) : NULL, *has = fine ? (int32_t *)PyBytes_AsString(there) : NULL;
    if (fine) at[0] = 0;
    for (Py_ssize_t i = 0; fine && i < rows; i++) {
        int64_t from = ((int64_t *)starts.buf)[i], to = ((int64_t *)ends.buf)[i];
        size_t before = out.used;
        has[i] = -1;
        if (((int32_t *)codes.buf)[i] == code && !((u8 *)odd.buf)[i] && from >= 0 && from <= to && to <= text.len) {
            int done = blackened((Names *)self, &out, (u8 *)text.buf + from, (u8 *)text.buf + to);
            if (done < 0 || out.used > INT32_MAX) PyErr_NoMemory(), fine = 0;
            if (done > 0) has[i] = 0;
            if (done == 0) {
                out.used = before;
                PyObject *number = PyLong_FromSsize_t(i);
                if (!number || PyList_Append(hard, number)) fine = 0;
                Py_XDECREF(number);
            }
        }
        at[i + 1] = (int32_t)out.used;
    }
    if (fine) result = Py_BuildValue("ONOO", offsets, bytes_of(out.data, out.used), there, hard);
    Py_XDECREF(hard), Py_XDECREF(offsets), Py_XDECREF(there);
    free(out.data);
    PyBuffer_Release(&text), PyBuffer_Release(&starts), PyBuffer_Release(&ends), PyBuffer_Release(&codes), PyBuffer_Release(&odd);
    return result;
}

static void names_free(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    keys_free(&((Names *)self)->names);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}

static PyMethodDef names_methods[] = {{"find", names_find, METH_O, NULL}, {"keep", names_keep, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyType_Slot names_slots[] = {
    {Py_tp_init, names_init}, {Py_tp_dealloc, names_free}, {Py_tp_methods, names_methods}, {0, NULL}};
static PyType_Spec names_spec = {"keywitness.readers._walk.Names", sizeof(Names), 0, Py_TPFLAGS_DEFAULT, names_slots};

/* mapped(codes, table, missing): table[code] for each code, `missing` for a negative one. */
static PyObject *mapped(PyObject *self, PyObject *args) {
    Py_buffer codes, table;
    int missing;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*y*i", &codes, &table, &missing)) return NULL;
    Py_ssize_t rows = codes.len / 4, size = table.len / 4;
    PyObject *result = PyBytes_FromStringAndSize(NULL, rows * 4);
    if (result) {
        int32_t *out = (int32_t *)PyBytes_AsString(result);
        const int32_t *in = codes.buf, *to = table.buf;
        for (Py_ssize_t i = 0; i < rows; i++) out[i] = in[i] >= 0 && in[i] < size ? to[in[i]] : missing;
    }
    PyBuffer_Release(&codes), PyBuffer_Release(&table);
    return result;
}

/* valid(codes): a bit for each code that isn't negative, lowest first, as Arrow has them; None when all are. */
static PyObject *valid(PyObject *self, PyObject *args) {
    Py_buffer codes;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*", &codes)) return NULL;
    Py_ssize_t rows = codes.len / 4, missing = 0;
    const int32_t *in = codes.buf;
    for (Py_ssize_t i = 0; i < rows; i++) missing += in[i] < 0;
    PyObject *result = missing ? PyBytes_FromStringAndSize(NULL, (rows + 7) / 8) : Py_NewRef(Py_None);
    if (missing && result) {
        u8 *out = (u8 *)PyBytes_AsString(result);
        memset(out, 0, (size_t)(rows + 7) / 8);
        for (Py_ssize_t i = 0; i < rows; i++) out[i / 8] |= (u8)((in[i] >= 0) << (i % 8));
    }
    PyBuffer_Release(&codes);
    return result;
}

static PyMethodDef functions[] = {
    {"mapped", mapped, METH_VARARGS, NULL}, {"valid", valid, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_walk", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__walk(void) {
    PyObject *made = PyModule_Create(&module);
    if (!made) return NULL;
    PyType_Spec *specs[] = {&walker_spec, &grouper_spec, &names_spec};
    const char *names[] = {"Walker", "Grouper", "Names"};
    for (int i = 0; i < 3; i++) {
        PyObject *type = PyType_FromSpec(specs[i]);
        if (!type || PyModule_AddObjectRef(made, names[i], type)) return Py_XDECREF(type), Py_DECREF(made), NULL;
        Py_DECREF(type);
    }
    return made;
}
