-- Reference tables: countries, communes, occupations, minimum wages, shortage lists, agreements.
-- What the law changes from year to year is a dated row with its source, edited by officers; nothing
-- here is a constant of the program. Licences of the data: README.md beside this file.

CREATE TABLE country (
    code char(2) PRIMARY KEY, -- ISO 3166-1 alpha-2
    alpha3 char(3) NOT NULL UNIQUE, -- as in a passport's MRZ
    name_en text NOT NULL,
    name_fr text NOT NULL,
    name_ar text NOT NULL
);

-- INSEE regions and departments: overseas departments have codes of three characters.
-- Departments and communes are filled by 0013_communes.sql.
CREATE TABLE region (
    code text PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE department (
    code text PRIMARY KEY CHECK (code ~ '^([0-9]{2}|2[AB]|9[78][0-9])$'),
    name text NOT NULL,
    region text NOT NULL REFERENCES region
);

CREATE TABLE commune (
    insee text PRIMARY KEY CHECK (insee ~ '^[0-9][0-9AB][0-9]{3}$'),
    name text NOT NULL,
    department text NOT NULL REFERENCES department,
    region text NOT NULL REFERENCES region
);
CREATE INDEX commune_department ON commune (department, name);

-- ROME 3 as published by France Travail in 2024: all of family A, and the packing codes that a farm
-- may need although they are not agriculture in the NACE.
CREATE TABLE rome_code (
    code text PRIMARY KEY CHECK (code ~ '^[A-N][0-9]{4}$'),
    title text NOT NULL,
    farm boolean NOT NULL -- false: borderline, an officer looks at it
);

-- Hourly minimum wage, gross, in euros, from a day on until the next row.
CREATE TABLE smic (
    from_day date PRIMARY KEY,
    hourly numeric(12, 2) NOT NULL CHECK (hourly BETWEEN 1 AND 100),
    source text NOT NULL CHECK (length(source) BETWEEN 1 AND 300),
    version bigint NOT NULL DEFAULT 1
);

-- Occupations for which no labour-market proof is asked, by region and period (Code du travail
-- R.5221-20; the list is an order of the minister, since 2025 by region and revised each year).
CREATE TABLE shortage_list (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    region text NOT NULL REFERENCES region,
    rome text NOT NULL REFERENCES rome_code,
    from_day date NOT NULL,
    to_day date NOT NULL DEFAULT 'infinity', -- last day
    source text NOT NULL CHECK (length(source) BETWEEN 1 AND 300),
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT ends_before_start CHECK (to_day >= from_day),
    CONSTRAINT shortage_overlap EXCLUDE USING gist
        (region WITH =, rome WITH =, daterange(from_day, to_day, '[]') WITH &&)
);

-- What seasonal recruitment in a country rests on.
CREATE TABLE agreement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    country char(2) NOT NULL REFERENCES country,
    kind text NOT NULL CHECK (kind IN ('labour_convention', 'concerted_management', 'framework', 'other')),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    signed_year int NOT NULL CHECK (signed_year BETWEEN 1900 AND 2199),
    signed_on date, -- NULL: only the year is known
    anonymous boolean, -- provides recruitment of workers not named by the employer; NULL: not known
    note text CHECK (length(note) <= 500),
    source text NOT NULL CHECK (length(source) BETWEEN 1 AND 300),
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT agreement_year CHECK (signed_on IS NULL OR extract(year FROM signed_on) = signed_year)
);
CREATE INDEX agreement_country ON agreement (country);

