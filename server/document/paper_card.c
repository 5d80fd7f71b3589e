#include "paper_card.h"

#include "../../lib/base/arena.h"

enum { ON_A4 = 4, COLUMNS = 2 };

static const char french[] = "fr";
static const double card_width = 85.6 * MM;
static const double card_height = 54 * MM;
static const double edge = 2.5 * MM; /* printers miss the cut by a millimetre or two */
static const double gap = 1.2 * MM;
static const double label_width = 31 * MM;
static const double number_width = 20 * MM;
static const double row_space = 0.9;

/* The smallest module that the profile allows, and the largest worth printing. */
static const double module_least = 0.44 * MM;
static const double module_most = 0.6 * MM;

static double module_of(const struct qr *qr) {
    double module = card_height / (qr->width + 2 * QR_QUIET);
    return module < module_most ? module : module_most;
}

/* "Nom · الاسم". */
static const char *both(struct sheet *sheet, const struct paper *paper, const char *msgid) {
    const char *first = paper->say(french, msgid);
    return paper->second == NULL
               ? first
               : arena_printf(sheet->arena, "%s · %s", first, paper->say(paper->second, msgid));
}

static double larger(double a, double b) {
    return a > b ? a : b;
}

/* A row within `wide`, the card's width at the scale that is drawn in. Gives its height; `draw`
 * false only measures. */
static double row(struct sheet *sheet, const struct paper *paper, const struct fact *fact, double y,
                  double wide, bool draw) {
    const char *label = both(sheet, paper, fact->label);
    struct text_box left = {0, y + 1, label_width, .lines = 2, .kept = true};
    struct text_box right = {label_width + gap, y, wide - label_width - gap, .lines = fact->lines};
    double height = larger(sheet_height(sheet, label, CARD_LABEL, french, left),
                           sheet_height(sheet, fact->value, CARD_VALUE, french, right));
    if (draw) {
        sheet_begin(sheet, "TR");
        (void)sheet_text(sheet, "TH", label, CARD_LABEL, french, left);
        (void)sheet_text(sheet, "TD", fact->value, CARD_VALUE, french, right);
        sheet_end(sheet, "TR");
    }
    return height + row_space;
}

static double rows(struct sheet *sheet, const struct paper *paper, const struct facts *facts,
                   double wide, bool draw) {
    double y = 0;
    for (int i = 0; i < facts->count; i++) {
        if (facts->list[i].card) {
            y += row(sheet, paper, &facts->list[i], y, wide, draw);
        }
    }
    return y;
}

/* Title in both languages with the number at the right; gives its height. */
static double head(struct sheet *sheet, const struct paper *paper, const struct facts *facts) {
    double wide = card_width - 2 * edge;
    struct text_box title = {0, 0, wide - number_width, .lines = 1, .kept = true};
    struct text_box number = {wide - number_width, 0, number_width, .lines = 1, .right = true};
    (void)sheet_text(sheet, "P", paper->number, CARD_TITLE, french, number);
    title.y += sheet_text(sheet, "H1", paper->say(french, facts->title), CARD_TITLE, french, title);
    if (paper->second != NULL) {
        title.y += sheet_text(sheet, "P", paper->say(paper->second, facts->title), CARD_VALUE,
                              paper->second, title);
    }
    sheet_line(sheet, 0, title.y + 1, wide, title.y + 1, 0.5);
    return title.y + 2.5;
}

/* The facts. What does not fit is drawn smaller, in proportion. */
static void front(struct sheet *sheet, const struct paper *paper, const struct facts *facts) {
    double wide = card_width - 2 * edge;
    double top = head(sheet, paper, facts);
    double scale = (card_height - 2 * edge - top) / rows(sheet, paper, facts, wide, false);
    scale = scale < 1 ? scale : 1;
    cairo_save(sheet->cairo);
    cairo_translate(sheet->cairo, 0, top);
    cairo_scale(sheet->cairo, scale, scale);
    sheet_begin(sheet, "Table");
    (void)rows(sheet, paper, facts, wide / scale, true);
    sheet_end(sheet, "Table");
    cairo_restore(sheet->cairo);
}

