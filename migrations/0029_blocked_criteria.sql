-- Criteria that may not select candidates, in free text: a list of words in versions, and what they hit.
-- "selection [...] repondent exclusivement a des parametres objectifs en rapport avec les besoins des
-- entreprises" (convention of 18 May 2010, chapter 3, article 2.1). Names of fields: lib/base/blocked.h.

-- Small letters without accents or signs, numbers as #, one space between words: what a phrase is compared
-- in. Arabic without vowel signs, with one form of alef, yeh and teh. translate() costs most, and a text of
-- plain ASCII needs none.
CREATE FUNCTION blocked_norm(raw text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN trim(regexp_replace(regexp_replace(
    CASE WHEN octet_length(raw) = length(raw) THEN lower(raw)
         ELSE translate(replace(replace(lower(raw), 'œ', 'oe'), 'æ', 'ae'),
                        'àâäáãåçéèêëîïíìôöóòõùûüúÿñأإآىةؤئ٠١٢٣٤٥٦٧٨٩ـًٌٍَُِّْ',
                        'aaaaaaceeeeiiiiooooouuuuynااايهوي##########') END,
    '[0-9]+', ' # ', 'g'), '[^[:alpha:]#]+', ' ', 'g'));

-- One row a phrase; `version` is that of the list it came with, `retired` that of the first without it.
CREATE TABLE blocked_word (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version int NOT NULL CHECK (version >= 1),
    retired int CHECK (retired > version),
    lang text NOT NULL CHECK (lang IN ('fr', 'en', 'ar')),
    phrase text NOT NULL CHECK (length(phrase) BETWEEN 2 AND 60),
    norm text NOT NULL GENERATED ALWAYS AS (blocked_norm(phrase)) STORED CHECK (norm <> ''),
    head text NOT NULL GENERATED ALWAYS AS (split_part(blocked_norm(phrase), ' ', 1)) STORED,
    criterion text NOT NULL CHECK (criterion IN ('sex', 'age', 'marital', 'family', 'origin')),
    -- refuse: says nothing else; flag: may say something else ("jeunes plants"), so a person looks
    kind text NOT NULL CHECK (kind IN ('refuse', 'flag')),
    account_id bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX blocked_word_known ON blocked_word (norm) WHERE retired IS NULL;
CREATE INDEX blocked_word_head ON blocked_word (head) WHERE retired IS NULL;

-- A word found in a text that somebody wrote. `digest` is of the text: another text opens it again.
CREATE TABLE blocked_flag (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    object_kind text NOT NULL CHECK (object_kind IN ('habilete', 'exercise', 'profile', 'contract')),
    object_id bigint NOT NULL,
    field text NOT NULL CHECK (length(field) BETWEEN 1 AND 60),
    word_id bigint NOT NULL REFERENCES blocked_word,
    digest text NOT NULL,
    -- gone: the text was changed; kept: a person found that it selects nobody
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'gone', 'kept')),
    org_id bigint NOT NULL,
    author_id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    decided_by bigint REFERENCES account,
    decided_at timestamptz,
    reason text CHECK (length(reason) BETWEEN 10 AND 500),
    UNIQUE (object_kind, object_id, field, word_id),
    CONSTRAINT second_person_needed CHECK (decided_by IS NULL OR decided_by <> author_id),
    CHECK ((state = 'kept') = (decided_by IS NOT NULL AND reason IS NOT NULL))
);
CREATE INDEX blocked_flag_open ON blocked_flag (id) WHERE state = 'open';

-- Attempts at other ways than a text are leaves of the audit log (server/http/criteria.h).
CREATE INDEX audit_leaf_blocked ON audit_leaf (id) WHERE act = 'criterion.blocked';

