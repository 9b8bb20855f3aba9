/*
 * seal_file.h - the sealed log as a file that anybody can check, without this program.
 *
 * NDJSON: a first line with the public keys, then for each seal a line for each of its entries and
 * one of the seal itself, and a last line with the head.  Entries that were asked for, and that the
 * reader may see, stand there as they were hashed; of the others only the hash, so that the chain
 * can be followed through them all.  Words that are kept from a reader are replaced by their salted
 * hash.  docs/AUDIT.md describes the format, tools/audit-check.mjs checks it.
 *
 * Layer: store.
 */
#ifndef GX_STORE_SEAL_FILE_H
#define GX_STORE_SEAL_FILE_H

#include "store/audit.h"
#include "store/seal.h"

struct gx_seal_file {
    struct gx_audit_ask ask;    /* given: which entries are wanted in full */
    struct gx_sealer *sealer;   /* given: for the last line */
    int64_t seal_id, seq, high; /* the last seal written, the last entry, where to end */
    int64_t seals, entries, full;
    bool begun;
};

/*
 * Append the next piece to `out`, at most some hundred entries; *ret_more false: that was the last.
 * The scope may be another one (of the same person) each time.  The reader was asked for by
 * gx_audit_may() before.
 */
GX_NODISCARD enum gx_code gx_seal_file_piece(struct gx_scope *scope, struct gx_seal_file *file,
                                             struct gx_buf *out, bool *ret_more);

#endif
