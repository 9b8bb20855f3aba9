/*
 * expr_int.h - what the files of expr/ share: tokens, the tree, the functions.
 *
 * A text becomes a tree of nodes in one step of parsing (names and calls as written) and one of
 * checking, which replaces names and calls by typed nodes.  Everything after it (printing, SQL,
 * evaluation) reads typed nodes only.
 *
 * Layer: expr, private.
 */
#ifndef GX_EXPR_INT_H
#define GX_EXPR_INT_H

#include "expr/expr.h"

/* Types that only stand inside an expression. */
enum {
    TYPE_EMPTY = GX_TYPE_LINKS + 1, /* the word `empty`, until its place gives it a type */
    TYPE_MONTHS,                    /* "3 months": added to a date or moment */
    TYPE_PERIOD,                    /* this_quarter: right of `in` */
    TYPE_RECORD,                    /* a record itself, in a path */
};

enum { COST_MAX = 10000, COST_SUBQUERY = 20, NUMBER_SCALE_DIV = 6, MONTHS_MAX = 48000 };

enum token_kind {
    T_END,
    T_NAME,
    T_NUMBER, /* 12.50 */
    T_SPAN,   /* 90d, 1h30m, 3mo: digits and letters without a gap */
    T_DATE,
    T_MOMENT,
    T_TEXT,
    T_OP,
};

enum op {
    OP_NONE,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_CONTAINS,
    OP_STARTS,
    OP_ENDS,
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_JOIN, /* & */
    OP_OPEN,
    OP_CLOSE,
    OP_COMMA,
    OP_COLON,
    OP_DOT,
};

struct token {
    enum token_kind kind;
    enum op op;
    size_t at;
    struct gx_str text; /* as written; T_TEXT: the unescaped, NFC text */
    int64_t value;      /* T_DATE, T_MOMENT */
    bool local;         /* T_MOMENT without a zone */
};

enum period {
    PERIOD_WEEK,
    PERIOD_MONTH,
    PERIOD_QUARTER,
    PERIOD_YEAR,
    PERIOD_FISCAL_QUARTER,
    PERIOD_FISCAL_YEAR,
    PERIOD_COUNT
};

enum node_kind {
    /* as parsed; the checker replaces them */
    N_NAME,  /* names: the path */
    N_CALL,  /* names: the function (one); kids; cond */
    N_ARITH, /* op; two kids, or one for unary minus */
    /* constants of a row */
    N_EMPTY,
    N_CONST,        /* value */
    N_LOCAL_MOMENT, /* value: as if the zone were UTC */
    N_MONTHS,       /* value */
    N_ME,
    N_TODAY,
    N_NOW,
    N_PERIOD, /* period, shift */
    /* records and their fields */
    N_THIS,   /* shift: how many levels out */
    N_FOLLOW, /* kid: a LINK; object */
    N_FIELD,  /* kid: a record; field */
    /* logic */
    N_NOT,
    N_AND,
    N_OR,
    N_COMPARE, /* op; two kids */
    N_MATCH,   /* op ~ ^= $=; two kids */
    N_IN,      /* kid 0 in the others */
    N_BETWEEN, /* three kids */
    N_IN_PERIOD,
    N_IS_EMPTY,
    N_HAS, /* kid 0 CHOICES field; the others codes */
    /* values */
    N_CONCAT,
    N_COALESCE,
    N_IF,
    N_MIN,
    N_MAX,
    N_AS_TEXT, /* a choice code as text */
    N_FN,      /* fn, args; how it is written: op or name; implicit: not written at all */
    N_AGGREGATE,
    N_REACH, /* value: the environment's code; object */
    N_RULE,  /* kid: a rule, inside which no record is hidden */
};

/* In the order of gx_expr_functions[]. */
enum fn {
    FN_FOLD,
    FN_SORT,
    FN_ADD,
    FN_SUB,
    FN_NEG,
    FN_MUL,
    FN_DIV,
    FN_RESCALE,
    FN_ROUND,
    FN_ABS,
    FN_MIN,
    FN_MAX,
    FN_CMP,
    FN_SUM,
    FN_AVG,
    FN_DATE_ADD,
    FN_DATE_SUB,
    FN_DATE_DIFF,
    FN_DATE_MONTHS,
    FN_MOMENT_ADD,
    FN_MOMENT_SUB,
    FN_MOMENT_MONTHS,
    FN_DATE,
    FN_DAY,
    FN_MIDNIGHT,
    FN_DATE_PART,
    FN_WHOLE,
    FN_LOWER,
    FN_UPPER,
    FN_TRIM,
    FN_LEFT,
    FN_RIGHT,
    FN_LENGTH,
    FN_SQUEEZE,
    FN_STARTS,
    FN_ENDS,
    FN_TEXT_NUMBER,
    FN_TEXT_DATE,
    FN_TAX_ID,
    FN_COUNT
};

