/*
 * erase.h - erasing a person: the record, what belongs to it, and every word about it elsewhere.
 *
 * Somebody asks (perhaps a second administrator confirms), a thread does it in one transaction, and
 * it cannot be taken back.  What belongs to the person goes: its record with files, consents,
 * teams, notes.  What only points at it stays, without its words: a deal keeps its amount.  Entries
 * of the log keep who, when and what kind, and lose reason and values; their hashes are kept and
 * signed with the request, so that the chain still verifies and anybody else's blanking is found.
 *
 * Before anything is erased, a line with ids and a signature is added to <tenant>.erased beside the
 * database and to a second place if one is set.  That list is held against the store at each
 * start: a database that was restored, or put there by hand, is erased again before it is served.
 * Whatever else keeps copies of records (a warehouse) must read it too.
 *
 * Layer: store.
 */
#ifndef GX_STORE_ERASE_H
#define GX_STORE_ERASE_H

#include "json/write.h"
#include "store/record.h"
#include "store/seal.h"

enum { GX_ERASE_RECORDS_MAX = 20000, GX_ERASE_REASON_CHARS_MAX = 500 };

/* Settings: a path of a second place for the list; "1": a second administrator confirms. */
#define GX_SETTING_ERASED_COPY     "erased_copy"
#define GX_SETTING_ERASE_FOUR_EYES "erase_four_eyes"

struct gx_erase_ask {
    const struct gx_object *object;
    int64_t record;
    bool keep;           /* activities stay, without their words */
    struct gx_str typed; /* the name of the record, as a confirmation */
    struct gx_str reason;
    bool despite_open; /* though deals are open */
};

/* May people of this kind be erased?  A contact, a lead, an account of a person.  GX_E_INVALID. */
GX_NODISCARD enum gx_code gx_erase_is_person(struct gx_scope *scope, const struct gx_object *object,
                                             int64_t id);
/* What would go and what would stay, as JSON; writes nothing.  The scope is an administrator's. */
GX_NODISCARD enum gx_code gx_erase_preview(struct gx_scope *scope, const struct gx_erase_ask *ask,
                                           struct gx_jw *w);
/*
 * On the writer: keep the request.  *ret_running: nobody has to confirm it.  GX_E_INVALID: the name
 * was not typed, a deal is open; GX_E_IN_USE: a legal hold; GX_E_CONFLICT: asked already.
 */
GX_NODISCARD enum gx_code gx_erase_start(struct gx_scope *scope, const struct gx_erase_ask *ask,
                                         int64_t *ret_id, bool *ret_running);
/* On the writer.  GX_E_FORBIDDEN: by who asked; GX_E_CONFLICT: not waiting for it. */
GX_NODISCARD enum gx_code gx_erase_confirm(struct gx_scope *scope, int64_t id);
GX_NODISCARD enum gx_code gx_erase_cancel(struct gx_scope *scope, int64_t id);
/* Requests, newest first, as elements of a JSON array; `id` 0: all. */
GX_NODISCARD enum gx_code gx_erase_list(struct gx_scope *scope, int64_t id, struct gx_jw *w,
                                        int *ret_count);

/*
 * Do what was asked and confirmed, one after the other, and clear the files behind it; not on the
 * writer.  *ret_done: how many.  `sealer` seals the log before; NULL: at a start, where it is.
 */
GX_NODISCARD enum gx_code gx_erase_work(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                        struct gx_sealer *sealer, int *ret_done);
/*
 * At a start, before anybody is served: erase again what the list names and this store does not
 * know of.  GX_E_IO: a store that was restored, whose list cannot be read; GX_E_INVALID: a line is
 * not signed by a key that is known here.
 */
GX_NODISCARD enum gx_code gx_erase_catch_up(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                            int *ret_done);
/* Copy the list to another folder, a backup's.  GX_E_IO. */
GX_NODISCARD enum gx_code gx_erase_copy_list(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                                             const char *folder);
/*
 * For `guanxi restore`: `file` (NULL: none was given; "none": there is none) joins the list of the
 * folder, and the folder is marked as restored.
 */
GX_NODISCARD enum gx_code gx_erase_bring_list(struct gx_ctx *ctx, const char *folder,
                                              struct gx_str tenant, const char *file);

/* Is the signature of what this request blanked right?  For the check of the log. */
struct gx_erase_seal {
    int64_t id, entries;
    bool sound;
};
GX_NODISCARD enum gx_code gx_erase_check(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                         struct gx_conn *conn, struct gx_erase_seal **ret_seals,
                                         size_t *ret_count);

#endif
