#include "rules.h"

#include <stddef.h>
#include <string.h>

const struct rule screening_rules[] = {
    /* the document */
    {"mrz_check_digit", SEVERITY_SERIOUS, true, 7, false,
     "The machine readable zone breaks ICAO Doc 9303.",
     "Compare the zone with the document itself; ask for the original. A copying mistake is "
     "cleared, an "
     "altered document confirmed."},
    {"mrz_typed_differs", SEVERITY_SERIOUS, true, 7, false,
     "What was typed differs from the machine readable zone.",
     "Look at both and at the document; correct the entry or confirm an altered document."},
    {"mrz_doubtful", SEVERITY_SERIOUS, true, 7, false,
     "The zone is well formed but names a state that does not exist, or has a figure in a name.",
     "Ask for the original document."},
    {"document_expires", SEVERITY_SERIOUS, true, 14, false,
     "The passport expires too soon after the stay.",
     "Ask for a renewed passport, or clear it when one was shown."},
    /* the person */
    {"same_passport", SEVERITY_SERIOUS, true, 7, false,
     "The same passport and person were entered twice in this campaign.",
     "Keep one entry. Ask the two services who came first."},
    {"same_person", SEVERITY_SERIOUS, true, 7, false,
     "Two entries of this campaign have one name, spelled alike or differently, and one birth "
     "date.",
     "Unseal both and compare photo, father's name, birth place and telephone. Clear it when they "
     "are "
     "two persons."},
    {"same_person_swapped", SEVERITY_SERIOUS, true, 7, false,
     "Two entries have one name, and birth dates that differ by day and month being swapped.",
     "Unseal both and compare. Clear it when they are two persons."},
    {"passport_two_persons", SEVERITY_GRAVE, true, 7, true,
     "One passport number was shown by two persons.", "See both documents. Two officers decide."},
    {"person_two_passports", SEVERITY_SERIOUS, true, 7, false,
     "A person of an earlier campaign comes with another passport.",
     "A renewed passport is cleared. Check the earlier stays: six months in twelve go with the "
     "person."},
    {"six_months_together", SEVERITY_GRAVE, true, 5, true,
     "Two entries are one person, whose stays are more than six months in twelve together.",
     "See the window in the evidence: shorten or cancel one of the stays. Two officers decide."},
    {"fee_asked", SEVERITY_SERIOUS, false, 5, false,
     "The candidate says that money was asked of him.",
     "Protected case: never shown to the employer or the service. Hear the candidate; look for "
     "others "
     "with the same payee."},
    /* the employer and the contract */
    {"siret_inactive", SEVERITY_GRAVE, true, 7, true,
     "The establishment is not active in the register for the whole contract.",
     "Look it up in the register. Two officers decide."},
    {"not_a_farm", SEVERITY_SERIOUS, true, 7, false,
     "The employer's activity code is not agriculture (NAF 01).",
     "Ask for proof of the farm: land, crop, social insurance number."},
    {"labour_lender", SEVERITY_SERIOUS, true, 7, false,
     "The employer is a service company that may lend its workers on.",
     "Ask for the client farms and the work places; mark for inspection."},
    {"no_land_declared", SEVERITY_SERIOUS, true, 7, false,
     "No land is declared, neither by the employer nor in the contract.",
     "Ask for the land and crop."},
    {"workplace_elsewhere", SEVERITY_NOTE, false, 14, false,
     "The work place lies in another department than the establishment.",
     "Ask why; nothing is held meanwhile."},
    {"disproportionate", SEVERITY_SERIOUS, true, 7, false,
     "The man-days asked are out of proportion to the land declared.",
     "Ask the employer to justify them by crop (R.5221-20: the project must not be manifestly "
     "disproportionate)."},
    {"young_employer", SEVERITY_NOTE, false, 14, false,
     "The employer was created less than a year before the contract begins.",
     "Look at the register; nothing is held meanwhile."},
    {"shared_address", SEVERITY_SERIOUS, true, 7, false,
     "Another employer houses workers at the same address on overlapping dates.",
     "Add up the occupants of both against the rooms; ask for the lease."},
    {"stay_too_long", SEVERITY_GRAVE, true, 5, true,
     "The contract alone is longer than six months.",
     "It cannot be bound as it stands. Two officers decide."},
    {NULL, SEVERITY_NOTE, false, 0, false, NULL, NULL},
};

const struct rule *rule_find(const char *code) {
    for (const struct rule *rule = screening_rules; code != NULL && rule->code != NULL; rule++) {
        if (strcmp(rule->code, code) == 0) {
            return rule;
        }
    }
    return NULL;
}

const char *severity_name(enum severity severity) {
    static const char *const names[] = {"note", "serious", "grave"};
    return names[severity];
}
