-- Tests by simulation (methode de recrutement par simulation): reference tables of habiletes, exercises
-- and profiles in versions, sessions with seats, append-only marks, results.
-- Points are whole; a result's total has two decimals because two marks are averaged and weighted.

-- One row a version. `basis` says what stands behind the row: 'sourced' (a public source names it),
-- 'unverified' (from memory, to be checked), 'example' (shipped to be replaced), 'own' (entered here).
CREATE TABLE habilete (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL CONSTRAINT reference_code CHECK (code ~ '^[A-Z][A-Z0-9-]{1,31}$'),
    version int NOT NULL DEFAULT 1 CHECK (version >= 1),
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 120),
    definition text NOT NULL DEFAULT '' CHECK (length(definition) <= 1000),
    basis text NOT NULL DEFAULT 'own' CHECK (basis IN ('sourced', 'unverified', 'example', 'own')),
    source text NOT NULL DEFAULT '' CHECK (length(source) <= 300),
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'active', 'retired')),
    edit bigint NOT NULL DEFAULT 1,
    account_id bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT habilete_version UNIQUE (code, version)
);
CREATE UNIQUE INDEX habilete_one_active ON habilete (code) WHERE state = 'active';
CREATE UNIQUE INDEX habilete_one_draft ON habilete (code) WHERE state = 'draft';

CREATE TABLE exercise (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL CONSTRAINT reference_code CHECK (code ~ '^[A-Z][A-Z0-9-]{1,31}$'),
    version int NOT NULL DEFAULT 1 CHECK (version >= 1),
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 120),
    kind text NOT NULL CHECK (kind IN ('paper', 'manual', 'group')),
    minutes int NOT NULL CHECK (minutes BETWEEN 1 AND 480),
    instructions text NOT NULL DEFAULT '' CHECK (length(instructions) <= 4000),
    kit text NOT NULL DEFAULT '' CHECK (length(kit) <= 1000),
    safety text NOT NULL DEFAULT '' CHECK (length(safety) <= 1000),
    basis text NOT NULL DEFAULT 'own' CHECK (basis IN ('sourced', 'unverified', 'example', 'own')),
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'active', 'retired')),
    edit bigint NOT NULL DEFAULT 1,
    account_id bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT exercise_version UNIQUE (code, version)
);
CREATE UNIQUE INDEX exercise_one_active ON exercise (code) WHERE state = 'active';
CREATE UNIQUE INDEX exercise_one_draft ON exercise (code) WHERE state = 'draft';

-- What an exercise observes. By code: a reworded habilete does not make a new exercise.
CREATE TABLE exercise_habilete (
    exercise_id bigint NOT NULL REFERENCES exercise ON DELETE CASCADE,
    habilete text NOT NULL,
    weight int NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 10),
    PRIMARY KEY (exercise_id, habilete)
);

-- What an assessor marks, 0..max_points, with an anchor text for the levels.
CREATE TABLE criterion (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    exercise_id bigint NOT NULL REFERENCES exercise ON DELETE CASCADE,
    seq int NOT NULL CHECK (seq BETWEEN 1 AND 50),
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 200),
    kind text NOT NULL CHECK (kind IN ('count', 'time', 'error', 'ordinal', 'checklist')),
    max_points int NOT NULL CHECK (max_points BETWEEN 1 AND 1000),
    anchors text NOT NULL DEFAULT '' CHECK (length(anchors) <= 2000),
    UNIQUE (exercise_id, seq),
    UNIQUE (id, exercise_id)
);

