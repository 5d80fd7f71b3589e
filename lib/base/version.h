/* version.h - the version of both programs, said by `noria --version` and `noria-server --version`;
 * CHANGELOG.md has a heading for each. */
#ifndef NORIA_BASE_VERSION_H
#define NORIA_BASE_VERSION_H

#define NORIA_VERSION "0.1.0"

#endif
