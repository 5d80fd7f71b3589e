#include "verify_input.h"

#include <string.h>

#include "../lib/base/arena.h"
#include "../lib/picture/picture.h"
#include "../lib/sw1/issue.h"
#include "output.h"
#include "verify_pdf.h"

static const struct {
    const char *name;
    const char *sentence[3]; /* en, fr, ar */
} faults[INPUT_FAULTS] = {
    {"FINE", {"", "", ""}},
    {"NO_FILE",
     {"The file cannot be opened, or is empty. Check its name.",
      "Le fichier ne s'ouvre pas ou est vide. Vérifiez son nom.",
      "لا يمكن فتح الملف أو أنه فارغ. تحققوا من اسمه."}},
    {"NO_SIGNATURE",
     {"The act's signature file was not found. Give it with --signature, or put it beside the act.",
      "Le fichier de signature de l'acte est introuvable. Donnez-le par --signature ou placez-le à "
      "côté de l'acte.",
      "لم يعثر على ملف توقيع المحضر. حددوه بالخيار --signature أو ضعوه بجانب المحضر."}},
    {"BAD_IMAGE",
     {"This is neither a text nor a readable PNG, JPEG or PDF. Take the picture again.",
      "Ce n'est ni un texte ni une image PNG, JPEG ou PDF lisible. Reprenez la photo.",
      "هذا ليس نصا ولا صورة PNG أو JPEG أو PDF مقروءة. أعيدوا التقاط الصورة."}},
    {"NO_QR",
     {"No QR code was found. Take the picture again: flat, sharp, the whole code with its margin.",
      "Aucun code QR trouvé. Reprenez la photo : à plat, nette, le code entier avec sa marge.",
      "لم يعثر على رمز QR. أعيدوا التصوير: مسطحا وواضحا، والرمز كاملا مع هامشه."}},
    {"SEVERAL_QR",
     {"There are several QR codes. Take a picture of one document alone.",
      "Il y a plusieurs codes QR. Photographiez un seul document.",
      "توجد عدة رموز QR. صوروا وثيقة واحدة فقط."}},
};

const char *input_fault_name(enum input_fault fault) {
    return faults[fault].name;
}

const char *input_fault_sentence(enum input_fault fault, enum sw1_lang lang) {
    return faults[fault].sentence[lang];
}

static void take_found(struct cli *cli, const struct qr_found *found, struct input *input) {
    if (found->count != 1) {
        input->fault = found->count == 0 ? INPUT_NO_QR : INPUT_SEVERAL_QR;
        return;
    }
    input->texts = arena_array(cli->arena, 1, sizeof *input->texts);
    input->texts[0].text = found->text[0];
    input->count = 1;
}

static void read_picture(struct cli *cli, struct input *input) {
    struct picture picture;
    struct qr_found found = {0};
    if (picture_read(cli->arena, input->content, &picture) != OK) {
        input->fault = INPUT_BAD_IMAGE;
        return;
    }
    qr_scan(cli->arena, &picture, &found);
    take_found(cli, &found, input);
}

static void read_pdf(struct cli *cli, struct input *input) {
    struct qr_found found = {0};
    if (!pdf_scan(cli->arena, input->content, &found)) {
        input->fault = INPUT_BAD_IMAGE;
        return;
    }
    take_found(cli, &found, input);
}

/* A line without its end. Nothing else is cut off: a space is a character of base45. */
static struct span next_line(struct span *rest) {
    const char *end = memchr(rest->ptr, '\n', rest->len);
    size_t len = end != NULL ? (size_t)(end - rest->ptr) : rest->len;
    size_t used = len + (end != NULL);
    struct span line = {rest->ptr, len};
    *rest = (struct span){rest->ptr + used, rest->len - used};
    if (line.len > 0 && line.ptr[line.len - 1] == '\r') {
        line.len--;
    }
    return line;
}

/* One text a line; empty lines count but are none. */
static void read_lines(struct cli *cli, struct span rest, struct input *input) {
    size_t ends = 1;
    for (size_t i = 0; i < rest.len; i++) {
        ends += rest.ptr[i] == '\n';
    }
    input->texts = arena_array(cli->arena, ends, sizeof *input->texts);
    for (int line = 1; rest.len > 0; line++) {
        struct span text = next_line(&rest);
        if (text.len > 0) {
            input->texts[input->count++] = (struct input_text){text, line};
        }
    }
    if (input->count == 1) {
        input->texts[0].line = 0;
    }
    input->fault = input->count == 0 ? INPUT_NO_FILE : INPUT_FINE;
}

static struct span without_mark(struct span text) {
    bool marked = text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0;
    return marked ? (struct span){text.ptr + 3, text.len - 3} : text;
}

static bool is_document(struct span text) {
    size_t len = sizeof SW1_PREFIX - 1;
    return text.len >= len && memcmp(text.ptr, SW1_PREFIX, len) == 0;
}

static bool is_pdf(struct span content) {
    size_t head = content.len < 1024 ? content.len : 1024; /* ISO 32000-1, annex H.3.4.1 */
    return memmem(content.ptr, head, "%PDF-", 5) != NULL;
}

void input_read(struct cli *cli, const char *name, struct input *input) {
    *input = (struct input){.fault = INPUT_FINE};
    if (is_document(span_of(name))) {
        input->content = span_of(name);
    } else if (read_file(cli->arena, name, &input->content) != OK || input->content.len == 0) {
        input->fault = INPUT_NO_FILE;
        return;
    }
    struct span text = without_mark(input->content);
    bool document = is_document(text); /* before all guesses: damage to it is the verifier's */
    if (picture_type(input->content) != PICTURE_NONE) {
        read_picture(cli, input);
    } else if (!document && is_pdf(input->content)) {
        read_pdf(cli, input);
    } else if (!document && !text_is_utf8(text)) {
        input->fault = INPUT_BAD_IMAGE;
    } else if (text_trim(text).len > 0 && *text_trim(text).ptr == '{') {
        input->act = true;
    } else {
        read_lines(cli, text, input);
    }
}