INSERT INTO country (code, alpha3, name_en, name_fr, name_ar)
SELECT f[1], f[2], f[3], f[4], f[5]
FROM string_to_table($data$AF|AFG|Afghanistan|Afghanistan|أفغانستان
AL|ALB|Albania|Albanie|ألبانيا
DZ|DZA|Algeria|Algérie|الجزائر
AS|ASM|American Samoa|Samoa américaines|ساموا الأمريكية
AD|AND|Andorra|Andorre|أندورا
AO|AGO|Angola|Angola|أنغولا
AI|AIA|Anguilla|Anguilla|أنغويلا
AQ|ATA|Antarctica|Antarctique|القارة القطبية الجنوبية
AG|ATG|Antigua and Barbuda|Antigua-et-Barbuda|أنتيغوا وباربودا
AR|ARG|Argentina|Argentine|الأرجنتين
AM|ARM|Armenia|Arménie|أرمينيا
AW|ABW|Aruba|Aruba|أروبا
AU|AUS|Australia|Australie|أستراليا
AT|AUT|Austria|Autriche|النمسا
AZ|AZE|Azerbaijan|Azerbaïdjan|أذربيجان
BS|BHS|Bahamas|Bahamas|باهاماس
BH|BHR|Bahrain|Bahreïn|البحرين
BD|BGD|Bangladesh|Bangladesh|بنغلاديش
BB|BRB|Barbados|Barbade|باربادوس
BY|BLR|Belarus|Biélorussie|روسيا البيضاء
BE|BEL|Belgium|Belgique|بلجيكا
BZ|BLZ|Belize|Belize|بليز
BJ|BEN|Benin|Bénin|بنين
BM|BMU|Bermuda|Bermudes|برمودا
BT|BTN|Bhutan|Bhoutan|بوتان
BO|BOL|Bolivia|Bolivie|بوليفيا
BA|BIH|Bosnia and Herzegovina|Bosnie-Herzégovine|البوسنة والهرسك
BW|BWA|Botswana|Botswana|بوتسوانا
BV|BVT|Bouvet Island|Île Bouvet|جزيرة بوفيه
BR|BRA|Brazil|Brésil|البرازيل
IO|IOT|British Indian Ocean Territory|Océan Indien Britannique|إقليم المحيط الهندي البريطاني
BN|BRN|Brunei Darussalam|Brunei Darussalam|بروناي
BG|BGR|Bulgaria|Bulgarie|بلغاريا
BF|BFA|Burkina Faso|Burkina Faso|بوركينا فاسو
BI|BDI|Burundi|Burundi|بوروندي
KH|KHM|Cambodia|Cambodge|كمبوديا
CM|CMR|Cameroon|Cameroun|الكاميرون
CA|CAN|Canada|Canada|كندا
CV|CPV|Cape Verde|Cap-Vert|الرأس الأخضر
KY|CYM|Cayman Islands|Îles Caïmans|جزر كايمان
CF|CAF|Central African Republic|République Centrafricaine|جمهورية أفريقيا الوسطى
TD|TCD|Chad|Tchad|تشاد
CL|CHL|Chile|Chili|تشيلي
CN|CHN|People's Republic of China|Chine|الصين
CX|CXR|Christmas Island|Île Christmas|جزيرة عيد الميلاد
CC|CCK|Cocos (Keeling) Islands|Îles Cocos|جزر كوكوس
CO|COL|Colombia|Colombie|كولومبيا
KM|COM|Comoros|Comores|جزر القمر
CG|COG|Republic of the Congo|République du Congo|جمهورية الكونغو
CD|COD|Democratic Republic of the Congo|République démocratique du Congo|جمهورية الكونغو الديمقراطية
CK|COK|Cook Islands|Îles Cook|جزر كوك
CR|CRI|Costa Rica|Costa Rica|كوستاريكا
CI|CIV|Cote d'Ivoire|Côte-d'Ivoire|ساحل العاج
HR|HRV|Croatia|Croatie|كرواتيا
CU|CUB|Cuba|Cuba|كوبا
CY|CYP|Cyprus|Chypre|قبرص
CZ|CZE|Czech Republic|République Tchèque|جمهورية التشيك
DK|DNK|Denmark|Danemark|الدنمارك
DJ|DJI|Djibouti|Djibouti|جيبوتي
DM|DMA|Dominica|Dominique|دومينيكا
DO|DOM|Dominican Republic|République Dominicaine|جمهورية الدومينيكان
EC|ECU|Ecuador|Équateur|الإكوادور
EG|EGY|Egypt|Égypte|مصر
SV|SLV|El Salvador|El Salvador|السلفادور
GQ|GNQ|Equatorial Guinea|Guinée équatoriale|غينيا الاستوائية
ER|ERI|Eritrea|Érythrée|إريتريا
EE|EST|Estonia|Estonie|إستونيا
ET|ETH|Ethiopia|Éthiopie|إثيوبيا
FK|FLK|Falkland Islands (Malvinas)|Îles Malouines|جزر فوكلاند
FO|FRO|Faroe Islands|Îles Féroé|جزر فارو
FJ|FJI|Fiji|Fidji|فيجي
FI|FIN|Finland|Finlande|فنلندا
FR|FRA|France|France|فرنسا
GF|GUF|French Guiana|Guyane française|غويانا الفرنسية
PF|PYF|French Polynesia|Polynésie française|بولينزيا الفرنسية
TF|ATF|French Southern Territories|Terres australes françaises|أراض فرنسية جنوبية وأنتارتيكية
GA|GAB|Gabon|Gabon|الغابون
GM|GMB|Republic of The Gambia|Gambie|غامبيا
GE|GEO|Georgia|Géorgie|جورجيا
DE|DEU|Germany|Allemagne|ألمانيا
GH|GHA|Ghana|Ghana|غانا
GI|GIB|Gibraltar|Gibraltar|جبل طارق
GR|GRC|Greece|Grèce|اليونان
GL|GRL|Greenland|Groenland|جرينلاند
GD|GRD|Grenada|Grenade|غرينادا
GP|GLP|Guadeloupe|Guadeloupe|غوادلوب
GU|GUM|Guam|Guam|غوام
GT|GTM|Guatemala|Guatemala|غواتيمالا
GN|GIN|Guinea|Guinée|غينيا
GW|GNB|Guinea-Bissau|Guinée-Bissau|غينيا بيساو
GY|GUY|Guyana|Guyana|غيانا
HT|HTI|Haiti|Haïti|هايتي
HM|HMD|Heard Island and McDonald Islands|Îles Heard-et-MacDonald|جزيرة هيرد وجزر ماكدونالد
VA|VAT|Holy See (Vatican City State)|Saint-Siège (Vatican)|الفاتيكان
HN|HND|Honduras|Honduras|هندوراس
HK|HKG|Hong Kong|Hong Kong|هونغ كونغ
HU|HUN|Hungary|Hongrie|المجر
IS|ISL|Iceland|Islande|آيسلندا
IN|IND|India|Inde|الهند
ID|IDN|Indonesia|Indonésie|إندونيسيا
IR|IRN|Islamic Republic of Iran|Iran|إيران
IQ|IRQ|Iraq|Irak|العراق
IE|IRL|Ireland|Irlande|أيرلندا
IL|ISR|Israel|Israël|إسرائيل
IT|ITA|Italy|Italie|إيطاليا
JM|JAM|Jamaica|Jamaïque|جامايكا
JP|JPN|Japan|Japon|اليابان
JO|JOR|Jordan|Jordanie|الأردن
KZ|KAZ|Kazakhstan|Kazakhstan|كازاخستان
KE|KEN|Kenya|Kenya|كينيا
KI|KIR|Kiribati|Kiribati|كيريباتي
KP|PRK|North Korea|Corée du Nord|كوريا الشمالية
KR|KOR|South Korea|Corée du Sud|كوريا الجنوبية
KW|KWT|Kuwait|Koweït|الكويت
KG|KGZ|Kyrgyzstan|Kirghizistan|قيرغيزستان
LA|LAO|Lao People's Democratic Republic|Laos|لاوس
LV|LVA|Latvia|Lettonie|لاتفيا
LB|LBN|Lebanon|Liban|لبنان
LS|LSO|Lesotho|Lesotho|ليسوتو
LR|LBR|Liberia|Libéria|ليبيريا
LY|LBY|Libya|Libye|ليبيا
LI|LIE|Liechtenstein|Liechtenstein|ليختنشتاين
LT|LTU|Lithuania|Lituanie|ليتوانيا
LU|LUX|Luxembourg|Luxembourg|لوكسمبورغ
MO|MAC|Macao|Macao|ماكاو
MG|MDG|Madagascar|Madagascar|مدغشقر
MW|MWI|Malawi|Malawi|مالاوي
MY|MYS|Malaysia|Malaisie|ماليزيا
MV|MDV|Maldives|Maldives|جزر المالديف
ML|MLI|Mali|Mali|مالي
MT|MLT|Malta|Malte|مالطا
MH|MHL|Marshall Islands|Îles Marshall|جزر مارشال
MQ|MTQ|Martinique|Martinique|مارتينيك
MR|MRT|Mauritania|Mauritanie|موريتانيا
MU|MUS|Mauritius|Maurice|موريشيوس
YT|MYT|Mayotte|Mayotte|مايوت
MX|MEX|Mexico|Mexique|المكسيك
FM|FSM|Micronesia, Federated States of|Micronésie|ولايات ميكرونيسيا المتحدة
MD|MDA|Moldova, Republic of|Moldavie|مولدوفا
MC|MCO|Monaco|Monaco|موناكو
MN|MNG|Mongolia|Mongolie|منغوليا
MS|MSR|Montserrat|Montserrat|مونتسرات
MA|MAR|Morocco|Maroc|المغرب
MZ|MOZ|Mozambique|Mozambique|موزمبيق
MM|MMR|Myanmar|Myanmar|بورما
NA|NAM|Namibia|Namibie|ناميبيا
NR|NRU|Nauru|Nauru|ناورو
NP|NPL|Nepal|Népal|نيبال
NL|NLD|Netherlands|Pays-Bas|هولندا
NC|NCL|New Caledonia|Nouvelle-Calédonie|كاليدونيا الجديدة
NZ|NZL|New Zealand|Nouvelle-Zélande|نيوزيلندا
NI|NIC|Nicaragua|Nicaragua|نيكاراغوا
NE|NER|Niger|Niger|النيجر
NG|NGA|Nigeria|Nigéria|نيجيريا
NU|NIU|Niue|Niué|نييوي
NF|NFK|Norfolk Island|Île Norfolk|جزيرة نورفولك
MP|MNP|Northern Mariana Islands|Îles Mariannes du Nord|جزر ماريانا الشمالية
MK|MKD|The Republic of North Macedonia|Macédoine du Nord|مقدونيا الشمالية
NO|NOR|Norway|Norvège|النرويج
OM|OMN|Oman|Oman|عمان
PK|PAK|Pakistan|Pakistan|باكستان
PW|PLW|Palau|Palaos|بالاو
PS|PSE|State of Palestine|Palestine|فلسطين
PA|PAN|Panama|Panama|بنما
PG|PNG|Papua New Guinea|Papouasie-Nouvelle-Guinée|بابوا غينيا الجديدة
PY|PRY|Paraguay|Paraguay|باراغواي
PE|PER|Peru|Pérou|بيرو
PH|PHL|Philippines|Philippines|الفلبين
PN|PCN|Pitcairn|Îles Pitcairn|جزر بيتكيرن
PL|POL|Poland|Pologne|بولندا
PT|PRT|Portugal|Portugal|البرتغال
PR|PRI|Puerto Rico|Porto Rico|بورتوريكو
QA|QAT|Qatar|Qatar|قطر
RE|REU|Reunion|Réunion|لا ريونيون
RO|ROU|Romania|Roumanie|رومانيا
RU|RUS|Russian Federation|Russie|روسيا
RW|RWA|Rwanda|Rwanda|رواندا
SH|SHN|Saint Helena|Sainte-Hélène|سانت هيلينا وأسينشين وتريستان دا كونا
KN|KNA|Saint Kitts and Nevis|Saint-Christophe-et-Niévès|سانت كيتس ونيفيس
LC|LCA|Saint Lucia|Sainte-Lucie|سانت لوسيا
PM|SPM|Saint Pierre and Miquelon|Saint-Pierre-et-Miquelon|سان بيير وميكلون
VC|VCT|Saint Vincent and the Grenadines|Saint-Vincent-et-les-Grenadines|سانت فينسنت والغرينادين
WS|WSM|Samoa|Samoa|ساموا
SM|SMR|San Marino|Saint-Marin|سان مارينو
ST|STP|Sao Tome and Principe|São Tomé-et-Principe|ساو تومي وبرينسيب
SA|SAU|Saudi Arabia|Arabie Saoudite|السعودية
SN|SEN|Senegal|Sénégal|السنغال
SC|SYC|Seychelles|Seychelles|سيشل
SL|SLE|Sierra Leone|Sierra Leone|سيراليون
SG|SGP|Singapore|Singapour|سنغافورة
SK|SVK|Slovakia|Slovaquie|سلوفاكيا
SI|SVN|Slovenia|Slovénie|سلوفينيا
SB|SLB|Solomon Islands|Îles Salomon|جزر سليمان
SO|SOM|Somalia|Somalie|الصومال
ZA|ZAF|South Africa|Afrique du Sud|جنوب أفريقيا
GS|SGS|South Georgia and the South Sandwich Islands|Géorgie du Sud-et-les Îles Sandwich du Sud|جورجيا الجنوبية وجزر ساندويتش الجنوبية
ES|ESP|Spain|Espagne|إسبانيا
LK|LKA|Sri Lanka|Sri Lanka|سريلانكا
SD|SDN|Sudan|Soudan|السودان
SR|SUR|Suriname|Suriname|سورينام
SJ|SJM|Svalbard and Jan Mayen|Svalbard et Île Jan Mayen|سفالبارد ويان ماين
SZ|SWZ|Eswatini|Royaume d'Eswatini|سوازيلاند
SE|SWE|Sweden|Suède|السويد
CH|CHE|Switzerland|Suisse|سويسرا
SY|SYR|Syrian Arab Republic|Syrie|سوريا
TW|TWN|Taiwan, Province of China|Taïwan|تايوان
TJ|TJK|Tajikistan|Tadjikistan|طاجيكستان
TZ|TZA|United Republic of Tanzania|République unie de Tanzanie|تانزانيا
TH|THA|Thailand|Thaïlande|تايلاند
TL|TLS|Timor-Leste|Timor-Leste|تيمور الشرقية
TG|TGO|Togo|Togo|توغو
TK|TKL|Tokelau|Tokelau|توكيلاو
TO|TON|Tonga|Tonga|تونغا
TT|TTO|Trinidad and Tobago|Trinité-et-Tobago|ترينيداد وتوباغو
TN|TUN|Tunisia|Tunisie|تونس
TR|TUR|Türkiye|Turquie|تركيا
TM|TKM|Turkmenistan|Turkménistan|تركمانستان
TC|TCA|Turks and Caicos Islands|Îles Turques-et-Caïques|جزر توركس وكايكوس
TV|TUV|Tuvalu|Tuvalu|توفالو
UG|UGA|Uganda|Ouganda|أوغندا
UA|UKR|Ukraine|Ukraine|أوكرانيا
AE|ARE|United Arab Emirates|Émirats Arabes Unis|الإمارات العربية المتحدة
GB|GBR|United Kingdom|Royaume-Uni|المملكة المتحدة
US|USA|United States of America|États-Unis d'Amérique|الولايات المتحدة
UM|UMI|United States Minor Outlying Islands|Îles mineures éloignées des États-Unis|جزر الولايات المتحدة
UY|URY|Uruguay|Uruguay|الأوروغواي
UZ|UZB|Uzbekistan|Ouzbékistan|أوزبكستان
VU|VUT|Vanuatu|Vanuatu|فانواتو
VE|VEN|Venezuela|Venezuela|فنزويلا
VN|VNM|Vietnam|Vietnam|فيتنام
VG|VGB|Virgin Islands, British|Îles vierges britanniques|جزر العذراء البريطانية
VI|VIR|Virgin Islands, U.S.|Îles vierges américaines|جزر العذراء الأمريكية
WF|WLF|Wallis and Futuna|Wallis-et-Futuna|والس وفوتونا
EH|ESH|Western Sahara|Sahara occidental|الصحراء الغربية
YE|YEM|Yemen|Yémen|اليمن
ZM|ZMB|Zambia|Zambie|زامبيا
ZW|ZWE|Zimbabwe|Zimbabwe|زيمبابوي
AX|ALA|Åland Islands|Åland|جزر أولاند
BQ|BES|Bonaire, Sint Eustatius and Saba|Bonaire, Saint-Eustache et Saba|الجزر الكاريبية الهولندية
CW|CUW|Curaçao|Curaçao|كوراساو
GG|GGY|Guernsey|Guernesey|غيرنزي
IM|IMN|Isle of Man|Île de Man|جزيرة مان
JE|JEY|Jersey|Jersey|جيرزي
ME|MNE|Montenegro|Monténégro|الجبل الأسود
BL|BLM|Saint Barthélemy|Saint-Barthélemy|سان بارتيلمي
MF|MAF|Saint Martin (French part)|Saint-Martin (partie française)|سانت مارتن (الجزء الفرنسي)
RS|SRB|Serbia|Serbie|صربيا
SX|SXM|Sint Maarten (Dutch part)|Saint-Martin (partie néerlandaise)|سانت مارتن (الجزء الهولندي)
SS|SSD|South Sudan|Soudan du Sud|جنوب السودان
XK|XKK|Kosovo|Kosovo|كوسوفو$data$, E'\n') AS line, string_to_array(line, '|') AS f;