enum date_part { PART_YEAR, PART_QUARTER, PART_MONTH, PART_DAY, PART_WEEKDAY };
enum round_mode { ROUND_HALF_AWAY, ROUND_FLOOR, ROUND_CEIL };

enum aggregate {
    AGGREGATE_COUNT,
    AGGREGATE_SUM,
    AGGREGATE_AVG,
    AGGREGATE_MIN,
    AGGREGATE_MAX,
    AGGREGATE_ANY,
    AGGREGATE_ALL,
};

/*
 * How a text is wanted: as it is, folded, or folded as a part of a longer text, where a space at
 * its end stays.
 */
enum form { FORM_PLAIN, FORM_FOLDED, FORM_PART };

struct node {
    enum node_kind kind;
    int type; /* enum gx_type or TYPE_… */
    int scale;
    size_t at;
    bool constant; /* the same for every row: known once the environment is */
    bool implicit; /* N_FN put in by the checker: printed as its first kid */
    int depth;
    int64_t cost; /* nodes, with formulas and what SQL has to repeat */
    struct node **kids;
    size_t count;

    struct gx_value value;
    const struct gx_str *names; /* N_NAME, N_CALL */
    size_t name_count;
    struct node *cond; /* N_CALL: after the colon; N_AGGREGATE: or NULL */
    enum op op;
    enum period period;
    int shift;          /* N_PERIOD: -1 0 1; N_THIS: levels out */
    struct gx_str name; /* N_FN, N_AGGREGATE: how it is written */

    struct gx_str object;                /* LINK, record: the object */
    const struct gx_expr_object *target; /* N_FOLLOW, N_AGGREGATE: the same, resolved */
    const struct gx_expr_field *field;   /* N_FIELD; N_AGGREGATE over LINKS */
    const struct gx_expr_field *choices; /* CHOICE, CHOICES: the field that lists them */

    enum fn fn;
    int64_t params[3]; /* N_FN: constants after the kids */
    int param_count;
    bool tz; /* N_FN: the zone of the environment is one more argument */

    enum aggregate aggregate;
    const struct gx_expr_relation *relation; /* N_AGGREGATE; NULL: over LINKS `field` */
    const struct gx_expr_field *link;        /* N_AGGREGATE over a relation: the LINK there */
    struct node *over;                       /* N_AGGREGATE: the record it belongs to */
    struct node *of;                         /* N_AGGREGATE: the value, or NULL */
};

struct gx_expr {
    struct node *root;
    struct gx_str object;
};

/* The records a node may speak of: the innermost first. */
struct check_scope {
    const struct gx_expr_object *object;
    const struct check_scope *up;
};

struct parser {
    struct gx_ctx *ctx;
    struct gx_arena *arena;
    const struct gx_expr_schema *schema;
    struct gx_str text;
    struct token *tokens;
    size_t next;
    size_t node_count, node_max;
    int depth;
};

/* expr_lex.c */
GX_NODISCARD enum gx_code gx_expr_lex(struct parser *p, struct token **ret_tokens);
GX_NODISCARD enum gx_code gx_expr_lex_span(struct parser *p, const struct token *number,
                                           struct gx_str word, struct node *node);
bool gx_expr_is_unit(struct gx_str word);

/* expr_parse.c */
GX_NODISCARD enum gx_code gx_expr_tree(struct parser *p, struct node **ret_node);
GX_NODISCARD enum gx_code gx_expr_node_new(struct parser *p, enum node_kind kind, size_t at,
                                           size_t kids, struct node **ret_node);
enum gx_code gx_expr_fail(struct parser *p, size_t at, enum gx_message message, struct gx_str a,
                          struct gx_str b);

/* expr_check.c: gx_expr_check() replaces *node by a typed node. */
GX_NODISCARD enum gx_code gx_expr_check(struct parser *p, const struct check_scope *scope,
                                        struct node **node);
GX_NODISCARD enum gx_code gx_expr_check_bool(struct parser *p, const struct check_scope *scope,
                                             struct node **node);