-- A job profile: exercises with weights and eliminatory floors. draft > active > retired; only a draft
-- can be edited, so a version that a session uses never changes.
CREATE TABLE profile (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL CONSTRAINT reference_code CHECK (code ~ '^[A-Z][A-Z0-9-]{1,31}$'),
    version int NOT NULL DEFAULT 1 CHECK (version >= 1),
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 120),
    rome text REFERENCES rome_code,
    crop text NOT NULL DEFAULT '' CHECK (length(crop) <= 80),
    pass_total int NOT NULL CHECK (pass_total BETWEEN 0 AND 100000),
    -- Two marks of an exercise further apart than this share of its maximum need a third marker.
    tolerance_percent int NOT NULL DEFAULT 10 CHECK (tolerance_percent BETWEEN 0 AND 100),
    -- Days before a candidate may sit the same profile again. A parameter: no source fixes it.
    resit_days int NOT NULL DEFAULT 30 CHECK (resit_days BETWEEN 0 AND 730),
    basis text NOT NULL DEFAULT 'own' CHECK (basis IN ('sourced', 'unverified', 'example', 'own')),
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'active', 'retired')),
    edit bigint NOT NULL DEFAULT 1,
    account_id bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT profile_version UNIQUE (code, version)
);
CREATE UNIQUE INDEX profile_one_active ON profile (code) WHERE state = 'active';
CREATE UNIQUE INDEX profile_one_draft ON profile (code) WHERE state = 'draft';

CREATE TABLE profile_exercise (
    profile_id bigint NOT NULL REFERENCES profile ON DELETE CASCADE,
    exercise_id bigint NOT NULL REFERENCES exercise,
    seq int NOT NULL CHECK (seq BETWEEN 1 AND 50),
    weight int NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 10),
    min_points int CHECK (min_points BETWEEN 1 AND 50000), -- NULL: not eliminatory; unweighted points
    PRIMARY KEY (profile_id, exercise_id),
    UNIQUE (profile_id, seq)
);

-- A sitting. What decides (profile version, threshold, tolerance) is copied at creation and frozen.
CREATE TABLE test_session (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    org_id bigint NOT NULL REFERENCES org, -- who runs it
    profile_id bigint NOT NULL REFERENCES profile,
    held_on date NOT NULL,
    site text NOT NULL CHECK (length(site) BETWEEN 1 AND 200),
    lang text NOT NULL DEFAULT 'fr' CHECK (lang ~ '^[a-z]{2,3}$'),
    interpreter boolean NOT NULL DEFAULT false,
    capacity int NOT NULL CHECK (capacity BETWEEN 1 AND 200),
    seats_taken int NOT NULL DEFAULT 0 CHECK (seats_taken >= 0),
    pass_total int NOT NULL,
    tolerance_percent int NOT NULL,
    resit_days int NOT NULL,
    lead_account bigint NOT NULL REFERENCES account,
    state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'running', 'marking', 'closed')),
    started_at timestamptz,
    closed_at timestamptz,
    closed_by bigint,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT session_full CHECK (seats_taken <= capacity),
    UNIQUE (id, campaign_id)
);
CREATE INDEX test_session_campaign ON test_session (campaign_id, held_on, id);
CREATE INDEX test_session_org ON test_session (org_id);

CREATE TABLE seat (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id bigint NOT NULL,
    campaign_id bigint NOT NULL,
    org_id bigint NOT NULL REFERENCES org,     -- who runs the session
    service_id bigint NOT NULL REFERENCES org, -- the candidate's partner service
    candidate_id bigint NOT NULL REFERENCES candidate,
    token text NOT NULL, -- of the candidate: all that a marker sees of him
    open boolean NOT NULL DEFAULT true, -- false once the session is closed or the seat is given up
    attendance text NOT NULL DEFAULT 'expected'
        CHECK (attendance IN ('expected', 'present', 'absent', 'void', 'released')),
    reason text CHECK (length(reason) BETWEEN 3 AND 500),
    document_seen boolean,
    photo_match boolean,
    checked_by bigint REFERENCES account,
    checked_at timestamptz,
    second_by bigint REFERENCES account,
    second_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    FOREIGN KEY (session_id, campaign_id) REFERENCES test_session (id, campaign_id),
    UNIQUE (id, session_id),
    CONSTRAINT seat_identity_first CHECK (
        attendance <> 'present' OR (document_seen AND photo_match AND checked_by IS NOT NULL)),
    CONSTRAINT seat_same_checker CHECK (second_by IS NULL OR second_by <> checked_by),
    CONSTRAINT seat_reason_needed CHECK (attendance <> 'void' OR reason IS NOT NULL)
);
CREATE UNIQUE INDEX seat_already ON seat (candidate_id) WHERE open; -- one open seat a person at a time
CREATE INDEX seat_session ON seat (session_id, id);
CREATE INDEX seat_service ON seat (service_id);