INSERT INTO region (code, name)
SELECT f[1], f[2]
FROM string_to_table($data$01|Guadeloupe
02|Martinique
03|Guyane
04|La Réunion
06|Mayotte
11|Île-de-France
24|Centre-Val de Loire
27|Bourgogne-Franche-Comté
28|Normandie
32|Hauts-de-France
44|Grand Est
52|Pays de la Loire
53|Bretagne
75|Nouvelle-Aquitaine
76|Occitanie
84|Auvergne-Rhône-Alpes
93|Provence-Alpes-Côte d'Azur
94|Corse
975|Saint-Pierre-et-Miquelon
977|Saint-Barthélemy
978|Saint-Martin
984|Terres australes et antarctiques françaises
986|Wallis et Futuna
987|Polynésie française
988|Nouvelle-Calédonie
989|Île de Clipperton$data$, E'\n') AS line, string_to_array(line, '|') AS f;

INSERT INTO rome_code (code, title, farm)
SELECT f[1], f[2], f[1] LIKE 'A%'
FROM string_to_table($data$A1101|Conduite d'engins agricoles et forestiers
A1201|Bûcheronnage et élagage
A1202|Entretien des espaces naturels
A1203|Aménagement et entretien des espaces verts
A1204|Protection du patrimoine naturel
A1205|Sylviculture
A1301|Conseil et assistance technique en agriculture
A1302|Contrôle et diagnostic technique en agriculture
A1303|Ingénierie en agriculture et environnement naturel
A1401|Aide agricole de production fruitière ou viticole
A1402|Aide agricole de production légumière ou végétale
A1403|Aide d'élevage agricole et aquacole
A1404|Aquaculture
A1405|Arboriculture et viticulture
A1406|Encadrement équipage de la pêche
A1407|Élevage bovin ou équin
A1408|Élevage d'animaux sauvages ou de compagnie
A1409|Élevage de lapins et volailles
A1410|Élevage ovin ou caprin
A1411|Élevage porcin
A1412|Fabrication et affinage de fromages
A1413|Fermentation de boissons alcoolisées
A1414|Horticulture et maraîchage
A1415|Equipage de la pêche
A1416|Polyculture, élevage
A1417|Saliculture
A1501|Aide aux soins animaux
A1502|Podologie animale
A1503|Toilettage des animaux
A1504|Santé animale
H3301|Conduite d'équipement de conditionnement
H3302|Opérations manuelles d'assemblage, tri ou emballage
N1103|Magasinage et préparation de commandes$data$, E'\n') AS line, string_to_array(line, '|') AS f;

