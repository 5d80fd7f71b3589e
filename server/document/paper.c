#include "paper.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "paper_card.h"
#include "paper_facts.h"
#include "sheet.h"

const char *const paper_words[] = {"a4", "card", "photo", NULL};

static const char french[] = "fr";
static const double page_width = 595.28;
static const double page_height = 841.89;
static const double margin = 48;
static const double module = 0.5 * MM; /* more than the 0.44 mm of the profile */
static const double label_width = 120;
static const double foot = 110; /* the sentences below the table */

static const char tax_sentence[] =
    "The employer may not recover the tax or the travel costs of the recruitment from the worker "
    "(Code du travail, L.5222-2).";
static const char notice_sentence[] =
    "This notice names nobody. It says that the contract exists, so that anybody can check it free "
    "of charge.";
static const char check_sentence[] =
    "Anybody can check this document free of charge at the address below, or offline with the "
    "program noria.";

static const char code_sentence[] =
    "QR code: the signed text of this document, which a telephone or the program noria reads.";

const char *const paper_sentences[] = {
    "Seasonal worker's document",
    "Contract notice",
    "Season record",
    "The signed code at the right says the same as this page; the code alone counts.",
    notice_sentence,
    "This record is the worker's own. It says that the season was worked and the return proven.",
    tax_sentence,
    check_sentence,
    code_sentence,
    PAPER_CARD_SENTENCES,
    "Name",
    "Name in the second script",
    "Born on",
    "Nationality",
    "Passport",
    "Employer",
    "SIRET",
    "Place of work",
    "Occupation",
    "First day of work",
    "Last day of work",
    "Gross hourly wage in euros",
    "Places",
    "Seasons without incident",
    "Authorisation",
    "Contract",
    "Campaign",
    "Report back to the return desk by",
    "Issued on",
    "Valid until",
    NULL,
};

/* Where the next thing on the page goes. */
struct page {
    struct sheet *sheet;
    const struct paper *paper;
    double y;
};

static double larger(double a, double b) {
    return a > b ? a : b;
}

/* A sentence in French and, below it, in the second language. */
static void sentence(struct page *page, const char *tag, const char *msgid, enum weight weight,
                     double width) {
    const char *langs[] = {french, page->paper->second};
    for (int i = 0; i < 2 && langs[i] != NULL; i++) {
        page->y +=
            2 + sheet_text(page->sheet, tag, page->paper->say(langs[i], msgid), weight, langs[i],
                           (struct text_box){margin, page->y, width, .kept = true});
    }
    page->y += 6;
}

/* One row: label in French, value, label in the second language; all within `wide`, the page's
 * width at the scale that is drawn in. Gives its height; `draw` false only measures. */
static double row(struct page *page, const struct fact *fact, double y, double wide, bool draw) {
    const char *second = page->paper->second;
    double right = second == NULL ? 0 : label_width;
    struct text_box label = {0, y + 1.5, label_width, .kept = true};
    struct text_box value = {label_width + 8, y, wide - label_width - right - 16, .lines = 0};
    struct text_box other = {wide - right, y + 1.5, right, .kept = true};
    double height = larger(
        sheet_height(page->sheet, page->paper->say(french, fact->label), SMALL, french, label),
        sheet_height(page->sheet, fact->value, BOLD, french, value));
    if (second != NULL) {
        height = larger(height, sheet_height(page->sheet, page->paper->say(second, fact->label),
                                             SMALL, second, other));
    }
    if (draw) {
        sheet_begin(page->sheet, "TR");
        (void)sheet_text(page->sheet, "TH", page->paper->say(french, fact->label), SMALL, french,
                         label);
        (void)sheet_text(page->sheet, "TD", fact->value, BOLD, french, value);
        if (second != NULL) {
            (void)sheet_text(page->sheet, "TH", page->paper->say(second, fact->label), SMALL,
                             second, other);
        }
        sheet_end(page->sheet, "TR");
        sheet_line(page->sheet, 0, y + height + 2.5, wide, y + height + 2.5, 0.75);
    }
    return height + 6;
}