-- An exercise of a seat whose two marks lie too far apart, or on both sides of an eliminatory floor.
CREATE TABLE adjudication (
    seat_id bigint NOT NULL REFERENCES seat,
    exercise_id bigint NOT NULL REFERENCES exercise,
    why text NOT NULL CHECK (why IN ('gap', 'floor')),
    account_id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (seat_id, exercise_id)
);

-- Who gives the first, second and, when asked for, third mark of an exercise of a seat: different
-- people, whoever comes first, decided by these keys.
CREATE TABLE marker (
    seat_id bigint NOT NULL REFERENCES seat,
    exercise_id bigint NOT NULL REFERENCES exercise,
    mark_no int NOT NULL CHECK (mark_no BETWEEN 1 AND 3),
    account_id bigint NOT NULL,
    PRIMARY KEY (seat_id, exercise_id, mark_no),
    CONSTRAINT marker_same_person UNIQUE (seat_id, exercise_id, account_id),
    UNIQUE (seat_id, exercise_id, mark_no, account_id)
);

-- Append-only. A correction is a new row that names the one it replaces, with a reason.
CREATE TABLE mark (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL,
    session_id bigint NOT NULL,
    seat_id bigint NOT NULL,
    exercise_id bigint NOT NULL,
    criterion_id bigint NOT NULL,
    mark_no int NOT NULL,
    points int NOT NULL CHECK (points >= 0),
    account_id bigint NOT NULL,
    supersedes bigint REFERENCES mark,
    reason text CHECK (length(reason) BETWEEN 3 AND 500),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    FOREIGN KEY (seat_id, session_id) REFERENCES seat (id, session_id),
    FOREIGN KEY (criterion_id, exercise_id) REFERENCES criterion (id, exercise_id),
    CONSTRAINT mark_other_marker FOREIGN KEY (seat_id, exercise_id, mark_no, account_id)
        REFERENCES marker (seat_id, exercise_id, mark_no, account_id),
    CONSTRAINT mark_superseded_once UNIQUE (supersedes),
    CONSTRAINT mark_reason_needed CHECK ((supersedes IS NULL) = (reason IS NULL))
);
CREATE UNIQUE INDEX mark_given ON mark (seat_id, criterion_id, mark_no) WHERE supersedes IS NULL;
CREATE INDEX mark_session ON mark (session_id);

-- Written when the session closes; recomputable from the marks (`digest` is SHA-256 of the inputs).
CREATE TABLE result (
    seat_id bigint PRIMARY KEY REFERENCES seat,
    session_id bigint NOT NULL REFERENCES test_session,
    campaign_id bigint NOT NULL,
    service_id bigint NOT NULL,
    candidate_id bigint NOT NULL REFERENCES candidate,
    profile_id bigint NOT NULL REFERENCES profile,
    outcome text NOT NULL CHECK (outcome IN ('pass', 'fail', 'absent', 'void')),
    total numeric(10, 2) CHECK (total >= 0), -- NULL when absent or void
    max_total int CHECK (max_total > 0),
    below_floor boolean NOT NULL DEFAULT false,
    adjudicated boolean NOT NULL DEFAULT false,
    parts jsonb NOT NULL DEFAULT '[]', -- a row an exercise: code, points, max, weight, floor, marks
    valid_until date, -- of a pass
    digest bytea CHECK (length(digest) = 32),
    held_on date NOT NULL,
    account_id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (outcome NOT IN ('pass', 'fail') OR (total IS NOT NULL AND digest IS NOT NULL)),
    CHECK ((outcome = 'pass') = (valid_until IS NOT NULL))
);
CREATE INDEX result_candidate ON result (candidate_id, profile_id, valid_until);
CREATE INDEX result_campaign ON result (campaign_id, profile_id, outcome);
CREATE INDEX result_service ON result (service_id);

