/* faces.h - the fonts of Debian's packages without their hinting: the programs that fit glyphs to
 * the pixels of old screens. Paper has none, and they were half of what a subset of a font carries
 * into every document. */
#ifndef NORIA_DOCUMENT_FACES_H
#define NORIA_DOCUMENT_FACES_H

/* Puts the faces in the place of the files that they are made of, for the whole process; once,
 * before Pango looks for fonts. Any thread may call it, again too. A font that cannot be made so
 * (it is not installed, no memory) stays as it is installed: papers are larger then, and the same.
 */
void faces_ready(void);

#endif
