/* names_known.c - given names and surnames of Arabic origin whose Latin spellings are known.
 *
 * Each spelling with the number of its Arabic form; a spelling of several forms has a row for each.
 * From arabic_latin_variants (steveash/NETransliteration-COLING2018, MIT, after Wikidata, CC0): the
 * rows of Arabic origin seen three times or more. In the order of strcmp. */
#include <string.h>

#include "names_sound.h"

static const struct {
    char spelling[14];
    short form;
} known[] = {
    {"abbas", 120},    {"abbes", 120},       {"abbou", 124},         {"abd", 121},
    {"abdel", 121},    {"abdi", 123},        {"abdoh", 122},         {"abdou", 122},
    {"abdul", 121},    {"abdulla", 121},     {"abdur", 121},         {"achour", 116},
    {"ala", 132},      {"alaa", 132},        {"alami", 15},          {"aliyev", 134},
    {"alwan", 133},    {"amer", 119},        {"amor", 136},          {"amr", 138},
    {"amro", 138},     {"antiochus", 4},     {"arafat", 126},        {"archduchess", 1},
    {"archidamus", 0}, {"asaad", 2},         {"asaf", 130},          {"ashour", 116},
    {"asim", 117},     {"aslan", 3},         {"assaad", 2},          {"assad", 2},
    {"assaf", 130},    {"assem", 117},       {"atef", 118},          {"attia", 131},
    {"attieh", 131},   {"attiyah", 131},     {"august", 5},          {"auguste", 6},
    {"awad", 140},     {"awadh", 140},       {"awwad", 139},         {"ayed", 141},
    {"azar", 115},     {"aziza", 129},       {"azmi", 128},          {"barghouti", 7},
    {"baruch", 20},    {"belaid", 21},       {"belgacem", 22},       {"belkacem", 22},
    {"beth", 26},      {"bloch", 23},        {"booth", 24},          {"borges", 25},
    {"canaan", 161},   {"carruthers", 160},  {"castile", 155},       {"chafik", 105},
    {"chaim", 41},     {"chuck", 102},       {"cynthia", 103},       {"daher", 113},
    {"dorothy", 79},   {"eid", 142},         {"eisa", 143},          {"eissa", 143},
    {"emad", 135},     {"essa", 143},        {"ezzat", 127},         {"fadel", 148},
    {"faisal", 152},   {"faisel", 152},      {"fakhri", 149},        {"fakhry", 149},
    {"falah", 151},    {"farhan", 150},      {"gareth", 144},        {"gauthier", 146},
    {"goldman", 158},  {"griffith", 145},    {"guido", 154},         {"haddad", 42},
    {"haim", 41},      {"hakeem", 53},       {"hakim", 53},          {"hakki", 51},
    {"hamada", 54},    {"hamadeh", 54},      {"hamdan", 55},         {"hamed", 39},
    {"hameed", 57},    {"hamid", 57},        {"hamida", 58},         {"hammouda", 56},
    {"hamouda", 56},   {"hanan", 59},        {"harb", 43},           {"hasan", 46},
    {"hasni", 47},     {"hassan", 46},       {"hassen", 45},         {"hassine", 49},
    {"hasson", 48},    {"hassoun", 48},      {"hatem", 38},          {"hathaway", 195},
    {"hatim", 38},     {"hatun", 62},        {"hayat", 61},          {"hayek", 40},
    {"heath", 196},    {"hikmat", 52},       {"hosni", 47},          {"hosny", 47},
    {"hossam", 44},    {"hossein", 49},      {"hosseini", 50},       {"hourani", 60},
    {"humaid", 57},    {"husain", 49},       {"husni", 47},          {"hussain", 49},
    {"hussam", 44},    {"hussein", 49},      {"hussien", 49},        {"imad", 135},
    {"imed", 135},     {"imran", 137},       {"isa", 143},           {"issa", 143},
    {"izzet", 127},    {"jaime", 66},        {"javi", 63},           {"joachim", 71},
    {"jonathan", 37},  {"jose", 74},         {"judah", 201},         {"julio", 75},
    {"kanaan", 161},   {"kasim", 153},       {"kathy", 159},         {"keith", 163},
    {"khadija", 67},   {"khairy", 76},       {"khalaf", 69},         {"khaldoun", 68},
    {"khaled", 64},    {"khalid", 64},       {"khanna", 65},         {"khatun", 62},
    {"khodja", 73},    {"koch", 162},        {"kwok", 157},          {"labidi", 14},
    {"lahoud", 164},   {"lakhdar", 165},     {"liechtenstein", 166}, {"maalouf", 185},
    {"maarouf", 184},  {"mahfouz", 172},     {"mahjoub", 171},       {"mansoor", 186},
    {"mansor", 186},   {"mansour", 186},     {"mansouri", 187},      {"mansur", 186},
    {"marei", 178},    {"marouf", 184},      {"martha", 169},        {"marzouk", 177},
    {"massad", 180},   {"mather", 167},      {"mathew", 168},        {"matthew", 168},
    {"matthieu", 168}, {"mcgrath", 170},     {"medhat", 175},        {"michail", 188},
    {"mikhail", 188},  {"mizrahi", 179},     {"mohammadi", 173},     {"mokhtar", 174},
    {"moncef", 17},    {"moneim", 18},       {"mordechai", 176},     {"mosaad", 180},
    {"mostafa", 181},  {"motaz", 183},       {"moustafa", 181},      {"moustapha", 181},
    {"muaaz", 182},    {"mukhtar", 174},     {"mustafa", 181},       {"mustapha", 181},
    {"nacer", 191},    {"naciri", 19},       {"naomi", 194},         {"naser", 191},
    {"nasir", 191},    {"nasri", 193},       {"nassar", 192},        {"nasser", 191},
    {"nathan", 189},   {"nathaniel", 190},   {"omar", 136},          {"omer", 136},
    {"omran", 137},    {"osman", 125},       {"othman", 125},        {"oumar", 136},
    {"ousmane", 125},  {"qasem", 153},       {"qasim", 153},         {"qassem", 153},
    {"qassim", 153},   {"qusai", 156},       {"raad", 88},           {"rabah", 80},
    {"rabee", 82},     {"rabia", 83},        {"rabie", 82},          {"radhi", 81},
    {"radwan", 87},    {"rafik", 90},        {"rafiq", 90},          {"rahim", 84},
    {"rahman", 8},     {"ramadan", 91},      {"ramazan", 91},        {"raza", 86},
    {"reda", 86},      {"refik", 90},        {"reza", 86},           {"riad", 93},
    {"riadh", 93},     {"riahi", 9},         {"richter", 94},        {"rida", 86},
    {"rifaat", 89},    {"rifat", 89},        {"rizk", 85},           {"roth", 92},
    {"ruth", 92},      {"saad", 96},         {"sabbagh", 108},       {"sabri", 109},
    {"sabry", 109},    {"sadeghi", 107},     {"sadok", 12},          {"saint", 16},
    {"samaha", 99},    {"saoud", 97},        {"saud", 97},           {"schumacher", 106},
    {"sebag", 108},    {"sedki", 110},       {"seghir", 13},         {"semiha", 101},
    {"sfar", 111},     {"shafik", 105},      {"shafiq", 105},        {"shehata", 104},
    {"sheikh", 11},    {"sidqi", 110},       {"smith", 100},         {"smyth", 100},
    {"sofia", 112},    {"sophia", 112},      {"sutherland", 95},     {"tarak", 114},
    {"tarek", 114},    {"tareq", 114},       {"tarik", 114},         {"tariq", 114},
    {"thabet", 28},    {"thabit", 28},       {"thamer", 29},         {"thani", 30},
    {"theo", 33},      {"theobald", 34},     {"theodor", 35},        {"theodore", 35},
    {"theodoric", 36}, {"thorn", 31},        {"thorne", 31},         {"thornton", 32},
    {"timothy", 27},   {"umar", 136},        {"vahid", 197},         {"vii", 10},
    {"wahid", 197},    {"witherspoon", 198}, {"yaacov", 200},        {"yacoub", 200},
    {"yahia", 199},    {"yahya", 199},       {"yaqoob", 200},        {"yaqoub", 200},
    {"yaqub", 200},    {"yehia", 199},
};

void names_known(const char *word, size_t size, struct names_token *token) {
    size_t low = 0;
    size_t high = sizeof(known) / sizeof(known[0]);
    char text[sizeof(known[0].spelling)] = "";
    token->forms = 0;
    if (size >= sizeof(text)) {
        return;
    }
    memcpy(text, word, size);
    while (low < high) { /* the first row that is not before the word */
        size_t middle = (low + high) / 2;
        if (strcmp(known[middle].spelling, text) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (low < sizeof(known) / sizeof(known[0]) && token->forms < NAMES_FORMS &&
           strcmp(known[low].spelling, text) == 0) {
        token->form[token->forms++] = known[low++].form;
    }
}