ALTER TABLE contract ADD CONSTRAINT contract_profile FOREIGN KEY (profile_id) REFERENCES profile;

-- Seven of the 26 habiletes of the national list are named in public sources (see migrations/README.md); the
-- others are from memory and say so.
INSERT INTO habilete (code, label, basis, source, state) VALUES
    ('CONSIGNES', 'Respecter des normes et des consignes', 'sourced', 'pointemploi.fr; lafranceagricole.fr 805446; Var-Matin 2018-05-28', 'active'),
    ('TENSION', 'Travailler sous tension', 'sourced', 'pointemploi.fr; lafranceagricole.fr 805446; Var-Matin 2018-05-28', 'active'),
    ('ATTENTION', 'Maintenir son attention dans la durée', 'sourced', 'pointemploi.fr; lafranceagricole.fr 805446; Var-Matin 2018-05-28', 'active'),
    ('EQUIPE', 'Travailler en équipe', 'sourced', 'pointemploi.fr; lafranceagricole.fr 805446; Var-Matin 2018-05-28', 'active'),
    ('DEXTERITE', 'Exécuter des gestes avec dextérité', 'sourced', 'pointemploi.fr; lafranceagricole.fr 805446; Var-Matin 2018-05-28', 'active'),
    ('ALEA', 'Faire face à un aléa', 'sourced', 'pointemploi.fr; lafranceagricole.fr 805446; Var-Matin 2018-05-28', 'active'),
    ('SERVICE', 'Agir dans une relation de service', 'sourced', 'pointemploi.fr; lafranceagricole.fr 805446; Var-Matin 2018-05-28', 'active'),
    ('PROCESSUS', 'Se représenter un processus', 'unverified', '', 'active'),
    ('ESPACE', 'Se représenter un objet dans l''espace', 'unverified', '', 'active'),
    ('AUTONOMIE', 'Prendre des initiatives et être autonome', 'unverified', '', 'active'),
    ('ORGANISATION', 'Organiser et planifier son activité', 'unverified', '', 'active'),
    ('VARIATIONS', 'Intégrer les variations de l''environnement', 'unverified', '', 'active'),
    ('DONNEES', 'Recueillir et analyser des données', 'unverified', '', 'active'),
    ('PROBLEME', 'Analyser et résoudre un problème', 'unverified', '', 'active'),
    ('CADENCE', 'S''adapter à la cadence', 'unverified', '', 'active'),
    ('COMMUNIQUER', 'Communiquer et rendre compte', 'unverified', '', 'active'),
    ('PROPRETE', 'Respecter la qualité et la propreté du poste', 'unverified', '', 'active'),
    ('CONTRAINTE', 'Travailler sous contrainte physique ou en hauteur', 'unverified', '', 'active');