static void back(struct sheet *sheet, const struct paper *paper, const struct facts *facts,
                 double module) {
    double side = (facts->qr.width + 2 * QR_QUIET) * module;
    struct text_box box = {edge, edge, card_width - side - edge, .lines = 0};
    const char *langs[] = {french, paper->second};
    sheet_qr(sheet, &facts->qr, card_width - side + QR_QUIET * module,
             (card_height - side) / 2 + QR_QUIET * module, module);
    box.y += 4 + sheet_text(sheet, "P", paper->number, CARD_VALUE, french, box);
    box.kept = true;
    for (int i = 0; i < 2 && langs[i] != NULL; i++) {
        box.y +=
            2 + sheet_text(sheet, "P", paper->say(langs[i], CARD_CHECK), CARD_LABEL, langs[i], box);
    }
    (void)sheet_text(sheet, "P", arena_printf(sheet->arena, "%s/verify", paper->base_url),
                     CARD_LABEL, french, box);
}

/* Marks outside the card: where to cut, where to fold. */
static void marks(struct sheet *sheet, const struct paper *paper) {
    static const double length = 3 * MM;
    static const double away = 1 * MM;
    const double xs[] = {0, card_width};
    const double ys[] = {0, card_height, 2 * card_height};
    for (int i = 0; i < 2; i++) {
        double out = i == 0 ? -1 : 1;
        for (int j = 0; j < 3; j++) {
            sheet_line(sheet, xs[i] + out * away, ys[j], xs[i] + out * (away + length), ys[j], 0.4);
        }
        sheet_line(sheet, xs[i], -away, xs[i], -away - length, 0.4);
        sheet_line(sheet, xs[i], ys[2] + away, xs[i], ys[2] + away + length, 0.4);
    }
    (void)sheet_text(
        sheet, "P", paper->say(french, CARD_CUT), CARD_LABEL, french,
        (struct text_box){2 * MM, ys[2] + away, card_width - 4 * MM, .lines = 1, .kept = true});
}

/* The upper left corner of a card on its page. */
static void place(enum paper_size size, int seat, double *x, double *y) {
    double width = (size == PAPER_PHOTO ? 100 : 210) * MM;
    double height = (size == PAPER_PHOTO ? 150 : 297) * MM;
    int columns = size == PAPER_PHOTO ? 1 : COLUMNS;
    int lines = size == PAPER_PHOTO ? 1 : ON_A4 / COLUMNS;
    double between_x = (width - columns * card_width) / (columns + 1);
    double between_y = (height - lines * 2 * card_height) / (lines + 1);
    int column = seat % columns;
    int line = seat / columns;
    *x = between_x + column * (card_width + between_x);
    *y = between_y + line * (2 * card_height + between_y);
}

Err card_draw(struct sheet *sheet, enum paper_size size, int index, bool last,
              const struct paper *paper, const struct facts *facts) {
    double module = module_of(&facts->qr);
    int per_page = size == PAPER_PHOTO ? 1 : ON_A4;
    double x;
    double y;
    if (module < module_least) {
        return ERR_CARD_TOO_LONG;
    }
    place(size, index % per_page, &x, &y);
    sheet_begin(sheet, "Sect");
    cairo_save(sheet->cairo);
    cairo_translate(sheet->cairo, x, y);
    cairo_save(sheet->cairo);
    cairo_translate(sheet->cairo, edge, edge);
    front(sheet, paper, facts);
    cairo_restore(sheet->cairo);
    marks(sheet, paper);
    cairo_translate(sheet->cairo, 0, card_height);
    back(sheet, paper, facts, module);
    cairo_restore(sheet->cairo);
    sheet_end(sheet, "Sect");
    if (last || index % per_page == per_page - 1) {
        sheet_page(sheet);
    }
    return OK;
}