INSERT INTO smic (from_day, hourly, source) VALUES
    ('2024-11-01', 11.88, 'Gross hourly SMIC before 1 January 2026 (paie-gestion-secretariat.com, reussir.fr)'),
    ('2026-01-01', 12.02, 'Gross hourly SMIC since 1 January 2026 (paie-gestion-secretariat.com, reussir.fr)');

-- The order of 1 March 2024 names four farm families for the whole of mainland France; the regional
-- lists that follow it (May 2025, then each year) are entered by an officer from the order itself.
INSERT INTO shortage_list (region, rome, from_day, to_day, source)
SELECT r.code, o.code, '2024-03-01', '2025-05-21',
    'Order of 1 March 2024, families ' || o.family || '; correspondence family - ROME code to be confirmed'
FROM region r, (VALUES ('A1416', 'agriculteurs salariés'),
    ('A1403', 'éleveurs salariés'), ('A1407', 'éleveurs salariés'), ('A1408', 'éleveurs salariés'),
    ('A1409', 'éleveurs salariés'), ('A1410', 'éleveurs salariés'), ('A1411', 'éleveurs salariés'),
    ('A1402', 'maraîchers, horticulteurs salariés'), ('A1414', 'maraîchers, horticulteurs salariés'),
    ('A1401', 'viticulteurs, arboriculteurs salariés'),
    ('A1405', 'viticulteurs, arboriculteurs salariés')) AS o (code, family)
WHERE r.code IN ('11', '24', '27', '28', '32', '44', '52', '53', '75', '76', '84', '93', '94');

INSERT INTO agreement (country, kind, title, signed_year, signed_on, anonymous, note, source) VALUES
    ('MA', 'labour_convention', 'Convention de main-d''œuvre France - Maroc', 1963, '1963-06-01', true,
     'Its annex provides both anonymous and nominative recruitment.', 'ILO NATLEX 39618'),
    ('MA', 'framework', 'Convention-cadre FNSEA - OFII - ANAPEC', 2023, '2023-06-27', NULL,
     'Without a numeric target.', 'Yabiladi 141003; Terre-net 842202'),
    ('TN', 'labour_convention', 'Convention de main-d''œuvre France - Tunisie', 1963, '1963-08-09', NULL,
     NULL, 'Morice, Études rurales 8776'),
    ('TN', 'concerted_management', 'Accord de gestion concertée France - Tunisie', 2008, NULL, NULL,
     'Target of 2,500 seasonal workers.', 'Le Monde 2022');