-- Example exercises: built by analogy with farm work, to be calibrated with workers in post before use.
INSERT INTO exercise (code, label, kind, minutes, instructions, kit, safety, basis, state) VALUES
    ('EX-CONSIGNES', 'Suivre une fiche de poste', 'paper', 25, 'Préparer dix commandes d''après une fiche en images. La fiche change à mi-temps.', '1 fiche en images, 10 bons, 60 jetons de 6 couleurs', '', 'example', 'active'),
    ('EX-DEXTERITE', 'Trier et poser sans abîmer', 'manual', 20, 'Placer 80 billes de verre dans des alvéoles, sans choc, des deux mains.', '80 billes, 4 plateaux alvéolés, chronomètre', 'Billes de verre : gants en cas de casse.', 'example', 'active'),
    ('EX-ATTENTION', 'Repérer les défauts', 'paper', 30, 'Sur 12 planches de fruits, marquer ceux qui ne sont pas conformes.', '12 planches, 1 feutre, 1 planche modèle', '', 'example', 'active'),
    ('EX-TENSION', 'Tenir le rythme', 'manual', 15, 'Remplir des barquettes au rythme du signal ; le signal accélère deux fois.', '40 barquettes, 400 jetons, signal sonore', '', 'example', 'active'),
    ('EX-EQUIPE', 'Charger à quatre', 'group', 30, 'À quatre, remplir une remorque-modèle en respectant un plan que chacun ne voit qu''en partie.', '1 remorque-modèle, 24 caisses, 4 parties de plan', 'Caisses de moins de 2 kg.', 'example', 'active'),
    ('EX-ESPACE', 'Choisir où couper', 'manual', 25, 'Sur un rameau-modèle, poser les repères de coupe d''après un schéma vu de face.', '4 rameaux-modèles, 30 repères, 1 schéma', 'Aucun outil coupant.', 'example', 'active'),
    ('EX-AUTONOMIE', 'Finir la ligne seul', 'manual', 25, 'Finir une ligne de 30 postes ; il manque du matériel, à aller chercher.', '30 supports, liens, 1 réserve à distance', '', 'example', 'active'),
    ('EX-VARIATIONS', 'Changer de calibre', 'manual', 20, 'Trier selon un calibre annoncé ; trois annonces pendant l''exercice.', '120 jetons de 5 tailles, 5 bacs', '', 'example', 'active');
INSERT INTO exercise_habilete (exercise_id, habilete)
SELECT e.id, substr(e.code, 4) FROM exercise e;
INSERT INTO criterion (exercise_id, seq, label, kind, max_points, anchors)
SELECT e.id, c.seq, c.label, c.kind, c.max_points, c.anchors
FROM exercise e JOIN (VALUES
    ('EX-CONSIGNES', 1, 'Étapes suivies dans l''ordre', 'checklist', 12, '12 : toutes. 6 : la moitié. 0 : aucune.'),
    ('EX-CONSIGNES', 2, 'Prise en compte du changement de fiche', 'ordinal', 8, '8 : aussitôt. 4 : après un rappel. 0 : jamais.'),
    ('EX-DEXTERITE', 1, 'Billes bien posées', 'count', 12, '12 : 72 et plus. 6 : 40. 0 : moins de 8.'),
    ('EX-DEXTERITE', 2, 'Chocs et chutes', 'error', 8, '8 : aucun. 4 : quatre. 0 : huit et plus.'),
    ('EX-ATTENTION', 1, 'Défauts trouvés', 'count', 12, '12 : 33 et plus sur 36. 6 : 18. 0 : moins de 4.'),
    ('EX-ATTENTION', 2, 'Fausses alertes dans la seconde moitié', 'error', 8, '8 : aucune. 4 : quatre. 0 : huit et plus.'),
    ('EX-TENSION', 1, 'Barquettes remplies à temps', 'count', 12, '12 : 36 et plus. 6 : 20. 0 : moins de 4.'),
    ('EX-TENSION', 2, 'Tenue après chaque accélération', 'ordinal', 8, '8 : reprend seul. 4 : perd un tour. 0 : s''arrête.'),
    ('EX-EQUIPE', 1, 'Partage ce qu''il voit du plan', 'ordinal', 10, '10 : dit et vérifie. 5 : répond. 0 : se tait.'),
    ('EX-EQUIPE', 2, 'Aide et écoute', 'ordinal', 10, '10 : s''ajuste aux autres. 5 : fait sa part. 0 : gêne.'),
    ('EX-ESPACE', 1, 'Repères justes', 'count', 14, '14 : 28 et plus sur 30. 7 : 15. 0 : moins de 3.'),
    ('EX-ESPACE', 2, 'Retouches', 'error', 6, '6 : aucune. 3 : trois. 0 : six et plus.'),
    ('EX-AUTONOMIE', 1, 'Va chercher ce qui manque', 'ordinal', 10, '10 : seul. 5 : après avoir demandé. 0 : attend.'),
    ('EX-AUTONOMIE', 2, 'Postes finis', 'count', 10, '10 : 30. 5 : 15. 0 : moins de 3.'),
    ('EX-VARIATIONS', 1, 'Justes après chaque annonce', 'count', 14, '14 : 110 et plus. 7 : 60. 0 : moins de 12.'),
    ('EX-VARIATIONS', 2, 'Délai de changement', 'time', 6, '6 : moins de 5 s. 3 : 15 s. 0 : plus de 30 s.')
) AS c (code, seq, label, kind, max_points, anchors) ON c.code = e.code;

