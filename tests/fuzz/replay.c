/* replay.c - run a fuzz target over every file of the folders given; missing folders are empty. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void run(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat stat;
    if (!file || fstat(fileno(file), &stat) != 0) {
        perror(path);
        exit(1);
    }
    /* The last line of the log names the input that ended the program. */
    printf("%s\n", path);
    fflush(stdout);
    size_t n = (size_t)stat.st_size;
    uint8_t *data = malloc(n ? n : 1);
    if (!data || fread(data, 1, n, file) != n) {
        perror(path);
        exit(1);
    }
    fclose(file);
    LLVMFuzzerTestOneInput(data, n);
    free(data);
}

int main(int argc, char **argv)
{
    int files = 0;
    for (int i = 1; i < argc; i++) {
        struct dirent **names = NULL;
        int n = scandir(argv[i], &names, NULL, alphasort);
        for (int k = 0; k < n; k++) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", argv[i], names[k]->d_name);
            if (names[k]->d_name[0] != '.') {
                run(path);
                files++;
            }
            free(names[k]);
        }
        free(names);
    }
    printf("%d files\n", files);
    return files > 0 ? 0 : 1;
}
