/* file_media.c - what kind of file the first bytes speak of. */
#include "base/text.h"
#include "store/file.h"

struct mark {
    size_t at;
    const char *bytes;
    size_t n;
    const char *media;
};
#define MARK(at, bytes, media)                                                                     \
    {                                                                                              \
        at, bytes, sizeof(bytes) - 1, media                                                        \
    }

/* The first that fits; the longer ones of a family come first. */
static const struct mark marks[] = {
    MARK(0, "%PDF-", "application/pdf"),
    MARK(0, "\x89PNG\r\n\x1a\n", "image/png"),
    MARK(0, "\xff\xd8\xff", "image/jpeg"),
    MARK(0, "GIF87a", "image/gif"),
    MARK(0, "GIF89a", "image/gif"),
    MARK(8, "WEBP", "image/webp"),
    MARK(8, "WAVE", "audio/wav"),
    MARK(8, "AVI ", "video/x-msvideo"),
    MARK(0, "BM", "image/bmp"),
    MARK(0, "II*\0", "image/tiff"),
    MARK(0, "MM\0*", "image/tiff"),
    MARK(4, "ftypheic", "image/heic"),
    MARK(4, "ftypavif", "image/avif"),
    MARK(4, "ftypM4A", "audio/mp4"),
    MARK(4, "ftypqt", "video/quicktime"),
    MARK(4, "ftyp", "video/mp4"),
    MARK(0, "ID3", "audio/mpeg"),
    MARK(0, "\xff\xfb", "audio/mpeg"),
    MARK(0, "OggS", "audio/ogg"),
    MARK(0, "fLaC", "audio/flac"),
    MARK(0, "#!AMR", "audio/amr"),
    MARK(0, "\x1a\x45\xdf\xa3", "video/webm"),
    MARK(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    MARK(0, "{\\rtf", "application/rtf"),
    MARK(0, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    MARK(0, "Rar!\x1a\x07", "application/vnd.rar"),
    MARK(0, "\x1f\x8b", "application/gzip"),
};

/* Office documents are ZIP archives; the names of their parts say which. */
static const char *zip_media(struct gx_str head)
{
    static const struct {
        const char *part, *media;
    } parts[] = {
        { "word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
        { "xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
        { "ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
        { "mimetypeapplication/vnd.oasis.opendocument.text",
          "application/vnd.oasis.opendocument.text" },
        { "mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
          "application/vnd.oasis.opendocument.spreadsheet" },
    };
    for (size_t i = 0; i < GX_COUNT(parts); i++)
        if (gx_str_search(head, gx_str_c(parts[i].part)) != SIZE_MAX)
            return parts[i].media;
    return "application/zip";
}

/* The head may end inside a character. */
static bool is_text(struct gx_str head)
{
    if (head.n == 0 || gx_str_find(head, '\0') < head.n)
        return false;
    for (size_t cut = 0; cut < 4 && cut < head.n; cut++)
        if (gx_text_valid((struct gx_str){ head.p, head.n - cut }))
            return true;
    return false;
}

const char *gx_file_media(struct gx_str head)
{
    for (size_t i = 0; i < GX_COUNT(marks); i++) {
        const struct mark *m = &marks[i];
        if (head.n >= m->at + m->n && memcmp(head.p + m->at, m->bytes, m->n) == 0)
            return m->media;
    }
    if (gx_str_starts(head, GX_STR("PK\x03\x04")))
        return zip_media(head);
    return is_text(head) ? "text/plain" : "application/octet-stream";
}