-- Example farm profiles. Thresholds are examples too: the level is set with workers in post.
INSERT INTO profile (code, label, rome, crop, pass_total, basis, state) VALUES
    ('CUEILLETTE-FRUITS', 'Cueillette de fruits', 'A1401', 'fruits', 84, 'example', 'active'),
    ('TAILLE', 'Taille de la vigne et des arbres', 'A1405', 'vigne', 84, 'example', 'active'),
    ('SERRE', 'Travaux sous serre', 'A1402', 'légumes', 78, 'example', 'active'),
    ('CONDITIONNEMENT', 'Conditionnement à la ferme', 'A1402', '', 72, 'example', 'active');
INSERT INTO profile_exercise (profile_id, exercise_id, seq, weight, min_points)
SELECT p.id, e.id, x.seq, x.weight, x.min_points
FROM (VALUES
    ('CUEILLETTE-FRUITS', 1, 'EX-CONSIGNES', 1, 8), ('CUEILLETTE-FRUITS', 2, 'EX-DEXTERITE', 2, 8),
    ('CUEILLETTE-FRUITS', 3, 'EX-ATTENTION', 1, NULL), ('CUEILLETTE-FRUITS', 4, 'EX-TENSION', 2, NULL),
    ('CUEILLETTE-FRUITS', 5, 'EX-EQUIPE', 1, NULL),
    ('TAILLE', 1, 'EX-CONSIGNES', 1, 8), ('TAILLE', 2, 'EX-ESPACE', 2, 10),
    ('TAILLE', 3, 'EX-DEXTERITE', 2, NULL), ('TAILLE', 4, 'EX-ATTENTION', 1, NULL),
    ('TAILLE', 5, 'EX-AUTONOMIE', 1, NULL),
    ('SERRE', 1, 'EX-CONSIGNES', 2, 8), ('SERRE', 2, 'EX-TENSION', 1, NULL),
    ('SERRE', 3, 'EX-ATTENTION', 1, NULL), ('SERRE', 4, 'EX-EQUIPE', 1, NULL),
    ('SERRE', 5, 'EX-DEXTERITE', 2, NULL),
    ('CONDITIONNEMENT', 1, 'EX-CONSIGNES', 2, 8), ('CONDITIONNEMENT', 2, 'EX-ATTENTION', 2, 8),
    ('CONDITIONNEMENT', 3, 'EX-TENSION', 1, NULL), ('CONDITIONNEMENT', 4, 'EX-EQUIPE', 1, NULL),
    ('CONDITIONNEMENT', 5, 'EX-VARIATIONS', 1, NULL)
) AS x (profile, seq, exercise, weight, min_points)
JOIN profile p ON p.code = x.profile JOIN exercise e ON e.code = x.exercise;
