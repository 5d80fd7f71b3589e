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
     "The same passport and person were entered twice in this campaign, or in two campaigns at the "
     "same moment.",
     "Keep one entry. Ask the two services who came first. Say that both are one person: then the "
     "stays count together."},
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
    {"seat_identity", SEVERITY_SERIOUS, true, 5, false,
     "At the test, the document was seen and did not show the person who came.",
     "Hear who checked the seat and the service; see document and person together."},
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
    /* the whole campaign: screen_campaign() */
    {"rent_excessive", SEVERITY_SERIOUS, true, 7, false, "The rent is a large share of the pay.",
     "Ask for the lease and the rooms; the law lets a rent be neither excessive nor deducted by "
     "itself (directive 2014/36/EU, art. 20)."},
    {"housing_po_box", SEVERITY_SERIOUS, true, 7, false,
     "The address of the housing is a post box.",
     "Ask for the address of the dwelling itself and see it."},
    {"headcount_small", SEVERITY_NOTE, false, 14, false,
     "Many more places are asked than the employer has permanent workers.",
     "Ask who will lead the work; nothing is held meanwhile."},
    {"place_resold", SEVERITY_SERIOUS, true, 7, false,
     "Several workers of one contract were replaced before they left.",
     "Hear those who were replaced; ask whether money was asked for the place."},
    {"fee_cluster", SEVERITY_GRAVE, false, 5, true, "Several candidates name the same payee.",
     "Protected case: never shown to the employer or the service. Hear each candidate alone. Two "
     "officers decide."},
    {"never_started", SEVERITY_SERIOUS, false, 7, false,
     "He left, and nobody has confirmed that he arrived.",
     "Reach the worker himself first, then the employer."},
    {"vanish_cluster", SEVERITY_SERIOUS, false, 7, false,
     "Several workers of one employer left and never arrived.",
     "Reach the workers; have the work place inspected."},
    {"abandon_doubtful", SEVERITY_SERIOUS, false, 7, false,
     "An abandonment was reported in the last days of the contract, or of somebody who never "
     "worked.",
     "Hear the worker before anything is set against him; ask the employer for the pay slips."},
    {"abandon_cluster", SEVERITY_SERIOUS, false, 7, false,
     "One employer reports several abandonments.",
     "Hear the workers; look for unpaid work and for lending to others."},
    {"identity_chain", SEVERITY_SERIOUS, false, 7, false,
     "He left, though his face was not compared a second time when he was tested.",
     "Compare the photograph of the test with the person at the desk when he returns."},
    {"stamp_before_end", SEVERITY_GRAVE, false, 7, true,
     "The return is stamped before the last day on which he was seen in France.",
     "See the stamp and the passport; reopen the return. Two officers decide."},
    {"stamp_burst", SEVERITY_SERIOUS, false, 7, false,
     "One account stamped an unusual number of returns within an hour.",
     "Compare with the desk's queue of that hour; call some of the workers."},
    {"dead_but_active", SEVERITY_GRAVE, false, 7, true,
     "The worker is recorded as dead, and facts about him came later.",
     "See the record of death and its issuer; reopen the case. Two officers decide."},
    /* signals: only beside each other, or in certificates */
    {"certificate_copied", SEVERITY_SERIOUS, false, 14, false,
     "The scan or the number of this certificate was shown by another person.",
     "Ask both for the original and the issuer for its register; nothing is held meanwhile."},
    {"certificate_issuer", SEVERITY_NOTE, false, 14, false,
     "The issuer of this certificate is not in the list of issuers.",
     "Ask for the original; add the issuer to the list when it exists."},
    {"certificate_dates", SEVERITY_NOTE, false, 14, false,
     "The days of this certificate overlap with another one, or with a stay in France.",
     "Ask the candidate where he was; ask for the original."},
    {"certificate_level", SEVERITY_NOTE, false, 14, false,
     "The certificate claims long experience, and the test by simulation was far below.",
     "Ask for the original. The test decides on selection, not the certificate."},
    {"unknown_serials", SEVERITY_SERIOUS, false, 7, false,
     "Many people of one country asked about contracts that do not exist.",
     "Warn the partner service; publish how a contract is checked free of charge."},
    {"rebound", SEVERITY_SERIOUS, false, 7, false,
     "Many workers of one employer were replaced before they left.",
     "Hear those who were replaced; ask whether money was asked for the place."},
    {"many_work_places", SEVERITY_SERIOUS, false, 7, false,
     "One employer has people work in many departments: they may be lent to other farms.",
     "Ask for land and crop in each place; mark for inspection."},
    {"demand_grown", SEVERITY_NOTE, false, 14, false,
     "The employer asks for many times more places than in his last campaign.",
     "Ask what has changed: land, crop, housing; nothing is held meanwhile."},
    {"housing_overfilled", SEVERITY_SERIOUS, true, 7, false,
     "On one day the contracts of all employers house more people at this address than its rooms "
     "hold.",
     "See the dwelling and the leases; the rooms of R.716-7 count once."},
    {"fee_same_entry", SEVERITY_GRAVE, false, 5, true,
     "Many candidates entered by one account say that money was asked.",
     "Protected case: never shown to the employer or the service. Hear each candidate alone. Two "
     "officers decide."},
    {"marker_generous", SEVERITY_GRAVE, false, 14, true,
     "One marker's mean on an exercise is far above that of the others.",
     "Have some of the seats marked again by another; internal audit. Two officers decide."},
    {"marks_too_fast", SEVERITY_NOTE, false, 14, false,
     "One account entered more marks within a minute than anybody can give.",
     "Ask how the marks came about; they may be copied from paper."},
    {"approvals_at_night", SEVERITY_GRAVE, false, 14, true,
     "One account approved contracts or cleared cases several times in one night.",
     "Ask the person, look at the log-in; another officer goes through these acts. Two officers "
     "decide."},
    {"exercise_leaked", SEVERITY_SERIOUS, false, 7, false,
     "At one site an exercise went much better than in the session before.",
     "Use another form of the exercise; ask who had the kit meanwhile."},
    {"item_leaked", SEVERITY_SERIOUS, false, 7, false,
     "At one site a criterion is passed far more often than at the others, with the same form.",
     "Look at the session and its incidents; use another form there; ask who had the kit."},
    {"shared_contact", SEVERITY_SERIOUS, true, 7, false,
     "Another employer has the same telephone, e-mail address, IBAN, social insurance number or "
     "office.",
     "Ask both who they are and who pays the wages; nothing is published meanwhile."},
    {"no_social_number", SEVERITY_NOTE, false, 14, false,
     "The employer gives no number at the farmers' social insurance (MSA).",
     "Ask for it; nothing is held meanwhile."},
    {"housing_office", SEVERITY_NOTE, false, 14, false,
     "The address of the housing is the employer's office.",
     "Ask which building the workers sleep in; nothing is held meanwhile."},
    {"clients_in_tasks", SEVERITY_SERIOUS, false, 7, false,
     "The tasks of the contract speak of other farms or of clients.",
     "Ask where and for whom the work is done; mark for inspection."},
    {"rebound_agent", SEVERITY_GRAVE, false, 14, true,
     "One account replaced several workers within days of their being bound.",
     "Hear those who were replaced and the officer; ask whether money was asked. Two officers "
     "decide."},
    /* what somebody saw on the way: document_seen_record() and 17_fraud_sightings.sql */
    {"document_changed", SEVERITY_GRAVE, true, 5, true,
     "At the test, the medical examination, departure or return another document was shown, whose "
     "replacement nobody declared, or one that is not his.",
     "See document and person together; ask for the paper of the replacement. Two officers "
     "decide."},
    {"work_seen_elsewhere", SEVERITY_SERIOUS, false, 7, false,
     "Workers of this contract were seen at work in a place that it does not name.",
     "Ask for whom they work there; mark for inspection. Do not say who told it."},
    {"fee_phone", SEVERITY_GRAVE, false, 5, true,
     "Several candidates name the same telephone of who asked for money, or it is an employer's.",
     "Protected case: never shown to the employer or the service. Hear each candidate alone. Two "
     "officers decide."},
    {"fee_place", SEVERITY_GRAVE, false, 5, true,
     "Several candidates whom one account entered were asked for money in the same place.",
     "Protected case: never shown to the employer or the service. Hear each candidate alone, and "
     "who recruits in that place. Two officers decide."},
    {"edited_after_seal", SEVERITY_GRAVE, false, 14, true,
     "One account changed several candidates of a list after the inputs of its matching were "
     "frozen.",
     "Compare the run's inputs with the entries of today; ask who wanted the change; internal "
     "audit. Two officers decide."},
    {"exit_unproven", SEVERITY_SERIOUS, false, 7, false,
     "A return was declared, and nothing that was shown has a stamp or the day of leaving France.",
     "Ask for the page of the passport with the stamp, or let him come to the desk."},
    {"exit_unproven_desk", SEVERITY_GRAVE, false, 14, true,
     "Most returns that one account recorded at the desk have no trace of leaving France.",
     "Call some of the workers; see their passports; compare with the desk's queue. Two officers "
     "decide."},
    {"excused_but_active", SEVERITY_SERIOUS, false, 7, false,
     "Work, a journey or a return is recorded on a day for which a hospital or the like excuses "
     "him.",
     "Ask who issued the document and the hospital; hear the worker; reopen the exception if it "
     "is false."},
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
