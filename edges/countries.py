"""Country codes of ISO 3166-1 alpha-2, as far as they are assigned, and the mistakes that are often made with them."""

_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())
# The European Economic Area: the European Union with Iceland, Liechtenstein and Norway, and the parts of member states
# that have a code of their own and belong to the Union (TFEU Art. 355(1), Åland's protocol).
_EEA = """
AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GF GP MF MQ RE YT AX
"""
EEA = frozenset(_EEA.split())
MEANT = {"UK": "GB", "EL": "GR"}


def country_code(text: str) -> str:
    """
    The code in capitals.

    Raises:
        ValueError: no country has it; the message names the one that is probably meant.
    """
    code = text.strip().upper()
    if code in COUNTRIES:
        return code
    hint = f"; {MEANT[code]} is meant?" if code in MEANT else ""
    raise ValueError(f"is no country code; allowed: two letters of ISO 3166-1 such as FR{hint}")