INSERT INTO blocked_word (version, lang, criterion, kind, phrase)
SELECT 1, w.lang, w.criterion, w.kind, trim(p)
FROM (VALUES
    ('fr', 'sex', 'refuse', 'hommes uniquement|uniquement des hommes|femmes uniquement|uniquement des femmes|hommes seulement|femmes seulement|jeunes hommes|jeunes femmes|jeune homme|jeune femme|sexe masculin|sexe féminin|réservé aux hommes|réservé aux femmes|pas de femmes|pas d''hommes|main-d''œuvre masculine|main-d''œuvre féminine'),
    ('fr', 'sex', 'flag', 'homme|hommes|femme|femmes|masculin|féminin|masculine|féminine|garçon|garçons|fille|filles|sexe'),
    ('fr', 'age', 'refuse', 'limite d''âge|âge maximum|âge maximal|âgés de|âgées de|âgé de|âgée de|moins de # ans exigé|âge entre'),
    ('fr', 'age', 'flag', 'jeune|jeunes|âge|âgés|âgées|moins de # ans|plus de # ans|entre # et # ans|de # à # ans|# ans maximum'),
    ('fr', 'marital', 'refuse', 'célibataire|célibataires|hommes mariés|femmes mariées|mariés avec enfants|mariées avec enfants|situation matrimoniale|état civil exigé'),
    ('fr', 'marital', 'flag', 'marié|mariés|mariée|mariées|conjoint|époux|épouse|couple|couples'),
    ('fr', 'family', 'refuse', 'sans enfants|sans enfant|situation familiale|situation de famille|charge de famille|chargés de famille|non enceinte|pas enceinte'),
    ('fr', 'family', 'flag', 'enfant|enfants|enceinte|grossesse|père de famille|mère de famille|pères de famille|mères de famille'),
    ('fr', 'origin', 'refuse', 'du même village|originaires du village|de race'),
    ('fr', 'origin', 'flag', 'originaire de|originaires de|nationalité|ethnie|religion|race|tribu|marocains|marocaines|tunisiens|tunisiennes|géorgiens|sénégalais|musulmans|chrétiens'),
    ('en', 'sex', 'refuse', 'men only|women only|male only|female only|males only|females only|young men|young women|single men|must be male|must be female|no women|no men'),
    ('en', 'sex', 'flag', 'men|women|male|female|males|females|man|woman|boys|girls|gender'),
    ('en', 'age', 'refuse', 'age limit|maximum age|must be under #|between # and # years old'),
    ('en', 'age', 'flag', 'age|aged|young|younger|years old|years of age|under # years|under the age'),
    ('en', 'marital', 'refuse', 'marital status|must be married|must be single|unmarried'),
    ('en', 'marital', 'flag', 'married|husband|wife|spouse|couples'),
    ('en', 'family', 'refuse', 'without children|no children|family status'),
    ('en', 'family', 'flag', 'children|pregnant|pregnancy'),
    ('en', 'origin', 'refuse', 'same village|mexicans only|moroccans only'),
    ('en', 'origin', 'flag', 'nationality|ethnic|race|religion|tribe|native of'),
    ('ar', 'sex', 'refuse', 'رجال فقط|نساء فقط|للرجال فقط|للنساء فقط|ذكور فقط|إناث فقط'),
    ('ar', 'sex', 'flag', 'رجال|نساء|رجل|امرأة|ذكور|إناث|الجنس'),
    ('ar', 'age', 'refuse', 'حد السن|السن الأقصى|العمر الأقصى'),
    ('ar', 'age', 'flag', 'شباب|شبان|شابات|شاب|شابة|العمر|السن'),
    ('ar', 'marital', 'refuse', 'الحالة الزوجية|الحالة المدنية|غير متزوج|غير متزوجة|متزوجات فقط'),
    ('ar', 'marital', 'flag', 'متزوج|متزوجة|متزوجون|متزوجات|أعزب|عازب|عازبة'),
    ('ar', 'family', 'refuse', 'الحالة العائلية|بدون أطفال|لديها أطفال|لهن أطفال'),
    ('ar', 'family', 'flag', 'أطفال|حامل|ربة أسرة|رب أسرة'),
    ('ar', 'origin', 'refuse', 'من نفس القرية'),
    ('ar', 'origin', 'flag', 'الجنسية|قبيلة|العرق|الديانة|من أصل')
) AS w (lang, criterion, kind, phrases), regexp_split_to_table(w.phrases, '\|') AS p
ON CONFLICT DO NOTHING; -- "race" is a word of two languages
