/* mrz_states.c - the codes of states and organisations that may stand in a machine readable zone.
 */
#include "mrz.h"

#include <string.h>

/* ISO 3166-1 alpha-3 and the codes of ICAO Doc 9303 part 3, section 5, sorted, three characters
 * each (source of the lists: npm i18n-iso-countries and cheminfo/mrz, MIT). "UTO" is the
 * specimens'. */
static const char states[] = "ABWAFGAGOAIAALAALBANDANTAREARGARMASMATAATFATGAUSAUTAZEBDIBEL"
                             "BENBESBFABGDBGRBHRBHSBIHBLMBLRBLZBMUBOLBRABRBBRNBTNBVTBWACAF"
                             "CANCCKCHECHLCHNCIVCMRCODCOGCOKCOLCOMCPVCRICUBCUWCXRCYMCYPCZE"
                             "D  DEUDJIDMADNKDOMDZAECUEGYERIESHESPESTETHEUEFINFJIFLKFRAFRO"
                             "FSMGABGBDGBNGBOGBPGBRGBSGEOGGYGHAGIBGINGLPGMBGNBGNQGRCGRDGRL"
                             "GTMGUFGUMGUYHKGHMDHNDHRVHTIHUNIDNIMNINDIOTIRLIRNIRQISLISRITA"
                             "JAMJEYJORJPNKAZKENKGZKHMKIRKNAKORKWTLAOLBNLBRLBYLCALIELKALSO"
                             "LTULUXLVAMACMAFMARMCOMDAMDGMDVMEXMHLMKDMLIMLTMMRMNEMNGMNPMOZ"
                             "MRTMSRMTQMUSMWIMYSMYTNAMNCLNERNFKNGANICNIUNLDNORNPLNRUNTZNZL"
                             "OMNPAKPANPCNPERPHLPLWPNGPOLPRIPRKPRTPRYPSEPYFQATREURKSROURUS"
                             "RWASAUSDNSENSGPSGSSHNSJMSLBSLESLVSMRSOMSPMSRBSSDSTPSURSVKSVN"
                             "SWESWZSXMSYCSYRTCATCDTGOTHATJKTKLTKMTLSTONTTOTUNTURTUVTWNTZA"
                             "UGAUKRUMIUNAUNKUNOURYUSAUTOUZBVATVCTVENVGBVIRVNMVUTWLFWSMXBA"
                             "XCCXCEXCOXDCXECXESXIMXKKXOMXPOXXAXXBXXCXXKXXXYEMZAFZMBZWE";

bool mrz_state_known(const char *code) {
    size_t length = strlen(code);
    if (length == 0 || length > 3 || strchr(code, ' ') != NULL) {
        return false;
    }
    char padded[4] = "   ";
    memcpy(padded, code, length);
    for (const char *at = states; *at != '\0'; at += 3) {
        if (memcmp(at, padded, 3) == 0) {
            return true;
        }
    }
    return false;
}
