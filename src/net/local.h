/*
 * local.h - the Unix socket of a data folder, from both sides.
 *
 * A path longer than the 107 bytes of sockaddr_un is reached through its opened folder.  The
 * socket file has mode 0600 from its first moment.
 *
 * Layer: net.
 */
#ifndef GX_NET_LOCAL_H
#define GX_NET_LOCAL_H

/* Descriptors, or -1 with errno.  A file nobody listens on is replaced by gx_local_listen(). */
int gx_local_connect(const char *path);
int gx_local_listen(const char *path, int backlog);

#endif