static double table(struct page *page, const struct facts *facts, double wide, bool draw) {
    double y = 0;
    for (int i = 0; i < facts->count; i++) {
        y += row(page, &facts->list[i], y, wide, draw);
    }
    return y;
}

/* The table in the room that is left for it: what would not fit is drawn smaller. */
static void draw_table(struct page *page, const struct facts *facts) {
    double wide = page_width - 2 * margin;
    double room = page_height - margin - foot - page->y;
    double scale = room / table(page, facts, wide, false);
    scale = scale < 1 ? scale : 1;
    cairo_save(page->sheet->cairo);
    cairo_translate(page->sheet->cairo, margin, page->y);
    cairo_scale(page->sheet->cairo, scale, scale);
    sheet_begin(page->sheet, "Table");
    double height = table(page, facts, wide / scale, true);
    sheet_end(page->sheet, "Table");
    cairo_restore(page->sheet->cairo);
    page->y += height * scale + 6;
}

static void draw_a4(struct sheet *sheet, const struct paper *paper, const struct facts *facts) {
    struct page page = {sheet, paper, margin};
    double side = (facts->qr.width + 2 * QR_QUIET) * module;
    double left = page_width - 2 * margin - side - 8;
    sheet_begin(sheet, "Document");
    sentence(&page, "H1", facts->title, TITLE, left);
    page.y += 8 + sheet_text(sheet, "P", paper->number, BOLD, french,
                             (struct text_box){margin, page.y, left, .lines = 0});
    sentence(&page, "P", facts->explain, SMALL, left);
    sheet_qr(sheet, &facts->qr, page_width - margin - side + QR_QUIET * module,
             margin + QR_QUIET * module, module);
    page.y = larger(page.y, margin + side) + 6;
    draw_table(&page, facts);
    if (facts->claims.kind == SW1_NOTICE) {
        sentence(&page, "P", tax_sentence, SMALL, page_width - 2 * margin);
    }
    sentence(&page, "P", check_sentence, SMALL, page_width - 2 * margin);
    (void)sheet_text(sheet, "P", arena_printf(sheet->arena, "%s/verify", paper->base_url), SMALL,
                     french,
                     (struct text_box){margin, page.y, page_width - 2 * margin, .kept = true});
    sheet_end(sheet, "Document");
    sheet_page(sheet);
}

/* "Document de travailleur saisonnier K7Q2-M9XD", with how many more. */
static const char *title_of(struct arena *arena, const struct paper *papers, int count,
                            const struct facts *first) {
    const char *title = papers[0].say(french, first->title);
    return count == 1 ? arena_printf(arena, "%s %s", title, papers[0].number)
                      : arena_printf(arena, "%s %s (+%d)", title, papers[0].number, count - 1);
}

static Err draw(struct sheet *sheet, enum paper_size size, const struct paper *papers, int count,
                int at, const struct facts *facts) {
    if (size == PAPER_A4) {
        draw_a4(sheet, &papers[at], facts);
        return OK;
    }
    return card_draw(sheet, size, at, at + 1 == count, &papers[at], facts);
}

Err papers_pdf(struct arena *arena, enum paper_size size, const struct paper *papers, int count,
               struct span *pdf) {
    struct sheet sheet;
    struct facts facts;
    double width = page_width;
    double height = page_height;
    TRY(facts_of(arena, &papers[0], &facts));
    if (size == PAPER_PHOTO) {
        width = 100 * MM;
        height = 150 * MM;
    }
    sheet_open(&sheet, arena, width, height, title_of(arena, papers, count, &facts), "Noria");
    Err drawn = draw(&sheet, size, papers, count, 0, &facts);
    for (int i = 1; i < count && drawn == OK; i++) {
        drawn = facts_of(arena, &papers[i], &facts);
        drawn = drawn == OK ? draw(&sheet, size, papers, count, i, &facts) : drawn;
    }
    Err closed = sheet_close(&sheet, french, papers[0].say(french, code_sentence), pdf);
    return err_first(drawn, closed);
}