/* Set constant, depth and cost from the kids; GX_E_INVALID past a limit. */
GX_NODISCARD enum gx_code gx_expr_finish(struct parser *p, struct node *node);
/* Make two values comparable: a literal takes the type of the other side. */
GX_NODISCARD enum gx_code gx_expr_pair(struct parser *p, struct node **a, struct node **b);
/* Give kids from `from` on one type, which becomes that of the node. */
GX_NODISCARD enum gx_code gx_expr_unify(struct parser *p, struct node *node, size_t from);
/* A text literal takes the type of `beside`, if that wants one. */
GX_NODISCARD enum gx_code gx_expr_adapt(struct parser *p, struct node *node,
                                        const struct node *beside);
GX_NODISCARD enum gx_code gx_expr_to_scale(struct parser *p, struct node **node, int type,
                                           int scale);
enum gx_code gx_expr_fail_type(struct parser *p, const struct node *node, int wanted);
const char *gx_expr_type_name(const struct parser *p, int type);
bool gx_expr_is_foldable(const struct node *node);

/* expr_name.c */
GX_NODISCARD enum gx_code gx_expr_check_name(struct parser *p, const struct check_scope *scope,
                                             struct node **node);
GX_NODISCARD enum gx_code gx_expr_check_aggregate(struct parser *p, const struct check_scope *scope,
                                                  enum aggregate aggregate, struct node **call);
/* True if `path` names records (a relation or LINKS), not one value. */
bool gx_expr_names_list(struct parser *p, const struct check_scope *scope, const struct node *path);
extern const struct gx_expr_field gx_expr_id_field;

/* expr_call.c */
GX_NODISCARD enum gx_code gx_expr_check_call(struct parser *p, const struct check_scope *scope,
                                             struct node **node);
/* Names of the functions, for tests and completion. */
size_t gx_expr_call_count(void);
const char *gx_expr_call_name(size_t i);

/* expr_arith.c */
GX_NODISCARD enum gx_code gx_expr_check_arith(struct parser *p, struct node **node);
GX_NODISCARD enum gx_code gx_expr_check_concat(struct parser *p, struct node **node);
GX_NODISCARD enum gx_code gx_expr_to_text(struct parser *p, struct node **node);
/* A call of `fn` on a and, if not NULL, b; finished. */
GX_NODISCARD enum gx_code gx_expr_fn_node(struct parser *p, enum fn fn, int type, int scale,
                                          struct node *a, struct node *b, struct node **ret_node);
/* A moment to the date it falls on; a date stays as it is. */
GX_NODISCARD enum gx_code gx_expr_to_date(struct parser *p, struct node **node);

/* expr_period.c; a range is its first day and the day after its last one. */
GX_NODISCARD enum gx_code gx_expr_period_node(struct parser *p, size_t at, enum period period,
                                              int shift, struct node **ret_node);
bool gx_expr_find_period(struct gx_str name, enum period *ret_period, int *ret_shift);
void gx_expr_period_range(const struct gx_expr_env *env, enum period period, int shift,
                          int64_t *ret_from, int64_t *ret_to);
int64_t gx_expr_today(const struct gx_expr_env *env);
void gx_expr_period_print(struct gx_buf *out, enum period period, int shift);

/* expr_fn.c */
struct gx_value gx_expr_call_fn(struct gx_arena *arena, enum fn fn, const struct gx_value *args);

/* expr_case.c: one character for one, the same set on every engine. */
void gx_expr_case_tables(struct gx_arena *arena, bool upper, struct gx_str *ret_from,
                         struct gx_str *ret_to);
struct gx_str gx_expr_case_map(struct gx_arena *arena, bool upper, struct gx_str s);

/* expr_eval.c: a node with `constant` needs no record and cannot fail. */
struct gx_value gx_expr_eval_constant(struct gx_arena *arena, const struct node *node,
                                      const struct gx_expr_env *env);
/* Its folded form; `part`: inside a longer text. */
struct gx_value gx_expr_fold_constant(struct gx_arena *arena, const struct node *node,
                                      const struct gx_expr_env *env, bool part);

/* expr_print.c */
/* The same tree, positions aside; for tests. */
bool gx_expr_same(const struct gx_expr *a, const struct gx_expr *b);

/* White space that trim() takes off. */
#define TRIM_SET " \t\r\n\xc2\xa0\xe3\x80\x80"

#endif
