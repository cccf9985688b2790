r"""The names that ``\p{...}`` takes in Go's regular expressions.

They are those of the tables in Go's unicode package. Each Alertmanager release carries the tables
of the Go that built it: Unicode 11 in 0.20, 12 in 0.21, 13 from 0.22, 15 from 0.27. Since Go 1.25,
and so Alertmanager 0.29, case, spaces, hyphens and underscores in a name do not matter, and the
long names of the categories are known.
"""

from typing import Dict

from ..version import EVERY, FUTURE, VersionSet, before

_FLEXIBLE_SINCE = 29

_CATEGORIES = (
    "Any C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No "
    "P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs"
)
# Known under the flexible rules only.
_LATER_CATEGORIES = (
    "Assigned ASCII Cn LC Cased_Letter Close_Punctuation Combining_Mark Connector_Punctuation "
    "Control Currency_Symbol Dash_Punctuation Decimal_Number Enclosing_Mark Final_Punctuation "
    "Format Initial_Punctuation Letter Letter_Number Line_Separator Lowercase_Letter Mark "
    "Math_Symbol Modifier_Letter Modifier_Symbol Nonspacing_Mark Number Open_Punctuation Other "
    "Other_Letter Other_Number Other_Punctuation Other_Symbol Paragraph_Separator Private_Use "
    "Punctuation Separator Space_Separator Spacing_Mark Surrogate Symbol Titlecase_Letter "
    "Unassigned Uppercase_Letter cntrl digit punct"
)
_SCRIPTS = {
    20: "Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak "
    "Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian "
    "Caucasian_Albanian Chakma Cham Cherokee Common Coptic Cuneiform Cypriot Cyrillic Deseret "
    "Devanagari Dogra Duployan Egyptian_Hieroglyphs Elbasan Ethiopic Georgian Glagolitic Gothic "
    "Grantha Greek Gujarati Gunjala_Gondi Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran "
    "Hebrew Hiragana Imperial_Aramaic Inherited Inscriptional_Pahlavi Inscriptional_Parthian "
    "Javanese Kaithi Kannada Katakana Kayah_Li Kharoshthi Khmer Khojki Khudawadi Lao Latin "
    "Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic "
    "Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui Meroitic_Cursive "
    "Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean New_Tai_Lue Newa Nko "
    "Nushu Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian "
    "Old_Sogdian Old_South_Arabian Old_Turkic Oriya Osage Osmanya Pahawh_Hmong Palmyrene "
    "Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada "
    "Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri "
    "Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangut Telugu Thaana Thai "
    "Tibetan Tifinagh Tirhuta Ugaritic Vai Warang_Citi Yi Zanabazar_Square",
    21: "Elymaic Nandinagari Nyiakeng_Puachue_Hmong Wancho",
    22: "Chorasmian Dives_Akuru Khitan_Small_Script Yezidi",
    27: "Cypro_Minoan Kawi Nag_Mundari Old_Uyghur Tangsa Toto Vithkuqi",
    FUTURE: "Beria_Erfe Garay Gurung_Khema Kirat_Rai Ol_Onal Sidetic Sunuwar Tai_Yo Todhri "
    "Tolong_Siki Tulu_Tigalari",
}


def _canonical(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace(" ", "").lower()


def _tables() -> Dict[str, VersionSet]:
    """Give, for each spelling, the versions that do not know it."""
    unknown: Dict[str, VersionSet] = dict.fromkeys(_CATEGORIES.split(), 0)
    for minor, names in _SCRIPTS.items():
        unknown.update(dict.fromkeys(names.split(), before(minor)))
    for name, versions in list(unknown.items()):
        unknown.setdefault(_canonical(name), versions | before(_FLEXIBLE_SINCE))
    for name in _LATER_CATEGORIES.split():
        unknown.setdefault(_canonical(name), before(_FLEXIBLE_SINCE))
    return unknown


_UNKNOWN = _tables()


def is_category(name: str) -> bool:
    """Tell whether this is the short name of a category, such as L or Lu."""
    return len(name) < 3 and name in _CATEGORIES.split()


def unknown_to(name: str) -> VersionSet:
    """Give the versions that do not know a name; EVERY for one that nobody knows."""
    exact = _UNKNOWN.get(name)
    if exact is not None and name != _canonical(name):
        return exact
    return _UNKNOWN.get(_canonical(name), EVERY)
