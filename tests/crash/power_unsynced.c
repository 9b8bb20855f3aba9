/*
 * power_unsynced.c - for the control of tests/crash/power: nothing is ever synced.  With this
 * loaded before the program, cuts must lose what was acknowledged, or the test shows nothing.
 */
int fsync(int fd)
{
    return fd < 0 ? -1 : 0;
}
int fdatasync(int fd)
{
    return fd < 0 ? -1 : 0;
}
