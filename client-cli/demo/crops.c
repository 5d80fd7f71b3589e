#include "crops.h"

#include <string.h>
#include <strings.h>

/* ROME codes: France Travail, Licence Ouverte 2.0. The words are looked for in this order. */
static const struct {
    const char *word;
    struct crop crop;
} CROPS[] = {
    {"apple", {"Pommes", "A1401", "Éclaircissage, cueillette et tri des pommes."}},
    {"pear", {"Poires", "A1401", "Cueillette et tri des poires."}},
    {"peach", {"Pêches", "A1401", "Éclaircissage et cueillette des pêches."}},
    {"cherr", {"Cerises", "A1401", "Cueillette des cerises avec queue."}},
    {"citrus", {"Agrumes", "A1401", "Cueillette des agrumes au sécateur."}},
    {"orange", {"Agrumes", "A1401", "Cueillette des oranges au sécateur."}},
    {"grape", {"Raisin", "A1401", "Vendange manuelle et travaux en vert."}},
    {"vineyard", {"Vigne", "A1401", "Taille, palissage et vendange."}},
    {"strawberr", {"Fraises", "A1402", "Récolte des fraises sous tunnel."}},
    {"berr", {"Petits fruits", "A1401", "Récolte des petits fruits en barquettes."}},
    {"fruits and veg", {"Fruits et légumes", "A1402", "Récolte et conditionnement."}},
    {"fruit", {"Fruits", "A1401", "Récolte et tri des fruits."}},
    {"tree", {"Pépinière", "A1414", "Arrachage, taille et mise en pot."}},
    {"nurser", {"Pépinière", "A1414", "Rempotage, arrosage et préparation des commandes."}},
    {"flower", {"Fleurs coupées", "A1414", "Coupe et mise en bottes des fleurs."}},
    {"sod", {"Gazon", "A1414", "Levée et chargement des rouleaux."}},
    {"tobacco", {"Tabac", "A1402", "Plantation, écimage et récolte du tabac."}},
    {"burley", {"Tabac", "A1402", "Récolte et mise à sécher du tabac."}},
    {"flue", {"Tabac", "A1402", "Récolte et séchage du tabac."}},
    {"stripping", {"Tabac", "A1402", "Effeuillage et triage du tabac."}},
    {"tomato", {"Tomates", "A1402", "Effeuillage, palissage et récolte."}},
    {"pepper", {"Poivrons", "A1402", "Récolte des poivrons."}},
    {"lettuce", {"Salades", "A1402", "Coupe et mise en caisse des salades."}},
    {"cabbage", {"Choux", "A1402", "Coupe et mise en caisse des choux."}},
    {"broccoli", {"Brocolis", "A1402", "Coupe des brocolis."}},
    {"celery", {"Céleri", "A1402", "Arrachage et parage du céleri."}},
    {"melon", {"Melons", "A1402", "Récolte des melons."}},
    {"squash", {"Courges", "A1402", "Récolte des courges."}},
    {"pumpkin", {"Courges", "A1402", "Récolte des courges."}},
    {"cucumber", {"Concombres", "A1402", "Récolte des concombres."}},
    {"potato", {"Pommes de terre", "A1402", "Tri et ramassage."}},
    {"onion", {"Oignons", "A1402", "Arrachage et tri des oignons."}},
    {"bean", {"Haricots", "A1402", "Cueillette des haricots."}},
    {"vegetable", {"Légumes", "A1402", "Plantation, désherbage et récolte."}},
    {"sheep", {"Ovins", "A1403", "Conduite du troupeau et agnelage."}},
    {"goat", {"Caprins", "A1403", "Traite et soins au troupeau."}},
    {"cattle", {"Bovins", "A1403", "Alimentation et soins aux bovins."}},
    {"horse", {"Équins", "A1403", "Soins aux chevaux."}},
    {"construction", {"Bâtiments d'élevage", "A1403", "Entretien des bâtiments d'élevage."}},
    {"livestock", {"Élevage", "A1403", "Soins aux animaux."}},
    {"crawfish", {"Aquaculture", "A1404", "Relève des casiers et tri."}},
    {"fish", {"Aquaculture", "A1404", "Tri et pêche des bassins."}},
    {"bee", {"Miel", "A1409", "Visite des ruches et récolte du miel."}},
    {"honey", {"Miel", "A1409", "Récolte du miel."}},
    {"equipment", {"Grandes cultures", "A1101", "Conduite d'engins agricoles."}},
    {"combine", {"Grandes cultures", "A1101", "Conduite de moissonneuse."}},
    {"corn", {"Maïs semence", "A1402", "Castration du maïs semence."}},
    {"sugarcane", {"Canne à sucre", "A1416", "Coupe et plantation de la canne."}},
    {"hay", {"Fourrage", "A1416", "Fenaison."}},
    {"logging", {"Bois", "A1201", "Abattage et débardage."}},
    {"packing", {"Conditionnement", "H3302", "Tri et emballage en station."}},
};

static const struct crop GENERAL = {"Polyculture", "A1416", "Travaux agricoles de saison."};

static bool holds(struct span text, const char *word) {
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= text.len; i++) {
        if (strncasecmp(text.ptr + i, word, length) == 0) {
            return true;
        }
    }
    return false;
}

const struct crop *crop_of(struct span activity) {
    for (size_t i = 0; i < sizeof CROPS / sizeof CROPS[0]; i++) {
        if (holds(activity, CROPS[i].word)) {
            return &CROPS[i].crop;
        }
    }
    return &GENERAL;
}
